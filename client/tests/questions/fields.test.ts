// @vitest-environment jsdom
import type { StringInputNode } from '@getodk/xforms-engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { setFormLanguage } from '@/forms/engine'
import { labelOf } from '@/forms/pages'
import { i18n } from '@/i18n'
import {
  accessibilityFaults,
  mountQuestion,
  named,
  nodeAt,
  openEverything,
  press,
  settled,
  textOf,
  type,
  unmountQuestion,
  valueOf,
} from './mount'

beforeEach(() => {
  i18n.global.locale.value = 'nl'
  // There is nothing to draw on here.
  HTMLCanvasElement.prototype.getContext = () => null
})
afterEach(unmountQuestion)

test('a text is kept as it is typed', async () => {
  const question = await mountQuestion('tekst')
  await type('Naam van de plek', 'De Brink & zo')
  expect(valueOf(question)).toBe('De Brink & zo')
})
test('a long text has a field of several lines', async () => {
  const question = await mountQuestion('lang')
  await type('Vertel er meer over', 'Een\nTwee')
  expect(named('Vertel er meer over').tagName).toBe('TEXTAREA')
  expect(valueOf(question)).toBe('Een\nTwee')
})
test('a text of digits keeps its zeros and gets the keyboard for digits', async () => {
  const question = await mountQuestion('cijfers')
  await type('Nummer van de paal', '007')
  expect(named('Nummer van de paal').inputMode).toBe('numeric')
  expect(valueOf(question)).toBe('007')
})
test('a large number is grouped when somebody is done typing, and read with points', async () => {
  const question = await mountQuestion('heel')
  expect(named('Hoeveel bomen?').value).toBe('3')
  await type('Hoeveel bomen?', '12.500')
  expect(valueOf(question)).toBe('12500')
  expect(named('Hoeveel bomen?').value).toBe('12\u202F500')
})
test('a number that is none says so and is not kept', async () => {
  const question = await mountQuestion('komma')
  await type('Hoe breed is het pad?', '1,5')
  expect(valueOf(question)).toBe('1.5')
  await type('Hoe breed is het pad?', 'breed')
  expect(valueOf(question)).toBe('')
  expect(textOf('[role="alert"]')).toBe('Vul een getal in, met cijfers.')
})
test('a slider is empty until somebody touches it, and says its value', async () => {
  const question = await mountQuestion('cijfer')
  const slider = named('Welk cijfer geeft u?')
  expect([valueOf(question), slider.getAttribute('aria-valuetext')]).toEqual(['', 'Nog niets gekozen'])
  slider.value = '7'
  slider.dispatchEvent(new Event('input'))
  await settled()
  expect([valueOf(question), slider.getAttribute('aria-valuetext')]).toEqual(['7', '7'])
  await press('Leegmaken')
  expect(valueOf(question)).toBe('')
})
test('pressing an untouched slider where it stands is an answer', async () => {
  const question = await mountQuestion('cijfer')
  named('Welk cijfer geeft u?').click()
  expect(valueOf(question)).toBe('1')
})
test('a number of a slider can be typed, lands on a step, and stays between the ends', async () => {
  const question = await mountQuestion('deel')
  await type('Of typ het getal', '0,7')
  expect(valueOf(question)).toBe('0.75')
  expect(named('Of typ het getal').value).toBe('0,75')
  await type('Of typ het getal', '2')
  expect(valueOf(question)).toBe('')
  expect(textOf('[role="alert"]')).toBe('Kies een getal van 0 tot en met 1.')
})
test('a range is a row of marks or a list when the form asks for one', async () => {
  const stars = await mountQuestion('sterren')
  await press('4')
  expect(valueOf(stars)).toBe('4')
  const list = await mountQuestion('kies')
  expect([...document.querySelectorAll('option')].map(({ value }) => value)).toEqual([
    '',
    '0',
    '5',
    '10',
    '15',
    '20',
  ])
  await type('Kies een getal', '15', 'change')
  expect(valueOf(list)).toBe('15')
})
test('a day is kept as a day', async () => {
  const question = await mountQuestion('dag')
  await type('Welke dag was het?', '2026-11-22', 'change')
  expect(valueOf(question)).toBe('2026-11-22')
})
test('a month needs its year, and is kept as its first day', async () => {
  const question = await mountQuestion('maand')
  await type('Maand', '11', 'change')
  expect(valueOf(question)).toBe('')
  await type('Jaar', '2025')
  expect(valueOf(question)).toBe('2025-11-01')
})
test('a year is kept as its first day, once it has four digits', async () => {
  const question = await mountQuestion('jaar')
  await type('Jaar', '19')
  expect(valueOf(question)).toBe('')
  await type('Jaar', '1987')
  expect(valueOf(question)).toBe('1987-01-01')
})
test('a time is kept with the offset of the phone, and shown without', async () => {
  const question = await mountQuestion('tijd')
  await type('Hoe laat was het?', '14:05', 'change')
  expect(valueOf(question)).toMatch(/^14:05:00\.000[+-]\d\d:\d\d$/)
  expect(named('Hoe laat was het?').value).toBe('14:05')
})
test('a moment is kept with the offset of the phone, and emptied again', async () => {
  const question = await mountQuestion('moment')
  await type('Wanneer was het precies?', '2026-07-01T09:30', 'change')
  expect(valueOf(question)).toMatch(/^2026-07-01T09:30:00\.000[+-]\d\d:\d\d$/)
  await type('Wanneer was het precies?', '', 'change')
  expect(valueOf(question)).toBe('')
})
test('a code can be typed where the browser reads none', async () => {
  const question = await mountQuestion('code')
  expect(textOf()).toContain('Typ over wat er bij de code staat.')
  await type('Code van de paal', 'NL-118')
  expect(valueOf(question)).toBe('NL-118')
})
test('a note says its answers, and lays out what the form maker marked', async () => {
  const root = await openEverything()
  ;(nodeAt(root, 'tekst') as StringInputNode).setValue('de <Brink>')
  await mountQuestion('noot', root)
  expect(textOf()).toContain('Dit is een noot over de')
  expect(document.querySelector('strong')?.textContent).toBe('noot')
})
test('a fixed answer is read and cannot be changed', async () => {
  await mountQuestion('vast')
  expect(textOf()).toContain('staat vast')
  expect(document.querySelector('input')).toBeNull()
})
test('guidance folds away, the hint stays, and neither shows marks', async () => {
  await mountQuestion('tekst')
  expect(textOf('.utrecht-form-field-description')).toBe('Zoals op het bord')
  const details = document.querySelector('details')
  expect(details?.open).toBe(false)
  expect(textOf('details')).toContain('Kijk op het bord bij de ingang.')
})
test('a dynamic default, a calculation and once() are there', async () => {
  const root = await openEverything()
  expect(nodeAt(root, 'vandaag').currentState.instanceValue).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(root.instanceState.instanceXML).toContain('<dubbel>6</dubbel>')
  ;(nodeAt(root, 'heel') as StringInputNode).setValue('5')
  expect(root.instanceState.instanceXML).toContain('<dubbel>10</dubbel>')
  expect(root.instanceState.instanceXML).toContain('<eens>3</eens>')
})
test('the answers saved last are there for a form that asks for them', async () => {
  const first = await openEverything()
  ;(nodeAt(first, 'vorige') as StringInputNode).setValue('Dorpsweg')
  const second = await openEverything(first.instanceState.instanceXML)
  expect(nodeAt(second, 'vorige').currentState.instanceValue).toBe('Dorpsweg')
  expect(nodeAt(first, 'tekst').currentState.instanceValue).toBe('')
})
test('another language keeps the answers', async () => {
  const question = await mountQuestion('tekst')
  await type('Naam van de plek', 'De Brink')
  setFormLanguage(question.root, 'en')
  await settled()
  expect(labelOf(question.node)).toBe('Name of the place')
  expect(named('Name of the place').value).toBe('De Brink')
})
test('a fault is tied to its field', async () => {
  const question = await mountQuestion('tekst')
  question.shown.fault = 'Vul dit in.'
  await settled()
  const field = named('Naam van de plek')
  const described = field.getAttribute('aria-describedby')?.split(' ') ?? []
  expect(described.map((id) => document.getElementById(id)?.textContent)).toContain('Vul dit in.')
  expect(field.getAttribute('aria-invalid')).toBe('true')
})
test.each(
  (
    'tekst lang heel komma keuze likert klein zoek plaatje meer meerklein meerzoek rang cijfer sterren kies dag maand ' +
    'jaar tijd moment plek lijn vlak foto tekening handtekening geluid bestand code gelezen noot vast'
  ).split(' '),
)('axe finds nothing wrong with %s, also when it has a fault', async (name) => {
  const question = await mountQuestion(name)
  expect(await accessibilityFaults()).toEqual([])
  question.shown.fault = 'Vul dit in.'
  await settled()
  expect(await accessibilityFaults()).toEqual([])
})

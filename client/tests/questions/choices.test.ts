// @vitest-environment jsdom
import type { SelectNode } from '@getodk/xforms-engine'
import { afterEach, expect, test } from 'vitest'
import { layoutOf } from '@/forms/choices'
import {
  mountQuestion,
  named,
  nodeAt,
  openEverything,
  press,
  textOf,
  type,
  unmountQuestion,
  valueOf,
} from './mount'

afterEach(unmountQuestion)

test('one choice is made with radio buttons', async () => {
  const question = await mountQuestion('keuze')
  await press('Nee')
  expect(valueOf(question)).toBe('nee')
  expect(named('Nee').checked).toBe(true)
})
test('a quick question goes on when somebody taps a choice', async () => {
  const question = await mountQuestion('snel')
  named('Ja').dispatchEvent(new Event('pointerdown', { bubbles: true }))
  await press('Ja')
  expect(question.wentOn).toEqual([question.node])
})
test('a quick question stays when somebody walks through the choices with the keyboard', async () => {
  const question = await mountQuestion('snel')
  named('Ja').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
  await press('Nee')
  expect(valueOf(question)).toBe('nee')
  expect(question.wentOn).toEqual([])
})
test.each([
  ['keuze', { name: 'list', columns: 1 }],
  ['likert', { name: 'likert', columns: 5 }],
  ['kolommen', { name: 'columns', columns: 2 }],
  ['pak', { name: 'pack', columns: 1 }],
])('the choices of %s lie as the form asks', async (name, layout) => {
  const root = await openEverything()
  expect(layoutOf(nodeAt(root, name) as SelectNode)).toEqual(layout)
  await mountQuestion(name, root)
  expect(document.querySelector(`.rg-choices--${layout.name}`)).not.toBeNull()
})
test('a minimal choice is a list that folds out', async () => {
  const question = await mountQuestion('klein')
  await type('Welke kleur heeft de deur?', 'wit', 'change')
  expect(valueOf(question)).toBe('wit')
})
test('a choice to search finds what was typed', async () => {
  const question = await mountQuestion('zoek')
  await type('Welke kleur heeft de muur?', 'bla')
  const options = [...document.querySelectorAll<HTMLElement>('[role="option"]')]
  expect(options.map((option) => option.textContent?.trim())).toEqual(['Blauw'])
  options[0]?.click()
  expect(valueOf(question)).toBe('blauw')
})
test('a choice shows its picture when the phone has it, and always its words', async () => {
  await mountQuestion('plaatje')
  expect([...document.querySelectorAll('img')].map((image) => image.getAttribute('src'))).toEqual([
    'blob:stop',
  ])
  expect(textOf()).toContain('Stopbord')
  expect(textOf()).toContain('Fietspad')
})
test('several choices are ticked and emptied', async () => {
  const question = await mountQuestion('meer')
  await press('Blauw')
  await press('Rood')
  expect(valueOf(question)).toBe('rood blauw')
  await press('Rood')
  expect(valueOf(question)).toBe('blauw')
})
test('a folded list says what is chosen, and opens with the keyboard', async () => {
  const question = await mountQuestion('meerklein')
  const head = named('Kies een of meer antwoorden')
  expect(head.getAttribute('aria-expanded')).toBe('false')
  await press('Kies een of meer antwoorden')
  expect(head.getAttribute('aria-expanded')).toBe('true')
  await press('Rood')
  await press('Groen')
  expect(head.textContent?.trim()).toBe('Rood, Groen')
  expect(valueOf(question)).toBe('rood groen')
})
test('a long list of several choices is searched, and keeps what was chosen before', async () => {
  const question = await mountQuestion('meerzoek')
  await press('Kies een of meer antwoorden')
  expect(document.querySelectorAll('[type="checkbox"]')).toHaveLength(20)
  await press('Straat 3')
  await type('Zoek in de lijst', 'straat 42')
  await press('Straat 42')
  expect(valueOf(question)).toBe('s3 s42')
})
test('choices follow the answer that they depend on', async () => {
  const root = await openEverything()
  await mountQuestion('plaats', root)
  expect(textOf()).toContain('Er is hier nu niets te kiezen')
  ;(nodeAt(root, 'provincie') as SelectNode).selectValue('dr')
  const question = await mountQuestion('plaats', root)
  expect(textOf()).toContain('Assen')
  expect(textOf()).not.toContain('Zwolle')
  await press('Assen')
  ;(nodeAt(root, 'provincie') as SelectNode).selectValue('ov')
  expect(valueOf(question)).toBe('')
})
test('an order begins empty, moves by buttons and says where a choice went', async () => {
  const question = await mountQuestion('rang')
  expect(valueOf(question)).toBe('')
  await press('Omlaag: Rood')
  expect(valueOf(question)).toBe('wit rood blauw groen')
  expect(textOf('[role="status"]')).toBe('Rood staat nu op plek 2 van 4')
  expect(document.activeElement).toBe(named('Omlaag: Rood'))
  await press('Omlaag: Rood')
  await press('Omlaag: Rood')
  expect(document.activeElement).toBe(named('Omhoog: Rood'))
  await press('Volgorde weghalen')
  expect(valueOf(question)).toBe('')
})
test('an order that was right already is an answer when somebody says so', async () => {
  const question = await mountQuestion('rang')
  await press('Deze volgorde klopt')
  expect(valueOf(question)).toBe('rood wit blauw groen')
})
test('a tick is set and taken away', async () => {
  const question = await mountQuestion('gelezen')
  await press('Akkoord')
  expect(valueOf(question)).toBe('OK')
  await press('Akkoord')
  expect(valueOf(question)).toBe('')
})

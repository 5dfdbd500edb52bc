// @vitest-environment jsdom
import type {
  GeopointInputNode,
  IntInputNode,
  RootNode,
  SelectNode,
  StringInputNode,
  UploadNode,
} from '@getodk/xforms-engine'
import { expect, test, vi } from 'vitest'
import { addressesCsv } from '@/domain/csv'
import { controlsAt, controlsOf, openForm, setFormLanguage } from '@/forms/engine'
import { faultOf, faultyControls } from '@/forms/faults'
import { kindOf } from '@/forms/kind'
import { asNumberText } from '@/forms/numbers'
import { observationOf, positionOf, prefillAddress } from '@/forms/observation'
import { type Item, labelOf, pagesOf } from '@/forms/pages'
import { fitted } from '@/forms/reducePhoto'
import { summaryOf } from '@/forms/summary'
import { makeAddress, makeForm, makePhoto, readXForm, ROUND_ID } from '../factories'

const SOURCES = {
  lists: { 'adressen.csv': addressesCsv([makeAddress(), makeAddress({ id: 'a-13', number: 13 })]) },
}

async function openTalk(): Promise<RootNode> {
  return openForm(readXForm('keukentafelgesprek'), SOURCES, null)
}

function choose(root: RootNode, path: string, value: string): void {
  ;(controlsAt(root, path)[0] as SelectNode).selectValue(value)
}

function addInstance(root: RootNode): void {
  const add = pagesOf(root)
    .flatMap(({ items }) => items)
    .find((item): item is Extract<Item, { kind: 'add' }> => item.kind === 'add')
  add?.range.addInstances()
}

function startTalk(root: RootNode): void {
  choose(root, '/data/deur/adres', 'a-12')
  choose(root, '/data/deur/uitkomst', 'gesproken')
  choose(root, '/data/gesprek/toestemming', 'ja')
}

test.each(['keukentafelgesprek', 'initiatiefenquete', 'wijkschouw'])(
  'every question of %s has a control',
  async (name) => {
    const root = await openForm(readXForm(name), SOURCES, null)
    expect(controlsOf(root).map((node) => [node.currentState.reference, kindOf(node)])).toMatchSnapshot()
  },
)
test('pages follow the answers: no talk, no page about it', async () => {
  const root = await openTalk()
  expect(pagesOf(root).map(({ title }) => title)).toEqual(['Aan de deur', null])
  startTalk(root)
  expect(pagesOf(root).map(({ title }) => title)).toEqual([
    'Aan de deur',
    'Het gesprek',
    'Wat speelt er?',
    null,
  ])
})
test('each instance of a repeat is a page, and the last one offers another', async () => {
  const root = await openTalk()
  startTalk(root)
  addInstance(root)
  const pages = pagesOf(root).slice(2, 4)
  expect(pages.map(({ title }) => title)).toEqual(['Wat speelt er? (1)', 'Wat speelt er? (2)'])
  expect(pages.map(({ items }) => items.map(({ kind }) => kind).slice(5))).toEqual([
    ['instance'],
    ['instance', 'add'],
  ])
})
test('a draft with two issues and a photo comes back as identical XML', async () => {
  const root = await openTalk()
  startTalk(root)
  addInstance(root)
  const texts = controlsAt(root, '/data/vraagstuk/tekst') as StringInputNode[]
  texts.forEach((node, at) => node.setValue(`Vraagstuk ${at} & "meer" <hier>`))
  ;(controlsAt(root, '/data/vraagstuk/foto')[1] as UploadNode).setValue(makePhoto('1732280580000.jpg'))
  const xml = root.instanceState.instanceXML
  const restored = await openForm(readXForm('keukentafelgesprek'), SOURCES, {
    xml,
    photos: [makePhoto('1732280580000.jpg')],
  })
  expect(restored.instanceState.instanceXML).toBe(xml)
  expect(xml).toContain('<foto>1732280580000.jpg</foto>')
})
test('a photo keeps the name it was stored by', async () => {
  const root = await openForm(readXForm('wijkschouw'), SOURCES, null)
  const node = controlsOf(root).find((each) => each.nodeType === 'upload') as UploadNode
  node.setValue(makePhoto('123.jpg'))
  expect(node.currentState.instanceValue).toBe('123.jpg')
  expect(node.maxPixels).toBe(2048)
})
test('the address one stands at is filled in', async () => {
  const root = await openTalk()
  prefillAddress(root, makeForm('keukentafelgesprek').roles, 'a-13')
  expect(root.instanceState.instanceXML).toContain('<adres>a-13</adres>')
})
test('faults are in words of the form, or in ours', async () => {
  const root = await openTalk()
  expect(faultOf(controlsAt(root, '/data/deur/uitkomst')[0]!)).toEqual({ key: 'form.requiredChoice' })
  startTalk(root)
  const count = controlsAt(root, '/data/gesprek/deelnemers')[0] as IntInputNode
  count.setValue(40)
  expect(faultOf(count)).toEqual({ text: 'Vul een getal in van 1 tot en met 30.' })
  expect(faultyControls(root).map((node) => labelOf(node))).toContain('Waar gaat het over?')
})
test('the form speaks the language of the screen when it can', async () => {
  const root = await openTalk()
  setFormLanguage(root, 'en')
  expect(labelOf(controlsAt(root, '/data/deur/uitkomst')[0]!)).toBe('What happened at the door?')
  setFormLanguage(root, 'de')
  expect(labelOf(controlsAt(root, '/data/deur/uitkomst')[0]!)).toBe('Wat gebeurde er aan de deur?')
})
test('the summary says the answers in words', async () => {
  const root = await openTalk()
  startTalk(root)
  const [first] = summaryOf(pagesOf(root), 'nl')
  expect(first?.lines.map(({ answer }) => answer)).toEqual([
    { text: 'Boekweitlaan 12' },
    { text: 'We hebben gepraat' },
  ])
})
test('an observation carries address and position from the roles', async () => {
  const root = await openTalk()
  startTalk(root)
  const place = controlsAt(root, '/data/plek')[0] as GeopointInputNode
  place.setValue({ latitude: 52.687, longitude: 6.612, altitude: 0, accuracy: 8 })
  const made = observationOf({ id: 'o-1', roundId: ROUND_ID }, makeForm('keukentafelgesprek'), root, [])
  expect(made).toMatchObject({ addressId: 'a-12', position: { lat: 52.687, lon: 6.612, accuracyM: 8 } })
})
test('a place without accuracy or without numbers is handled', () => {
  expect(positionOf('52.6 6.6')).toEqual({ lat: 52.6, lon: 6.6, accuracyM: 0 })
  expect(positionOf('')).toBeNull()
})
test('numbers are read as people type them', () => {
  expect(['12', ' 1,5 ', '', 'twee', '1.5'].map((typed) => asNumberText(typed, false))).toEqual([
    '12',
    '1.5',
    '',
    null,
    '1.5',
  ])
  expect(asNumberText('1,5', true)).toBeNull()
})
test('a photo is made smaller and never larger', () => {
  expect(fitted(4000, 3000, 2048)).toEqual([2048, 1536])
  expect(fitted(800, 600, 2048)).toEqual([800, 600])
  expect(fitted(4000, 3000, null)).toEqual([4000, 3000])
})
test('a list that only Collect can fill is said not to work, and is not in the way', async () => {
  const xform = readXForm('alles').replace('appearance="quick"', `appearance="search('straten')"`)
  const root = await openForm(xform, { lists: {} }, null)
  const [node] = controlsAt(root, '/data/snel')
  expect(node && [kindOf(node), faultOf(node)]).toEqual(['unsupported', null])
})
test('a form that records where it was begun gets the place of the phone', async () => {
  vi.stubGlobal('navigator', {
    geolocation: {
      watchPosition: (found: (position: unknown) => void) => {
        setTimeout(() => found({ coords: { latitude: 52.7, longitude: 6.6, altitude: null, accuracy: 5 } }))
        return 1
      },
      clearWatch: () => undefined,
    },
  })
  const xform = readXForm('alles').replace(
    '<bind nodeset="/data/plek"',
    '<odk:setgeopoint ref="/data/plek" event="odk-instance-first-load"/><bind nodeset="/data/plek"',
  )
  const root = await openForm(xform, { lists: {} }, null)
  await vi.waitFor(() => expect(root.instanceState.instanceXML).toContain('<plek>52.7 6.6 0.0 5.0</plek>'))
  vi.unstubAllGlobals()
})

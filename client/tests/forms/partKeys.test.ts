// @vitest-environment jsdom
import type { RootNode, StringInputNode } from '@getodk/xforms-engine'
import { expect, test } from 'vitest'
import { addressesCsv } from '@/domain/csv'
import { controlsAt, openForm } from '@/forms/engine'
import { type Item, pagesOf } from '@/forms/pages'
import { makeAddress, readXForm } from '../factories'

const LISTS = { lists: { 'adressen.csv': addressesCsv([makeAddress()]) } }

/** A talk with two statements; `rg_sleutel` is in every form that the server compiles. */
async function openWithTwo(): Promise<RootNode> {
  const root = await openForm(readXForm('keukentafelgesprek'), LISTS, null)
  select(root, '/data/deur/uitkomst', 'gesproken')
  select(root, '/data/gesprek/toestemming', 'ja')
  itemsOf(root, 'add')[0]?.range.addInstances()
  const texts = controlsAt(root, '/data/vraagstuk/tekst') as StringInputNode[]
  texts[0]?.setValue('Lamp')
  texts[1]?.setValue('Bus')
  return root
}

function select(root: RootNode, path: string, value: string): void {
  const [node] = controlsAt(root, path)
  if (node?.nodeType === 'select') node.selectValue(value)
}

function itemsOf<K extends Item['kind']>(root: RootNode, kind: K): Extract<Item, { kind: K }>[] {
  return pagesOf(root)
    .flatMap(({ items }) => items)
    .filter((item): item is Extract<Item, { kind: K }> => item.kind === kind)
}

const xmlOf = (root: RootNode): string => root.instanceState.instanceXML

function keysIn(xml: string): string[] {
  return [...xml.matchAll(/<rg_sleutel>([^<]*)<\/rg_sleutel>/g)].map((found) => found[1] ?? '')
}

test('each part of a repeat gets a key of its own', async () => {
  const keys = keysIn(xmlOf(await openWithTwo()))
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(2)
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
})
test('a part keeps its key when answers change and when the draft is opened again', async () => {
  const root = await openWithTwo()
  const before = keysIn(xmlOf(root))
  ;(controlsAt(root, '/data/vraagstuk/tekst')[0] as StringInputNode).setValue('Kapotte lamp')
  expect(keysIn(xmlOf(root))).toEqual(before)

  const again = await openForm(readXForm('keukentafelgesprek'), LISTS, { xml: xmlOf(root), photos: [] })
  ;(controlsAt(again, '/data/vraagstuk/tekst')[1] as StringInputNode).setValue('Meer bussen')
  expect(keysIn(xmlOf(again))).toEqual(before)
})
test('a part that moves up keeps its key', async () => {
  const root = await openWithTwo()
  const [, second] = keysIn(xmlOf(root))
  const [first] = itemsOf(root, 'instance')
  if (first?.range.nodeType === 'repeat-range:uncontrolled') first.range.removeInstances(first.index)
  expect(keysIn(xmlOf(root))).toEqual([second])
})

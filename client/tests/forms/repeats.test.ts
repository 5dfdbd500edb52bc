// @vitest-environment jsdom
import type { IntInputNode, RootNode } from '@getodk/xforms-engine'
import { expect, test } from 'vitest'
import { controlsAt } from '@/forms/engine'
import { isAlone, type Item, type Page, pagesOf, titleOf } from '@/forms/pages'
import { openEverything } from '../questions/mount'

function pagesFrom(root: RootNode, first: string): Page[] {
  const pages = pagesOf(root)
  return pages.slice(pages.findIndex((page) => titleOf(page)?.startsWith(first)))
}

const named = (page: Page): string => [...page.trail, titleOf(page)].join(' › ')
const kinds = (page: Page | undefined): Item['kind'][] => page?.items.map(({ kind }) => kind) ?? []

function addHousehold(root: RootNode): void {
  const items = pagesOf(root).flatMap((page) => page.items)
  const add = items.find((item) => item.kind === 'add')
  if (add?.kind === 'add') add.range.addInstances()
}

function setChildren(root: RootNode, ...counts: number[]): void {
  const fields = controlsAt(root, '/data/huis/aantal') as IntInputNode[]
  counts.forEach((count, at) => fields[at]?.setValue(count))
}

test('a repeat with a count has as many pages as the answer says', async () => {
  const root = await openEverything()
  setChildren(root, 2)
  expect(pagesFrom(root, 'Huishouden').slice(0, 3).map(named)).toEqual([
    'Huishouden',
    'Huishouden › Kind (1)',
    'Huishouden › Kind (2)',
  ])
  setChildren(root, 0)
  expect(named(pagesFrom(root, 'Huishouden')[1]!)).toBe('Samen op een pagina')
})
test('repeats inside repeats say which one they are part of', async () => {
  const root = await openEverything()
  addHousehold(root)
  setChildren(root, 1, 2)
  expect(pagesFrom(root, 'Huishouden').slice(0, 5).map(named)).toEqual([
    'Huishouden (1)',
    'Huishouden (1) › Kind',
    'Huishouden (2)',
    'Huishouden (2) › Kind (1)',
    'Huishouden (2) › Kind (2)',
  ])
})
test('adding stands on the last page of a repeat, removing on the first of each instance', async () => {
  const root = await openEverything()
  addHousehold(root)
  setChildren(root, 1, 1)
  const pages = pagesFrom(root, 'Huishouden').slice(0, 4)
  expect(pages.map(kinds)).toEqual([
    ['question', 'question', 'instance'],
    ['question'],
    ['question', 'question', 'instance'],
    ['question', 'add'],
  ])
})
test('removing an instance takes its inner instances along', async () => {
  const root = await openEverything()
  addHousehold(root)
  setChildren(root, 2, 1)
  const [first] = pagesFrom(root, 'Huishouden')
  const remove = first?.items.find((item) => item.kind === 'instance')
  if (remove?.kind === 'instance' && remove.range.nodeType === 'repeat-range:uncontrolled')
    remove.range.removeInstances(remove.index)
  expect(pagesFrom(root, 'Huishouden').slice(0, 2).map(named)).toEqual(['Huishouden', 'Huishouden › Kind'])
})
test('a group on one page keeps the heading of a group inside it', async () => {
  const page = pagesFrom(await openEverything(), 'Samen')[0]
  expect(kinds(page)).toEqual(['question', 'heading', 'question'])
})
test('a note alone is text to read, and a page of several questions shows every label', async () => {
  const pages = pagesOf(await openEverything())
  const alone = pages.filter(isAlone).map(titleOf)
  expect(alone).toContain('Naam van de plek')
  expect(pages.filter((page) => titleOf(page) === null)).toHaveLength(2)
  const together = pages.find(({ title }) => title === 'Samen op een pagina')
  expect(together && isAlone({ ...together, title: null })).toBe(false)
})

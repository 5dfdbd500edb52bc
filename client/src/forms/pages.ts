import type {
  AnyControlNode,
  AnyNode,
  RepeatInstanceNode,
  RepeatRangeNode,
  RepeatRangeUncontrolledNode,
  RootNode,
} from '@getodk/xforms-engine'
import { childrenOf, hasAppearance, isControl } from './engine'
import { plainText } from './prepareXForm'

/** What stands on a page, from top to bottom. */
export type Item =
  | { kind: 'heading'; id: string; text: string }
  | { kind: 'question'; id: string; node: AnyControlNode }
  | { kind: 'instance'; id: string; range: RepeatRangeNode; index: number; title: string }
  | { kind: 'add'; id: string; range: RepeatRangeUncontrolledNode; title: string }

export interface Page {
  id: string
  title: string | null
  /** What the page is part of, from outside in: groups, and which instance of which repeat. */
  trail: string[]
  items: Item[]
}

/** The form as pages: a field-list group, a repeat instance, or any other question by itself. What is not
 * relevant has no page. Read in a reactive context: answers change which pages there are. */
export function pagesOf(root: RootNode): Page[] {
  return childrenOf(root).flatMap((node) => pagesIn(node, []))
}

function pagesIn(node: AnyNode, trail: string[]): Page[] {
  if (!node.currentState.relevant) return []
  if (isRange(node)) return pagesOfRange(node, trail)
  if (isControl(node)) return [{ id: node.nodeId, title: null, trail, items: [questionItem(node)] }]
  if (node.nodeType !== 'group') return []
  const title = labelOf(node)
  if (!hasAppearance(node, 'field-list') && !hasAppearance(node, 'table-list')) {
    const inside = title ? [...trail, title] : trail
    return childrenOf(node).flatMap((child) => pagesIn(child, inside))
  }
  const items = itemsIn(node)
  return items.length > 0 ? [{ id: node.nodeId, title, trail, items }] : []
}

function pagesOfRange(range: RepeatRangeNode, trail: string[]): Page[] {
  const pages = range.currentState.children.flatMap((instance, index) =>
    pagesOfInstance(range, instance, index, trail),
  )
  if (range.nodeType === 'repeat-range:controlled') return pages
  const title = labelOf(range)
  const add: Item = { kind: 'add', id: `${range.nodeId}-add`, range, title: title ?? '' }
  const last = pages.at(-1)
  if (!last) return [{ id: range.nodeId, title, trail, items: [add] }]
  last.items.push(add)
  return pages
}

/** One page; but repeats inside it get pages of their own, and what stands between them one more. */
function pagesOfInstance(
  range: RepeatRangeNode,
  instance: RepeatInstanceNode,
  index: number,
  trail: string[],
): Page[] {
  const title = instanceTitle(range, index)
  const pages: Page[] = []
  let own: Page | null = null
  for (const child of childrenOf(instance)) {
    if (!child.currentState.relevant) continue
    if (hasRange(child)) {
      pages.push(...pagesIn(child, [...trail, title]))
      own = null
      continue
    }
    const items = isControl(child) ? [questionItem(child)] : groupItems(child)
    if (items.length === 0) continue
    if (!own) {
      const id = pages.length === 0 ? instance.nodeId : `${instance.nodeId}-${pages.length}`
      own = { id, title, trail, items: [] }
      pages.push(own)
    }
    own.items.push(...items)
  }
  pages[0]?.items.push(...removeItem(range, instance, index))
  return pages
}

/** A repeat that needs pages: one in a field-list group stays on the page of that group. */
function hasRange(node: AnyNode): boolean {
  if (isRange(node)) return true
  return node.nodeType === 'group' && !hasAppearance(node, 'field-list') && childrenOf(node).some(hasRange)
}

function itemsIn(node: AnyNode): Item[] {
  return childrenOf(node).flatMap((child) => {
    if (!child.currentState.relevant) return []
    if (isControl(child)) return [questionItem(child)]
    return isRange(child) ? nestedRange(child) : groupItems(child)
  })
}

function groupItems(group: AnyNode): Item[] {
  const text = labelOf(group)
  const items = itemsIn(group)
  return text && items.length > 0 ? [{ kind: 'heading', id: group.nodeId, text }, ...items] : items
}

function nestedRange(range: RepeatRangeNode): Item[] {
  const items = range.currentState.children.flatMap((instance, index): Item[] => [
    { kind: 'heading', id: `${instance.nodeId}-title`, text: instanceTitle(range, index) },
    ...itemsIn(instance),
    ...removeItem(range, instance, index),
  ])
  if (range.nodeType === 'repeat-range:controlled') return items
  return [...items, { kind: 'add', id: `${range.nodeId}-add`, range, title: labelOf(range) ?? '' }]
}

/** The last instance of a repeat cannot be removed: there would be nothing to fill in. */
function removeItem(range: RepeatRangeNode, instance: RepeatInstanceNode, index: number): Item[] {
  const { nodeType, currentState } = range
  if (nodeType === 'repeat-range:controlled' || currentState.children.length < 2) return []
  return [{ kind: 'instance', id: instance.nodeId, range, index, title: instanceTitle(range, index) }]
}

/** "Wat speelt er? 2": the number shows only when there is more than one. */
function instanceTitle(range: RepeatRangeNode, index: number): string {
  const title = labelOf(range) ?? ''
  return range.currentState.children.length > 1 ? `${title} (${index + 1})`.trim() : title
}

function questionItem(node: AnyControlNode): Item {
  return { kind: 'question', id: node.nodeId, node }
}

function isRange(node: AnyNode): node is RepeatRangeNode {
  return node.nodeType.startsWith('repeat-range')
}

export function labelOf(node: AnyNode): string | null {
  const label = node.currentState.label?.asString
  return label === undefined ? null : plainText(label)
}

/** What a page is called: its own title, else that of its first question. A note alone is text to read, no title. */
export function titleOf(page: Page): string | null {
  const [first] = questionsOn(page)
  if (page.title !== null || !first) return page.title
  const onlyNote = asksOne(page) && first.nodeType === 'note' && !first.currentState.instanceValue
  return onlyNote ? null : labelOf(first)
}

/** The title of the page asks its question already. */
export function isAlone(page: Page): boolean {
  return page.title === null && asksOne(page) && titleOf(page) !== null
}

function asksOne(page: Page): boolean {
  return questionsOn(page).length === 1
}

/** The questions on a page. */
export function questionsOn(page: Page): AnyControlNode[] {
  return page.items.flatMap((item) => (item.kind === 'question' ? [item.node] : []))
}

import type {
  AnyControlNode,
  AnyNode,
  RepeatInstanceNode,
  RepeatRangeNode,
  RepeatRangeUncontrolledNode,
  RootNode,
} from '@getodk/xforms-engine'
import { childrenOf, hasAppearance, isControl } from './engine'

/** What stands on a page, from top to bottom. */
export type Item =
  | { kind: 'heading'; id: string; text: string }
  | { kind: 'question'; id: string; node: AnyControlNode }
  | { kind: 'instance'; id: string; range: RepeatRangeNode; index: number; title: string }
  | { kind: 'add'; id: string; range: RepeatRangeUncontrolledNode; title: string }

export interface Page {
  id: string
  title: string | null
  items: Item[]
}

/** The form as pages: a field-list group, a repeat instance, or any other question by itself. What is not
 * relevant has no page. Read in a reactive context: answers change which pages there are. */
export function pagesOf(root: RootNode): Page[] {
  return childrenOf(root).flatMap(pagesIn)
}

function pagesIn(node: AnyNode): Page[] {
  if (!node.currentState.relevant) return []
  if (isRange(node)) return pagesOfRange(node)
  if (isControl(node)) return [{ id: node.nodeId, title: null, items: [questionItem(node)] }]
  if (node.nodeType !== 'group') return []
  if (!hasAppearance(node, 'field-list')) return childrenOf(node).flatMap(pagesIn)
  const items = itemsIn(node)
  return items.length > 0 ? [{ id: node.nodeId, title: labelOf(node), items }] : []
}

function pagesOfRange(range: RepeatRangeNode): Page[] {
  const title = labelOf(range)
  const pages: Page[] = range.currentState.children.map((instance, index) => ({
    id: instance.nodeId,
    title: instanceTitle(range, index),
    items: instanceItems(range, instance, index, false),
  }))
  if (range.nodeType === 'repeat-range:controlled') return pages
  const add: Item = { kind: 'add', id: `${range.nodeId}-add`, range, title: title ?? '' }
  const last = pages.at(-1)
  if (!last) return [{ id: range.nodeId, title, items: [add] }]
  last.items.push(add)
  return pages
}

function itemsIn(node: AnyNode): Item[] {
  return childrenOf(node).flatMap((child) => {
    if (!child.currentState.relevant) return []
    if (isControl(child)) return [questionItem(child)]
    if (isRange(child)) return nestedRange(child)
    const text = labelOf(child)
    const items = itemsIn(child)
    return text && items.length > 0 ? [{ kind: 'heading', id: child.nodeId, text } as Item, ...items] : items
  })
}

function nestedRange(range: RepeatRangeNode): Item[] {
  const items = range.currentState.children.flatMap((each, index) => instanceItems(range, each, index, true))
  if (range.nodeType === 'repeat-range:controlled') return items
  return [...items, { kind: 'add', id: `${range.nodeId}-add`, range, title: labelOf(range) ?? '' }]
}

function instanceItems(
  range: RepeatRangeNode,
  instance: RepeatInstanceNode,
  index: number,
  nested: boolean,
): Item[] {
  const title = instanceTitle(range, index)
  const removable = range.nodeType === 'repeat-range:uncontrolled' && range.currentState.children.length > 1
  const items = itemsIn(instance)
  const heading: Item[] = nested ? [{ kind: 'heading', id: `${instance.nodeId}-title`, text: title }] : []
  const remove: Item[] = removable ? [{ kind: 'instance', id: instance.nodeId, range, index, title }] : []
  return [...heading, ...items, ...remove]
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
  return node.currentState.label?.asString ?? null
}

/** The questions on a page. */
export function questionsOn(page: Page): AnyControlNode[] {
  return page.items.flatMap((item) => (item.kind === 'question' ? [item.node] : []))
}

import type { AnyControlNode } from '@getodk/xforms-engine'
import type { Phrase } from '@/domain/status'
import { labelOf, type Page, questionsOn } from './pages'
import { kindOf } from './kind'

export interface SummaryLine {
  id: string
  question: string
  answer: { text: string } | Phrase
}

export interface SummaryPart {
  pageIndex: number
  title: string
  lines: SummaryLine[]
}

/** The answers in words, page by page; questions without an answer are left out. */
export function summaryOf(pages: readonly Page[], locale: string): SummaryPart[] {
  return pages
    .map((page, pageIndex) => ({ pageIndex, title: titleOf(page), lines: linesOf(page, locale) }))
    .filter(({ lines }) => lines.length > 0)
}

function titleOf(page: Page): string {
  const [first] = questionsOn(page)
  return page.title ?? (first && labelOf(first)) ?? ''
}

function linesOf(page: Page, locale: string): SummaryLine[] {
  return questionsOn(page).flatMap((node) => {
    const answer = answerOf(node, locale)
    return answer ? [{ id: node.nodeId, question: labelOf(node) ?? '', answer }] : []
  })
}

/** One answer in words, or null when there is none. */
export function answerOf(node: AnyControlNode, locale: string): SummaryLine['answer'] | null {
  const value = node.currentState.instanceValue
  const kind = kindOf(node)
  if (!value || kind === 'note' || kind === 'unsupported') return null
  if (kind === 'photo') return { key: 'photo.kept' }
  if (kind === 'geopoint') return { key: 'place.accuracy', values: { m: accuracyOf(value) } }
  if (kind === 'date') return { text: new Date(value).toLocaleDateString(locale, { dateStyle: 'long' }) }
  if (node.nodeType !== 'select') return { text: value }
  const labels = node.currentState.value.map((each) => node.getValueOption(each)?.label.asString ?? each)
  return { text: labels.join(', ') }
}

function accuracyOf(geopoint: string): number {
  return Math.round(Number(geopoint.split(' ')[3] ?? 0))
}

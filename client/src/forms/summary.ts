import type { AnyControlNode, RankItem, SelectItem } from '@getodk/xforms-engine'
import type { Phrase } from '@/domain/status'
import { choiceText } from './choices'
import { pointsIn } from './geometry'
import { type Kind, kindOf } from './kind'
import { momentInWords } from './moments'
import { labelOf, type Page, questionsOn, titleOf } from './pages'
import { pathPhrase } from './pathPhrase'

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
    .map((page, pageIndex) => ({ pageIndex, title: titleOf(page) ?? '', lines: linesOf(page, locale) }))
    .filter(({ lines }) => lines.length > 0)
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
  if (isMoment(kind)) return { text: momentInWords(kind, value, locale) }
  const phrase = PHRASES[kind]?.(value)
  if (phrase) return phrase
  if (kind === 'integer' || kind === 'decimal' || kind === 'range') return { text: value.replace('.', ',') }
  if (node.nodeType === 'rank')
    return { text: labelsOf(node.currentState.value, node.currentState.valueOptions) }
  if (node.nodeType !== 'select') return { text: value }
  return { text: labelsOf(node.currentState.value, node.currentState.valueOptions) }
}

/** Answers that are not words themselves. */
const PHRASES: Partial<Record<Kind, (value: string) => Phrase>> = {
  photo: () => ({ key: 'photo.kept' }),
  drawing: () => ({ key: 'drawing.kept' }),
  audio: () => ({ key: 'audio.kept' }),
  file: () => ({ key: 'file.one' }),
  acknowledge: () => ({ key: 'form.acknowledge' }),
  geopoint: (value) => {
    const m = accuracyOf(value)
    return m > 0 ? { key: 'place.accuracy', values: { m } } : { key: 'place.kept' }
  },
  trace: (value) => pathPhrase(pointsIn(value, 'trace'), 'trace'),
  shape: (value) => pathPhrase(pointsIn(value, 'shape'), 'shape'),
}

function isMoment(kind: Kind): kind is 'date' | 'month' | 'year' | 'time' | 'dateTime' {
  return ['date', 'month', 'year', 'time', 'dateTime'].includes(kind)
}

function labelsOf(values: readonly string[], options: readonly (SelectItem | RankItem)[]): string {
  const texts = new Map(options.map((option) => [option.value, choiceText(option)]))
  return values.map((value) => texts.get(value) ?? value).join(', ')
}

function accuracyOf(geopoint: string): number {
  return Math.round(Number(geopoint.split(' ')[3] ?? 0))
}

import type { RankItem, SelectItem, SelectNode } from '@getodk/xforms-engine'
import { appearancesOf, hasAppearance } from './engine'
import { plainText } from './prepareXForm'

/** How the choices of a question lie on the screen; a phone that is too narrow makes it a list again. */
export interface ChoiceLayout {
  name: 'list' | 'columns' | 'pack' | 'likert'
  columns: number
}

const AS_COLUMNS = ['columns', 'horizontal', 'compact', 'quickcompact']
const AS_PACK = ['columns-pack', 'horizontal-compact']
const NUMBERED = /^(?:columns|compact|quickcompact)-(\d+)$/
const USUAL_COLUMNS = 2

export function layoutOf(node: SelectNode): ChoiceLayout {
  if (hasAppearance(node, 'likert')) {
    return { name: 'likert', columns: node.currentState.valueOptions.length }
  }
  if (AS_PACK.some((name) => hasAppearance(node, name))) return { name: 'pack', columns: 1 }
  const numbered = appearancesOf(node)
    .map((name) => NUMBERED.exec(name)?.[1])
    .find(Boolean)
  if (numbered) return { name: 'columns', columns: Math.max(1, Number(numbered)) }
  if (AS_COLUMNS.some((name) => hasAppearance(node, name))) return { name: 'columns', columns: USUAL_COLUMNS }
  return { name: 'list', columns: 1 }
}

/** Choosing goes on to the next question at once. */
export function isQuick(node: SelectNode): boolean {
  return hasAppearance(node, 'quick') || hasAppearance(node, 'quickcompact')
}

/** A choice in words. One that is only a picture is called by the name of its file. */
export function choiceText({ label, value }: SelectItem | RankItem): string {
  const file = label.imageSource?.pathname.split('/').at(-1)
  return plainText(label.asString) || (file ?? '').replace(/\.\w+$/, '') || value
}

import type { AnyControlNode, SelectNode } from '@getodk/xforms-engine'
import { hasAppearance } from './engine'

/** How a question is asked on the screen. */
export type Kind =
  | 'text'
  | 'multiline'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'geopoint'
  | 'radio'
  | 'dropdown'
  | 'combobox'
  | 'checkboxes'
  | 'photo'
  | 'note'
  | 'unsupported'

const INPUT_KINDS: Partial<Record<string, Kind>> = {
  int: 'integer',
  decimal: 'decimal',
  date: 'date',
  geopoint: 'geopoint',
}

/** A list longer than this is searched and not scrolled, whatever the form says. */
const LONGEST_LIST = 30

export function kindOf(node: AnyControlNode): Kind {
  switch (node.nodeType) {
    case 'note':
      return 'note'
    case 'input':
      if (node.valueType === 'string') return hasAppearance(node, 'multiline') ? 'multiline' : 'text'
      return INPUT_KINDS[node.valueType] ?? 'unsupported'
    case 'upload':
      return node.nodeOptions.media.type === 'image' ? 'photo' : 'unsupported'
    case 'select':
      return selectKind(node)
    default:
      return 'unsupported'
  }
}

function selectKind(node: SelectNode): Kind {
  if (node.selectType !== 'select1') return 'checkboxes'
  const long = node.currentState.valueOptions.length > LONGEST_LIST
  if (long || hasAppearance(node, 'autocomplete')) return 'combobox'
  return hasAppearance(node, 'minimal') ? 'dropdown' : 'radio'
}

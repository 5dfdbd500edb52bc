import type { AnyControlNode, AnyInputNode, SelectNode, UploadNode } from '@getodk/xforms-engine'
import { appearancesOf, hasAppearance } from './engine'

/** How a question is asked on the screen. */
export type Kind =
  | 'text'
  | 'multiline'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'month'
  | 'year'
  | 'time'
  | 'dateTime'
  | 'geopoint'
  | 'trace'
  | 'shape'
  | 'radio'
  | 'dropdown'
  | 'combobox'
  | 'checkboxes'
  | 'folded'
  | 'rank'
  | 'range'
  | 'photo'
  | 'drawing'
  | 'audio'
  | 'file'
  | 'barcode'
  | 'acknowledge'
  | 'note'
  | 'unsupported'

const INPUT_KINDS: Partial<Record<string, Kind>> = {
  int: 'integer',
  decimal: 'decimal',
  time: 'time',
  dateTime: 'dateTime',
  geopoint: 'geopoint',
  geotrace: 'trace',
  geoshape: 'shape',
  barcode: 'barcode',
}

/** A list longer than this is searched and not scrolled, whatever the form says. */
export const LONGEST_LIST = 30

export function kindOf(node: AnyControlNode): Kind {
  switch (node.nodeType) {
    case 'note':
    case 'rank':
    case 'range':
      return node.nodeType
    case 'trigger':
      return 'acknowledge'
    case 'input':
      return inputKind(node)
    case 'upload':
      return uploadKind(node)
    case 'select':
      return selectKind(node)
    default:
      return 'unsupported'
  }
}

function inputKind(node: AnyInputNode): Kind {
  if (node.valueType === 'string') return hasAppearance(node, 'multiline') ? 'multiline' : 'text'
  if (node.valueType === 'date') {
    if (hasAppearance(node, 'year')) return 'year'
    return hasAppearance(node, 'month-year') ? 'month' : 'date'
  }
  return INPUT_KINDS[node.valueType] ?? 'text'
}

function uploadKind(node: UploadNode): Kind {
  const { type } = node.nodeOptions.media
  if (type === 'image') {
    return hasAppearance(node, 'draw') || hasAppearance(node, 'signature') ? 'drawing' : 'photo'
  }
  if (type === 'audio') return 'audio'
  return type === 'osm' ? 'unsupported' : 'file'
}

function selectKind(node: SelectNode): Kind {
  // The head of a table: the questions below it say their choices themselves.
  if (hasAppearance(node, 'label')) return 'note'
  // Collect's own way to fill a list, which the engine does not know: it would show the names of columns.
  if (appearancesOf(node).some((name) => name.startsWith('search('))) return 'unsupported'
  const long = node.currentState.valueOptions.length > LONGEST_LIST
  const searched = long || hasAppearance(node, 'autocomplete')
  if (node.selectType !== 'select1') {
    return searched || hasAppearance(node, 'minimal') ? 'folded' : 'checkboxes'
  }
  if (searched) return 'combobox'
  return hasAppearance(node, 'minimal') ? 'dropdown' : 'radio'
}

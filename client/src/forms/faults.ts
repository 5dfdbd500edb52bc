import type { AnyControlNode, RootNode } from '@getodk/xforms-engine'
import type { Phrase } from '@/domain/status'
import { controlsOf } from './engine'
import { type Kind, kindOf } from './kind'
import { plainText } from './prepareXForm'

/** Text of the form itself, or a key of our own. */
export type FaultText = { text: string } | Phrase

const REQUIRED: Partial<Record<Kind, string>> = {
  radio: 'form.requiredChoice',
  dropdown: 'form.requiredChoice',
  combobox: 'form.requiredChoice',
  checkboxes: 'form.requiredChoice',
  folded: 'form.requiredChoice',
  range: 'form.requiredChoice',
  rank: 'form.requiredOrder',
  geopoint: 'form.requiredPlace',
  trace: 'form.requiredWalk',
  shape: 'form.requiredWalk',
  photo: 'form.requiredPhoto',
  drawing: 'form.requiredDrawing',
  audio: 'form.requiredSound',
  file: 'form.requiredFile',
  acknowledge: 'form.requiredTick',
}

/** What is wrong with the answer, or null. A question that we cannot show is never in the way: the server
 * checks again, and shows the observation to a person. */
export function faultOf(node: AnyControlNode): FaultText | null {
  const { violation } = node.validationState
  const kind = kindOf(node)
  if (!violation || kind === 'unsupported' || kind === 'note' || !node.currentState.relevant) return null
  const text = violation.message?.asString
  if (text) return { text: plainText(text) }
  return { key: violation.condition === 'required' ? (REQUIRED[kind] ?? 'form.required') : 'form.constraint' }
}

/** The questions of the whole form that are not right yet, in order. */
export function faultyControls(root: RootNode): AnyControlNode[] {
  return controlsOf(root).filter((node) => faultOf(node) !== null)
}

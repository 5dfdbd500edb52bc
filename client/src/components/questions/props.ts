import type { Kind } from '@/forms/kind'

/** What QuestionField hands to each control. */
export interface ControlProps<Node> {
  node: Node
  kind: Kind
  fieldId: string
  describedBy?: string | undefined
  invalid: boolean
}

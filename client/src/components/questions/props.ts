import type { AnyControlNode } from '@getodk/xforms-engine'
import type { InjectionKey } from 'vue'
import type { Kind } from '@/forms/kind'

/** What QuestionField hands to each control. */
export interface ControlProps<Node> {
  node: Node
  kind: Kind
  fieldId: string
  describedBy?: string | undefined
  invalid: boolean
}

/** Goes to the next page when this question is the last of its page. */
export const GO_ON: InjectionKey<(node: AnyControlNode) => void> = Symbol('go-on')

import type { RangeNode } from '@getodk/xforms-engine'

export interface Steps {
  from: number
  to: number
  step: number
}

/** A list of all values is offered up to this length. */
const LONGEST_PICKER = 200

/** From low to high, whichever way round the form has them. */
export function stepsOf(node: RangeNode): Steps {
  const { start, end, step } = node.definition.bounds
  const [from, to] = [Number(start), Number(end)].sort((a, b) => a - b) as [number, number]
  return { from, to, step: Math.abs(Number(step)) || 1 }
}

/** Every value from low to high; empty when there are too many to list. */
export function valuesOf({ from, to, step }: Steps): string[] {
  const count = Math.floor((to - from) / step + 1e-9) + 1
  if (count > LONGEST_PICKER) return []
  return Array.from({ length: count }, (_, index) => asText(from + index * step, { from, to, step }))
}

/** The value nearest to what was given that stands on a step, as text; null when it is outside. */
export function onStep(value: number, steps: Steps): string | null {
  if (Number.isNaN(value) || value < steps.from || value > steps.to) return null
  const index = Math.round((value - steps.from) / steps.step)
  const snapped = steps.from + index * steps.step
  return asText(snapped > steps.to + 1e-9 ? snapped - steps.step : snapped, steps)
}

/** Without the noise of binary fractions: 0.1 + 0.2 is 0.3. */
function asText(value: number, { from, step }: Steps): string {
  const decimals = Math.max(decimalsOf(from), decimalsOf(step))
  return String(Number(value.toFixed(decimals)))
}

function decimalsOf(value: number): number {
  return String(value).split('.')[1]?.length ?? 0
}

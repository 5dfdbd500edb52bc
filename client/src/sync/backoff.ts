const FIRST_MS = 2_000
const LONGEST_MS = 5 * 60_000

/** How long to wait after the n-th failure in a row: doubling, at most five minutes, spread by chance
 * so that all phones of a village do not come back in the same second. */
export function backoffMs(failures: number, chance: number = Math.random()): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
  return Math.round(full / 2 + (full / 2) * chance)
}

import type { Mutation } from './wire'

/** Below the server's limits (100 mutations, 8 MB), so that one break costs little on a slow line. */
export const BATCH_COUNT = 50
export const BATCH_BYTES = 500_000

/** The mutations in order, in batches within both limits. One that is too large alone goes alone. */
export function batchesOf(
  mutations: readonly Mutation[],
  maxCount = BATCH_COUNT,
  maxBytes = BATCH_BYTES,
): Mutation[][] {
  const batches: Mutation[][] = []
  let bytes = 0
  for (const mutation of mutations) {
    const size = new TextEncoder().encode(JSON.stringify(mutation)).length + 1
    const last = batches.at(-1)
    if (last && last.length < maxCount && bytes + size <= maxBytes) {
      last.push(mutation)
      bytes += size
    } else {
      batches.push([mutation])
      bytes = size
    }
  }
  return batches
}

/** However long a server says: a phone that stays away longer looks broken. */
const LONGEST_MS = 60 * 60_000

/** Too many requests, and a server that is busy. Some servers tell in every answer when the count of requests begins anew. */
const ASKS_TO_WAIT = new Set([429, 503])

/** How long an answer asks to stay away; 0 when it does not ask. */
export function askedWaitMs(status: number, header: string | null | undefined, nowMs: number): number {
  return ASKS_TO_WAIT.has(status) ? retryAfterMs(header, nowMs) : 0
}

/** The wait that a `Retry-After` header asks for (RFC 9110, 10.2.3: seconds or a date), at most an hour; 0 for none. */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number {
  if (!header) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs
  return Number.isNaN(ms) ? 0 : Math.min(LONGEST_MS, Math.max(0, ms))
}

import { pack, type Packed } from './gzip'
import { reportNow } from './report'
import { askedWaitMs } from './retryAfter'
import { isProblem, type Problem } from './wire'

/**
 * What came of a call. An answer that is no JSON is not from our server (docs/protocol.md, 2.2): most likely a wifi that
 * wants people to log in first (`portal`). `waitMs`: how long the server asks to stay away.
 */
export type Answer<T> =
  | { kind: 'ok'; data: T }
  | { kind: 'problem'; problem: Problem; waitMs?: number }
  | { kind: 'no-network'; portal?: boolean; waitMs?: number }

export interface Call {
  method?: 'GET' | 'POST'
  token?: string
  body?: string
  language: string
}

const TIMEOUT_MS = 60_000
/** The slowest line on which a body is still waited for: 5 kB a second. */
const SLOWEST_BYTES_PER_MS = 5

export async function call<T>(
  url: string,
  guard: (value: unknown) => value is T,
  { method = 'GET', token, body, language }: Call,
): Promise<Answer<T>> {
  const packed = body === undefined ? null : await pack(body)
  const headers = { ...(await commonHeaders(language, token)), ...jsonHeaders(packed) }
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS + (packed?.size ?? 0) / SLOWEST_BYTES_PER_MS)
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: packed?.body ?? null,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'manual',
      signal: limit.signal,
    })
    return await readAnswer(response, guard)
  } catch {
    return { kind: 'no-network' }
  } finally {
    clearTimeout(timer)
  }
}

/** What every call carries, those of photos too. */
export async function commonHeaders(language: string, token?: string): Promise<Record<string, string>> {
  return {
    'Accept-Language': language,
    'Rondgang-Protocol': '1',
    'Rondgang-Report': await reportNow(),
    ...(token && { Authorization: `Bearer ${token}` }),
  }
}

function jsonHeaders(packed: Packed | null): Record<string, string> {
  return {
    Accept: 'application/json, application/problem+json',
    ...(packed && { 'Content-Type': 'application/json', ...packed.headers }),
  }
}

async function readAnswer<T>(response: Response, guard: (value: unknown) => value is T): Promise<Answer<T>> {
  const waitMs = askedWaitMs(response.status, response.headers.get('Retry-After'), Date.now())
  const text = await response.text()
  const body = parsed(text)
  if (response.ok && guard(body)) return { kind: 'ok', data: body }
  if (!response.ok && isProblem(body)) return { kind: 'problem', problem: body, waitMs }
  // A gateway in front of our own server that is being restarted answers with a page too.
  return { kind: 'no-network', portal: response.status < 500, waitMs }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import { isProblem, type Problem } from './wire'

/** What came of a call. A captive portal answers with a page: that is "no network" (docs/protocol.md, 2). */
export type Answer<T> =
  { kind: 'ok'; data: T } | { kind: 'problem'; problem: Problem } | { kind: 'no-network' }

export interface Call {
  method?: 'GET' | 'POST'
  token?: string
  body?: string
  language: string
}

const TIMEOUT_MS = 60_000

export async function call<T>(
  url: string,
  guard: (value: unknown) => value is T,
  how: Call,
): Promise<Answer<T>> {
  try {
    const response = await fetch(url, {
      method: how.method ?? 'GET',
      headers: headersFor(how),
      body: how.body ?? null,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: timeoutSignal(),
    })
    return readAnswer(await response.json(), response.ok, guard)
  } catch {
    return { kind: 'no-network' }
  }
}

function readAnswer<T>(body: unknown, ok: boolean, guard: (value: unknown) => value is T): Answer<T> {
  if (ok && guard(body)) return { kind: 'ok', data: body }
  if (!ok && isProblem(body)) return { kind: 'problem', problem: body }
  return { kind: 'no-network' }
}

/** Old phones cannot limit a call; then the browser's own limit holds. */
function timeoutSignal(): AbortSignal | null {
  return 'timeout' in AbortSignal ? AbortSignal.timeout(TIMEOUT_MS) : null
}

function headersFor({ token, body, language }: Call): Record<string, string> {
  return {
    Accept: 'application/json, application/problem+json',
    'Accept-Language': language,
    'Rondgang-Protocol': '1',
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(body && { 'Content-Type': 'application/json' }),
  }
}

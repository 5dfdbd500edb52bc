import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { db } from '@/storage/db'
import { STALLED_MS, takeTurn, type Turn, TurnLost } from '@/sync/turn'
import { FakeLocks } from './locks'
import { emptyStore } from './server'

/** A holder that never ends by itself, as a tab that the browser suspended. */
async function suspendedTab(): Promise<{ turn: Turn; wakeUp: () => void; ended: Promise<boolean> }> {
  let wakeUp: () => void = () => undefined
  const sleep = new Promise<void>((resolve) => (wakeUp = resolve))
  return new Promise((resolve) => {
    const ended: Promise<boolean> = takeTurn(async (turn) => {
      resolve({ turn, wakeUp, ended })
      await sleep
    })
  })
}

async function silentFor(ms: number): Promise<void> {
  await db.turns.update('sync', { beatMs: Date.now() - ms })
}

async function tryTurn(options = {}): Promise<boolean> {
  let had = false
  await takeTurn(() => Promise.resolve(void (had = true)), options)
  return had
}

beforeEach(emptyStore)
afterEach(() => vi.unstubAllGlobals())

describe.each([
  ['with locks', () => new FakeLocks()],
  ['in a browser without locks', () => undefined],
])('a turn %s', (_, makeLocks) => {
  beforeEach(() => vi.stubGlobal('navigator', { onLine: true, locks: makeLocks() }))

  test('is for one at a time, and for the next when it is given back', async () => {
    const first = await suspendedTab()
    expect(await tryTurn()).toBe(false)
    first.wakeUp()
    expect(await first.ended).toBe(true)
    expect(await tryTurn()).toBe(true)
  })
  test('is given back when the work fails', async () => {
    await expect(takeTurn(() => Promise.reject(new Error('kapot')))).rejects.toThrow('kapot')
    expect(await tryTurn()).toBe(true)
  })
  test('is taken over from who gave no sign of life for too long', async () => {
    await suspendedTab()
    await silentFor(STALLED_MS - 1000)
    expect(await tryTurn()).toBe(false)
    await silentFor(STALLED_MS + 1000)
    expect(await tryTurn()).toBe(true)
  })
  test('does not last for ever when the clock is put back', async () => {
    await suspendedTab()
    await silentFor(-STALLED_MS - 1000)
    expect(await tryTurn()).toBe(true)
  })
  test('goes to who asks for it by force', async () => {
    await suspendedTab()
    expect(await tryTurn({ byForce: true })).toBe(true)
  })
  test('that was lost lets nothing be stored any more, and ends quietly', async () => {
    const late = await suspendedTab()
    await silentFor(STALLED_MS + 1000)
    const next = await new Promise<Turn>((resolve) => {
      void takeTurn((turn) => {
        resolve(turn)
        return new Promise(() => undefined)
      })
    })
    const store = vi.fn(() => Promise.resolve())
    await expect(late.turn.write([db.queue], store)).rejects.toThrow(TurnLost)
    late.wakeUp()
    expect(await late.ended).toBe(true)
    expect(store).not.toHaveBeenCalled()
    await next.beat()
  })
})

test('a tab that is closed with the lock makes room at once', async () => {
  const locks = new FakeLocks()
  vi.stubGlobal('navigator', { locks })
  await suspendedTab()
  locks.closeHolder()
  expect(await tryTurn()).toBe(true)
})
test('a sign of life is given with everything that is stored', async () => {
  await takeTurn(async (turn) => {
    await silentFor(STALLED_MS - 1)
    await turn.write([db.queue], () => Promise.resolve())
    expect(Date.now() - ((await db.turns.get('sync'))?.beatMs ?? 0)).toBeLessThan(STALLED_MS / 2)
  })
})

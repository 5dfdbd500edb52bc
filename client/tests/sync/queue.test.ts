// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { db } from '@/storage/db'
import { enrol } from '@/sync/enrol'
import { handInText } from '@/sync/handInText'
import { takeTurn } from '@/sync/turn'
import { makeDevice } from '../factories'
import { FakeLocks } from './locks'
import {
  type Asked,
  emptyStore,
  everythingSafe,
  json,
  pageOf,
  problem,
  queueTalk,
  receiptsFor,
  serverAnswers,
} from './server'

type Tab = typeof import('@/sync/queue')

/** A tab has its own memory; the store, the locks and the channel it shares with the others. */
async function openTab(): Promise<Tab> {
  vi.resetModules()
  return import('@/sync/queue')
}

function goodServer(): Asked[] {
  return serverAnswers((url, body) => {
    if (url.includes('/push')) return receiptsFor(body, 'applied')
    return url.includes('/ledger') ? everythingSafe(url) : pageOf([])
  })
}

const paths = (calls: Asked[]): string[] => calls.map(({ url }) => url.split('?')[0]!)
const noNetwork = (): Promise<Response> => Promise.reject(new TypeError('network'))

function isOnline(online: boolean): void {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(online)
}

function isVisible(visible: boolean): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visible ? 'visible' : 'hidden')
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(async () => {
  // The store of the tests runs on immediates, which stay real.
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  await emptyStore()
  await db.device.put(makeDevice())
  Object.defineProperty(navigator, 'locks', { value: new FakeLocks(), configurable: true })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  Reflect.deleteProperty(navigator, 'serviceWorker')
})

describe('a round', () => {
  test('hands in, asks the ledger and fetches, and then all is safe', async () => {
    await queueTalk()
    const calls = goodServer()
    const { syncNow, syncState } = await openTab()
    await syncNow()
    expect(paths(calls)).toEqual(['/v1/sync/push', '/v1/sync/ledger', '/v1/sync/pull'])
    expect(syncState).toMatchObject({ running: false, contact: 'reached' })
    expect(await db.queue.toArray()).toMatchObject([{ safe: 1 }])
  })
  test('that finds the token unknown keeps everything, and a new enrolment hands it in', async () => {
    const id = await queueTalk()
    serverAnswers((url) =>
      url === '/v1/devices'
        ? json({ deviceId: 'x', volunteer: 'V', municipality: 'H', kofferKey: 'K', rounds: [] })
        : problem('token-unknown', 401),
    )
    const { syncNow, syncState } = await openTab()
    await syncNow()
    expect(syncState.contact).toBe('failed')
    expect((await db.device.get('device'))?.standing).toBe('unknown')
    expect((await db.queue.get(`m-${id}`))?.sealedMutation).not.toBeNull()
    await enrol('NIEUW', 'nl')
    goodServer()
    await syncNow({ asked: true })
    expect(await db.queue.toArray()).toMatchObject([{ safe: 1 }])
    expect((await db.device.get('device'))?.standing).toBe('known')
  })
  test('of a revoked phone hands in all the same', async () => {
    await queueTalk()
    serverAnswers((url, body) => {
      if (url.includes('/push')) return receiptsFor(body, 'applied')
      return url.includes('/ledger') ? everythingSafe(url) : problem('device-revoked', 403)
    })
    const { syncNow, syncState } = await openTab()
    await syncNow()
    expect(syncState).toMatchObject({ contact: 'reached', problem: null })
    expect(await db.queue.toArray()).toMatchObject([{ safe: 1 }])
  })
  test('goes on with the ledger and the rest when one thing of ours is unreadable', async () => {
    await queueTalk()
    const calls = serverAnswers((url) => {
      if (url.includes('/push')) return problem('input-invalid', 400)
      return url.includes('/ledger') ? everythingSafe(url) : pageOf([])
    })
    const { syncNow, syncState } = await openTab()
    await syncNow()
    expect(paths(calls).at(-1)).toBe('/v1/sync/pull')
    expect(syncState.problem?.status).toBe(400)
  })
  test('that meets a wifi which wants people to log in says so', async () => {
    await queueTalk()
    serverAnswers(() => new Response('<html>Welkom op ons wifi</html>'))
    const { syncNow, syncState } = await openTab()
    await syncNow()
    expect(syncState.contact).toBe('portal')
  })
})

describe('after a failure', () => {
  test('it waits before it tries by itself, unless a person asks', async () => {
    await queueTalk()
    const calls = serverAnswers(noNetwork)
    const { syncNow } = await openTab()
    await syncNow()
    await syncNow()
    expect(calls).toHaveLength(1)
    await syncNow({ asked: true })
    expect(calls).toHaveLength(2)
  })
  test('it tries again by itself when the time has come and somebody looks', async () => {
    await queueTalk()
    serverAnswers(noNetwork)
    const { syncNow } = await openTab()
    await syncNow()
    const calls = goodServer()
    await vi.advanceTimersByTimeAsync(31_000)
    await vi.waitFor(() => expect(paths(calls)).toContain('/v1/sync/pull'))
  })
  test.each([429, 503])(
    'a server that asks to stay away (%i) is left alone, also when a person asks',
    async (status) => {
      await queueTalk()
      const calls = serverAnswers(() => problem('too-many-requests', status, { 'Retry-After': '120' }))
      const { syncNow } = await openTab()
      await syncNow()
      await syncNow({ asked: true })
      expect(calls).toHaveLength(1)
      vi.setSystemTime(Date.now() + 121_000)
      await syncNow({ asked: true })
      expect(calls).toHaveLength(2)
    },
  )
})

test('a server that tells how long in an answer of another kind is asked again as soon as a person wants', async () => {
  await queueTalk()
  const calls = serverAnswers(() => problem('token-unknown', 401, { 'Retry-After': '60' }))
  const { syncNow } = await openTab()
  await syncNow()
  await syncNow({ asked: true })
  expect(calls).toHaveLength(2)
})

test('what the server had against one round does not hold up the next, with other tabs open', async () => {
  await queueTalk()
  serverAnswers(() => problem('token-unknown', 401))
  const { startSync, syncNow, syncState } = await openTab()
  startSync('nl')
  await vi.waitFor(() => expect(syncState.problem).toMatchObject({ title: 'token-unknown' }))
  goodServer()
  await syncNow({ asked: true })
  expect(syncState.contact).toBe('reached')
})

describe('it runs', () => {
  test('when the app is opened, when the network is back, and when somebody looks again', async () => {
    isOnline(false)
    await queueTalk()
    const { startSync, syncState } = await openTab()
    startSync('nl')
    await vi.waitFor(() => expect(syncState.contact).toBe('unreachable'))
    const calls = goodServer()
    isOnline(true)
    window.dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(syncState.contact).toBe('reached'))
    await queueTalk()
    isVisible(true)
    await vi.waitFor(() => expect(paths(calls).filter((path) => path.includes('push'))).toHaveLength(2))
  })
  test('by the service worker later on, which the browser is asked for when there is no network', async () => {
    const register = vi.fn(() => Promise.resolve())
    const getRegistration = () => Promise.resolve({ sync: { register } })
    Object.defineProperty(navigator, 'serviceWorker', { value: { getRegistration }, configurable: true })
    isOnline(false)
    const { syncNow } = await openTab()
    await syncNow()
    expect(register).not.toHaveBeenCalled()
    await queueTalk()
    await syncNow({ asked: true })
    expect(register).toHaveBeenCalledWith('rondgang')
  })
})

describe('with two tabs', () => {
  test('one works, and the other shows how it goes', async () => {
    await queueTalk()
    let answer: () => void = () => undefined
    const slow = new Promise<void>((resolve) => (answer = resolve))
    serverAnswers(async (url, body) => {
      await slow
      if (url.includes('/push')) return receiptsFor(body, 'applied')
      return url.includes('/ledger') ? everythingSafe(url) : pageOf([])
    })
    const [first, second] = [await openTab(), await openTab()]
    first.startSync('nl')
    await vi.waitFor(() => expect(first.syncState.running).toBe(true))
    second.startSync('nl')
    await vi.waitFor(() => expect(second.syncState.contact).toBe('elsewhere'))
    answer()
    await vi.waitFor(() => expect(second.syncState).toMatchObject({ running: false, contact: 'reached' }))
    expect(await db.queue.toArray()).toMatchObject([{ safe: 1 }])
  })
  test('the second takes over soon after the first is closed in the middle', async () => {
    await queueTalk()
    const locks = navigator.locks as unknown as FakeLocks
    void takeTurn(() => new Promise(() => undefined))
    const calls = goodServer()
    const second = await openTab()
    await second.syncNow()
    expect(second.syncState.contact).toBe('elsewhere')
    locks.closeHolder()
    await vi.advanceTimersByTimeAsync(5_000)
    await vi.waitFor(() => expect(paths(calls)).toContain('/v1/sync/pull'))
  })
})

describe('the service worker', () => {
  test('hands in text and asks the ledger, and nothing else', async () => {
    await queueTalk()
    const calls = goodServer()
    await handInText()
    expect(paths(calls)).toEqual(['/v1/sync/push', '/v1/sync/ledger'])
  })
  test('fails when it did not get through, so that it is woken again', async () => {
    await queueTalk()
    serverAnswers(noNetwork)
    await expect(handInText()).rejects.toThrow()
    expect(await db.queue.toArray()).toMatchObject([{ state: 'waiting' }])
  })
  test('leaves the work to a tab that is at it', async () => {
    await queueTalk()
    const calls = goodServer()
    void takeTurn(() => new Promise(() => undefined))
    await handInText()
    expect(calls).toHaveLength(0)
  })
})

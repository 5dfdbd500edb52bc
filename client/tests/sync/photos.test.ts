import { DetailedError, type UploadOptions } from 'tus-js-client'
import { beforeEach, expect, test, vi } from 'vitest'
import { db } from '@/storage/db'
import { startDraft } from '@/storage/drafts'
import { keepPhoto } from '@/storage/photos'
import { sendPhotos } from '@/sync/photos'
import { makeForm, makePhoto, ROUND_ID } from '../factories'
import { emptyStore, inTurn, queueTalk } from './server'

/** The tus library itself is not tested here: only what we ask of it, and what we make of its answer. */
const tus = vi.hoisted(() => ({ asked: [] as unknown[], answers: [] as (Error | null)[] }))

vi.mock(import('tus-js-client'), async (original) => {
  class Upload {
    constructor(
      private readonly file: File,
      private readonly options: UploadOptions,
    ) {}
    start(): void {
      tus.asked.push({ ...this.options, size: this.file.size })
      const error = tus.answers.shift()
      if (error) this.options.onError?.(error)
      else this.options.onSuccess?.({} as never)
    }
  }
  return { ...(await original()), Upload: Upload as never }
})

beforeEach(async () => {
  await emptyStore()
  tus.asked.length = 0
  tus.answers.length = 0
})

/** A handed in observation with these photos; returns their hashes. */
async function queuePhotos(...names: string[]): Promise<string[]> {
  await db.queue.update(`m-${await queueTalk(...names)}`, { state: 'sent', attempted: true })
  return (await db.photos.toArray()).map(({ sha256 }) => sha256)
}

function serverSays(status: number, retryAfter?: string): Error {
  const body = JSON.stringify({ type: 'urn:rondgang:problem:x', title: 'X', status })
  return answered(status, body, { 'Retry-After': retryAfter })
}

function answered(status: number, body: string, headers: Record<string, string | undefined>): Error {
  const response = {
    getBody: () => body,
    getStatus: () => status,
    getHeader: (name: string) => headers[name],
  }
  return Object.assign(new DetailedError('x'), { originalResponse: response })
}

test('a photo goes to the address of its own hash, with the token of the phone', async () => {
  const [sha256] = await queuePhotos('1.jpg')
  expect(await inTurn(sendPhotos)).toEqual({ kind: 'ok', data: 1 })
  expect(tus.asked).toMatchObject([
    {
      uploadUrl: `/v1/sync/photos/${sha256}`,
      metadata: { sha256 },
      size: 3,
    },
  ])
  const [{ onBeforeRequest }] = tus.asked as [UploadOptions]
  const headers = new Map<string, string>()
  await onBeforeRequest?.({ setHeader: (name: string, value: string) => headers.set(name, value) } as never)
  expect(headers.get('Authorization')).toBe('Bearer geheim')
  expect(headers.get('Rondgang-Report')).toMatch(/^made=1, unsent=0, photos=0, clock="/)
  expect(await db.queue.toArray()).toMatchObject([{ photosLeft: 0 }])
})
test('a photo of a draft stays on the phone', async () => {
  await keepPhoto(await startDraft({ roundId: ROUND_ID, form: makeForm('wijkschouw') }), makePhoto())
  await inTurn(sendPhotos)
  expect(tus.asked).toHaveLength(0)
})
test('a refused photo keeps its bytes and the reason, and does not hold up the next', async () => {
  await queuePhotos('1.jpg', '2.jpg')
  tus.answers.push(serverSays(400))
  expect(await inTurn(sendPhotos)).toEqual({ kind: 'ok', data: 1 })
  expect(await db.photos.toArray()).toMatchObject([
    { state: 'refused', problem: { title: 'X' } },
    { state: 'there' },
  ])
  expect(await db.queue.toArray()).toMatchObject([{ photosLeft: 1 }])
})
test.each([401, 409, 423, 429, 503])(
  'an answer %i says nothing about the photo: it is tried again',
  async (status) => {
    await queuePhotos('1.jpg')
    tus.answers.push(serverSays(status))
    expect((await inTurn(sendPhotos)).kind).toBe('problem')
    expect(await db.photos.toArray()).toMatchObject([{ state: 'here' }])
  },
)
test('a break stops the round and changes nothing', async () => {
  await queuePhotos('1.jpg', '2.jpg')
  tus.answers.push(new Error('network'))
  expect(await inTurn(sendPhotos)).toMatchObject({ kind: 'no-network' })
  expect(tus.asked).toHaveLength(1)
  expect((await db.photos.toArray()).map(({ state }) => state)).toEqual(['here', 'here'])
})
test('a page in place of an answer is a wifi that wants a login', async () => {
  await queuePhotos('1.jpg')
  tus.answers.push(answered(200, '', { 'Content-Type': 'text/html; charset=utf-8' }))
  expect(await inTurn(sendPhotos)).toMatchObject({ kind: 'no-network', portal: true })
  expect(await db.photos.toArray()).toMatchObject([{ state: 'here' }])
})
test('how long the server asks to wait is passed on', async () => {
  await queuePhotos('1.jpg')
  tus.answers.push(serverSays(429, '30'))
  expect(await inTurn(sendPhotos)).toMatchObject({ kind: 'problem', waitMs: 30_000 })
})
test('a network that refuses PATCH gets a POST the next time', async () => {
  await queuePhotos('1.jpg')
  tus.answers.push(serverSays(405))
  await inTurn(sendPhotos)
  await inTurn(sendPhotos)
  expect(tus.asked.map((asked) => (asked as UploadOptions).overridePatchMethod)).toEqual([false, true])
})
test('a phone without room for the mark that a photo arrived goes on with the next', async () => {
  await queuePhotos('1.jpg', '2.jpg')
  vi.spyOn(db.photos, 'update').mockRejectedValueOnce(new DOMException('vol', 'QuotaExceededError'))
  vi.spyOn(db.photos, 'update').mockRejectedValueOnce(new DOMException('vol', 'QuotaExceededError'))
  expect(await inTurn(sendPhotos)).toEqual({ kind: 'ok', data: 2 })
  expect((await db.photos.toArray()).map(({ state }) => state)).toEqual(['here', 'there'])
})
test('a damaged photo does not hold up the others', async () => {
  await queuePhotos('1.jpg', '2.jpg')
  const [first] = await db.photos.toArray()
  await db.photos.update(first!.id, {
    sealedBytes: { iv: new Uint8Array(12), bytes: new ArrayBuffer(32) },
  })
  expect(await inTurn(sendPhotos)).toEqual({ kind: 'ok', data: 1 })
})

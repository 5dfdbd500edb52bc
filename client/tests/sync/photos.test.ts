import { DetailedError, type UploadOptions } from 'tus-js-client'
import { beforeEach, expect, test, vi } from 'vitest'
import { db } from '@/storage/db'
import { finishDraft, startDraft } from '@/storage/drafts'
import { keepPhoto } from '@/storage/photos'
import { sendPhotos } from '@/sync/photos'
import { makeDevice, makeForm, makeObservation, makePhoto, ROUND_ID } from '../factories'

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
  await Promise.all(db.tables.filter(({ name }) => name !== 'keys').map((table) => table.clear()))
  tus.asked.length = 0
  tus.answers.length = 0
})

/** A queued observation with these photos; returns their hashes. */
async function queuePhotos(...names: string[]): Promise<string[]> {
  const id = await startDraft({ roundId: ROUND_ID, form: makeForm('wijkschouw') })
  for (const [at, name] of names.entries()) await keepPhoto(id, makePhoto(name, [255, 216, at]))
  const attachments = (await db.photos.toArray()).map(({ name, size, mediaType, sha256 }) => ({
    name,
    size,
    mediaType,
    sha256,
  }))
  await finishDraft(makeObservation({ id: `m-${id}`, observationId: id, attachments }), false)
  await db.queue.update(`m-${id}`, { state: 'sent' })
  return attachments.map(({ sha256 }) => sha256)
}

function serverSays(status: number): Error {
  const body = JSON.stringify({ type: 'urn:rondgang:problem:x', title: 'X', status })
  const response = { getBody: () => body, getStatus: () => status, getHeader: () => undefined }
  return Object.assign(new DetailedError('x'), { originalResponse: response })
}

test('a photo goes to the address of its own hash, with the token of the phone', async () => {
  const [sha256] = await queuePhotos('1.jpg')
  expect(await sendPhotos(makeDevice(), 'nl')).toEqual({ kind: 'ok', data: 1 })
  expect(tus.asked).toMatchObject([
    {
      uploadUrl: `/v1/sync/photos/${sha256}`,
      metadata: { sha256 },
      headers: { Authorization: 'Bearer geheim' },
      size: 3,
    },
  ])
  expect(await db.queue.toArray()).toMatchObject([{ photosLeft: 0 }])
})
test('a photo of a draft stays on the phone', async () => {
  await keepPhoto(await startDraft({ roundId: ROUND_ID, form: makeForm('wijkschouw') }), makePhoto())
  await sendPhotos(makeDevice(), 'nl')
  expect(tus.asked).toHaveLength(0)
})
test('a refused photo keeps its bytes and the reason, and does not hold up the next', async () => {
  await queuePhotos('1.jpg', '2.jpg')
  tus.answers.push(serverSays(400))
  expect(await sendPhotos(makeDevice(), 'nl')).toEqual({ kind: 'ok', data: 1 })
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
    expect((await sendPhotos(makeDevice(), 'nl')).kind).toBe('problem')
    expect(await db.photos.toArray()).toMatchObject([{ state: 'here' }])
  },
)
test('a break stops the round and changes nothing', async () => {
  await queuePhotos('1.jpg', '2.jpg')
  tus.answers.push(new Error('network'))
  expect(await sendPhotos(makeDevice(), 'nl')).toEqual({ kind: 'no-network' })
  expect(tus.asked).toHaveLength(1)
  expect((await db.photos.toArray()).map(({ state }) => state)).toEqual(['here', 'here'])
})

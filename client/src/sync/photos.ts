import { DetailedError, type HttpResponse, Upload } from 'tus-js-client'
import { db, type QueueItem, type StoredPhoto } from '@/storage/db'
import { isStorageFull } from '@/storage/full'
import { photoFile, photoIdsOf } from '@/storage/photos'
import { readable } from '@/storage/vault'
import type { Errand } from './errand'
import { type Answer, commonHeaders } from './http'
import { askedWaitMs } from './retryAfter'
import { isProblem, type Problem } from './wire'

/**
 * Photos go one by one to /v1/sync/photos/SHA256. The address follows from the content, so nothing has to be
 * remembered: HEAD tells where to go on, 404 means begin. A break costs at most one chunk.
 */
const ENDPOINT = '/v1/sync/photos'
const CHUNK_BYTES = 512 * 1024
/** A line on which nothing moves for so long is broken, whatever the browser thinks. */
const SILENCE_MS = 60_000
/** Faults that say nothing about the photo itself: those are worth another try. */
const TRY_AGAIN = new Set([401, 403, 404, 405, 408, 409, 410, 423, 425, 429])
/** Method not allowed, not implemented: something between us and the server does not know PATCH. */
const PATCH_REFUSED = new Set([405, 501])

/** After a network refused a PATCH, it travels as a POST that says what it is. */
let patchAsPost = false

/** How many photos arrived. Stops at the first break; a photo that the server refuses stays, with the reason. */
export async function sendPhotos(errand: Errand): Promise<Answer<number>> {
  let sent = 0
  for (const id of await photosToSend()) {
    const photo = await db.photos.get(id)
    const file = photo && (await readable(photoFile(photo)))
    if (!file) continue
    const answer = await sendPhoto(photo, file, errand)
    if (answer.kind === 'ok') {
      await noteArrived(photo, errand).catch(unlessFull)
      sent += 1
    } else if (answer.kind === 'problem' && isRefusal(answer.problem)) {
      const { problem } = answer
      await errand.turn.write([db.photos], () => db.photos.update(id, { state: 'refused', problem }))
    } else {
      return answer
    }
  }
  return { kind: 'ok', data: sent }
}

/** Photos of drafts stay on the phone until their draft is finished. */
async function photosToSend(): Promise<string[]> {
  const items = await db.queue
    .where('safe')
    .equals(0)
    .filter((item) => item.state !== 'waiting')
    .toArray()
  return photoIdsOf(items, 'here')
}

/** Keeps "1 van 2" on the screen true while photos go over. */
async function noteArrived({ id, observationId }: StoredPhoto, { turn }: Errand): Promise<void> {
  await turn.write([db.photos, db.queue], async () => {
    await db.photos.update(id, { state: 'there' })
    const items = await db.queue.where('subjectId').equals(observationId).toArray()
    for (const item of items) await db.queue.update(item.id, { photosLeft: await countLeft(item) })
  })
}

/** The mark is written with the photo, so on a full phone there is no room for it. The server will tell again that it has
 * this one, and the ledger lets go of it without a mark. */
function unlessFull(error: unknown): void {
  if (!isStorageFull(error)) throw error
}

async function countLeft(item: QueueItem): Promise<number> {
  return (await photoIdsOf([item], 'here', 'refused')).length
}

function isRefusal({ status }: Problem): boolean {
  return status >= 400 && status < 500 && !TRY_AGAIN.has(status)
}

async function sendPhoto(photo: StoredPhoto, file: File, errand: Errand): Promise<Answer<null>> {
  const { device, language } = errand
  return new Promise((resolve) => {
    const settle = (answer: Answer<null>): void => {
      clearTimeout(silence)
      resolve(answer)
    }
    const breakOff = (): void => {
      void upload.abort()
      settle({ kind: 'no-network' })
    }
    let silence = setTimeout(breakOff, SILENCE_MS)
    const upload = new Upload(file, {
      endpoint: ENDPOINT,
      uploadUrl: `${ENDPOINT}/${photo.sha256}`,
      metadata: { sha256: photo.sha256, filetype: photo.mediaType },
      chunkSize: CHUNK_BYTES,
      overridePatchMethod: patchAsPost,
      onBeforeRequest: async (request) => {
        for (const [name, value] of Object.entries(await commonHeaders(language, device.token)))
          request.setHeader(name, value)
      },
      // The queue decides when to try again; the address of an upload needs no remembering.
      retryDelays: null,
      storeFingerprintForResuming: false,
      onProgress: () => {
        clearTimeout(silence)
        silence = setTimeout(breakOff, SILENCE_MS)
      },
      // Between two pieces it is seen whether this is still ours to do.
      onChunkComplete: () => void errand.turn.beat().catch(breakOff),
      onSuccess: () => settle({ kind: 'ok', data: null }),
      onError: (error) => {
        patchAsPost ||= isPatchRefused(error)
        settle(answerOf(error))
      },
    })
    upload.start()
  })
}

function isPatchRefused(error: Error | DetailedError): boolean {
  const response = error instanceof DetailedError ? error.originalResponse : null
  return response ? PATCH_REFUSED.has(response.getStatus()) : false
}

/** A wifi that wants people to log in answers with a page. Our own server never does that here, and a HEAD has no body. */
function isPage(response: HttpResponse | null): boolean {
  return (
    response !== null && response.getStatus() < 500 && /html/i.test(response.getHeader('Content-Type') ?? '')
  )
}

function answerOf(error: Error | DetailedError): Answer<null> {
  const response = error instanceof DetailedError ? error.originalResponse : null
  const waitMs = askedWaitMs(response?.getStatus() ?? 0, response?.getHeader('Retry-After'), Date.now())
  try {
    const problem: unknown = JSON.parse(response?.getBody() ?? '')
    if (isProblem(problem)) return { kind: 'problem', problem, waitMs }
  } catch {
    // Not our server's answer.
  }
  return { kind: 'no-network', portal: isPage(response), waitMs }
}

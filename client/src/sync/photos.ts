import { DetailedError, Upload } from 'tus-js-client'
import { db, type Device, type StoredPhoto } from '@/storage/db'
import { photoFile, photosOf } from '@/storage/photos'
import type { Answer } from './http'
import { isProblem, type Problem } from './wire'

/**
 * Photos go one by one to /v1/sync/photos/SHA256. The address follows from the content, so nothing has to be
 * remembered: HEAD tells where to go on, 404 means begin. A break costs at most one chunk.
 */
const ENDPOINT = '/v1/sync/photos'
const CHUNK_BYTES = 512 * 1024
/** Faults that say nothing about the photo itself: those are worth another try. */
const TRY_AGAIN = new Set([401, 403, 404, 408, 409, 410, 423, 425, 429])

/** How many photos arrived. Stops at the first break; a photo that the server refuses stays, with the reason. */
export async function sendPhotos(device: Device, language: string): Promise<Answer<number>> {
  let sent = 0
  for (const id of await photosToSend()) {
    const photo = await db.photos.get(id)
    if (!photo) continue
    const answer = await sendPhoto(photo, device.token, language)
    if (answer.kind === 'ok') {
      await db.photos.update(id, { state: 'there' })
      await countPhotosLeft(photo.observationId)
      sent += 1
    } else if (answer.kind === 'problem' && isRefusal(answer.problem)) {
      await db.photos.update(id, { state: 'refused', problem: answer.problem })
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
    .filter((item) => item.attachments.length > 0 && item.state !== 'waiting')
    .toArray()
  const photos = await db.photos
    .where('observationId')
    .anyOf(items.map((item) => item.subjectId))
    .filter((photo) => photo.state === 'here')
    .toArray()
  return photos.map((photo) => photo.id)
}

/** Keeps "1 van 2" on the screen true while photos go over. */
async function countPhotosLeft(observationId: string): Promise<void> {
  const photos = await photosOf(observationId)
  const photosLeft = photos.filter((photo) => photo.state !== 'there').length
  await db.queue.where('subjectId').equals(observationId).modify({ photosLeft })
}

function isRefusal({ status }: Problem): boolean {
  return status >= 400 && status < 500 && !TRY_AGAIN.has(status)
}

async function sendPhoto(photo: StoredPhoto, token: string, language: string): Promise<Answer<null>> {
  const file = await photoFile(photo)
  return new Promise((resolve) => {
    const upload = new Upload(file, {
      endpoint: ENDPOINT,
      uploadUrl: `${ENDPOINT}/${photo.sha256}`,
      metadata: { sha256: photo.sha256, filetype: photo.mediaType },
      chunkSize: CHUNK_BYTES,
      headers: {
        Authorization: `Bearer ${token}`,
        'Accept-Language': language,
        'Rondgang-Protocol': '1',
      },
      // The queue decides when to try again; the address of an upload needs no remembering.
      retryDelays: null,
      storeFingerprintForResuming: false,
      onSuccess: () => resolve({ kind: 'ok', data: null }),
      onError: (error) => resolve(answerOf(error)),
    })
    upload.start()
  })
}

function answerOf(error: Error | DetailedError): Answer<null> {
  const body = error instanceof DetailedError ? error.originalResponse?.getBody() : undefined
  try {
    const problem: unknown = JSON.parse(body ?? '')
    if (isProblem(problem)) return { kind: 'problem', problem }
  } catch {
    // Not our server's answer.
  }
  return { kind: 'no-network' }
}

import { sha256Hex } from '@/domain/ids'
import type { Attachment } from '@/sync/wire'
import { db, type QueueItem, type StoredPhoto } from './db'
import { openBytes, sealBytes } from './vault'

function photoId(observationId: string, name: string): string {
  return `${observationId}/${name}`
}

/** Stores a photo at the moment it is taken; resolves once it is on the disk. */
export async function keepPhoto(observationId: string, file: File): Promise<void> {
  const bytes = await file.arrayBuffer()
  const [sha256, sealedBytes] = await Promise.all([sha256Hex(bytes), sealBytes(bytes)])
  await db.photos.put({
    id: photoId(observationId, file.name),
    observationId,
    name: file.name,
    sha256,
    size: bytes.byteLength,
    mediaType: file.type,
    state: 'here',
    problem: null,
    sealedBytes,
  })
}

/** Removes a photo that the answers name no more, unless an earlier version that is on its way still needs it. */
export async function dropPhoto(observationId: string, name: string): Promise<void> {
  await dropPhotosExcept(observationId, (other) => other !== name)
}

/** Removes the photos of an observation but for those to keep, and those that what is on its way needs. */
export async function dropPhotosExcept(
  observationId: string,
  keeps: (name: string) => boolean,
): Promise<void> {
  await db.transaction('rw', db.photos, db.queue, async () => {
    const needed = await namesOnTheirWay(observationId)
    await db.photos
      .where('observationId')
      .equals(observationId)
      .filter(({ name }) => !keeps(name) && !needed.has(name))
      .delete()
  })
}

/** The photos that versions of this observation name which are not safe yet. */
async function namesOnTheirWay(observationId: string): Promise<Set<string>> {
  const items = await db.queue
    .where('subjectId')
    .equals(observationId)
    .filter(({ safe }) => safe === 0)
    .toArray()
  return new Set(items.flatMap(({ attachments }) => attachments.map(({ name }) => name)))
}

export async function photosOf(observationId: string): Promise<StoredPhoto[]> {
  return db.photos.where('observationId').equals(observationId).toArray()
}

export async function photoFile(photo: StoredPhoto): Promise<File> {
  return new File([await openBytes(photo.sealedBytes)], photo.name, { type: photo.mediaType })
}

/** The photos that the answers name, as the server wants them announced. `before`: those of the version that is changed,
 * of which the server may have the only copy. */
export async function attachmentsIn(
  observationId: string,
  xml: string,
  before: readonly Attachment[] = [],
): Promise<Attachment[]> {
  const here = (await photosOf(observationId)).map(attachmentOf)
  const names = new Set(here.map(({ name }) => name))
  return [...here, ...before.filter(({ name }) => !names.has(name)).map(attachmentOf)].filter(({ name }) =>
    xml.includes(`>${name}<`),
  )
}

function attachmentOf({ name, size, mediaType, sha256 }: Attachment): Attachment {
  return { name, size, mediaType, sha256 }
}

/** The ids of the photos of these items in a state. Only keys are read: the bytes of a hundred photos do not fit in
 * the memory of an old phone. */
export async function photoIdsOf(items: QueueItem[], ...states: StoredPhoto['state'][]): Promise<string[]> {
  const named = new Set(
    items.flatMap(({ subjectId, attachments }) => attachments.map(({ name }) => photoId(subjectId, name))),
  )
  const ids = await db.photos.where('state').anyOf(states).primaryKeys()
  return ids.filter((id) => named.has(id))
}

/** Photos of finished work that the server does not have. Those of drafts stay on the phone. */
export async function photosWaiting(): Promise<string[]> {
  return photoIdsOf(await db.queue.where('safe').equals(0).toArray(), 'here')
}

/** What the server has of an item's photos. One that it names as missing is here again, whatever we believed. A row that stays
 * as it was is not written: it holds the photo, so that would take as much room again. */
export async function markPhotos(item: QueueItem, missing: ReadonlySet<string>): Promise<void> {
  for (const { name, sha256 } of item.attachments) {
    const state = missing.has(sha256) ? 'here' : 'there'
    await db.photos
      .where('id')
      .equals(photoId(item.subjectId, name))
      .modify((photo) => {
        if (photo.state === 'refused' || photo.state === state) return false
        photo.state = state
        return true
      })
  }
}

/** Removes the photos of a safe item, but for those that another change of the same observation still needs. */
export async function letGoOfPhotos(item: QueueItem): Promise<void> {
  const needed = await namesOnTheirWay(item.subjectId)
  const names = item.attachments.map(({ name }) => name).filter((name) => !needed.has(name))
  await db.photos.bulkDelete(names.map((name) => photoId(item.subjectId, name)))
}

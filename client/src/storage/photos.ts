import { sha256Hex } from '@/domain/ids'
import type { Attachment } from '@/sync/wire'
import { db, type StoredPhoto } from './db'
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

export async function dropPhoto(observationId: string, name: string): Promise<void> {
  await db.photos.delete(photoId(observationId, name))
}

export async function photosOf(observationId: string): Promise<StoredPhoto[]> {
  return db.photos.where('observationId').equals(observationId).toArray()
}

export async function photoFile(photo: StoredPhoto): Promise<File> {
  return new File([await openBytes(photo.sealedBytes)], photo.name, { type: photo.mediaType })
}

/** The photos that the answers name, as the server wants them announced. */
export async function attachmentsIn(observationId: string, xml: string): Promise<Attachment[]> {
  const photos = await photosOf(observationId)
  return photos
    .filter((photo) => xml.includes(`>${photo.name}<`))
    .map(({ name, size, mediaType, sha256 }) => ({ name, size, mediaType, sha256 }))
}

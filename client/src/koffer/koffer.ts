import { fromBase64Url, toBase64Url } from '@/domain/base64'
import { toRfc3339 } from '@/domain/time'
import { db, type Device, type QueueItem } from '@/storage/db'
import { photoIdsOf } from '@/storage/photos'
import { openBytes, readable, type Sealed } from '@/storage/vault'
import { sealedBox } from './sealedBox'

/**
 * A koffer: all that is not confirmed, as a file that only the server can read (docs/protocol.md, section 8). Needs no
 * network, and removes nothing. Photos are read, sealed and put in the file one by one: a hundred of them do not
 * fit in the memory of an old phone, and the browser keeps the parts of a file on its disk.
 */
export interface Koffer {
  file: File
  mutations: number
  photos: number
  /** What could not be read on this phone any more, and is not in it. */
  unreadable: number
}

const FIRST_LINE = 'rondgang-koffer 1'

/** `onLine` hears after each line how far it is, from 0 to 1. */
export async function makeKoffer(
  device: Device & { kofferKey: string },
  onLine: (part: number) => void = () => undefined,
  now = new Date(),
): Promise<Koffer> {
  const items = await itemsInKoffer()
  const photoIds = await photoIdsOf(items, 'here', 'there', 'refused')
  const publicKey = fromBase64Url(device.kofferKey)
  const total = items.length + photoIds.length
  const parts: Blob[] = [new Blob([`${FIRST_LINE}\n`])]
  const add = (head: object, content: ArrayBuffer): void => {
    parts.push(new Blob([`${toBase64Url(sealedBox(contentOf(head, content), publicKey))}\n`]))
    onLine((parts.length - 2) / Math.max(1, total))
  }
  let unreadable = 0
  const addSealed = async (head: object, sealed: Sealed): Promise<void> => {
    const content = await readable(openBytes(sealed))
    if (content) add(head, content)
    else unreadable += 1
  }
  add(headOf(device, items.length, photoIds.length, now), new ArrayBuffer(0))
  for (const { sealedMutation } of items) await addSealed({ kind: 'mutation' }, sealedMutation)
  for (const id of photoIds) {
    const photo = await db.photos.get(id)
    if (!photo) continue
    const { sha256, mediaType, sealedBytes } = photo
    await addSealed({ kind: 'photo', sha256, mediaType }, sealedBytes)
  }
  const file = new File(parts, kofferName(device.volunteer, now), { type: 'text/plain' })
  return { file, mutations: items.length, photos: photoIds.length, unreadable }
}

type Full = QueueItem & { sealedMutation: NonNullable<QueueItem['sealedMutation']> }

/** In the order in which they were made. Drafts are no mutations, so they are not in it. */
async function itemsInKoffer(): Promise<Full[]> {
  const items = await db.queue.where('safe').equals(0).sortBy('madeMs')
  return items.filter((item): item is Full => item.sealedMutation !== null)
}

function headOf({ id, volunteer }: Device, mutations: number, photos: number, now: Date): object {
  return { kind: 'device', deviceId: id, volunteer, madeAt: toRfc3339(now), mutations, photos }
}

/** The head on one line, and what it is about. */
function contentOf(head: object, content: ArrayBuffer): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`)
  const whole = new Uint8Array(line.length + content.byteLength)
  whole.set(line)
  whole.set(new Uint8Array(content), line.length)
  return whole
}

/** "rondgang-koffer-vrijwilliger-1-2026-11-22.txt" */
export function kofferName(volunteer: string, now: Date): string {
  const slug = volunteer
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return `rondgang-koffer-${slug || 'telefoon'}-${toRfc3339(now).slice(0, 10)}.txt`
}

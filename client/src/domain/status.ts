import type { Contact } from '@/sync/queue'
import type { QueueItem } from '@/storage/db'

/** A part of a sentence: a key of the translation files, with what fills it in. */
export interface Phrase {
  key: string
  count?: number
  values?: Record<string, string | number>
}

export interface Situation {
  items: readonly QueueItem[]
  photosRefused: number
  contact: Contact
  running: boolean
  refused: boolean
}

export interface Status {
  tone: 'ok' | 'busy' | 'waiting' | 'problem'
  /** What has not arrived, to be joined with "en". Empty: everything arrived. */
  counts: Phrase[]
  /** The rest of the sentence, to be joined with " · ". */
  remarks: Phrase[]
}

/** The truth about what was made on this phone, in words. */
export function statusOf({ items, photosRefused, contact, running, refused }: Situation): Status {
  const open = items.filter((item) => !item.safe)
  const rejected = open.filter((item) => item.state === 'rejected').length + photosRefused
  const waiting = open.filter((item) => item.state === 'waiting')
  const handedIn = open.filter((item) => item.state !== 'waiting' && item.state !== 'rejected')
  const counts = countsOf(waiting)
  const remarks: Phrase[] = []
  if (counts.length === 0 && handedIn.length > 0) remarks.push(...handedInRemarks(handedIn))
  if (rejected > 0) remarks.push({ key: 'status.rejected', count: rejected })
  if (waiting.length + handedIn.length > 0) remarks.push(contactRemark(contact, running))
  if (open.length + photosRefused > 0) remarks.push({ key: 'status.safe' })
  if (refused) return { tone: 'problem', counts, remarks: [{ key: 'status.refused' }] }
  if (remarks.length === 0)
    return { tone: 'ok', counts, remarks: [{ key: items.length > 0 ? 'status.all' : 'status.none' }] }
  return { tone: rejected > 0 ? 'problem' : running ? 'busy' : 'waiting', counts, remarks }
}

function countsOf(waiting: readonly QueueItem[]): Phrase[] {
  const talks = waiting.filter((item) => item.kind === 'observation' && item.talk).length
  const visits = waiting.filter((item) => item.kind === 'visit').length
  return [
    { key: 'status.talks', count: talks },
    { key: 'status.sightings', count: waiting.length - talks - visits },
    { key: 'status.visits', count: visits },
  ].filter(({ count }) => count > 0)
}

function handedInRemarks(handedIn: readonly QueueItem[]): Phrase[] {
  const photos = handedIn.reduce((sum, item) => sum + item.photosLeft, 0)
  return [photos > 0 ? { key: 'status.photos', count: photos } : { key: 'status.unconfirmed' }]
}

function contactRemark(contact: Contact, running: boolean): Phrase {
  if (running) return { key: 'status.sending' }
  if (contact === 'unreachable') return { key: 'status.noNetwork' }
  if (contact === 'failed') return { key: 'status.failed' }
  return { key: 'status.soon' }
}

/** The state of one thing, in the words of the screen "Verstuurd". */
export function itemPhrase(item: QueueItem, refusedPhotos: number): Phrase {
  if (item.state === 'waiting') return { key: 'item.waiting' }
  if (item.state === 'rejected') return { key: 'item.rejected' }
  if (refusedPhotos > 0) return { key: 'item.photoRefused' }
  const total = item.attachments.length
  if (!item.safe && item.photosLeft > 0)
    return { key: 'item.photos', values: { there: total - item.photosLeft, total } }
  if (item.state === 'held' || item.state === 'conflict') return { key: 'item.looked' }
  return { key: item.safe ? 'item.safe' : 'item.unconfirmed' }
}

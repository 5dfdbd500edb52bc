import type { Contact } from '@/sync/round'
import type { Device, QueueItem } from '@/storage/db'

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
  standing: Device['standing']
}

export interface Status {
  tone: 'ok' | 'busy' | 'waiting' | 'problem'
  /** What has not arrived, to be joined with "en". Empty: everything arrived. */
  counts: Phrase[]
  /** The rest of the sentence, to be joined with " · ". */
  remarks: Phrase[]
}

/** The truth about what was made on this phone, in words. */
export function statusOf({ items, photosRefused, contact, running, standing }: Situation): Status {
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
  if (standing === 'unknown') return { tone: 'problem', counts, remarks: [{ key: 'status.refused' }] }
  if (standing === 'revoked') return { tone: 'waiting', counts, remarks: revokedRemarks(remarks) }
  if (remarks.length === 0)
    return { tone: 'ok', counts, remarks: [{ key: items.length > 0 ? 'status.all' : 'status.none' }] }
  return { tone: rejected > 0 ? 'problem' : running ? 'busy' : 'waiting', counts, remarks }
}

/** A revoked phone gets nothing new; what it holds can be handed in, or is. */
function revokedRemarks(remarks: Phrase[]): Phrase[] {
  return remarks.length > 0 ? [...remarks, { key: 'status.revoked' }] : [{ key: 'status.revokedDone' }]
}

function countsOf(waiting: readonly QueueItem[]): Phrase[] {
  const count = (fits: (item: QueueItem) => boolean): number => waiting.filter(fits).length
  return [
    { key: 'status.talks', count: count(({ kind, talk }) => kind === 'observation' && talk) },
    { key: 'status.sightings', count: count(({ kind, talk }) => kind === 'observation' && !talk) },
    { key: 'status.visits', count: count(({ kind }) => kind === 'visit') },
    { key: 'status.doors', count: count(({ kind }) => kind === 'door') },
    { key: 'status.withdrawals', count: count(({ kind }) => kind === 'withdrawal') },
  ].filter((phrase) => phrase.count > 0)
}

function handedInRemarks(handedIn: readonly QueueItem[]): Phrase[] {
  const photos = handedIn.reduce((sum, item) => sum + item.photosLeft, 0)
  return [photos > 0 ? { key: 'status.photos', count: photos } : { key: 'status.unconfirmed' }]
}

function contactRemark(contact: Contact, running: boolean): Phrase {
  if (running) return { key: 'status.sending' }
  switch (contact) {
    case 'unreachable':
      return { key: 'status.noNetwork' }
    case 'portal':
      return { key: 'status.portal' }
    case 'failed':
      return { key: 'status.failed' }
    case 'elsewhere':
      return { key: 'status.elsewhere' }
    default:
      return { key: 'status.soon' }
  }
}

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
  nowMs: number
}

/** Work that waits longer than this may be forgotten by who made it. */
const OLD_MS = 2 * 24 * 3600 * 1000

export interface Status {
  tone: 'ok' | 'busy' | 'waiting' | 'problem'
  /** What has not arrived, to be joined with "en". Empty: everything arrived. */
  counts: Phrase[]
  /** The rest of the sentence, to be joined with " · ". */
  remarks: Phrase[]
}

/** The truth about what was made on this phone, in words. */
export function statusOf(situation: Situation): Status {
  const { items, photosRefused, running, standing, nowMs } = situation
  const open = items.filter((item) => !item.safe)
  const rejected = open.filter((item) => item.state === 'rejected').length + photosRefused
  const counts = countsOf(open.filter((item) => item.state === 'waiting'))
  const remarks = remarksOf(situation, open, counts.length > 0, rejected)
  if (standing === 'unknown') return { tone: 'problem', counts, remarks: [{ key: 'status.refused' }] }
  if (standing === 'revoked') return { tone: 'waiting', counts, remarks: revokedRemarks(remarks) }
  if (remarks.length === 0)
    return { tone: 'ok', counts, remarks: [{ key: items.length > 0 ? 'status.all' : 'status.none' }] }
  const days = daysWaiting(open, nowMs)
  if (days > 0) remarks.push({ key: 'status.old', count: days })
  return { tone: rejected + days > 0 ? 'problem' : running ? 'busy' : 'waiting', counts, remarks }
}

function remarksOf(
  { photosRefused, contact, running }: Situation,
  open: readonly QueueItem[],
  hasCounts: boolean,
  rejected: number,
): Phrase[] {
  const handedIn = open.filter((item) => item.state !== 'waiting' && item.state !== 'rejected')
  const isOnItsWay = open.some((item) => item.state !== 'rejected')
  const remarks: Phrase[] = []
  if (!hasCounts && handedIn.length > 0) remarks.push(...handedInRemarks(handedIn))
  if (rejected > 0) remarks.push({ key: 'status.rejected', count: rejected })
  if (isOnItsWay) remarks.push(contactRemark(contact, running))
  if (open.length + photosRefused > 0) remarks.push({ key: 'status.safe' })
  return remarks
}

/** For how many days the oldest work waits, once that is too long; else 0. */
function daysWaiting(open: readonly QueueItem[], nowMs: number): number {
  const waits = nowMs - Math.min(nowMs, ...open.map(({ madeMs }) => madeMs))
  return waits >= OLD_MS ? Math.floor(waits / (OLD_MS / 2)) : 0
}

/** A revoked phone gets nothing new; what it holds can be handed in, or is. */
function revokedRemarks(remarks: Phrase[]): Phrase[] {
  return remarks.length > 0 ? [...remarks, { key: 'status.revoked' }] : [{ key: 'status.revokedDone' }]
}

function countsOf(waiting: readonly QueueItem[]): Phrase[] {
  const count = (fits: (item: QueueItem) => boolean): number => waiting.filter(fits).length
  return [
    {
      key: 'status.talks',
      count: count(({ kind, talk, corrects }) => kind === 'observation' && talk && !corrects),
    },
    {
      key: 'status.sightings',
      count: count(({ kind, talk, corrects }) => kind === 'observation' && !talk && !corrects),
    },
    { key: 'status.visits', count: count(({ kind }) => kind === 'visit') },
    { key: 'status.walks', count: count(({ kind }) => kind === 'walk') },
    { key: 'status.doors', count: count(({ kind }) => kind === 'door') },
    { key: 'status.corrections', count: count(({ corrects }) => corrects === true) },
    { key: 'status.answers', count: count(({ kind }) => kind === 'answer') },
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

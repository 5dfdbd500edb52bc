import type { QueueItem } from '@/storage/db'
import type { Phrase } from './status'

/** A line on the screen "Verstuurd": a thing that was made, and whether its maker took it back. */
export interface SentLine {
  /** The newest version of it; one that was refused comes first, because somebody has to do something about it. */
  item: QueueItem
  /** Every version that this phone made, the oldest first. */
  versions: QueueItem[]
  withdrawal: QueueItem | null
}

/** The lines in the order of the items, which is the newest first; versions and withdrawals belong to the line of what
 * they are about. */
export function sentLines(items: readonly QueueItem[]): SentLine[] {
  const lines = new Map<string, SentLine>()
  for (const item of items.filter(({ kind }) => kind !== 'withdrawal')) {
    // A visit can have the id of its talk, and every answer to a question is a line of its own.
    const key = item.kind === 'observation' ? `observation ${item.subjectId}` : item.id
    const versions = [item, ...(lines.get(key)?.versions ?? [])]
    const refused = versions.find(({ state }) => state === 'rejected')
    lines.set(key, { item: refused ?? versions.at(-1) ?? item, versions, withdrawal: null })
  }
  for (const item of items.filter(({ kind }) => kind === 'withdrawal')) {
    const line = lines.get(`observation ${item.subjectId}`)
    if (line) line.withdrawal ??= item
  }
  return [...lines.values()]
}

/** Where it is, in words. */
export function linePhrase(line: SentLine, refusedPhotos: number): Phrase {
  const { item, withdrawal } = line
  if (withdrawal?.state === 'waiting') return { key: 'item.withdrawing' }
  if (withdrawal?.state === 'rejected') return { key: 'item.withdrawalRejected' }
  if (withdrawal?.state === 'held' || withdrawal?.state === 'conflict')
    return { key: 'item.withdrawalLooked' }
  if (item.state === 'withdrawn') return { key: withdrawal ? 'item.withdrawn' : 'item.withdrawnAtDesk' }
  return itemPhrase(line, refusedPhotos)
}

function itemPhrase(line: SentLine, refusedPhotos: number): Phrase {
  const { item } = line
  if (item.state === 'waiting') return { key: item.corrects ? 'item.correctionWaiting' : 'item.waiting' }
  if (item.state === 'rejected') return { key: 'item.rejected' }
  if (refusedPhotos > 0) return { key: 'item.photoRefused' }
  const total = item.attachments.length
  if (!item.safe && item.photosLeft > 0)
    return { key: 'item.photos', values: { there: total - item.photosLeft, total } }
  if (item.state === 'held' || item.state === 'conflict') return { key: 'item.looked' }
  if (!item.safe) return { key: 'item.unconfirmed' }
  return arrivedPhrase(line)
}

function arrivedPhrase(line: SentLine): Phrase {
  if (isChangedByOthers(line)) return { key: 'item.changed' }
  return { key: line.item.corrects ? 'item.corrected' : 'item.safe' }
}

/** The version that stands is not one that this phone made. */
function isChangedByOthers({ item: { version }, versions }: SentLine): boolean {
  return version !== null && versions.every(({ id }) => id !== version)
}

/** What more there is to say of the state, on the screen of this thing alone; null when its words are enough. */
export function lineExplained(line: SentLine): Phrase | null {
  const { item } = line
  if (item.state === 'conflict') return { key: 'sentItem.conflict' }
  if (item.state === 'held') return { key: 'sentItem.held' }
  const isTogether = item.safe === 1 && item.state === 'sent' && isChangedByOthers(line)
  return isTogether && item.corrects ? { key: 'sentItem.merged' } : null
}

/** What arrived, or is on its way, and was not taken back. What was refused goes again as it is. */
export function canCorrect({ item, versions, withdrawal }: SentLine): boolean {
  const isTakenBack = item.state === 'withdrawn' || (withdrawal !== null && withdrawal.safe === 0)
  return item.kind === 'observation' && !isTakenBack && versions.every(({ state }) => state !== 'rejected')
}

/** The colour of a line, beside its words. */
export function lineTone({ item, withdrawal }: SentLine, refusedPhotos: number): string {
  const last = withdrawal ?? item
  if (item.state === 'rejected' || last.state === 'rejected' || refusedPhotos > 0) return 'bad'
  if (last.state === 'held' || last.state === 'conflict') return 'looked'
  return last.safe ? 'good' : 'open'
}

/** What of the line was refused and can be sent again: the withdrawal, the thing itself, or only its photos. */
export function refusedOf({ item, withdrawal }: SentLine, refusedPhotos: number): QueueItem | null {
  if (withdrawal?.state === 'rejected') return withdrawal
  return item.state === 'rejected' || refusedPhotos > 0 ? item : null
}

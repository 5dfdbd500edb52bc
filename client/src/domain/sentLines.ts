import type { QueueItem } from '@/storage/db'
import type { Phrase } from './status'

/** A line on the screen "Verstuurd": a thing that was made, and whether its maker took it back. */
export interface SentLine {
  item: QueueItem
  withdrawal: QueueItem | null
}

/** The lines in the order of the items; a withdrawal belongs to the line of what it withdraws. */
export function sentLines(items: readonly QueueItem[]): SentLine[] {
  const withdrawals = new Map(
    items.filter(({ kind }) => kind === 'withdrawal').map((item) => [item.subjectId, item]),
  )
  return items
    .filter(({ kind }) => kind !== 'withdrawal')
    .map((item) => ({ item, withdrawal: withdrawals.get(item.subjectId) ?? null }))
}

/** Where it is, in words. */
export function linePhrase({ item, withdrawal }: SentLine, refusedPhotos: number): Phrase {
  if (withdrawal?.state === 'waiting') return { key: 'item.withdrawing' }
  if (withdrawal?.state === 'rejected') return { key: 'item.withdrawalRejected' }
  if (withdrawal?.state === 'held' || withdrawal?.state === 'conflict')
    return { key: 'item.withdrawalLooked' }
  if (item.state === 'withdrawn') return { key: withdrawal ? 'item.withdrawn' : 'item.withdrawnAtDesk' }
  return itemPhrase(item, refusedPhotos)
}

function itemPhrase(item: QueueItem, refusedPhotos: number): Phrase {
  if (item.state === 'waiting') return { key: 'item.waiting' }
  if (item.state === 'rejected') return { key: 'item.rejected' }
  if (refusedPhotos > 0) return { key: 'item.photoRefused' }
  const total = item.attachments.length
  if (!item.safe && item.photosLeft > 0)
    return { key: 'item.photos', values: { there: total - item.photosLeft, total } }
  if (item.state === 'held' || item.state === 'conflict') return { key: 'item.looked' }
  if (!item.safe) return { key: 'item.unconfirmed' }
  return { key: isChangedByOthers(item) ? 'item.changed' : 'item.safe' }
}

/** The version that stands is not the one that this phone made. */
function isChangedByOthers({ version, id }: QueueItem): boolean {
  return version !== null && version !== id
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

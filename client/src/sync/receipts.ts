import type { ItemState, QueueItem } from '@/storage/db'
import type { LedgerObservation, Receipt, ReceiptStatus } from './wire'

const AFTER_RECEIPT: Record<ReceiptStatus, ItemState> = {
  applied: 'sent',
  duplicate: 'sent',
  merged: 'sent',
  held: 'held',
  conflict: 'conflict',
  rejected: 'rejected',
}

/** What a receipt changes (the table in docs/protocol.md, section 5). No receipt removes anything: that is for
 * the ledger. A status that we do not know changes nothing, so the item is sent again and asked for again. */
export function applyReceipt(item: QueueItem, receipt: Receipt): QueueItem {
  const state = AFTER_RECEIPT[receipt.status] as ItemState | undefined
  if (!state) return item
  return { ...item, state, problem: state === 'rejected' ? receipt.problem : null }
}

/** What the ledger's line changes: with no photo missing it is safe, and its content may leave the phone. */
export function applyLedger(item: QueueItem, line: LedgerObservation): QueueItem {
  const state = stateInLedger(item.state, line.status)
  const photosLeft = new Set(line.photosMissing).size
  if (photosLeft > 0 || state === 'rejected') return { ...item, state, photosLeft }
  return madeSafe({ ...item, state })
}

/** The item as a line only: what, when and how it ended. */
export function madeSafe(item: QueueItem): QueueItem {
  return { ...item, photosLeft: 0, safe: 1, sealedMutation: null }
}

function stateInLedger(now: ItemState, status: string): ItemState {
  if (status === 'held' || status === 'conflict' || status === 'rejected') return status
  return now === 'rejected' ? now : 'sent'
}

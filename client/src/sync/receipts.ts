import type { ItemState, QueueItem } from '@/storage/db'
import type { LedgerLine, ObservationState, Receipt, ReceiptStatus } from './wire'

const AFTER_RECEIPT: Record<ReceiptStatus, ItemState> = {
  applied: 'sent',
  duplicate: 'sent',
  merged: 'sent',
  held: 'held',
  conflict: 'conflict',
  rejected: 'rejected',
}

/** What a receipt changes (the table in docs/protocol.md, section 5.2). No receipt removes anything: that is for the
 * ledger. A status that we do not know changes nothing, so the item is sent again and asked for again. */
export function applyReceipt(item: QueueItem, receipt: Receipt): QueueItem {
  const state = AFTER_RECEIPT[receipt.status] as ItemState | undefined
  if (!state || item.state !== 'waiting') return item
  return { ...item, state, problem: state === 'rejected' ? receipt.problem : null }
}

/** What the ledger's line changes: when none of its own photos is missing the item is safe, and its content may leave
 * the phone. Photos of another change of the same observation do not hold it up. */
export function applyLedger(item: QueueItem, line: LedgerLine): QueueItem {
  const state = stateInLedger(item.state, line.status)
  const missing = new Set(line.photosMissing)
  const received = receivedAt(line)
  const photosLeft = item.attachments.filter(({ sha256 }) => missing.has(sha256)).length
  if (photosLeft > 0 || state === 'rejected') return { ...item, ...received, state, photosLeft }
  return { ...item, ...received, state, photosLeft: 0, safe: 1, sealedMutation: null }
}

/** A moment that cannot be read is left out: it only says on the screen when it arrived. */
function receivedAt(line: LedgerLine): Pick<QueueItem, 'receivedMs'> {
  const receivedMs = Date.parse(line.receivedAt)
  return Number.isNaN(receivedMs) ? {} : { receivedMs }
}

function stateInLedger(now: ItemState, status: string): ItemState {
  if (now === 'rejected' || now === 'withdrawn') return now
  return status === 'held' || status === 'conflict' || status === 'rejected' ? status : 'sent'
}

/** What the desk made of an observation that this phone handed in. */
export function applyObservationState(item: QueueItem, state: ObservationState): QueueItem {
  if (item.kind !== 'observation' || item.state === 'waiting' || item.state === 'rejected') return item
  const known: ItemState[] = ['held', 'conflict', 'withdrawn']
  return {
    ...item,
    state: known.find((each) => each === state.status) ?? 'sent',
    version: state.version ?? item.version,
  }
}

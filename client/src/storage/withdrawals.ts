import { uuidv7 } from '@/domain/ids'
import type { SentLine } from '@/domain/sentLines'
import { toRfc3339 } from '@/domain/time'
import type { ObservationWithdraw } from '@/sync/wire'
import { db, type QueueItem } from './db'
import { addToQueue, newItem } from './queue'

/** An own observation whose version is known, so that the server can see what the withdrawal was made from. */
export function canWithdraw(item: QueueItem): boolean {
  return item.kind === 'observation' && item.version !== null && RECEIVED.has(item.state)
}

/** One that is on its way is enough; after the desk brought it back it may be withdrawn anew. */
export function mayWithdraw({ item, withdrawal }: SentLine): boolean {
  return canWithdraw(item) && (withdrawal === null || withdrawal.safe === 1)
}

const RECEIVED = new Set<QueueItem['state']>(['sent', 'held', 'conflict'])

/** The observation must not count any more. It is a thing to hand in like all others. */
export async function withdraw(item: QueueItem, reason: string): Promise<void> {
  if (item.version === null) return
  const now = new Date()
  const mutation: ObservationWithdraw = {
    id: uuidv7(now.getTime()),
    type: 'observation.withdraw',
    observationId: item.subjectId,
    baseVersion: item.version,
    withdrawnAt: toRfc3339(now),
    reason: reason.trim() || null,
  }
  const withdrawal = await newItem(mutation, { kind: 'withdrawal', subjectId: item.subjectId })
  await db.transaction('rw', db.queue, db.counts, () => addToQueue(withdrawal))
}

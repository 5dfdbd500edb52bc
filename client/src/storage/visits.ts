import { uuidv7 } from '@/domain/ids'
import { toRfc3339 } from '@/domain/time'
import type { Outcome, VisitPut } from '@/sync/wire'
import { db, type QueueItem } from './db'
import { addToQueue, newItem, removeFromQueue } from './queue'

/** The time in which a wrong tap can be taken back before it leaves the phone. */
export const UNDO_MS = 10_000

export async function recordVisit(roundId: string, addressId: string, outcome: Outcome): Promise<void> {
  const now = Date.now()
  const mutation: VisitPut = {
    id: uuidv7(now),
    type: 'visit.put',
    visitId: uuidv7(now),
    roundId,
    addressId,
    outcome,
    visitedAt: toRfc3339(new Date(now)),
  }
  const item = await newItem(mutation, {
    kind: 'visit',
    subjectId: mutation.visitId,
    addressId,
    outcome,
    notBeforeMs: now + UNDO_MS,
  })
  await db.transaction('rw', db.queue, db.counts, () => addToQueue(item))
}

/** Whether the visit was taken back. False when it already left the phone: then the server has it. */
export async function undoVisit(itemId: string): Promise<boolean> {
  return db.transaction('rw', db.queue, db.counts, async () => {
    const item = await db.queue.get(itemId)
    if (!item || !canUndo(item)) return false
    await removeFromQueue(itemId)
    return true
  })
}

export function canUndo(item: QueueItem): boolean {
  return item.kind === 'visit' && item.state === 'waiting' && !item.attempted
}

import { sealText } from './vault'
import { db, type QueueItem } from './db'
import type { Mutation } from '@/sync/wire'

type Own = Pick<QueueItem, 'kind' | 'subjectId'>

/** A mutation as a thing that waits to be handed in. Sealing cannot be done inside a transaction, so it comes first. */
export async function newItem(mutation: Mutation, own: Own & Partial<QueueItem>): Promise<QueueItem> {
  const now = Date.now()
  return {
    id: mutation.id,
    formId: null,
    formVersion: null,
    talk: false,
    addressId: null,
    outcome: null,
    madeMs: now,
    notBeforeMs: now,
    attempted: false,
    state: 'waiting',
    problem: null,
    version: null,
    attachments: [],
    photosLeft: 0,
    safe: 0,
    sealedMutation: await sealText(JSON.stringify(mutation)),
    ...own,
  }
}

/** Puts it in the queue and counts it, in the caller's transaction: the account of this phone (docs/protocol.md,
 * 2.3) never tells of more or less than it made. */
export async function addToQueue(item: QueueItem): Promise<void> {
  await db.queue.add(item)
  await countMade(1)
}

/** Takes back what never left the phone, in the caller's transaction. */
export async function removeFromQueue(id: string): Promise<void> {
  await db.queue.delete(id)
  await countMade(-1)
}

/** How many mutations this phone ever made; lines that were cleaned away count too. */
export async function madeCount(): Promise<number> {
  return (await db.counts.get('made'))?.value ?? 0
}

async function countMade(change: number): Promise<void> {
  await db.counts.put({ key: 'made', value: (await madeCount()) + change })
}

/** What was refused goes again: what refused it, a list or a form at the desk, may have changed since. */
export async function tryAgain(item: QueueItem): Promise<void> {
  await db.transaction('rw', db.queue, db.photos, async () => {
    if (item.state === 'rejected') await db.queue.update(item.id, { state: 'waiting', problem: null })
    await db.photos
      .where({ observationId: item.subjectId, state: 'refused' })
      .modify({ state: 'here', problem: null })
  })
}

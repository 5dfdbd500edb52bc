import { db, type Device, type QueueItem } from '@/storage/db'
import { openText } from '@/storage/vault'
import { batchesOf } from './batches'
import { type Answer, call } from './http'
import { applyReceipt } from './receipts'
import { isPushAnswer, type Mutation, type PushAnswer } from './wire'

/** The server could not read the batch as a whole, and stored nothing of it. */
const UNREADABLE_BATCH = new Set([400, 413])

/**
 * Hands in what waits. Assumptions: the answer to a batch can be lost after the server stored it; then the items
 * still wait, the batch goes again, and the server answers `duplicate`. One item can make a whole batch
 * unreadable; then the batch is halved until that one stands alone, so that it never holds up the others.
 */
export async function push(device: Device, language: string, nowMs: number): Promise<Answer<number>> {
  const waiting = await db.queue.where('state').equals('waiting').sortBy('madeMs')
  const due = waiting.filter((item) => item.notBeforeMs <= nowMs)
  const batches = batchesOf(await mutationsOf(due))
  let unreadable: Answer<number> | null = null
  for (let batch = batches.shift(); batch; batch = batches.shift()) {
    const answer = await pushBatch(batch, device.token, language)
    if (answer.kind === 'ok') continue
    if (answer.kind === 'no-network' || !UNREADABLE_BATCH.has(answer.problem.status)) return answer
    const half = Math.ceil(batch.length / 2)
    if (batch.length > 1) batches.unshift(batch.slice(0, half), batch.slice(half))
    else unreadable = answer
  }
  return unreadable ?? { kind: 'ok', data: due.length }
}

async function pushBatch(batch: Mutation[], token: string, language: string): Promise<Answer<PushAnswer>> {
  const mutations = await markAttempted(batch)
  const answer = await call('/v1/sync/push', isPushAnswer, {
    method: 'POST',
    token,
    language,
    body: JSON.stringify({ mutations }),
  })
  if (answer.kind === 'ok') await applyPushAnswer(mutations, answer.data)
  return answer
}

async function mutationsOf(items: QueueItem[]): Promise<Mutation[]> {
  const mutations: Mutation[] = []
  for (const item of items) {
    if (item.sealedMutation) mutations.push(JSON.parse(await openText(item.sealedMutation)) as Mutation)
  }
  return mutations
}

/** The part of the batch that is still there: what was undone meanwhile stays behind. */
async function markAttempted(batch: Mutation[]): Promise<Mutation[]> {
  return db.transaction('rw', db.queue, async () => {
    const found = await db.queue.bulkGet(batch.map((mutation) => mutation.id))
    await db.queue.bulkPut(
      found.filter((item) => item !== undefined).map((item) => ({ ...item, attempted: true })),
    )
    return batch.filter((_, index) => found[index] !== undefined)
  })
}

/** Receipts and the photos that the server already has, in one transaction. */
export async function applyPushAnswer(batch: readonly Mutation[], answer: PushAnswer): Promise<void> {
  const missing = new Set(answer.missingPhotos)
  await db.transaction('rw', db.queue, db.photos, async () => {
    for (const receipt of answer.receipts) {
      const item = await db.queue.get(receipt.mutationId)
      if (item) await db.queue.put(applyReceipt(item, receipt))
    }
    for (const mutation of batch) {
      if (mutation.type !== 'observation.put') continue
      await markPhotos(mutation.observationId, missing)
    }
  })
}

/** A photo that the server names as missing is here again, whatever we believed. */
export async function markPhotos(observationId: string, missing: ReadonlySet<string>): Promise<void> {
  await db.photos
    .where('observationId')
    .equals(observationId)
    .modify((photo) => {
      if (photo.state !== 'refused') photo.state = missing.has(photo.sha256) ? 'here' : 'there'
    })
}

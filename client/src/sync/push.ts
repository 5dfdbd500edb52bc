import { db, type QueueItem } from '@/storage/db'
import { markPhotos } from '@/storage/photos'
import { openText, readable } from '@/storage/vault'
import { batchesOf } from './batches'
import type { Errand } from './errand'
import { type Answer, call } from './http'
import { applyReceipt } from './receipts'
import { isPushAnswer, type Mutation, type PushAnswer, type Receipt } from './wire'

/** The server could not read the batch as a whole, and stored nothing of it. */
const UNREADABLE_BATCH = new Set([400, 413])

/**
 * Hands in what waits. Assumptions: the answer to a batch can be lost after the server stored it; then the items
 * still wait, the batch goes again, and the server answers `duplicate`. One item can make a whole batch
 * unreadable; then the batch is halved until that one stands alone, so that it never holds up the others.
 */
export async function push(errand: Errand, nowMs: number): Promise<Answer<number>> {
  const waiting = await db.queue.where('state').equals('waiting').sortBy('madeMs')
  const due = waiting.filter((item) => item.notBeforeMs <= nowMs)
  const batches = batchesOf(await mutationsOf(due))
  let unreadable: Answer<number> | null = null
  for (let batch = batches.shift(); batch; batch = batches.shift()) {
    const answer = await pushBatch(batch, errand)
    if (answer.kind === 'ok') continue
    if (answer.kind === 'no-network' || !UNREADABLE_BATCH.has(answer.problem.status)) return answer
    const half = Math.ceil(batch.length / 2)
    if (batch.length > 1) batches.unshift(batch.slice(0, half), batch.slice(half))
    else unreadable = answer
  }
  return unreadable ?? { kind: 'ok', data: due.length }
}

async function pushBatch(batch: Mutation[], { turn, device, language }: Errand): Promise<Answer<PushAnswer>> {
  const mutations = await turn.write([db.queue], () => markAttempted(batch))
  if (mutations.length === 0) return { kind: 'ok', data: { receipts: [], missingPhotos: [] } }
  const answer = await call('/v1/sync/push', isPushAnswer, {
    method: 'POST',
    token: device.token,
    language,
    body: JSON.stringify({ mutations }),
  })
  if (answer.kind === 'ok')
    await turn.write([db.queue, db.photos], () => applyPushAnswer(mutations, answer.data))
  return answer
}

async function mutationsOf(items: QueueItem[]): Promise<Mutation[]> {
  const mutations: Mutation[] = []
  for (const { sealedMutation } of items) {
    const text = sealedMutation && (await readable(openText(sealedMutation)))
    if (text) mutations.push(JSON.parse(text) as Mutation)
  }
  return mutations
}

/** The part of the batch that is still there: what was undone meanwhile stays behind. */
async function markAttempted(batch: Mutation[]): Promise<Mutation[]> {
  const found = await db.queue.bulkGet(batch.map((mutation) => mutation.id))
  await db.queue.bulkPut(
    found.filter((item) => item !== undefined).map((item) => ({ ...item, attempted: true })),
  )
  return batch.filter((_, index) => found[index] !== undefined)
}

/** Receipts, and the photos that the server already has. A receipt is for the mutation that it names, wherever it
 * stands in the list; what got none, or one that we do not know, goes on waiting. */
async function applyPushAnswer(
  batch: readonly Mutation[],
  { receipts, missingPhotos }: PushAnswer,
): Promise<void> {
  const missing = new Set(missingPhotos)
  for (const mutation of batch) {
    const receipt = receipts.find(({ mutationId }) => mutationId === mutation.id)
    const item = receipt && (await db.queue.get(mutation.id))
    if (!receipt || !item) continue
    const next = applyReceipt(item, receipt)
    await db.queue.put(next)
    if (next.state === 'waiting' || next.state === 'rejected') continue
    await noteVersion(next, receipt)
    if (mutation.type === 'observation.put') await markPhotos(next, missing)
  }
}

/** The version that stands belongs to the observation, so every line about it knows it. */
async function noteVersion({ kind, subjectId, state }: QueueItem, { version }: Receipt): Promise<void> {
  const lines = db.queue.where('subjectId').equals(subjectId)
  if (version) await lines.modify({ version })
  if (kind === 'withdrawal' && state === 'sent')
    await lines.filter((item) => item.kind === 'observation').modify({ state: 'withdrawn' })
}

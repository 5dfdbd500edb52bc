import { db, type QueueItem } from '@/storage/db'
import { letGoOfPhotos, markPhotos } from '@/storage/photos'
import type { Errand } from './errand'
import { type Answer, call } from './http'
import { applyLedger } from './receipts'
import { isLedgerAnswer, type LedgerLine } from './wire'

const ASK_AT_ONCE = 100

/**
 * How many items became safe. Asks the server's account of all that left this phone and is not confirmed, and lets go of
 * what it confirms. Everything is asked for by name: without a question the account tells only the newest.
 */
export async function settle({ turn, device, language }: Errand): Promise<Answer<number>> {
  const open = await db.queue
    .where('safe')
    .equals(0)
    .filter((item) => item.attempted && item.state !== 'rejected')
    .primaryKeys()
  let safe = 0
  for (let start = 0; start < open.length; start += ASK_AT_ONCE) {
    const asked = open.slice(start, start + ASK_AT_ONCE)
    const url = `/v1/sync/ledger?mutations=${asked.join(',')}`
    const answer = await call(url, isLedgerAnswer, { token: device.token, language })
    if (answer.kind !== 'ok') return answer
    safe += await turn.write([db.queue, db.photos], () => applyLines(asked, answer.data.mutations))
  }
  return { kind: 'ok', data: safe }
}

/** Content goes only here, in the same transaction as the mark. */
async function applyLines(asked: string[], lines: LedgerLine[]): Promise<number> {
  const found = new Map(lines.map((line) => [line.mutationId, line]))
  let safe = 0
  for (const item of await db.queue.bulkGet(asked)) {
    if (!item) continue
    const line = found.get(item.id)
    const next = line ? applyLedger(item, line) : sendAgain(item)
    await db.queue.put(next)
    if (next.safe) await letGoOfPhotos(next)
    if (line) await markPhotos(next, new Set(line.photosMissing))
    safe += next.safe
  }
  return safe
}

/** There was a receipt, and the server does not have it: its database was put back from a backup. */
function sendAgain(item: QueueItem): QueueItem {
  return { ...item, state: 'waiting', problem: null }
}

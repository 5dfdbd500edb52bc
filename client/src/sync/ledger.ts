import { db, type Device, type QueueItem } from '@/storage/db'
import { type Answer, call } from './http'
import { markPhotos } from './push'
import { applyLedger, madeSafe } from './receipts'
import { isLedgerAnswer, type LedgerAnswer } from './wire'

const ASK_AT_ONCE = 100

/** Asks the server's account of what was handed in, and lets go of what it confirms. */
export async function settle(device: Device, language: string): Promise<Answer<number>> {
  const open = await db.queue
    .where('safe')
    .equals(0)
    .filter((item) => item.state !== 'waiting')
    .toArray()
  let safe = 0
  for (const url of ledgerUrls(open)) {
    const answer = await call(url, isLedgerAnswer, { token: device.token, language })
    if (answer.kind !== 'ok') return answer
    safe += await applyLedgerAnswer(answer.data)
  }
  return { kind: 'ok', data: safe }
}

/** Everything is asked for by name: without a question the account tells only the newest. */
function ledgerUrls(items: QueueItem[]): string[] {
  return (['observation', 'visit'] as const).flatMap((kind) => {
    const ids = items.filter((item) => item.kind === kind).map((item) => item.subjectId)
    const starts = Array.from(
      { length: Math.ceil(ids.length / ASK_AT_ONCE) },
      (_, index) => index * ASK_AT_ONCE,
    )
    return starts.map(
      (start) => `/v1/sync/ledger?${kind}s=${ids.slice(start, start + ASK_AT_ONCE).join(',')}`,
    )
  })
}

/** How many items became safe. Content goes only here, in the same transaction as the mark. */
export async function applyLedgerAnswer(answer: LedgerAnswer): Promise<number> {
  return db.transaction('rw', db.queue, db.photos, async () => {
    let safe = 0
    for (const line of answer.observations) {
      const item = await openItem(line.observationId)
      if (!item) continue
      const next = applyLedger(item, line)
      await db.queue.put(next)
      if (next.safe) {
        safe += 1
        await db.photos.where('observationId').equals(next.subjectId).delete()
      } else {
        await markPhotos(next.subjectId, new Set(line.photosMissing))
      }
    }
    for (const { visitId } of answer.visits) {
      const item = await openItem(visitId)
      if (!item) continue
      await db.queue.put(madeSafe(item))
      safe += 1
    }
    return safe
  })
}

async function openItem(subjectId: string): Promise<QueueItem | undefined> {
  return db.queue
    .where('subjectId')
    .equals(subjectId)
    .filter((item) => !item.safe && item.state !== 'waiting')
    .first()
}

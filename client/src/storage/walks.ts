import { uuidv7 } from '@/domain/ids'
import { walkPut } from '@/schouw/telling'
import type { TrackPoint } from '@/schouw/track'
import type { ObservationPut } from '@/sync/wire'
import { db, type QueueItem, type StoredRoute, type Walk } from './db'
import { addToQueue, newItem, removeFromQueue } from './queue'
import { openText, readable, sealText } from './vault'

/**
 * A walk of a route, from its begin to its end. Assumptions: the browser may be killed at any moment, so every point
 * and every mark is on the disk when it is made; there is at most one walk at a time on a phone. The server is told
 * the whole walk when it pauses and when it ends, so a telling that was not sent yet is replaced by the next.
 */

/** The walk that goes on, or undefined. */
export async function openWalk(): Promise<Walk | undefined> {
  return db.walks.toCollection().first()
}

/** The id of the walk: a new one, or that of the walk that goes on already. */
export async function startWalk(roundId: string, route: StoredRoute): Promise<string> {
  return db.transaction('rw', db.walks, async () => {
    const open = await openWalk()
    if (open) return open.id
    const now = Date.now()
    const id = uuidv7(now)
    await db.walks.add({ id, roundId, route, startedMs: now, paused: false, seen: [], captures: [] })
    return id
  })
}

export async function setPaused(walkId: string, paused: boolean): Promise<void> {
  await db.walks.update(walkId, { paused })
}

/** Marks a stop as seen, or takes the mark back. */
export async function markSeen(walkId: string, stopId: string, seen: boolean): Promise<void> {
  await db.walks
    .where('id')
    .equals(walkId)
    .modify((walk) => {
      const others = walk.seen.filter((id) => id !== stopId)
      walk.seen = seen ? [...others, stopId] : others
    })
}

/** Notes what was recorded on a walk, in the caller's transaction. Who records something at a stop has seen it. */
export async function noteCapture({ walkId, stopId = null, observationId }: ObservationPut): Promise<void> {
  if (!walkId) return
  await db.walks
    .where('id')
    .equals(walkId)
    .modify((walk) => {
      walk.captures = [
        ...walk.captures.filter((each) => each.observationId !== observationId),
        { observationId, stopId },
      ]
      if (stopId && !walk.seen.includes(stopId)) walk.seen = [...walk.seen, stopId]
    })
}

/** Whether it was taken back. False when it already left the phone: then it can be withdrawn at "Verstuurd". */
export async function undoCapture(observationId: string): Promise<boolean> {
  return db.transaction('rw', [db.queue, db.counts, db.photos, db.walks], async () => {
    const item = await db.queue.where('subjectId').equals(observationId).first()
    if (!item || item.state !== 'waiting' || item.attempted) return false
    await removeFromQueue(item.id)
    await db.photos.where('observationId').equals(observationId).delete()
    await db.walks.toCollection().modify((walk) => {
      walk.captures = walk.captures.filter((each) => each.observationId !== observationId)
    })
    return true
  })
}

/** Puts a point on the track; resolves once it is on the disk. */
export async function keepPoint(walkId: string, point: TrackPoint): Promise<void> {
  await db.trackPieces.add({ walkId, sealed: await sealText(JSON.stringify([point])) })
}

/** The track in the order in which it was walked. A piece that is damaged is left out. */
export async function trackOf(walkId: string): Promise<TrackPoint[]> {
  const pieces = await db.trackPieces.where('walkId').equals(walkId).sortBy('n')
  const texts = await Promise.all(pieces.map(({ sealed }) => readable(openText(sealed))))
  return texts.flatMap((text) => (text ? (JSON.parse(text) as TrackPoint[]) : []))
}

/** Tells the server how far the walk is. */
export async function tellWalk(walkId: string): Promise<void> {
  const walk = await db.walks.get(walkId)
  if (!walk) return
  const item = await tellingOf(walk, null)
  await db.transaction('rw', db.queue, db.counts, async () => {
    await replaceTelling(item)
  })
}

/** Ends the walk: from the walk becomes a thing to hand in, both or neither. */
export async function endWalk(walkId: string, nowMs = Date.now()): Promise<void> {
  const walk = await db.walks.get(walkId)
  if (!walk) return
  const item = await tellingOf(walk, nowMs)
  await db.transaction('rw', [db.queue, db.counts, db.walks, db.trackPieces], async () => {
    await replaceTelling(item)
    await db.walks.delete(walkId)
    await db.trackPieces.where('walkId').equals(walkId).delete()
  })
}

async function tellingOf(walk: Walk, endedMs: number | null): Promise<QueueItem> {
  const mutation = walkPut(walk, await trackOf(walk.id), endedMs)
  return newItem(mutation, { kind: 'walk', subjectId: walk.id, title: walk.route.name })
}

/** Each telling says all that earlier ones said, so those need no line of their own; what is under way stays. */
async function replaceTelling(item: QueueItem): Promise<void> {
  for (const earlier of await db.queue.where('subjectId').equals(item.subjectId).toArray()) {
    if (earlier.safe) await db.queue.delete(earlier.id)
    else if (earlier.state === 'waiting' && !earlier.attempted) await removeFromQueue(earlier.id)
  }
  await addToQueue(item)
}

import { beforeEach, describe, expect, test } from 'vitest'
import { statusOf } from '@/domain/status'
import { db, type QueueItem } from '@/storage/db'
import { finishDraft } from '@/storage/drafts'
import { keepPhoto } from '@/storage/photos'
import { closeVault, openText } from '@/storage/vault'
import {
  endWalk,
  keepPoint,
  markSeen,
  openWalk,
  setPaused,
  startWalk,
  tellWalk,
  trackOf,
  undoCapture,
} from '@/storage/walks'
import type { WalkPut } from '@/sync/wire'
import { makeObservation, makePhoto, ROUND_ID } from '../factories'
import { makeRoute, metresNorth } from './factories'

beforeEach(async () => {
  await Promise.all(db.tables.filter(({ name }) => name !== 'keys').map((table) => table.clear()))
})

const begin = () => startWalk(ROUND_ID, makeRoute())
const step = (walkId: string, metres: number) =>
  keepPoint(walkId, { ...metresNorth(metres), accuracyM: 5, atMs: Date.now() })

async function told(item: QueueItem | undefined): Promise<WalkPut> {
  return JSON.parse((item?.sealedMutation && (await openText(item.sealedMutation))) ?? '') as WalkPut
}

async function capture(walkId: string, observationId: string, stopId: string | null): Promise<void> {
  await finishDraft(makeObservation({ id: `m-${observationId}`, observationId, walkId, stopId }), false)
}

describe('a walk', () => {
  test('that was killed in the middle goes on with its track, its marks and what was recorded', async () => {
    const id = await begin()
    await step(id, 0)
    await step(id, 20)
    await markSeen(id, 's-1', true)
    await capture(id, 'o-1', 's-2')
    db.close()
    closeVault()
    await db.open()

    const walk = await openWalk()
    expect(walk).toMatchObject({ id, seen: ['s-1', 's-2'], paused: false })
    expect(walk?.captures).toEqual([{ observationId: 'o-1', stopId: 's-2' }])
    expect((await trackOf(id)).map(({ lat }) => lat)).toEqual([metresNorth(0).lat, metresNorth(20).lat])
  })
  test('is the only one on a phone', async () => {
    expect(await begin()).toBe(await startWalk(ROUND_ID, makeRoute({ id: 'other' })))
    expect(await db.walks.count()).toBe(1)
  })
  test('keeps where somebody was sealed', async () => {
    const id = await begin()
    await step(id, 0)
    const [piece] = await db.trackPieces.toArray()
    expect(new TextDecoder().decode(piece?.sealed.bytes)).not.toContain('52.7')
  })
  test('goes on without a piece that is damaged', async () => {
    const id = await begin()
    await step(id, 0)
    await step(id, 20)
    const [first] = await db.trackPieces.toArray()
    await db.trackPieces.update(first?.n ?? 0, { 'sealed.bytes': new ArrayBuffer(40) } as never)
    expect(await trackOf(id)).toHaveLength(1)
  })
  test('takes a mark back that was a mistake', async () => {
    const id = await begin()
    await markSeen(id, 's-1', true)
    await markSeen(id, 's-1', true)
    await markSeen(id, 's-1', false)
    expect((await openWalk())?.seen).toEqual([])
  })
})

describe('what the server hears of a walk', () => {
  test('at its end is all of it, and nothing of it stays but the thing to hand in', async () => {
    const id = await begin()
    await step(id, 0)
    await step(id, 20)
    await markSeen(id, 's-3', true)
    await endWalk(id)

    const [item] = await db.queue.toArray()
    expect(item).toMatchObject({ kind: 'walk', subjectId: id, title: 'Rondje dorp', state: 'waiting' })
    const mutation = await told(item)
    expect(mutation).toMatchObject({ type: 'walk.put', walkId: id, routeId: 'route-1', seen: ['s-3'] })
    expect(mutation.track).toHaveLength(2)
    expect(mutation.endedAt).not.toBeNull()
    expect([await db.walks.count(), await db.trackPieces.count()]).toEqual([0, 0])
  })
  test('at a pause is what there is so far; the next telling takes its place', async () => {
    const id = await begin()
    await setPaused(id, true)
    await tellWalk(id)
    await step(id, 0)
    await tellWalk(id)
    const items = await db.queue.toArray()
    expect(items).toHaveLength(1)
    expect((await told(items[0])).track).toHaveLength(1)
    expect((await told(items[0])).endedAt).toBeNull()
    expect((await db.counts.get('made'))?.value).toBe(1)
  })
  test('leaves alone what is on its way', async () => {
    const id = await begin()
    await tellWalk(id)
    await db.queue.toCollection().modify({ attempted: true })
    await endWalk(id)
    expect(await db.queue.count()).toBe(2)
  })
  test('is counted in the words of the status line', async () => {
    await endWalk(await begin())
    const items = await db.queue.toArray()
    const { counts } = statusOf({
      items,
      photosRefused: 0,
      contact: 'unreachable',
      running: false,
      standing: 'known',
      nowMs: Date.now(),
    })
    expect(counts).toEqual([{ key: 'status.walks', count: 1 }])
  })
})

describe('what was recorded by mistake', () => {
  test('can be taken back before it leaves, with its photo', async () => {
    const id = await begin()
    await keepPhoto('o-1', makePhoto())
    const attachments = (await db.photos.toArray()).map(({ name, size, mediaType, sha256 }) => ({
      name,
      size,
      mediaType,
      sha256,
    }))
    await finishDraft(makeObservation({ observationId: 'o-1', walkId: id, stopId: null, attachments }), false)
    const [item] = await db.queue.toArray()
    expect(item?.notBeforeMs).toBeGreaterThan(Date.now())

    expect(await undoCapture('o-1')).toBe(true)
    expect([await db.queue.count(), await db.photos.count()]).toEqual([0, 0])
    expect((await openWalk())?.captures).toEqual([])
    expect((await db.counts.get('made'))?.value).toBe(0)
  })
  test('stays when it left already', async () => {
    const id = await begin()
    await capture(id, 'o-1', null)
    await db.queue.toCollection().modify({ attempted: true })
    expect(await undoCapture('o-1')).toBe(false)
    expect(await db.queue.count()).toBe(1)
  })
})

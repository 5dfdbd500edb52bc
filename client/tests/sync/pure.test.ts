import { describe, expect, test } from 'vitest'
import { backoffMs } from '@/sync/backoff'
import { batchesOf } from '@/sync/batches'
import { applyLedger, applyReceipt } from '@/sync/receipts'
import { retryAfterMs } from '@/sync/retryAfter'
import type { LedgerLine, ReceiptStatus } from '@/sync/wire'
import { makeItem, makeObservation } from '../factories'

const PROBLEM = { type: 'urn:rondgang:problem:x', title: 'X', status: 400, detail: 'onleesbaar' }

describe('receipts', () => {
  test.each([
    ['applied', 'sent'],
    ['duplicate', 'sent'],
    ['merged', 'sent'],
    ['held', 'held'],
    ['conflict', 'conflict'],
    ['rejected', 'rejected'],
  ] as const)('%s makes the item %s and removes nothing', (status, state) => {
    const after = applyReceipt(makeItem(), { mutationId: 'm-1', status, problem: PROBLEM })
    expect(after.state).toBe(state)
    expect(after.sealedMutation).not.toBeNull()
    expect(after.safe).toBe(0)
  })
  test('only a rejected item keeps the reason', () => {
    expect(
      applyReceipt(makeItem(), { mutationId: 'm-1', status: 'rejected', problem: PROBLEM }).problem,
    ).toBe(PROBLEM)
    expect(
      applyReceipt(makeItem(), { mutationId: 'm-1', status: 'held', problem: PROBLEM }).problem,
    ).toBeNull()
  })
  test('a status of a later version leaves the item waiting', () => {
    const receipt = { mutationId: 'm-1', status: 'nieuw' as ReceiptStatus, problem: null }
    expect(applyReceipt(makeItem(), receipt).state).toBe('waiting')
  })
})

describe('the ledger', () => {
  const photo = { name: '1.jpg', size: 1, mediaType: 'image/jpeg', sha256: 'x' }
  const line = (over: Partial<LedgerLine> = {}): LedgerLine => ({
    mutationId: 'm-1',
    subjectId: 'o-1',
    status: 'applied',
    receivedAt: '',
    photosMissing: [],
    ...over,
  })
  test('content goes once no photo is missing', () => {
    const after = applyLedger(makeItem({ state: 'sent', attachments: [photo], photosLeft: 1 }), line())
    expect(after).toMatchObject({ safe: 1, photosLeft: 0, sealedMutation: null })
  })
  test('content stays while a photo of its own is missing', () => {
    const after = applyLedger(
      makeItem({ state: 'sent', attachments: [photo] }),
      line({ photosMissing: ['x', 'y'] }),
    )
    expect(after).toMatchObject({ safe: 0, photosLeft: 1 })
    expect(after.sealedMutation).not.toBeNull()
  })
  test('a photo of another change of the same observation does not hold it up', () => {
    const after = applyLedger(
      makeItem({ state: 'sent', attachments: [photo] }),
      line({ photosMissing: ['y'] }),
    )
    expect(after.safe).toBe(1)
  })
  test('a duplicate of a held observation is still held', () => {
    expect(applyLedger(makeItem({ state: 'sent' }), line({ status: 'held' }))).toMatchObject({
      state: 'held',
      safe: 1,
    })
  })
  test('a status of a later version is safe all the same', () => {
    expect(applyLedger(makeItem({ state: 'sent' }), line({ status: 'nieuw' })).safe).toBe(1)
  })
  test('a rejected item keeps its content, whatever the ledger says', () => {
    expect(applyLedger(makeItem({ state: 'rejected' }), line()).sealedMutation).not.toBeNull()
  })
})

describe('batches', () => {
  test('at most so many mutations go together, in order', () => {
    const mutations = ['a', 'b', 'c'].map((id) => makeObservation({ id }))
    expect(batchesOf(mutations, 2).map((batch) => batch.map(({ id }) => id))).toEqual([['a', 'b'], ['c']])
  })
  test('at most so many bytes go together, and one that is larger goes alone', () => {
    const mutations = [10, 5000, 10].map((size) => makeObservation({ instanceXml: 'x'.repeat(size) }))
    expect(batchesOf(mutations, 50, 1000)).toHaveLength(3)
    expect(
      batchesOf(
        mutations.filter((_, at) => at !== 1),
        50,
        1000,
      ),
    ).toHaveLength(1)
  })
})

describe('waiting after a failure', () => {
  test('doubles, and stops growing at five minutes', () => {
    expect([1, 2, 3, 20].map((failures) => backoffMs(failures, 1))).toEqual([2000, 4000, 8000, 300_000])
  })
  test('is spread over half of its length', () => {
    expect(backoffMs(3, 0)).toBe(4000)
  })
})

describe('what a server says about waiting', () => {
  test.each([
    ['120', 120_000],
    ['Sun, 22 Nov 2026 14:03:10 GMT', 10_000],
    ['Sun, 22 Nov 2026 14:00:00 GMT', 0],
    ['999999999', 3_600_000],
    ['straks', 0],
    [null, 0],
  ])('%s', (header, ms) => {
    expect(retryAfterMs(header, Date.UTC(2026, 10, 22, 14, 3))).toBe(ms)
  })
})

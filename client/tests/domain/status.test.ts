import { expect, test } from 'vitest'
import { type Situation, statusOf } from '@/domain/status'
import { makeItem } from '../factories'

function makeSituation(over: Partial<Situation> = {}): Situation {
  return {
    items: [],
    photosRefused: 0,
    contact: 'reached',
    running: false,
    standing: 'known',
    nowMs: 2,
    ...over,
  }
}

test('unsent work is counted by kind, and said to be safe when there is no coverage', () => {
  const items = [makeItem(), makeItem(), makeItem({ kind: 'visit', talk: false }), makeItem({ talk: false })]
  expect(statusOf(makeSituation({ items, contact: 'unreachable' }))).toEqual({
    tone: 'waiting',
    counts: [
      { key: 'status.talks', count: 2 },
      { key: 'status.sightings', count: 1 },
      { key: 'status.visits', count: 1 },
    ],
    remarks: [{ key: 'status.noNetwork' }, { key: 'status.safe' }],
  })
})
test('everything arrived only when the ledger confirmed everything', () => {
  const sent = makeItem({ state: 'sent' })
  expect(statusOf(makeSituation({ items: [sent] })).remarks[0]).toEqual({ key: 'status.unconfirmed' })
  const status = statusOf(makeSituation({ items: [{ ...sent, safe: 1 }] }))
  expect(status).toEqual({ tone: 'ok', counts: [], remarks: [{ key: 'status.all' }] })
})
test('photos that must still go are named', () => {
  const items = [makeItem({ state: 'sent', photosLeft: 2 })]
  expect(statusOf(makeSituation({ items })).remarks[0]).toEqual({ key: 'status.photos', count: 2 })
})
test('a rejected item is a problem and is not said to be on its way', () => {
  const status = statusOf(makeSituation({ items: [makeItem({ state: 'rejected' })] }))
  expect(status.tone).toBe('problem')
  expect(status.remarks.map(({ key }) => key)).toEqual(['status.rejected', 'status.safe'])
})
test('a phone that is no longer registered says so, and keeps counting', () => {
  const status = statusOf(makeSituation({ items: [makeItem()], standing: 'unknown' }))
  expect(status.remarks).toEqual([{ key: 'status.refused' }])
  expect(status.counts).toHaveLength(1)
})
test.each([
  ['portal', 'status.portal'],
  ['failed', 'status.failed'],
  ['elsewhere', 'status.elsewhere'],
  ['unreachable', 'status.noNetwork'],
] as const)('why it is not sent is said: %s', (contact, key) => {
  expect(statusOf(makeSituation({ items: [makeItem()], contact })).remarks[0]).toEqual({ key })
})
test('a revoked phone is told that its work can still go, and when all of it has arrived', () => {
  const standing = 'revoked'
  const before = statusOf(makeSituation({ items: [makeItem()], standing }))
  expect(before.remarks.map(({ key }) => key)).toEqual(['status.soon', 'status.safe', 'status.revoked'])
  const after = statusOf(makeSituation({ items: [makeItem({ state: 'sent', safe: 1 })], standing }))
  expect(after.remarks).toEqual([{ key: 'status.revokedDone' }])
})
test('a withdrawal that waits is counted as such', () => {
  const items = [makeItem({ kind: 'withdrawal', talk: false })]
  expect(statusOf(makeSituation({ items })).counts).toEqual([{ key: 'status.withdrawals', count: 1 }])
})
test('work that waits for two days or more is a problem to do something about', () => {
  const day = 24 * 3600 * 1000
  const items = [makeItem({ madeMs: 0 }), makeItem({ id: 'm-2', madeMs: day })]
  expect(statusOf(makeSituation({ items, nowMs: 2 * day - 1 })).tone).toBe('waiting')
  const status = statusOf(makeSituation({ items, nowMs: 3 * day }))
  expect(status.tone).toBe('problem')
  expect(status.remarks.at(-1)).toEqual({ key: 'status.old', count: 3 })
})

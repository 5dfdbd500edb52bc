import { expect, test } from 'vitest'
import { itemPhrase, type Situation, statusOf } from '@/domain/status'
import { makeItem } from '../factories'

function makeSituation(over: Partial<Situation> = {}): Situation {
  return { items: [], photosRefused: 0, contact: 'reached', running: false, refused: false, ...over }
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
  const status = statusOf(makeSituation({ items: [makeItem()], refused: true }))
  expect(status.remarks).toEqual([{ key: 'status.refused' }])
  expect(status.counts).toHaveLength(1)
})
test('an item says in words where it is', () => {
  const photo = { name: '1.jpg', size: 1, mediaType: 'image/jpeg', sha256: 'x' }
  const photos = { attachments: [photo, photo], photosLeft: 1 }
  expect(itemPhrase(makeItem(), 0).key).toBe('item.waiting')
  expect(itemPhrase(makeItem({ state: 'sent', ...photos }), 0).values).toEqual({ there: 1, total: 2 })
  expect(itemPhrase(makeItem({ state: 'held', safe: 1 }), 0).key).toBe('item.looked')
  expect(itemPhrase(makeItem({ state: 'sent', safe: 1 }), 0).key).toBe('item.safe')
  expect(itemPhrase(makeItem({ state: 'rejected' }), 0).key).toBe('item.rejected')
  expect(itemPhrase(makeItem({ state: 'sent' }), 1).key).toBe('item.photoRefused')
})

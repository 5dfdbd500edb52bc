import { describe, expect, test } from 'vitest'
import { linePhrase, lineTone, refusedOf, sentLines } from '@/domain/sentLines'
import type { QueueItem } from '@/storage/db'
import { makeItem } from '../factories'

const PHOTO = { name: '1.jpg', size: 1, mediaType: 'image/jpeg', sha256: 'x' }

function phraseOf(
  over: Partial<QueueItem>,
  withdrawal: Partial<QueueItem> | null = null,
  refused = 0,
): string {
  const taken = withdrawal && makeItem({ id: 'm-2', kind: 'withdrawal', ...withdrawal })
  return linePhrase({ item: makeItem(over), withdrawal: taken }, refused).key
}

test('a withdrawal is no line of its own, but part of what it withdraws', () => {
  const items = [
    makeItem({ id: 'm-2', kind: 'withdrawal' }),
    makeItem(),
    makeItem({ id: 'm-3', subjectId: 'o-3' }),
  ]
  const lines = sentLines(items).map(({ item, withdrawal }) => [item.id, withdrawal?.id])
  expect(lines).toEqual([
    ['m-1', 'm-2'],
    ['m-3', undefined],
  ])
})

describe('a line says in words where it is', () => {
  test.each([
    ['item.waiting', {}],
    ['item.unconfirmed', { state: 'sent' }],
    ['item.photos', { state: 'sent', attachments: [PHOTO], photosLeft: 1 }],
    ['item.looked', { state: 'held', safe: 1 }],
    ['item.safe', { state: 'sent', safe: 1, version: 'm-1' }],
    ['item.changed', { state: 'sent', safe: 1, version: 'van-een-ander' }],
    ['item.rejected', { state: 'rejected' }],
    ['item.withdrawnAtDesk', { state: 'withdrawn' }],
  ] as const)('%s', (key, over) => {
    expect(phraseOf(over as Partial<QueueItem>)).toBe(key)
  })
  test('a refused photo', () => expect(phraseOf({ state: 'sent' }, null, 1)).toBe('item.photoRefused'))
})

describe('a withdrawn line says how far the withdrawal is', () => {
  test.each([
    ['item.withdrawing', 'sent', 'waiting'],
    ['item.withdrawn', 'withdrawn', 'sent'],
    ['item.withdrawalLooked', 'sent', 'conflict'],
    ['item.withdrawalRejected', 'sent', 'rejected'],
  ] as const)('%s', (key, state, withdrawal) => {
    expect(phraseOf({ state }, { state: withdrawal })).toBe(key)
  })
  test('brought back at the desk: it counts again', () => {
    expect(phraseOf({ state: 'sent', safe: 1, version: 'm-1' }, { state: 'sent', safe: 1 })).toBe('item.safe')
  })
})

test('what was refused can be tried again, and nothing else', () => {
  const rejected = makeItem({ state: 'rejected' })
  expect(refusedOf({ item: rejected, withdrawal: null }, 0)).toBe(rejected)
  expect(refusedOf({ item: makeItem({ state: 'sent' }), withdrawal: rejected }, 0)).toBe(rejected)
  expect(refusedOf({ item: makeItem({ state: 'sent' }), withdrawal: null }, 1)?.id).toBe('m-1')
  expect(refusedOf({ item: makeItem({ state: 'held' }), withdrawal: null }, 0)).toBeNull()
})
test('the colour of a line follows its last news', () => {
  const safe = makeItem({ state: 'sent', safe: 1 })
  expect(lineTone({ item: safe, withdrawal: null }, 0)).toBe('good')
  expect(lineTone({ item: safe, withdrawal: makeItem() }, 0)).toBe('open')
  expect(lineTone({ item: safe, withdrawal: null }, 1)).toBe('bad')
})

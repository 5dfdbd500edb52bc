import { describe, expect, test } from 'vitest'
import {
  canCorrect,
  lineExplained,
  linePhrase,
  lineTone,
  refusedOf,
  type SentLine,
  sentLines,
} from '@/domain/sentLines'
import type { QueueItem } from '@/storage/db'
import { makeItem } from '../factories'

const PHOTO = { name: '1.jpg', size: 1, mediaType: 'image/jpeg', sha256: 'x' }

function lineOf(item: QueueItem, withdrawal: QueueItem | null = null): SentLine {
  return { item, versions: [item], withdrawal }
}

function phraseOf(
  over: Partial<QueueItem>,
  withdrawal: Partial<QueueItem> | null = null,
  refused = 0,
): string {
  const taken = withdrawal && makeItem({ id: 'm-2', kind: 'withdrawal', ...withdrawal })
  return linePhrase(lineOf(makeItem(over), taken), refused).key
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
  expect(refusedOf(lineOf(rejected), 0)).toBe(rejected)
  expect(refusedOf(lineOf(makeItem({ state: 'sent' }), rejected), 0)).toBe(rejected)
  expect(refusedOf(lineOf(makeItem({ state: 'sent' })), 1)?.id).toBe('m-1')
  expect(refusedOf(lineOf(makeItem({ state: 'held' })), 0)).toBeNull()
})
test('the colour of a line follows its last news', () => {
  const safe = makeItem({ state: 'sent', safe: 1 })
  expect(lineTone(lineOf(safe), 0)).toBe('good')
  expect(lineTone(lineOf(safe, makeItem()), 0)).toBe('open')
  expect(lineTone(lineOf(safe), 1)).toBe('bad')
})

describe('an observation that was corrected', () => {
  const first = makeItem({ id: 'v-1', madeMs: 1, state: 'sent', safe: 1, version: 'v-2' })
  const second = makeItem({ id: 'v-2', madeMs: 2, state: 'sent', safe: 1, version: 'v-2', corrects: true })

  function only(...items: QueueItem[]): SentLine {
    const lines = sentLines(items)
    expect(lines).toHaveLength(1)
    return lines[0]!
  }

  test('is one line with its versions, and not what somebody else changed', () => {
    const line = only(second, first)
    expect(line.versions.map(({ id }) => id)).toEqual(['v-1', 'v-2'])
    expect(linePhrase(line, 0).key).toBe('item.corrected')
  })
  test('says that the change waits while the first version has arrived', () => {
    const waiting = { ...second, state: 'waiting' as const, safe: 0 as const }
    expect(linePhrase(only(waiting, first), 0).key).toBe('item.correctionWaiting')
  })
  test('tells of what was put together with what another changed', () => {
    const line = only({ ...second, version: 'van-beiden' }, { ...first, version: 'van-beiden' })
    expect(linePhrase(line, 0).key).toBe('item.changed')
    expect(lineExplained(line)?.key).toBe('sentItem.merged')
  })
  test('tells that somebody chooses when two gave another answer', () => {
    expect(lineExplained(only({ ...second, state: 'conflict' }, first))?.key).toBe('sentItem.conflict')
  })
  test('is shown with the version that was refused, whichever that is', () => {
    const line = only(second, { ...first, state: 'rejected' })
    expect(refusedOf(line, 0)?.id).toBe('v-1')
    expect(canCorrect(line)).toBe(false)
  })
})

test('what was taken back, or is about to be, cannot be corrected; what waits can', () => {
  expect(canCorrect(lineOf(makeItem()))).toBe(true)
  expect(canCorrect(lineOf(makeItem({ state: 'withdrawn', safe: 1 })))).toBe(false)
  expect(canCorrect(lineOf(makeItem({ state: 'sent' }), makeItem({ kind: 'withdrawal' })))).toBe(false)
  expect(canCorrect(lineOf(makeItem({ kind: 'visit' })))).toBe(false)
})

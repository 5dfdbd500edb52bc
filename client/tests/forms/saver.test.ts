// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick, ref } from 'vue'
import { keepSaved, type Saver } from '@/forms/saver'
import type { DraftChange } from '@/storage/drafts'

let saver: Saver

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  saver.stop()
  vi.useRealTimers()
})

function makeSaver(write: (change: DraftChange) => Promise<void>) {
  const xml = ref('<data/>')
  saver = keepSaved(
    () => xml.value,
    () => ({ xml: xml.value, page: 0, addressId: null }),
    write,
  )
  return xml
}

test('a change is written within 300 ms, and "saved" is said only after the store confirmed', async () => {
  let confirm: () => void = () => undefined
  const written: string[] = []
  const xml = makeSaver((change) => {
    written.push(change.xml)
    return new Promise((resolve) => (confirm = resolve))
  })
  await vi.advanceTimersByTimeAsync(0)
  confirm()
  await vi.advanceTimersByTimeAsync(0)
  expect(saver.state.value).toBe('saved')
  xml.value = '<data>1</data>'
  await nextTick()
  expect(saver.state.value).toBe('saving')
  await vi.advanceTimersByTimeAsync(300)
  expect(written).toEqual(['<data/>', '<data>1</data>'])
  expect(saver.state.value).toBe('saving')
  confirm()
  await vi.advanceTimersByTimeAsync(0)
  expect(saver.state.value).toBe('saved')
})
test('a page that is hidden writes at once', async () => {
  const written: string[] = []
  const xml = makeSaver((change) => Promise.resolve(void written.push(change.xml)))
  xml.value = '<data>2</data>'
  await nextTick()
  document.dispatchEvent(new Event('visibilitychange'))
  await vi.advanceTimersByTimeAsync(0)
  expect(written.at(-1)).toBe('<data>2</data>')
})
test('a full phone is told plainly, and the next change is tried again', async () => {
  let full = true
  const xml = makeSaver(() =>
    full ? Promise.reject(new DOMException('vol', 'QuotaExceededError')) : Promise.resolve(),
  )
  await vi.advanceTimersByTimeAsync(0)
  expect(saver.state.value).toBe('full')
  full = false
  xml.value = '<data>3</data>'
  await vi.advanceTimersByTimeAsync(300)
  expect(saver.state.value).toBe('saved')
})
test('what did not fit is saved by itself once there is room', async () => {
  let full = true
  makeSaver(() => (full ? Promise.reject(new DOMException('vol', 'QuotaExceededError')) : Promise.resolve()))
  await vi.advanceTimersByTimeAsync(0)
  expect(saver.state.value).toBe('full')
  full = false
  await vi.advanceTimersByTimeAsync(3_000)
  expect(saver.state.value).toBe('saved')
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { db } from '@/storage/db'
import { isStorageFull, keepReserve, writeFromReserve } from '@/storage/full'

const full = new DOMException('vol', 'QuotaExceededError')

beforeEach(() => db.reserve.clear())
afterEach(() => vi.restoreAllMocks())

/** A write for which there is room only when nothing is kept in reserve. */
async function tightWrite(): Promise<string> {
  if (await db.reserve.count()) throw full
  return 'written'
}

test('a write that finds no room is done with the reserve', async () => {
  await keepReserve()
  expect(await writeFromReserve(tightWrite)).toBe('written')
  await keepReserve()
  expect(await db.reserve.count()).toBe(1)
})
test('a write that finds no room without the reserve either tells so', async () => {
  const found = await writeFromReserve(() => Promise.reject(full)).catch((error: unknown) => error)
  expect(isStorageFull(found)).toBe(true)
})
test('a write that fails for another reason leaves the reserve', async () => {
  await keepReserve()
  await expect(writeFromReserve(() => Promise.reject(new Error('kapot')))).rejects.toThrow('kapot')
  expect(await db.reserve.count()).toBe(1)
})
test('the reserve is as large as there is room for', async () => {
  const put = db.reserve.put.bind(db.reserve)
  vi.spyOn(db.reserve, 'put').mockImplementation((row) =>
    row.bytes.byteLength > 100_000 ? (Promise.reject(full) as never) : put(row),
  )
  await keepReserve()
  expect((await db.reserve.toArray()).map(({ bytes }) => bytes.byteLength)).toEqual([65_536])
})
test('a phone that is full already keeps no reserve, and does not mind', async () => {
  vi.spyOn(db.reserve, 'put').mockRejectedValue(full)
  await expect(keepReserve()).resolves.toBeUndefined()
})

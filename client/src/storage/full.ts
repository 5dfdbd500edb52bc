import { db } from './db'

/** The marks of a few rounds fit in the smallest; the largest is little beside one photo. */
const RESERVE_BYTES = [256 * 1024, 128 * 1024, 64 * 1024]
/** More than this a browser does not give at once. */
const RANDOM_AT_ONCE = 65_536

interface StoreError {
  name?: string
  /** Dexie wraps the browser's own error. */
  inner?: unknown
}

/** True when a write failed because the phone's storage is full. */
export function isStorageFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { name, inner } = error as StoreError
  return name === 'QuotaExceededError' || isStorageFull(inner)
}

/** Keeps some room that only handing in may use, as much as there is. Without it a full phone could not even note what
 * it handed in, so it could never make room. */
export async function keepReserve(): Promise<void> {
  for (const size of RESERVE_BYTES) {
    try {
      if ((await db.reserve.count()) === 0) await db.reserve.put({ key: 'reserve', bytes: filling(size) })
      return
    } catch {
      // No room for this much.
    }
  }
}

/** By chance, because a browser may store smaller what can be compressed. */
function filling(size: number): ArrayBuffer {
  const bytes = new Uint8Array(size)
  for (let start = 0; start < size; start += RANDOM_AT_ONCE)
    crypto.getRandomValues(bytes.subarray(start, start + RANDOM_AT_ONCE))
  return bytes.buffer
}

/** Writes, with the reserve when there is no other room. The write is done again, so it must be one transaction. */
export async function writeFromReserve<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!isStorageFull(error)) throw error
    await db.reserve.clear()
    return write()
  }
}

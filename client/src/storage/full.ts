import Dexie from 'dexie'

/** True when a write failed because the phone's storage is full. Dexie wraps the browser's own error. */
export function isStorageFull(error: unknown): boolean {
  if (error instanceof Dexie.DexieError && error.inner) return isStorageFull(error.inner)
  return error instanceof Error && error.name === 'QuotaExceededError'
}

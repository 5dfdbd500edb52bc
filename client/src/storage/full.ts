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

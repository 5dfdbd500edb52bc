import { liveQuery } from 'dexie'
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

/** What the query finds in the store, kept up to date while the screen is open. */
export function useLive<T>(query: () => Promise<T>): Readonly<ShallowRef<T | undefined>> {
  const found = shallowRef<T>()
  const subscription = liveQuery(query).subscribe((value) => (found.value = value))
  onScopeDispose(() => subscription.unsubscribe())
  return found
}

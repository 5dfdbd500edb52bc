import { type Ref, ref, watch } from 'vue'
import type { DraftChange } from '@/storage/drafts'
import { isStorageFull } from '@/storage/full'

/**
 * Keeps the answers on the disk while somebody types. Assumptions: the phone may die at any moment, so a change
 * waits at most DELAY_MS; a browser may close the page without a word, so hiding it writes at once. "Saved" is
 * said only after the store confirmed.
 */
const DELAY_MS = 250
/** Nobody has to type to be saved: what failed is tried again, because handing in may have made room. */
const AGAIN_MS = 3_000

export type SaveState = 'saved' | 'saving' | 'failed' | 'full'

export interface Saver {
  state: Ref<SaveState>
  /** Writes what is not written yet; resolves when it is on the disk, or failed (see `state`). */
  flush: () => Promise<void>
  stop: () => void
}

/** `changing` is read at every answer, so it must be cheap; `read` only when something is written. */
export function keepSaved(
  changing: () => unknown,
  read: () => DraftChange,
  write: (change: DraftChange) => Promise<void>,
): Saver {
  const state = ref<SaveState>('saving')
  let timer: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let unwritten = true
  let stopped = false
  let writing = Promise.resolve()

  const writeNow = async (): Promise<void> => {
    if (!unwritten) return
    unwritten = false
    try {
      await write(read())
      if (!unwritten) state.value = 'saved'
    } catch (error) {
      unwritten = true
      state.value = isStorageFull(error) ? 'full' : 'failed'
      if (!stopped) again = setTimeout(() => void flush(), AGAIN_MS)
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    clearTimeout(again)
    timer = undefined
    writing = writing.then(writeNow)
    return writing
  }
  const stopWatching = watch(changing, () => {
    unwritten = true
    state.value = 'saving'
    timer ??= setTimeout(() => void flush(), DELAY_MS)
  })
  const flushWhenHidden = (): void => void flush()
  window.addEventListener('pagehide', flushWhenHidden)
  document.addEventListener('visibilitychange', flushWhenHidden)
  const stop = (): void => {
    stopped = true
    stopWatching()
    clearTimeout(timer)
    clearTimeout(again)
    window.removeEventListener('pagehide', flushWhenHidden)
    document.removeEventListener('visibilitychange', flushWhenHidden)
  }
  void flush()
  return { state, flush, stop }
}

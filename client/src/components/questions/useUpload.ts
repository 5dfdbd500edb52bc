import type { UploadNode } from '@getodk/xforms-engine'
import { computed, inject, onUnmounted, ref, watch } from 'vue'
import { clearFile } from '@/forms/engine'
import { UnusablePhoto } from '@/forms/reducePhoto'
import { FILE_KEEPER } from '@/forms/session'
import { isStorageFull } from '@/storage/full'

export type UploadProblem = 'full' | 'failed' | 'large'

/** More than this the server does not take. */
const LARGEST_BYTES = 25 * 1024 * 1024

/** The file of a question. It is on the disk before the answer names it, so an answer never points at nothing. */
export function useUpload(node: UploadNode) {
  const keeper = inject(FILE_KEEPER)
  const busy = ref(false)
  const problem = ref<UploadProblem | null>(null)
  const file = ref<File | null>(null)
  const url = ref<string | null>(null)
  const name = computed(() => node.currentState.instanceValue)
  /** The answer names a file whose bytes are at the server, and not here any more. */
  const atServer = computed(
    () => !file.value && Boolean(name.value) && (keeper?.isAtServer?.(name.value) ?? false),
  )

  /** Keeps what `make` makes as the answer, in place of what was there. */
  async function keep(make: () => File | Promise<File>): Promise<void> {
    if (!keeper) return
    busy.value = true
    problem.value = null
    try {
      const before = name.value
      const made = await make()
      if (made.size > LARGEST_BYTES) {
        problem.value = 'large'
        return
      }
      await keeper.keep(made)
      node.setValue(made)
      if (before && before !== made.name) await keeper.drop(before)
    } catch (error) {
      if (!isStorageFull(error) && !(error instanceof UnusablePhoto)) throw error
      problem.value = isStorageFull(error) ? 'full' : 'failed'
    } finally {
      busy.value = false
    }
  }

  async function remove(): Promise<void> {
    const before = name.value
    clearFile(node)
    if (before) await keeper?.drop(before)
  }

  function show(found: File | null): void {
    if (url.value) URL.revokeObjectURL(url.value)
    file.value = found
    url.value = found && URL.createObjectURL(found)
  }

  watch(name, async (current) => show(current && keeper ? await keeper.find(current) : null), {
    immediate: true,
  })
  onUnmounted(() => show(null))
  return { name, file, url, busy, problem, atServer, keep, remove }
}

/** The file that was chosen in a file field; the field is emptied, so the same one can be chosen again. */
export function chosenFile(event: Event): File | null {
  const input = event.target as HTMLInputElement
  const [file = null] = input.files ?? []
  input.value = ''
  return file
}

import type { AnyControlNode } from '@getodk/xforms-engine'
import { computed, nextTick, ref } from 'vue'
import { faultOf, faultyControls } from '@/forms/faults'
import { pagesOf, questionsOn } from '@/forms/pages'
import type { FormSession } from '@/forms/session'

/** Walking through a form page by page; the page after the last is "Klaar". Faults show only after somebody
 * tried to go on, so that nobody is told off for what they have not reached yet. */
export function usePages(session: FormSession) {
  const pages = computed(() => pagesOf(session.root))
  const last = computed(() => pages.value.length)
  const index = computed(() => Math.min(session.page.value, last.value))
  const page = computed(() => pages.value[index.value] ?? null)
  const showFaults = ref(false)
  const faulty = computed<AnyControlNode[]>(() =>
    showFaults.value && page.value ? questionsOn(page.value).filter((node) => faultOf(node) !== null) : [],
  )

  function goTo(next: number): void {
    showFaults.value = false
    session.page.value = Math.max(0, Math.min(next, last.value))
  }
  /** Goes on when the page is right; else shows what is not. */
  async function goOn(): Promise<void> {
    showFaults.value = true
    if (faulty.value.length > 0) await focusFirstFault()
    else goTo(index.value + 1)
  }
  /** True when the whole form is right; else goes to the first page that is not. */
  async function checkAll(): Promise<boolean> {
    const [first] = faultyControls(session.root)
    if (!first) return true
    goTo(pages.value.findIndex((each) => questionsOn(each).includes(first)))
    showFaults.value = true
    await nextTick()
    await focusFirstFault()
    return false
  }
  async function focusFirstFault(): Promise<void> {
    await nextTick()
    document.querySelector<HTMLElement>('[data-faults]')?.focus()
  }
  return { pages, last, index, page, faulty, goTo, goOn, checkAll }
}

/** The element that takes the focus for a question. */
export function fieldId(node: AnyControlNode): string {
  return `veld-${node.nodeId.replaceAll(/[^\w-]/g, '-')}`
}

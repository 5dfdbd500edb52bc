import { readonly, shallowReactive } from 'vue'
import { db } from '@/storage/db'
import { keepReserve } from '@/storage/full'
import { backoffMs } from './backoff'
import { settle } from './ledger'
import { sendPhotos } from './photos'
import { pull } from './pull'
import { push } from './push'
import { goRound, type RoundEnd, type Step } from './round'
import { openTabs, type SyncNews, type Tabs } from './tabs'
import { takeTurn } from './turn'
import { askToBeWoken } from './wake'

/**
 * The loop that brings everything over. Assumptions: the phone has coverage for seconds at a time; several tabs
 * may be open (one of them has the turn, see turn.ts); any step may break off. It never throws: what failed stays in
 * the store and goes next time.
 */
const UNSENT_EVERY_MS = 30_000
const BUSY_ELSEWHERE_EVERY_MS = 5_000
const NO_LINE: RoundEnd = { contact: 'unreachable', problem: null, waitMs: 0 }

// Shallow: what is in it goes to the other tabs, and a proxy cannot be sent.
const state = shallowReactive<SyncNews>({ running: false, contact: 'unknown', problem: null, waitMs: 0 })
export const syncState = readonly(state)

let language = 'nl'
let tabs: Tabs | null = null
/** A round of this tab. `state.running` may also be that of another. */
let working = false
let askedMeanwhile = false
let failures = 0
/** Our own patience after failures; a person may set it aside. */
let notBeforeMs = 0
/** What the server asked for (`Retry-After`); nobody may set that aside. */
let awayUntilMs = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** Tries now. `asked`: a person pressed the button, so waiting times of our own do not count. */
export async function syncNow({ asked = false } = {}): Promise<void> {
  const now = Date.now()
  if (working) {
    // What was made during a round may have missed it, so another follows.
    askedMeanwhile = true
    return
  }
  if (now < awayUntilMs || (!asked && now < notBeforeMs)) return planNext()
  working = true
  const nowMs = asked ? Number.POSITIVE_INFINITY : now
  try {
    const mine = await takeTurn(async (turn) => {
      show({ ...state, running: true })
      // The service worker does not ask this: what it is told in there comes late.
      const end = navigator.onLine ? await goRound(turn, language, steps(nowMs)) : NO_LINE
      noteEnd(end ?? { contact: 'unknown', problem: null, waitMs: 0 })
      await keepReserve()
    })
    if (!mine) state.contact = 'elsewhere'
  } catch {
    // A fault of our own or of the store: nothing was removed, so the next round repeats it.
    noteEnd({ contact: 'failed', problem: null, waitMs: 0 })
  } finally {
    working = false
    await planNext()
  }
  if (askedMeanwhile) {
    askedMeanwhile = false
    await syncNow()
  }
}

export function startSync(currentLanguage: string): void {
  setSyncLanguage(currentLanguage)
  tabs = openTabs()
  tabs.hear(hear)
  window.addEventListener('online', () => {
    notBeforeMs = 0
    void syncNow()
  })
  window.addEventListener('offline', () => (state.contact = 'unreachable'))
  document.addEventListener('visibilitychange', () => {
    // Hidden: perhaps closed in a moment, so the plan asks the browser to wake the service worker.
    void (document.visibilityState === 'visible' ? syncNow() : planNext())
  })
  void syncNow()
}

export function setSyncLanguage(current: string): void {
  language = current
}

function steps(nowMs: number): Step[] {
  return [(errand) => push(errand, nowMs), sendPhotos, settle, pull]
}

function show(news: SyncNews): void {
  Object.assign(state, news)
  tabs?.tell(news)
}

/** Another tab tells how it goes. When it goes silent in the middle, the plan sees to it that we look again. */
function hear(news: SyncNews): void {
  if (working) return
  Object.assign(state, news)
  void planNext()
}

function noteEnd(end: RoundEnd): void {
  const failed = end.contact !== 'reached' && end.contact !== 'unknown'
  failures = failed ? failures + 1 : 0
  notBeforeMs = failed ? Date.now() + backoffMs(failures) : 0
  awayUntilMs = Date.now() + end.waitMs
  show({ ...end, running: false })
}

/** While there is unsent work and somebody looks at the page, try again soon. */
async function planNext(): Promise<void> {
  clearTimeout(timer)
  const unsent = await db.queue
    .where('safe')
    .equals(0)
    .filter((item) => item.state !== 'rejected')
    .toArray()
  const elsewhere = state.running || state.contact === 'elsewhere'
  const alone = document.visibilityState === 'hidden' || state.contact !== 'reached'
  if (alone && unsent.some((item) => item.state === 'waiting')) void askToBeWoken()
  if (unsent.length === 0 && !elsewhere) return
  const now = Date.now()
  const undoUntil = Math.max(0, ...unsent.map((item) => item.notBeforeMs))
  const soonest = undoUntil > now ? undoUntil : now + (elsewhere ? BUSY_ELSEWHERE_EVERY_MS : UNSENT_EVERY_MS)
  clearTimeout(timer)
  timer = setTimeout(
    () => (document.visibilityState === 'visible' ? void syncNow() : void planNext()),
    Math.max(soonest, notBeforeMs, awayUntilMs) - now,
  )
}

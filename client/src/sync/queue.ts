import { reactive, readonly } from 'vue'
import { db, type Device, enrolledDevice } from '@/storage/db'
import { backoffMs } from './backoff'
import type { Answer } from './http'
import { settle } from './ledger'
import { sendPhotos } from './photos'
import { pull } from './pull'
import { push } from './push'
import type { Problem } from './wire'

/**
 * The loop that brings everything over. Assumptions: the phone has coverage for seconds at a time; several tabs
 * may be open (one of them works, by a lock); any step may break off. It never throws: what failed stays in the
 * store and goes next time.
 */
/** A fault in one thing that we sent; the other steps still make sense. */
const IN_OUR_WORK = new Set([400, 413])
const UNSENT_EVERY_MS = 30_000

export type Contact = 'unknown' | 'reached' | 'unreachable' | 'failed'

const state = reactive({
  running: false,
  contact: 'unknown' as Contact,
  problem: null as Problem | null,
})
export const syncState = readonly(state)

let language = 'nl'
let failures = 0
let askedMeanwhile = false
let notBeforeMs = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** Tries now. `asked`: a person pressed the button, so waiting times do not count. */
export async function syncNow({ asked = false } = {}): Promise<void> {
  const now = Date.now()
  if (state.running) {
    // What was made during a round may have missed it, so another follows.
    askedMeanwhile = true
    return
  }
  if (!asked && now < notBeforeMs) return planNext()
  state.running = true
  try {
    await onlyInOneTab(() => syncOnce(asked ? Number.POSITIVE_INFINITY : now))
  } catch {
    // A fault of our own or of the store: nothing was removed, so the next round repeats it.
    noteFailure('failed', null)
  } finally {
    state.running = false
    await planNext()
  }
  if (askedMeanwhile) {
    askedMeanwhile = false
    await syncNow()
  }
}

export function startSync(currentLanguage: string): void {
  setSyncLanguage(currentLanguage)
  window.addEventListener('online', () => {
    notBeforeMs = 0
    void syncNow()
  })
  window.addEventListener('offline', () => (state.contact = 'unreachable'))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void syncNow()
  })
  void syncNow()
}

export function setSyncLanguage(current: string): void {
  language = current
}

async function onlyInOneTab(work: () => Promise<void>): Promise<void> {
  const { locks } = navigator as { locks?: LockManager }
  if (!locks) return work()
  await locks.request('rondgang-sync', { ifAvailable: true }, async (lock) => {
    if (lock) await work()
  })
}

async function syncOnce(nowMs: number): Promise<void> {
  const device = await enrolledDevice()
  if (!device) return
  if (!navigator.onLine) return noteFailure('unreachable', null)
  const steps: ((device: Device) => Promise<Answer<number>>)[] = [
    () => push(device, language, nowMs),
    () => sendPhotos(device, language),
    () => settle(device, language),
    () => pull(device, language),
  ]
  let unreadable: Problem | null = null
  for (const step of steps) {
    const answer = await step(device)
    if (answer.kind === 'no-network') return noteFailure('unreachable', null)
    if (answer.kind !== 'problem') continue
    if (!IN_OUR_WORK.has(answer.problem.status)) return noteProblem(answer.problem)
    unreadable ??= answer.problem
  }
  if (unreadable) return noteProblem(unreadable)
  failures = 0
  notBeforeMs = 0
  state.contact = 'reached'
  state.problem = null
}

async function noteProblem(problem: Problem): Promise<void> {
  if (problem.status === 401) await db.device.update('device', { refused: true })
  noteFailure('failed', problem)
}

function noteFailure(contact: Contact, problem: Problem | null): void {
  failures += 1
  notBeforeMs = Date.now() + backoffMs(failures)
  state.contact = contact
  state.problem = problem
}

/** While there is unsent work and somebody looks at the page, try again soon. */
async function planNext(): Promise<void> {
  clearTimeout(timer)
  const unsent = await db.queue
    .where('safe')
    .equals(0)
    .filter((item) => item.state !== 'rejected')
    .toArray()
  if (unsent.length === 0) return
  const undoUntil = Math.max(...unsent.map((item) => item.notBeforeMs))
  const soonest = undoUntil > Date.now() ? undoUntil : Date.now() + UNSENT_EVERY_MS
  timer = setTimeout(
    () => (document.visibilityState === 'visible' ? void syncNow() : void planNext()),
    Math.max(soonest, notBeforeMs) - Date.now(),
  )
}

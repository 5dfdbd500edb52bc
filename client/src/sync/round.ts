import { db, enrolledDevice } from '@/storage/db'
import type { Errand } from './errand'
import type { Answer } from './http'
import type { Turn } from './turn'
import type { Problem } from './wire'

/** One round along the server: the steps in order, until one finds that going on makes no sense. */

/** A fault in one thing that we sent; the other steps still make sense. */
const IN_OUR_WORK = new Set([400, 413])

/** How the last round ended. `portal`: something else than our server answered; `elsewhere`: another tab has the turn. */
export type Contact = 'unknown' | 'reached' | 'unreachable' | 'portal' | 'failed' | 'elsewhere'

export interface RoundEnd {
  contact: Contact
  problem: Problem | null
  /** How long the server asked to stay away. */
  waitMs: number
}

export type Step = (errand: Errand) => Promise<Answer<number>>

/** Null when this phone takes part in nothing. */
export async function goRound(turn: Turn, language: string, steps: Step[]): Promise<RoundEnd | null> {
  const device = await enrolledDevice()
  if (!device) return null
  let unreadable: RoundEnd | null = null
  for (const step of steps) {
    const answer = await step({ turn, device, language })
    if (answer.kind === 'ok') continue
    const end = endOf(answer)
    if (!end.problem || !IN_OUR_WORK.has(end.problem.status)) {
      await noteStanding(turn, end.problem)
      return end
    }
    unreadable ??= end
  }
  await turn.write([db.device], () => db.device.update('device', { lastContactMs: Date.now() }))
  return unreadable ?? { contact: 'reached', problem: null, waitMs: 0 }
}

function endOf(answer: Exclude<Answer<number>, { kind: 'ok' }>): RoundEnd {
  const { waitMs = 0 } = answer
  if (answer.kind === 'problem') return { contact: 'failed', problem: answer.problem, waitMs }
  return { contact: answer.portal ? 'portal' : 'unreachable', problem: null, waitMs }
}

async function noteStanding(turn: Turn, problem: Problem | null): Promise<void> {
  if (problem?.status !== 401) return
  await turn.write([db.device], () => db.device.update('device', { standing: 'unknown' }))
}

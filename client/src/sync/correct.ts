import { type Base, ownBase, startCorrection } from '@/storage/corrections'
import { db, enrolledDevice } from '@/storage/db'
import { sealText } from '@/storage/vault'
import { type Answer, call } from './http'
import { isStandingObservation, type Problem, type StandingObservation } from './wire'

/** What came of wanting to change an observation. `form-gone`: this phone has no form any more to change it with. */
export type Beginning =
  | { kind: 'ready'; draftId: string }
  | { kind: 'no-network' | 'form-gone' | 'withdrawn' }
  | { kind: 'problem'; problem: Problem }

/** Makes a draft of the change, or finds the one that was begun. The answers come from this phone while it has them; once
 * they arrived they left, and the server is asked for what stands. */
export async function beginCorrection(observationId: string, language: string): Promise<Beginning> {
  const ready: Beginning = { kind: 'ready', draftId: observationId }
  if (await db.drafts.get(observationId)) return ready
  const own = await ownBase(observationId)
  if (own) return begin(own)
  const answer = await fetchStanding(observationId, language)
  if (answer.kind === 'no-network') return { kind: 'no-network' }
  if (answer.kind === 'problem') return { kind: 'problem', problem: answer.problem }
  return answer.data.status === 'withdrawn' ? { kind: 'withdrawn' } : begin(baseOf(answer.data))
}

async function begin(base: Base): Promise<Beginning> {
  const started = await startCorrection(base, await sealText(base.xml))
  return started ? { kind: 'ready', draftId: base.observationId } : { kind: 'form-gone' }
}

async function fetchStanding(observationId: string, language: string): Promise<Answer<StandingObservation>> {
  const device = await enrolledDevice()
  if (!device) return { kind: 'no-network' }
  const url = `/v1/sync/observations/${observationId}`
  return call(url, isStandingObservation, { token: device.token, language })
}

function baseOf(standing: StandingObservation): Base {
  const { observationId, version, formVersion, attachments, roundId = null, position = null } = standing
  return {
    observationId,
    version,
    formId: standing.form,
    formVersion,
    xml: standing.instanceXml,
    attachments,
    roundId,
    position,
    addressId: null,
  }
}

import type { Attachment, ObservationPut, Position } from '@/sync/wire'
import { type Correction, db, type Draft, type QueueItem } from './db'
import { openText, readable } from './vault'

/**
 * Changing an observation that was finished. It becomes a draft with the id of the observation, so there is never more
 * than one at a time, and what is finished is a new version of the same observation. Nothing that may have left the
 * phone is touched: until the change is finished, the earlier version goes its own way.
 */
export interface Base {
  observationId: string
  version: string
  formId: string
  formVersion: string
  xml: string
  attachments: Attachment[]
  roundId: string | null
  position: Position | null
  addressId: string | null
  walkId?: string | undefined
  stopId?: string | null | undefined
}

/** Behind the last page of every form: one begins at the summary, and sees what was answered. */
const SUMMARY = Number.MAX_SAFE_INTEGER

/** The versions of an observation that this phone made, the oldest first. */
export async function versionsOf(observationId: string): Promise<QueueItem[]> {
  const items = await db.queue
    .where('subjectId')
    .equals(observationId)
    .filter(({ kind }) => kind === 'observation')
    .toArray()
  return items.sort((a, b) => a.madeMs - b.madeMs || a.id.localeCompare(b.id))
}

/** The newest version of this phone with its answers; null when they left after they arrived. */
export async function ownBase(observationId: string): Promise<Base | null> {
  const newest = (await versionsOf(observationId)).at(-1)
  const text = newest?.sealedMutation && (await readable(openText(newest.sealedMutation)))
  if (!text) return null
  const put = JSON.parse(text) as ObservationPut
  return {
    observationId,
    version: put.id,
    formId: put.form,
    formVersion: put.formVersion,
    xml: put.instanceXml,
    attachments: put.attachments,
    roundId: put.roundId,
    position: put.position,
    addressId: put.addressId,
    walkId: put.walkId,
    stopId: put.stopId,
  }
}

/** True when there is a draft of the change now, new or begun before. False when the form is not on this phone any more. */
export async function startCorrection(base: Base, sealedXml: Draft['sealedXml']): Promise<boolean> {
  const { observationId: id, formId, formVersion } = base
  return db.transaction('rw', db.drafts, db.forms, db.queue, db.rounds, async () => {
    if (await db.drafts.get(id)) return true
    if (!(await db.forms.get([formId, formVersion]))) return false
    const now = Date.now()
    const newest = (await versionsOf(id)).at(-1)
    await db.drafts.add({
      id,
      roundId: base.roundId ?? newest?.roundId ?? (await roundWith(formId)),
      formId,
      formVersion,
      addressId: base.addressId ?? newest?.addressId ?? null,
      startedMs: now,
      savedMs: now,
      page: SUMMARY,
      sealedXml,
      ...(base.walkId && { walkId: base.walkId, stopId: base.stopId ?? null }),
      correction: {
        baseVersion: base.version,
        attachments: base.attachments,
        position: base.position,
        sealedReason: null,
      },
    })
    return true
  })
}

/** For what was made before lines knew their round: one that asks this form. */
async function roundWith(formId: string): Promise<string> {
  const rounds = await db.rounds.toArray()
  return (rounds.find(({ forms }) => forms.includes(formId)) ?? rounds[0])?.id ?? ''
}

/** The finished answers as a change of the version that they were made from. */
export function asCorrection(
  put: ObservationPut,
  { baseVersion, position }: Correction,
  reason: string,
): ObservationPut {
  return {
    ...put,
    roundId: put.roundId || null,
    position: put.position ?? position,
    baseVersion,
    reason: reason.trim() || null,
  }
}

/** What was improved, as it was typed so far. */
export async function reasonOf({ sealedReason }: Correction): Promise<string> {
  return (sealedReason && (await readable(openText(sealedReason)))) ?? ''
}

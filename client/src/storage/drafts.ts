import { uuidv7 } from '@/domain/ids'
import type { ObservationPut } from '@/sync/wire'
import { db, type Draft, type StoredForm } from './db'
import { dropPhotosExcept, photosOf } from './photos'
import { addToQueue, newItem } from './queue'
import { openText, sealText } from './vault'
import { UNDO_MS } from './visits'
import { noteCapture } from './walks'

export interface NewDraft {
  roundId: string
  form: Pick<StoredForm, 'id' | 'version'>
  addressId?: string | null
  walkId?: string
  stopId?: string | null
}

/** The id of a new draft, which will be the id of the observation too. */
export async function startDraft({ roundId, form, addressId = null, ...walk }: NewDraft): Promise<string> {
  const now = Date.now()
  const id = uuidv7(now)
  await db.drafts.add({
    id,
    roundId,
    formId: form.id,
    formVersion: form.version,
    addressId,
    startedMs: now,
    savedMs: now,
    page: 0,
    sealedXml: null,
    ...walk,
  })
  return id
}

export interface DraftChange {
  xml: string
  page: number
  addressId: string | null
  /** Why an observation is changed; absent when this is no change. */
  reason?: string | undefined
}

/** Resolves once the answers are on the disk. A draft that was finished or deleted meanwhile stays gone. */
export async function saveDraft(id: string, { xml, page, addressId, reason }: DraftChange): Promise<void> {
  const sealedXml = await sealText(xml)
  const sealedReason = reason ? await sealText(reason) : null
  await db.drafts
    .where('id')
    .equals(id)
    .modify((draft) => {
      Object.assign(draft, { sealedXml, page, addressId, savedMs: Date.now() })
      if (draft.correction) draft.correction.sealedReason = sealedReason
    })
}

/** The instance XML of a draft, or null when nothing was answered yet. */
export async function draftXml(draft: Draft): Promise<string | null> {
  return draft.sealedXml && openText(draft.sealedXml)
}

export async function deleteDraft(id: string): Promise<void> {
  await db.transaction('rw', db.drafts, db.photos, db.queue, async () => {
    await db.drafts.delete(id)
    await dropPhotosExcept(id, () => false)
  })
}

/** The draft becomes a queued observation: both or neither, so it is never lost and never sent twice. */
export async function finishDraft(mutation: ObservationPut, talk: boolean): Promise<void> {
  const names = new Set(mutation.attachments.map((attachment) => attachment.name))
  const here = new Set((await photosOf(mutation.observationId)).map(({ name }) => name))
  const item = await newItem(mutation, {
    kind: 'observation',
    subjectId: mutation.observationId,
    formId: mutation.form,
    formVersion: mutation.formVersion,
    talk,
    addressId: mutation.addressId,
    attachments: mutation.attachments,
    photosLeft: mutation.attachments.filter(({ name }) => here.has(name)).length,
    roundId: mutation.roundId,
    corrects: Boolean(mutation.baseVersion),
    // What is recorded in passing can be taken back, as a visit can.
    ...(mutation.walkId && !mutation.baseVersion && { notBeforeMs: Date.now() + UNDO_MS }),
  })
  await db.transaction('rw', [db.drafts, db.queue, db.photos, db.counts, db.walks], async () => {
    await addToQueue(item)
    await noteCapture(mutation)
    await db.drafts.delete(mutation.observationId)
    // A photo whose question stopped being relevant is not part of the answers.
    await dropPhotosExcept(mutation.observationId, (name) => names.has(name))
  })
}

import { uuidv7 } from '@/domain/ids'
import type { ObservationPut } from '@/sync/wire'
import { db, type Draft, type StoredForm } from './db'
import { addToQueue, newItem } from './queue'
import { openText, sealText } from './vault'

export interface NewDraft {
  roundId: string
  form: Pick<StoredForm, 'id' | 'version'>
  addressId?: string | null
}

/** The id of a new draft, which will be the id of the observation too. */
export async function startDraft({ roundId, form, addressId = null }: NewDraft): Promise<string> {
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
  })
  return id
}

export interface DraftChange {
  xml: string
  page: number
  addressId: string | null
}

/** Resolves once the answers are on the disk. A draft that was finished or deleted meanwhile stays gone. */
export async function saveDraft(id: string, { xml, page, addressId }: DraftChange): Promise<void> {
  const sealedXml = await sealText(xml)
  await db.drafts.update(id, { sealedXml, page, addressId, savedMs: Date.now() })
}

/** The instance XML of a draft, or null when nothing was answered yet. */
export async function draftXml(draft: Draft): Promise<string | null> {
  return draft.sealedXml && openText(draft.sealedXml)
}

export async function deleteDraft(id: string): Promise<void> {
  await db.transaction('rw', db.drafts, db.photos, async () => {
    await db.drafts.delete(id)
    await db.photos.where('observationId').equals(id).delete()
  })
}

/** The draft becomes a queued observation: both or neither, so it is never lost and never sent twice. */
export async function finishDraft(mutation: ObservationPut, talk: boolean): Promise<void> {
  const names = new Set(mutation.attachments.map((attachment) => attachment.name))
  const item = await newItem(mutation, {
    kind: 'observation',
    subjectId: mutation.observationId,
    formId: mutation.form,
    formVersion: mutation.formVersion,
    talk,
    addressId: mutation.addressId,
    attachments: mutation.attachments,
    photosLeft: mutation.attachments.length,
  })
  await db.transaction('rw', db.drafts, db.queue, db.photos, db.counts, async () => {
    await addToQueue(item)
    await db.drafts.delete(mutation.observationId)
    // A photo whose question stopped being relevant is not part of the answers.
    await db.photos
      .where('observationId')
      .equals(mutation.observationId)
      .filter((photo) => !names.has(photo.name))
      .delete()
  })
}

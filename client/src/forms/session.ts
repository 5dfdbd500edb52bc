import type { RootNode } from '@getodk/xforms-engine'
import { type InjectionKey, ref, type Ref } from 'vue'
import { addressesCsv } from '@/domain/csv'
import { db, type Draft, type StoredForm } from '@/storage/db'
import { deleteDraft, draftXml, finishDraft, saveDraft } from '@/storage/drafts'
import { attachmentsIn, dropPhoto, keepPhoto, photoFile, photosOf } from '@/storage/photos'
import { openForm, setFormLanguage } from './engine'
import { answerWithRole, isTalk, observationOf, prefillAddress } from './observation'
import { keepSaved, type Saver } from './saver'

/** What a photo question needs: the store of photos of this draft. */
export interface PhotoKeeper {
  keep: (file: File) => Promise<void>
  drop: (name: string) => Promise<void>
  find: (name: string) => Promise<File | null>
}

export const PHOTO_KEEPER: InjectionKey<PhotoKeeper> = Symbol('photo-keeper')

/** An open form: its nodes, the page one is at, and what keeps it on the disk. */
export interface FormSession {
  draft: Draft
  form: StoredForm
  root: RootNode
  page: Ref<number>
  saver: Saver
  photos: PhotoKeeper
  /** Makes it a queued observation. */
  finish: () => Promise<void>
  /** Stops; a draft in which nothing was answered yet is not kept. */
  leave: () => Promise<void>
}

/** Opens a draft as it was left: answers, photos and page. Null when there is no such draft. */
export async function openSession(draftId: string, locale: string): Promise<FormSession | null> {
  const draft = await db.drafts.get(draftId)
  const form = draft && (await db.forms.get([draft.formId, draft.formVersion]))
  if (!draft || !form) return null
  const root = await openRoot(draft, form, locale)
  const page = ref(draft.page)
  const untouchedXml = draft.sealedXml ? null : root.instanceState.instanceXML
  let finished = false
  const saver = keepSaved(
    () => `${page.value} ${root.instanceState.instanceXML}`,
    () => ({
      xml: root.instanceState.instanceXML,
      page: page.value,
      addressId: answerWithRole(root, form.roles, 'adres'),
    }),
    (change) => saveDraft(draftId, change),
  )
  return {
    draft,
    form,
    root,
    page,
    saver,
    photos: photoKeeper(draftId, saver),
    finish: async () => {
      await saver.flush()
      const attachments = await attachmentsIn(draftId, root.instanceState.instanceXML)
      await finishDraft(observationOf(draft, form, root, attachments), isTalk(form))
      finished = true
      saver.stop()
    },
    leave: async () => {
      if (finished) return
      await saver.flush()
      saver.stop()
      if (root.instanceState.instanceXML === untouchedXml) await deleteDraft(draftId)
    },
  }
}

async function openRoot(draft: Draft, form: StoredForm, locale: string): Promise<RootNode> {
  const csv = addressesCsv(form.usesAddresses ? await addressesOfRound(draft.roundId) : [])
  const xml = await draftXml(draft)
  const photos = await Promise.all((await photosOf(draft.id)).map(photoFile))
  const root = await openForm(form.xform, csv, xml === null ? null : { xml, photos })
  setFormLanguage(root, locale)
  if (xml === null && draft.addressId) prefillAddress(root, form.roles, draft.addressId)
  return root
}

async function addressesOfRound(roundId: string) {
  const round = await db.rounds.get(roundId)
  return round ? db.addresses.where('areaId').anyOf(round.areaIds).toArray() : []
}

function photoKeeper(draftId: string, saver: Saver): PhotoKeeper {
  return {
    keep: (file) => keepPhoto(draftId, file),
    drop: async (name) => {
      // First the answers that no longer name it: a phone that dies between the two must not lose a photo.
      await saver.flush()
      await dropPhoto(draftId, name)
    },
    find: async (name) => {
      const photo = (await photosOf(draftId)).find((each) => each.name === name)
      return photo ? photoFile(photo) : null
    },
  }
}

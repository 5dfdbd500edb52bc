import type { RootNode } from '@getodk/xforms-engine'
import { type InjectionKey, ref, type Ref } from 'vue'
import { ADDRESS_LIST, addressesCsv, listsIn } from '@/domain/csv'
import { db, type Draft, type StoredForm } from '@/storage/db'
import { deleteDraft, draftXml, finishDraft, saveDraft } from '@/storage/drafts'
import { attachmentsIn, dropPhoto, keepPhoto, photoFile, photosOf } from '@/storage/photos'
import { keepLastSaved, lastSavedXml } from '@/storage/lastSaved'
import { type FormSources, openForm, setFormLanguage } from './engine'
import { type MediaShelf, mediaShelf } from './media'
import { answerWithRole, isTalk, observationOf, prefillAddress } from './observation'
import { asksForLastSaved } from './prepareXForm'
import { keepSaved, type Saver } from './saver'

/** What a question with a photo, sound or file needs: the store of those of this draft. */
export interface FileKeeper {
  keep: (file: File) => Promise<void>
  drop: (name: string) => Promise<void>
  find: (name: string) => Promise<File | null>
}

export const FILE_KEEPER: InjectionKey<FileKeeper> = Symbol('file-keeper')

/** An open form: its nodes, the page one is at, and what keeps it on the disk. */
export interface FormSession {
  form: Pick<StoredForm, 'id' | 'title'>
  root: RootNode
  page: Ref<number>
  /** Null when nothing is kept: a try-out at the desk. */
  saver: Saver | null
  files: FileKeeper
  media: MediaShelf
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
  const media = mediaShelf(form.media ?? {})
  return {
    form,
    root,
    page,
    saver,
    files: fileKeeper(draftId, saver),
    media,
    finish: async () => {
      await saver.flush()
      const xml = root.instanceState.instanceXML
      const attachments = await attachmentsIn(draftId, xml)
      await finishDraft(observationOf(draft, form, root, attachments), isTalk(form))
      finished = true
      saver.stop()
      // When this fails the work is safe already; the next form only misses its suggestions.
      if (asksForLastSaved(form.xform)) await keepLastSaved(form.id, xml).catch(() => undefined)
    },
    leave: async () => {
      media.close()
      if (finished) return
      await saver.flush()
      saver.stop()
      if (root.instanceState.instanceXML === untouchedXml) await deleteDraft(draftId)
    },
  }
}

async function openRoot(draft: Draft, form: StoredForm, locale: string): Promise<RootNode> {
  const xml = await draftXml(draft)
  const photos = await Promise.all((await photosOf(draft.id)).map(photoFile))
  const root = await openForm(
    form.xform,
    await sourcesOf(draft, form, locale),
    xml === null ? null : { xml, photos },
  )
  setFormLanguage(root, locale)
  if (xml === null && draft.addressId) prefillAddress(root, form.roles, draft.addressId)
  return root
}

async function sourcesOf(draft: Draft, form: StoredForm, locale: string): Promise<FormSources> {
  const addresses = form.usesAddresses ? await addressesOfRound(draft.roundId) : []
  return {
    lists: { ...listsIn(form.lists ?? {}, locale), [ADDRESS_LIST]: addressesCsv(addresses) },
    lastSavedXml: asksForLastSaved(form.xform) ? await lastSavedXml(form.id) : null,
  }
}

async function addressesOfRound(roundId: string) {
  const round = await db.rounds.get(roundId)
  return round ? db.addresses.where('areaId').anyOf(round.areaIds).toArray() : []
}

function fileKeeper(draftId: string, saver: Saver): FileKeeper {
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

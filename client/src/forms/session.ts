import type { RootNode } from '@getodk/xforms-engine'
import { type InjectionKey, ref, type Ref } from 'vue'
import { ADDRESS_LIST, addressesCsv, listsIn } from '@/domain/csv'
import { asCorrection, reasonOf } from '@/storage/corrections'
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
  /** True when this is a file of the version that is changed, whose bytes are at the server only. */
  isAtServer?: (name: string) => boolean
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
  /** What was improved, when this changes an observation that was finished before; else null. */
  reason?: Ref<string> | null
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
  const { correction } = draft
  const reason = correction ? ref(await reasonOf(correction)) : null
  // A change that was just begun has answers already, and still nobody touched it.
  const isFresh = !draft.sealedXml || (correction !== undefined && draft.savedMs === draft.startedMs)
  const untouchedXml = isFresh ? root.instanceState.instanceXML : null
  let finished = false
  const saver = keepSaved(
    () => `${page.value} ${reason?.value} ${root.instanceState.instanceXML}`,
    () => ({
      xml: root.instanceState.instanceXML,
      page: page.value,
      addressId: answerWithRole(root, form.roles, 'adres'),
      reason: reason?.value,
    }),
    (change) => saveDraft(draftId, change),
  )
  const media = mediaShelf(form.media ?? {})
  return {
    form,
    root,
    page,
    saver,
    files: fileKeeper(draft, saver),
    media,
    reason,
    finish: async () => {
      await saver.flush()
      const xml = root.instanceState.instanceXML
      const attachments = await attachmentsIn(draftId, xml, correction?.attachments)
      // The stop is chosen while the form is open.
      const standing = { ...draft, ...(await db.drafts.get(draftId)) }
      const put = observationOf(standing, form, root, attachments)
      await finishDraft(correction ? asCorrection(put, correction, reason?.value ?? '') : put, isTalk(form))
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
      if (root.instanceState.instanceXML === untouchedXml && !reason?.value) await deleteDraft(draftId)
    },
  }
}

async function openRoot(draft: Draft, form: StoredForm, locale: string): Promise<RootNode> {
  const xml = await draftXml(draft)
  const photos = await filesOf(draft)
  const root = await openForm(
    form.xform,
    await sourcesOf(draft, form, locale),
    xml === null ? null : { xml, photos },
  )
  setFormLanguage(root, locale)
  if (xml === null && draft.addressId) prefillAddress(root, form.roles, draft.addressId)
  return root
}

/** The files of a draft. The engine loses what it is not handed, so what the server alone has is handed over empty. */
async function filesOf(draft: Draft): Promise<File[]> {
  const here = await photosOf(draft.id)
  const names = new Set(here.map(({ name }) => name))
  const elsewhere = (draft.correction?.attachments ?? []).filter(({ name }) => !names.has(name))
  const empty = elsewhere.map(({ name, mediaType }) => new File([], name, { type: mediaType }))
  return [...(await Promise.all(here.map(photoFile))), ...empty]
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

function fileKeeper({ id: draftId, correction }: Draft, saver: Saver): FileKeeper {
  const before = new Set(correction?.attachments.map(({ name }) => name))
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
    isAtServer: (name) => before.has(name),
  }
}

// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { clearFile, controlsAt } from '@/forms/engine'
import { type FormSession, openSession } from '@/forms/session'
import { db } from '@/storage/db'
import { versionsOf } from '@/storage/corrections'
import { deleteDraft, saveDraft, startDraft } from '@/storage/drafts'
import { keepPhoto, photosOf } from '@/storage/photos'
import { openText } from '@/storage/vault'
import { beginCorrection } from '@/sync/correct'
import { pull } from '@/sync/pull'
import type { ObservationPut } from '@/sync/wire'
import { makeDevice, makeForm, makeItem, makePhoto, ROUND_ID } from '../factories'
import { emptyStore, inTurn, json, pageOf, problem, serverAnswers } from '../sync/server'

const FORM = 'wijkschouw'
const PHOTO = '1732280580000.jpg'
const PLACE = { lon: 6.61, lat: 52.7, accuracyM: 8 }

beforeEach(async () => {
  await emptyStore()
  await db.device.put(makeDevice())
  await db.forms.put(makeForm(FORM, { usesAddresses: false }))
})
afterEach(() => vi.unstubAllGlobals())

async function open(draftId: string): Promise<FormSession> {
  const session = await openSession(draftId, 'nl')
  if (!session) throw new Error('no session')
  return session
}

function controlNamed({ root }: FormSession, name: string) {
  const [node] = controlsAt(root, `/data/gezien/${name}`)
  if (!node) throw new Error(`no question ${name}`)
  return node
}

function answer(session: FormSession, name: string, value: string): void {
  const node = controlNamed(session, name)
  if (node.nodeType !== 'input') throw new Error(`${name} is no text`)
  node.setValue(value)
}

async function contentOf(id: string): Promise<ObservationPut> {
  const item = await db.queue.get(id)
  return JSON.parse(await openText(item!.sealedMutation!)) as ObservationPut
}

/** The bytes of a file of jsdom are none that the browser's own cryptography knows. */
function photoTaken(): File {
  const bytes = new TextEncoder().encode('foto').buffer
  return Object.assign(makePhoto(PHOTO), { arrayBuffer: () => Promise.resolve(bytes) })
}

/** An observation with a note and a photo, as it waits on the phone; its id. */
async function made(): Promise<string> {
  const id = await startDraft({ roundId: ROUND_ID, form: makeForm(FORM) })
  await keepPhoto(id, photoTaken())
  const session = await open(id)
  answer(session, 'toelichting', 'Zwerfvuil')
  const photo = controlNamed(session, 'foto')
  if (photo.nodeType !== 'upload') throw new Error('no photo question')
  photo.setValue(makePhoto(PHOTO))
  await session.finish()
  return id
}

/** As if it had arrived: the ledger let go of its content. */
async function arrive(observationId: string): Promise<ObservationPut> {
  const [first] = await versionsOf(observationId)
  const put = await contentOf(first!.id)
  await db.queue.update(first!.id, { state: 'sent', safe: 1, version: first!.id, sealedMutation: null })
  await db.photos.clear()
  return put
}

function standing(put: ObservationPut, over: object = {}) {
  const { observationId, form, formVersion, instanceXml, attachments } = put
  const at = {
    observationId,
    version: put.id,
    status: 'applied',
    form,
    formVersion,
    instanceXml,
    attachments,
  }
  return { ...at, roundId: ROUND_ID, position: PLACE, ...over }
}

async function correct(observationId: string, note: string, reason = ''): Promise<ObservationPut> {
  expect(await beginCorrection(observationId, 'nl')).toEqual({ kind: 'ready', draftId: observationId })
  const session = await open(observationId)
  answer(session, 'toelichting', note)
  session.reason!.value = reason
  await session.finish()
  return contentOf((await versionsOf(observationId)).at(-1)!.id)
}

describe('what waits on the phone', () => {
  test('gets a new version made from the first, which stays as it was', async () => {
    const id = await made()
    const [first] = await versionsOf(id)
    const before = await db.queue.get(first!.id)
    const change = await correct(id, 'Zwerfvuil bij de bank', ' beter gekeken ')
    expect(change).toMatchObject({ observationId: id, baseVersion: first!.id, reason: 'beter gekeken' })
    expect(change.instanceXml).toContain('Zwerfvuil bij de bank')
    expect(await db.queue.get(first!.id)).toEqual(before)
    expect((await versionsOf(id)).map(({ corrects }) => corrects)).toEqual([false, true])
    expect(await db.drafts.count()).toBe(0)
  })
  test('keeps its photo for both versions, also when the change is thrown away', async () => {
    const id = await made()
    await beginCorrection(id, 'nl')
    await deleteDraft(id)
    expect((await photosOf(id)).map(({ name }) => name)).toEqual([PHOTO])
    expect(await db.queue.count()).toBe(1)
    const change = await correct(id, 'Anders')
    expect(change.attachments.map(({ name }) => name)).toEqual([PHOTO])
  })
  test('keeps a photo that the change leaves out for as long as the first version needs it', async () => {
    const id = await made()
    await beginCorrection(id, 'nl')
    const session = await open(id)
    const photo = controlNamed(session, 'foto')
    if (photo.nodeType === 'upload') clearFile(photo)
    expect(photo.currentState.instanceValue).toBe('')
    await session.files.drop(PHOTO)
    await session.finish()
    expect((await photosOf(id)).map(({ name }) => name)).toEqual([PHOTO])
    expect((await contentOf((await versionsOf(id)).at(-1)!.id)).attachments).toEqual([])
  })
})

describe('what arrived', () => {
  test('is fetched as it stands, and its photo is named without being on the phone', async () => {
    const id = await made()
    const put = await arrive(id)
    const asked = serverAnswers(() => json(standing(put, { version: 'v-9' })))
    const change = await correct(id, 'Verbeterd')
    expect(asked.map(({ url }) => url)).toEqual([`/v1/sync/observations/${id}`])
    expect(change).toMatchObject({ baseVersion: 'v-9', roundId: ROUND_ID, position: PLACE, reason: null })
    expect(change.attachments).toEqual(put.attachments)
    expect(change.instanceXml).toContain(PHOTO)
    expect((await versionsOf(id)).at(-1)).toMatchObject({ corrects: true, photosLeft: 0 })
  })
  test('shows a photo that only the server has as such', async () => {
    const id = await made()
    const put = await arrive(id)
    serverAnswers(() => json(standing(put)))
    await beginCorrection(id, 'nl')
    const { files } = await open(id)
    expect(await files.find(PHOTO)).toBeNull()
    expect(files.isAtServer?.(PHOTO)).toBe(true)
  })
  test('needs the internet, and says so; nothing is begun', async () => {
    const id = await made()
    await arrive(id)
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    expect(await beginCorrection(id, 'nl')).toEqual({ kind: 'no-network' })
    expect(await db.drafts.count()).toBe(0)
  })
  test('is not begun when the server says no, or when it was withdrawn', async () => {
    const id = await made()
    const put = await arrive(id)
    serverAnswers(() => problem('device-revoked', 403))
    expect(await beginCorrection(id, 'nl')).toMatchObject({ kind: 'problem' })
    serverAnswers(() => json(standing(put, { status: 'withdrawn' })))
    expect(await beginCorrection(id, 'nl')).toEqual({ kind: 'withdrawn' })
  })
  test('is explained when the form is gone from the phone', async () => {
    const id = await made()
    const put = await arrive(id)
    await db.forms.clear()
    serverAnswers(() => json(standing(put)))
    expect(await beginCorrection(id, 'nl')).toEqual({ kind: 'form-gone' })
  })
  test('keeps its version of the form on the phone when there is a newer one', async () => {
    const id = await made()
    await arrive(id)
    const { id: formId, current, ...data } = makeForm(FORM, { version: '2027' })
    expect(current).toBe(1)
    serverAnswers(() => pageOf([{ entity: 'form', id: formId, deleted: false, data }]))
    await inTurn(pull)
    expect((await db.forms.toArray()).map(({ version }) => version)).toEqual(['2026112201', '2027'])
    await db.queue.where('subjectId').equals(id).modify({ state: 'withdrawn' })
    await inTurn(pull)
    expect((await db.forms.toArray()).map(({ version }) => version)).toEqual(['2027'])
  })
})

describe('a change that was begun', () => {
  test('is one draft, however often somebody begins, and survives with its reason', async () => {
    const id = await made()
    await beginCorrection(id, 'nl')
    await saveDraft(id, {
      xml: (await contentOf((await versionsOf(id))[0]!.id)).instanceXml,
      page: 1,
      addressId: null,
      reason: 'want',
    })
    await beginCorrection(id, 'nl')
    const session = await open(id)
    expect(session.page.value).toBe(1)
    expect(session.reason?.value).toBe('want')
    expect(JSON.stringify(await db.drafts.get(id))).not.toContain('want')
  })
  test('is not kept when nobody changed anything', async () => {
    const id = await made()
    await beginCorrection(id, 'nl')
    await (await open(id)).leave()
    expect(await db.drafts.count()).toBe(0)
    expect((await photosOf(id)).length).toBe(1)
  })
  test('finds its round on a phone whose lines did not know it yet', async () => {
    const round = { id: ROUND_ID, name: '', startsOn: '', endsOn: '', areaIds: [], forms: [FORM] }
    await db.rounds.put(round)
    const put = { ...(await arriveOld()), id: 'm-1' }
    serverAnswers(() => json(standing(put, { roundId: undefined, position: undefined })))
    expect(await correct('o-1', 'Nu wel')).toMatchObject({ roundId: ROUND_ID, baseVersion: 'm-1' })
  })
})

async function arriveOld(): Promise<ObservationPut> {
  const put = await arrive(await made())
  await db.queue.clear()
  await db.queue.put(makeItem({ state: 'sent', safe: 1, version: 'm-1', formId: FORM, sealedMutation: null }))
  return { ...put, observationId: 'o-1' }
}

import { beforeEach, expect, test } from 'vitest'
import { db } from '@/storage/db'
import { deleteDraft, draftXml, finishDraft, saveDraft, startDraft } from '@/storage/drafts'
import { attachmentsIn, keepPhoto, photoFile, photosOf } from '@/storage/photos'
import { canUndo, recordVisit, undoVisit } from '@/storage/visits'
import { makeForm, makeObservation, makePhoto, ROUND_ID } from '../factories'

beforeEach(async () => {
  await Promise.all([db.drafts.clear(), db.photos.clear(), db.queue.clear()])
})

async function makeDraft(): Promise<string> {
  return startDraft({ roundId: ROUND_ID, form: makeForm('keukentafelgesprek') })
}

test('a draft survives with its answers, page and address', async () => {
  const id = await makeDraft()
  await saveDraft(id, { xml: '<data>gesproken</data>', page: 3, addressId: 'a-12' })
  const draft = await db.drafts.get(id)
  expect(draft).toMatchObject({ page: 3, addressId: 'a-12' })
  expect(draft && (await draftXml(draft))).toBe('<data>gesproken</data>')
})
test('answers and photos do not stand readable in the store', async () => {
  const id = await makeDraft()
  await saveDraft(id, { xml: '<data>geheim</data>', page: 0, addressId: null })
  await keepPhoto(id, makePhoto())
  const stored = JSON.stringify(await db.drafts.get(id), (_, value: unknown) =>
    value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value,
  )
  expect(stored).not.toContain('geheim')
})
test('a photo comes back byte for byte', async () => {
  const id = await makeDraft()
  await keepPhoto(id, makePhoto('7.jpg', [1, 2, 3]))
  const [photo] = await photosOf(id)
  expect(photo && new Uint8Array(await (await photoFile(photo)).arrayBuffer())).toEqual(
    new Uint8Array([1, 2, 3]),
  )
})
test('a finished draft is in the queue and no longer a draft, with only the photos it names', async () => {
  const id = await makeDraft()
  await keepPhoto(id, makePhoto('1.jpg'))
  await keepPhoto(id, makePhoto('2.jpg'))
  const attachments = await attachmentsIn(id, '<data><foto>1.jpg</foto></data>')
  await finishDraft(makeObservation({ observationId: id, attachments }), true)
  expect(await db.drafts.count()).toBe(0)
  expect(await db.queue.toArray()).toMatchObject([
    { subjectId: id, state: 'waiting', photosLeft: 1, talk: true },
  ])
  expect((await photosOf(id)).map(({ name }) => name)).toEqual(['1.jpg'])
})
test('a draft that was deleted does not come back when a late save arrives', async () => {
  const id = await makeDraft()
  await keepPhoto(id, makePhoto())
  await deleteDraft(id)
  await saveDraft(id, { xml: '<data/>', page: 0, addressId: null })
  expect(await db.drafts.count()).toBe(0)
  expect(await db.photos.count()).toBe(0)
})
test('a visit can be undone until it left the phone', async () => {
  await recordVisit(ROUND_ID, 'a-12', 'niet_thuis')
  const [item] = await db.queue.toArray()
  expect(item && canUndo(item)).toBe(true)
  await db.queue.update(item!.id, { attempted: true })
  expect(await undoVisit(item!.id)).toBe(false)
  await db.queue.update(item!.id, { attempted: false })
  expect(await undoVisit(item!.id)).toBe(true)
  expect(await db.queue.count()).toBe(0)
})

// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { StringInputNode } from '@getodk/xforms-engine'
import { controlsAt } from '@/forms/engine'
import { openSession } from '@/forms/session'
import { db } from '@/storage/db'
import { startDraft } from '@/storage/drafts'
import { pull } from '@/sync/pull'
import { makeDevice, makeForm, ROUND_ID } from '../factories'
import { inTurn, pageOf, serverAnswers } from '../sync/server'

beforeEach(async () => {
  await Promise.all(db.tables.filter(({ name }) => name !== 'keys').map((table) => table.clear()))
})

afterEach(() => vi.unstubAllGlobals())

async function openNew(name: string) {
  const form = makeForm(name, { lists: { 'straten.csv': 'name,label\na,Dorpsweg' } })
  await db.forms.put(form)
  const session = await openSession(await startDraft({ roundId: ROUND_ID, form }), 'nl')
  if (!session) throw new Error('no session')
  return session
}

test('a form that asks for it begins with what was saved last on this phone', async () => {
  const first = await openNew('alles')
  ;(controlsAt(first.root, '/data/vorige')[0] as StringInputNode).setValue('Dorpsweg')
  await first.finish()
  const second = await openNew('alles')
  expect(controlsAt(second.root, '/data/vorige')[0]?.currentState.instanceValue).toBe('Dorpsweg')
  second.saver?.stop()
})
test('what was saved last is encrypted, and not kept for forms that do not ask', async () => {
  await (await openNew('alles')).finish()
  await (await openNew('wijkschouw')).finish()
  const kept = await db.lastSaved.toArray()
  expect(kept.map(({ formId }) => formId)).toEqual(['alles'])
  expect(new TextDecoder().decode(kept[0]?.sealedXml.bytes)).not.toContain('<data')
})
test('what was saved last goes when its form goes', async () => {
  await db.device.put(makeDevice())
  const session = await openNew('alles')
  await session.finish()
  await db.queue.clear()
  serverAnswers(() => pageOf([{ entity: 'form', id: 'alles', deleted: true, data: null }]))
  await inTurn(pull)
  expect(await db.lastSaved.count()).toBe(0)
})
test('lists that come with a form are there to choose from', async () => {
  const session = await openNew('alles')
  const [streets] = controlsAt(session.root, '/data/meerzoek')
  expect(
    streets?.nodeType === 'select' && streets.currentState.valueOptions.map(({ value }) => value),
  ).toEqual(['a'])
  session.saver?.stop()
})

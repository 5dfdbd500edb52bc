import { db, type Device, type StoredForm } from '@/storage/db'
import { type Answer, call } from './http'
import { type Change, isChange, isPullAnswer, type PullAnswer } from './wire'

const CURSOR_GONE = 'urn:rondgang:problem:cursor-gone'

/** Fetches what changed, page by page; `onProgress` hears how many changes were stored. */
export async function pull(
  device: Device,
  language: string,
  onProgress: (stored: number) => void = () => undefined,
): Promise<Answer<number>> {
  let cursor = device.cursor
  let stored = 0
  for (;;) {
    const answer = await call(pullUrl(cursor), isPullAnswer, { token: device.token, language })
    if (answer.kind === 'problem' && answer.problem.type === CURSOR_GONE && cursor !== null) {
      cursor = null
      continue
    }
    if (answer.kind !== 'ok') return answer
    await applyPage(answer.data, cursor === null)
    stored += answer.data.changes.length
    onProgress(stored)
    if (answer.data.complete) return { kind: 'ok', data: stored }
    cursor = answer.data.cursor
  }
}

function pullUrl(cursor: string | null): string {
  return cursor === null ? '/v1/sync/pull' : `/v1/sync/pull?cursor=${encodeURIComponent(cursor)}`
}

/** A page and its cursor in one transaction: after a break the page comes again, which changes nothing. */
export async function applyPage(page: PullAnswer, fromStart: boolean): Promise<void> {
  const tables = [db.rounds, db.areas, db.addresses, db.forms, db.drafts, db.queue, db.device, db.lastSaved]
  await db.transaction('rw', tables, async () => {
    if (fromStart) await forgetEverything()
    for (const change of page.changes.filter(isChange)) await applyChange(change)
    await dropUnusedForms()
    await db.device.update('device', { cursor: page.cursor, lastContactMs: Date.now(), refused: false })
  })
}

/** Without a cursor the server sends everything that is; what it does not send is gone. */
async function forgetEverything(): Promise<void> {
  await Promise.all([db.rounds.clear(), db.areas.clear(), db.addresses.clear()])
  await db.forms.toCollection().modify({ current: 0 })
}

async function applyChange(change: Change): Promise<void> {
  switch (change.entity) {
    case 'round':
      await (change.deleted ? db.rounds.delete(change.id) : db.rounds.put({ ...change.data, id: change.id }))
      return
    case 'area':
      await (change.deleted
        ? db.areas.delete(change.id)
        : db.areas.put({ id: change.id, name: change.data.name, kind: change.data.kind }))
      return
    case 'address':
      await (change.deleted
        ? db.addresses.delete(change.id)
        : db.addresses.put({ ...change.data, id: change.id }))
      return
    case 'form':
      await db.forms.where('id').equals(change.id).modify({ current: 0 })
      if (!change.deleted) await db.forms.put({ ...change.data, id: change.id, current: 1 })
  }
}

/** An old version stays for as long as a draft or an unsent observation was made with it. */
async function dropUnusedForms(): Promise<void> {
  const used = new Set<string>()
  await db.drafts.each((draft) => used.add(`${draft.formId} ${draft.formVersion}`))
  await db.queue
    .where('safe')
    .equals(0)
    .each((item) => used.add(`${item.formId} ${item.formVersion}`))
  await db.forms
    .where('current')
    .equals(0)
    .filter((form: StoredForm) => !used.has(`${form.id} ${form.version}`))
    .delete()
  const left = new Set(await db.forms.orderBy('id').uniqueKeys())
  await db.lastSaved.filter(({ formId }) => !left.has(formId)).delete()
}

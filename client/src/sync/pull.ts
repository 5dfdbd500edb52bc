import type { Table } from 'dexie'
import { type Area, db, type StoredForm } from '@/storage/db'
import { unsentDoors } from '@/storage/newDoors'
import { markPhotos } from '@/storage/photos'
import { applyQuestions } from '@/storage/questions'
import type { Errand } from './errand'
import { type Answer, call } from './http'
import { applyObservationState } from './receipts'
import {
  type AreaData,
  type Change,
  isChange,
  isPullAnswer,
  type ObservationState,
  type PullAnswer,
} from './wire'

const CURSOR_GONE = 'urn:rondgang:problem:cursor-gone'
const DEVICE_REVOKED = 'urn:rondgang:problem:device-revoked'

/** Fetches what changed, page by page; `onProgress` hears how many changes were stored. */
export async function pull(
  { turn, device, language }: Errand,
  onProgress: (stored: number) => void = () => undefined,
): Promise<Answer<number>> {
  const tables = [
    db.rounds,
    db.areas,
    db.addresses,
    db.forms,
    db.drafts,
    db.queue,
    db.photos,
    db.routes,
    db.maps,
    db.questions,
  ]
  // A phone that was enrolled before there were koffers fetches everything once, and the key with it.
  let cursor = device.kofferKey === undefined ? null : device.cursor
  let stored = 0
  for (;;) {
    const answer = await call(pullUrl(cursor), isPullAnswer, { token: device.token, language })
    if (answer.kind === 'problem') {
      if (answer.problem.type === CURSOR_GONE && cursor !== null) {
        cursor = null
        continue
      }
      if (answer.problem.type !== DEVICE_REVOKED) return answer
      await turn.write([db.device], () => db.device.update('device', { standing: 'revoked' }))
      return { kind: 'ok', data: stored }
    }
    if (answer.kind !== 'ok') return answer
    const page = answer.data
    await turn.write([...tables, db.device, db.lastSaved], () => applyPage(page))
    stored += page.changes.length
    onProgress(stored)
    if (page.complete) return { kind: 'ok', data: stored }
    cursor = page.cursor
  }
}

function pullUrl(cursor: string | null): string {
  return cursor === null ? '/v1/sync/pull' : `/v1/sync/pull?cursor=${encodeURIComponent(cursor)}`
}

/** A page and its cursor in one transaction: after a break the page comes again, which changes nothing. */
async function applyPage(page: PullAnswer): Promise<void> {
  if (page.reset) await forgetEverything()
  for (const change of page.changes.filter(isChange)) await applyChange(change)
  if (page.complete) await dropUnusedForms()
  await db.device.update('device', {
    cursor: page.cursor,
    standing: 'known',
    ...(page.reset && { kofferKey: page.kofferKey ?? null }),
  })
}

/** Such a page brings all there is; what is not in it, is gone. The queue, drafts and photos are the phone's own. */
async function forgetEverything(): Promise<void> {
  const own = await unsentDoors()
  await Promise.all([
    db.rounds.clear(),
    db.areas.clear(),
    db.routes.clear(),
    db.maps.clear(),
    db.addresses.filter(({ id }) => !own.has(id)).delete(),
  ])
  await db.forms.toCollection().modify({ current: 0 })
}

async function applyChange(change: Change): Promise<void> {
  switch (change.entity) {
    case 'area':
      await (change.deleted ? db.areas.delete(change.id) : db.areas.put(areaOf(change.id, change.data)))
      return
    case 'form':
      await db.forms.where('id').equals(change.id).modify({ current: 0 })
      if (!change.deleted) await db.forms.put({ ...change.data, id: change.id, current: 1 })
      return
    case 'observation':
      if (change.deleted) return
      await applyToOwnWork(change.id, change.data)
      await applyQuestions(change.id, change.data.questions ?? [])
      return
    default:
      await applyAsItIs(change)
  }
}

/** What is kept just as it comes. */
async function applyAsItIs({
  entity,
  id,
  deleted,
  data,
}: Exclude<Change, { entity: 'area' | 'form' | 'observation' }>): Promise<void> {
  const tables = { round: db.rounds, address: db.addresses, route: db.routes, map: db.maps }
  const table = tables[entity] as Table<object, string>
  await (deleted ? table.delete(id) : table.put({ ...data, id }))
}

/** What the screens need of an area, and no more. */
function areaOf(id: string, { name, kind, geometry }: AreaData): Area {
  return { id, name, kind, geometry: geometry ?? null }
}

/** What others made of own work. The line stays when the server tells nothing of it any more. */
async function applyToOwnWork(observationId: string, state: ObservationState): Promise<void> {
  for (const item of await db.queue.where('subjectId').equals(observationId).toArray()) {
    const next = applyObservationState(item, state)
    await db.queue.put(next)
    if (next !== item && !next.safe) await markPhotos(next, new Set(state.photosMissing))
  }
}

/** An old version stays for as long as a draft or an own observation was made with it: so that can be improved. */
async function dropUnusedForms(): Promise<void> {
  const used = new Set<string>()
  await db.drafts.each((draft) => used.add(`${draft.formId} ${draft.formVersion}`))
  await db.queue
    .filter(({ kind, state }) => kind === 'observation' && state !== 'withdrawn')
    .each((item) => used.add(`${item.formId} ${item.formVersion}`))
  await db.forms
    .where('current')
    .equals(0)
    .filter((form: StoredForm) => !used.has(`${form.id} ${form.version}`))
    .delete()
  const left = new Set(await db.forms.orderBy('id').uniqueKeys())
  await db.lastSaved.filter(({ formId }) => !left.has(formId)).delete()
}

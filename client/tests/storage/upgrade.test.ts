import Dexie from 'dexie'
import { expect, test } from 'vitest'
import { RondgangDb } from '@/storage/db'
import { makeDevice, makeItem } from '../factories'

/** The store as phones have it that were in use before. */
async function storeOfBefore(name: string): Promise<void> {
  const before = new Dexie(name)
  before.version(1).stores({
    keys: 'id',
    device: 'key',
    rounds: 'id',
    areas: 'id',
    addresses: 'id, areaId',
    forms: '[id+version], id, current',
    drafts: 'id, savedMs',
    photos: 'id, observationId',
    queue: 'id, subjectId, state, madeMs, addressId, safe',
  })
  before.version(2).stores({ lastSaved: 'formId' })
  const device: object = makeDevice()
  const item: object = makeItem()
  for (const field of ['standing', 'kofferKey']) Reflect.deleteProperty(device, field)
  Reflect.deleteProperty(item, 'version')
  await before.table('device').put({ ...device, refused: true })
  await before.table('queue').bulkPut([item, { ...item, id: 'm-2', safe: 1 }])
  await before.table('photos').put({ id: 'o-1/1.jpg', observationId: 'o-1', state: 'here' })
  before.close()
}

test('a phone that was in use before keeps its work, and counts what it made', async () => {
  await storeOfBefore('oud')
  const now = new RondgangDb('oud')
  expect((await now.counts.get('made'))?.value).toBe(2)
  expect(await now.queue.get('m-1')).toMatchObject({ version: null, state: 'waiting' })
  expect(await now.photos.where('state').equals('here').primaryKeys()).toEqual(['o-1/1.jpg'])
  const device = await now.device.get('device')
  expect(device?.standing).toBe('unknown')
  expect(device?.kofferKey).toBeUndefined()
  expect(await now.questions.count()).toBe(0)
  now.close()
})

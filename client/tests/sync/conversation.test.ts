import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { db } from '@/storage/db'
import { startDraft } from '@/storage/drafts'
import { addDoor } from '@/storage/newDoors'
import { addToQueue, tryAgain } from '@/storage/queue'
import { recordVisit, undoVisit } from '@/storage/visits'
import { withdraw } from '@/storage/withdrawals'
import { enrol } from '@/sync/enrol'
import { settle } from '@/sync/ledger'
import { pull } from '@/sync/pull'
import { push } from '@/sync/push'
import type { EnrolRequest, Mutation } from '@/sync/wire'
import { makeAddress, makeDevice, makeForm, ROUND_ID } from '../factories'
import {
  emptyStore,
  everythingSafe,
  inTurn,
  json,
  ledgerOf,
  pageOf,
  problem,
  queueTalk,
  receiptsFor,
  serverAnswers,
} from './server'

const pushNow = () => inTurn((errand) => push(errand, Number.POSITIVE_INFINITY))
const statesOf = async (...ids: string[]) =>
  Promise.all(ids.map(async (id) => (await db.queue.get(`m-${id}`))?.state))
const mutationsIn = (body: unknown): Mutation[] => (body as { mutations: Mutation[] }).mutations

beforeEach(async () => {
  await emptyStore()
  await db.device.put(makeDevice())
})
afterEach(() => vi.unstubAllGlobals())

describe('enrolling', () => {
  test('again after a lost answer shows the same id and token', async () => {
    const calls = serverAnswers(() => Promise.reject(new TypeError('network')))
    expect((await enrol('NIEUW', 'nl')).kind).toBe('no-network')
    await enrol('NIEUW', 'nl')
    expect(calls[1]?.body).toEqual(calls[0]?.body)
  })
  test('replaces the earlier enrolment only when it succeeded', async () => {
    serverAnswers(() => problem('code-unusable', 403))
    await enrol('OUD', 'nl')
    expect((await db.device.get('device'))?.token).toBe('geheim')
    const calls = serverAnswers(() =>
      json({ deviceId: 'x', volunteer: 'V', municipality: 'H', kofferKey: 'SLEUTEL', rounds: [] }, 201),
    )
    await enrol('NIEUW', 'nl')
    const token = (calls[0]?.body as EnrolRequest).token
    expect(await db.device.get('device')).toMatchObject({ token, kofferKey: 'SLEUTEL' })
  })
  test('anew hands in and confirms under the new token what was made before', async () => {
    const [unsent, unconfirmed] = [await queueTalk(), await queueTalk()]
    await db.queue.update(`m-${unconfirmed}`, { state: 'sent', attempted: true })
    const calls = serverAnswers((url, body) => {
      if (url === '/v1/devices') return json({ deviceId: 'x', volunteer: 'V', municipality: 'H', rounds: [] })
      return url.includes('push') ? receiptsFor(body, 'applied') : everythingSafe(url)
    })
    await enrol('NIEUW', 'nl')
    await pushNow()
    await inTurn(settle)
    const { token } = calls[0]?.body as EnrolRequest
    expect(calls.slice(1).map(({ headers }) => headers['Authorization'])).toEqual(
      Array(2).fill(`Bearer ${token}`),
    )
    expect((await db.queue.bulkGet([`m-${unsent}`, `m-${unconfirmed}`])).map((item) => item?.safe)).toEqual([
      1, 1,
    ])
  })
})

describe('pull', () => {
  test('stores a page and its cursor together, and asks from there the next time', async () => {
    const changes = [{ entity: 'address', id: 'a-12', deleted: false, data: makeAddress() }]
    const calls = serverAnswers(() => pageOf(changes, { cursor: 'C1' }))
    await inTurn(pull)
    expect(await db.addresses.count()).toBe(1)
    expect((await db.device.get('device'))?.cursor).toBe('C1')
    await inTurn(pull)
    expect(calls[1]?.url).toBe('/v1/sync/pull?cursor=C1')
  })
  test('a cursor that is gone means pull everything', async () => {
    await db.device.update('device', { cursor: 'OUD' })
    const calls = serverAnswers((url) =>
      url.includes('cursor') ? problem('cursor-gone', 410) : pageOf([], { reset: true }),
    )
    expect((await inTurn(pull)).kind).toBe('ok')
    expect(calls).toHaveLength(2)
  })
  test('a page with all there is replaces what was pulled, and leaves own work alone', async () => {
    const old = makeForm('wijkschouw', { version: '1' })
    await db.addresses.put(makeAddress({ id: 'weg' }))
    await db.forms.bulkPut([old, makeForm('initiatiefenquete')])
    await startDraft({ roundId: ROUND_ID, form: old })
    await queueTalk('1.jpg')
    serverAnswers(() => pageOf([], { reset: true, kofferKey: 'SLEUTEL' }))
    await inTurn(pull)
    expect(await db.addresses.count()).toBe(0)
    expect((await db.forms.toArray()).map(({ id, current }) => [id, current])).toEqual([['wijkschouw', 0]])
    expect([await db.drafts.count(), await db.queue.count(), await db.photos.count()]).toEqual([1, 1, 1])
    expect((await db.device.get('device'))?.kofferKey).toBe('SLEUTEL')
  })
  test('a page with all there is leaves a door that was added here and that the server lacks', async () => {
    await db.rounds.add({
      id: ROUND_ID,
      name: '',
      startsOn: '',
      endsOn: '',
      areaIds: ['nieuwlande'],
      forms: [],
    })
    const position = { lon: 6.6, lat: 52.7, accuracyM: 5 }
    const door = { areaId: 'nieuwlande', street: 'Vaart', number: 3, letter: '', addition: '', place: '' }
    const id = await addDoor({ roundId: ROUND_ID, ...door, position, note: '' })
    await db.addresses.put(makeAddress({ id: 'weg' }))
    serverAnswers(() => pageOf([], { reset: true, kofferKey: 'SLEUTEL' }))
    await inTurn(pull)
    expect((await db.addresses.toArray()).map((address) => address.id)).toEqual([id])
  })
  test('a phone without a key for koffers pulls everything once', async () => {
    const before = makeDevice({ cursor: 'C1' })
    delete before.kofferKey
    await db.device.put(before)
    const calls = serverAnswers(() => pageOf([], { reset: true, kofferKey: 'SLEUTEL', cursor: 'C2' }))
    await inTurn(pull)
    await inTurn(pull)
    expect(calls.map(({ url }) => url)).toEqual(['/v1/sync/pull', '/v1/sync/pull?cursor=C2'])
  })
  test('a form version stays for as long as a draft was made with it', async () => {
    const old = makeForm('keukentafelgesprek', { version: '1' })
    await db.forms.put(old)
    const draftId = await startDraft({ roundId: ROUND_ID, form: old })
    const data = { ...makeForm('keukentafelgesprek', { version: '2' }) }
    serverAnswers(() => pageOf([{ entity: 'form', id: old.id, deleted: false, data }]))
    await inTurn(pull)
    expect((await db.forms.toArray()).map(({ version, current }) => [version, current])).toEqual([
      ['1', 0],
      ['2', 1],
    ])
    await db.drafts.delete(draftId)
    await inTurn(pull)
    expect((await db.forms.toArray()).map(({ version }) => version)).toEqual(['2'])
  })
  test('a form that was withdrawn stays to finish what was begun, and is offered no more', async () => {
    const form = makeForm('keukentafelgesprek')
    await db.forms.put(form)
    await startDraft({ roundId: ROUND_ID, form })
    serverAnswers(() => pageOf([{ entity: 'form', id: form.id, deleted: true, data: null }]))
    await inTurn(pull)
    expect(await db.forms.toArray()).toMatchObject([{ current: 0 }])
  })
  test('a revoked phone is noted as such, and its round goes on', async () => {
    serverAnswers(() => problem('device-revoked', 403))
    expect((await inTurn(pull)).kind).toBe('ok')
    expect((await db.device.get('device'))?.standing).toBe('revoked')
  })
  test.each([
    ['applied', 'sent'],
    ['held', 'held'],
    ['conflict', 'conflict'],
    ['withdrawn', 'withdrawn'],
  ])('what others made of own work stands on its line: %s', async (status, state) => {
    const id = await queueTalk()
    await db.queue.update(`m-${id}`, { state: 'held', safe: 1, version: `m-${id}` })
    const data = { status, version: 'v-9', photosMissing: [], problem: null }
    serverAnswers(() => pageOf([{ entity: 'observation', id, deleted: false, data }]))
    await inTurn(pull)
    expect(await db.queue.get(`m-${id}`)).toMatchObject({ state, version: 'v-9', safe: 1 })
  })
})

describe('push', () => {
  test('goes again with the same mutation when the answer was lost', async () => {
    await queueTalk('1.jpg')
    const calls = serverAnswers((_, body) =>
      calls.length === 1 ? Promise.reject(new TypeError('network')) : receiptsFor(body, 'duplicate'),
    )
    expect((await pushNow()).kind).toBe('no-network')
    expect((await pushNow()).kind).toBe('ok')
    expect(calls[1]?.body).toEqual(calls[0]?.body)
    expect(await db.queue.toArray()).toMatchObject([{ state: 'sent', safe: 0 }])
  })
  test.each([
    ['a page', () => new Response('<html>Welkom op ons wifi</html>')],
    ['JSON of another kind', () => json({ welkom: 'op ons wifi' })],
  ])('an answer of a captive portal counts as no network and changes nothing: %s', async (_, answer) => {
    await queueTalk()
    serverAnswers(answer)
    expect(await pushNow()).toMatchObject({ kind: 'no-network', portal: true })
    expect(await db.queue.toArray()).toMatchObject([{ state: 'waiting' }])
  })
  test.each([400, 413])(
    'a mutation that makes its batch unreadable (%i) holds up no other',
    async (status) => {
      const ids = [await queueTalk(), await queueTalk(), await queueTalk()] as const
      serverAnswers((_, body) =>
        JSON.stringify(body).includes(`m-${ids[1]}`)
          ? problem('input-invalid', status)
          : receiptsFor(body, 'applied'),
      )
      expect((await pushNow()).kind).toBe('problem')
      expect(await statesOf(...ids)).toEqual(['sent', 'waiting', 'sent'])
    },
  )
  test('a batch that is too large goes in halves', async () => {
    for (let count = 0; count < 4; count += 1) await queueTalk()
    const calls = serverAnswers((_, body) =>
      mutationsIn(body).length > 1 ? problem('body-too-large', 413) : receiptsFor(body, 'applied'),
    )
    expect((await pushNow()).kind).toBe('ok')
    expect(calls.map(({ body }) => mutationsIn(body).length)).toEqual([4, 2, 1, 1, 2, 1, 1])
  })
  test('receipts belong to the mutation that they name; what got none goes on waiting', async () => {
    const ids = [await queueTalk(), await queueTalk(), await queueTalk()] as const
    const later = await queueTalk()
    await db.queue.update(`m-${later}`, { notBeforeMs: Date.now() + 60_000 })
    const receipt = (id: string, status: string) => ({ mutationId: `m-${id}`, status, problem: null })
    serverAnswers(() =>
      json({
        receipts: [
          receipt('vreemd', 'applied'),
          receipt(ids[2], 'held'),
          receipt(later, 'applied'),
          receipt(ids[0], 'applied'),
        ],
        missingPhotos: [],
      }),
    )
    await inTurn((errand) => push(errand, Date.now()))
    expect(await statesOf(...ids, later)).toEqual(['sent', 'waiting', 'held', 'waiting'])
  })
  test('photos of what got no receipt are still to be sent', async () => {
    await queueTalk('1.jpg')
    serverAnswers(() => json({ receipts: [], missingPhotos: [] }))
    await pushNow()
    expect(await db.photos.toArray()).toMatchObject([{ state: 'here' }])
  })
  test('without anything to send asks the server nothing', async () => {
    const calls = serverAnswers(() => problem('unexpected', 500))
    expect((await pushNow()).kind).toBe('ok')
    expect(calls).toHaveLength(0)
  })
  test('one damaged thing does not hold up the others', async () => {
    const ids = [await queueTalk(), await queueTalk()] as const
    await db.queue.update(`m-${ids[0]}`, {
      sealedMutation: { iv: new Uint8Array(12), bytes: new ArrayBuffer(32) },
    })
    serverAnswers((_, body) => receiptsFor(body, 'applied'))
    await pushNow()
    expect(await statesOf(...ids)).toEqual(['waiting', 'sent'])
  })
  test('what was rejected is sent again when a person asks for it', async () => {
    const id = await queueTalk()
    serverAnswers((_, body) => receiptsFor(body, 'rejected'))
    await pushNow()
    expect(await statesOf(id)).toEqual(['rejected'])
    await tryAgain((await db.queue.get(`m-${id}`))!)
    const calls = serverAnswers((_, body) => receiptsFor(body, 'applied'))
    await pushNow()
    expect(calls).toHaveLength(1)
    expect(await statesOf(id)).toEqual(['sent'])
  })
})

describe('the ledger', () => {
  test('alone makes the content leave the phone, once it has the photos too', async () => {
    const id = await queueTalk('1.jpg')
    const photosMissing = [(await db.photos.toArray())[0]!.sha256]
    serverAnswers((url, body) =>
      url.includes('push')
        ? receiptsFor(body, 'applied')
        : ledgerOf({ mutationId: `m-${id}`, photosMissing }),
    )
    await pushNow()
    await inTurn(settle)
    expect(await db.photos.toArray()).toMatchObject([{ state: 'here' }])
    photosMissing.pop()
    await inTurn(settle)
    expect(await db.queue.toArray()).toMatchObject([{ safe: 1, sealedMutation: null }])
    expect(await db.photos.count()).toBe(0)
  })
  test('confirms each mutation on its own, though two are about one observation', async () => {
    const id = await queueTalk()
    serverAnswers((_, body) => receiptsFor(body, 'applied'))
    await pushNow()
    await withdraw((await db.queue.get(`m-${id}`))!, '')
    await pushNow()
    serverAnswers((url) => (url.includes(`m-${id}`) ? ledgerOf({ mutationId: `m-${id}` }) : ledgerOf()))
    await inTurn(settle)
    const items = await db.queue.toArray()
    expect(items.map(({ kind, safe }) => [kind, safe]).sort()).toEqual([
      ['observation', 1],
      ['withdrawal', 0],
    ])
  })
  test('is asked for at most a hundred at once, by mutation', async () => {
    for (let count = 0; count < 101; count += 1)
      await db.queue.update(`m-${await queueTalk()}`, { state: 'sent', attempted: true })
    const calls = serverAnswers(everythingSafe)
    await inTurn(settle)
    expect(calls.map(({ url }) => url.split(',').length)).toEqual([100, 1])
    expect(await db.queue.where('safe').equals(0).count()).toBe(0)
  })
  test('that does not have what it gave a receipt for, gets it again', async () => {
    const id = await queueTalk()
    await db.queue.update(`m-${id}`, { state: 'sent', attempted: true })
    serverAnswers(() => ledgerOf())
    await inTurn(settle)
    expect(await statesOf(id)).toEqual(['waiting'])
  })
  test('settles what got a receipt with a status of a later version', async () => {
    await queueTalk()
    serverAnswers((url, body) => (url.includes('push') ? receiptsFor(body, 'nieuw') : everythingSafe(url)))
    await pushNow()
    expect(await db.queue.toArray()).toMatchObject([{ state: 'waiting' }])
    await inTurn(settle)
    expect(await db.queue.toArray()).toMatchObject([{ safe: 1, sealedMutation: null }])
  })
})

describe('a withdrawal', () => {
  test('names the version that it was made from, and its line says so when it arrived', async () => {
    const id = await queueTalk()
    const calls = serverAnswers((_, body) => receiptsFor(body, 'applied'))
    await pushNow()
    await withdraw((await db.queue.get(`m-${id}`))!, ' wil niet meer ')
    await pushNow()
    expect(mutationsIn(calls[1]?.body)).toMatchObject([
      {
        type: 'observation.withdraw',
        observationId: id,
        baseVersion: `m-${id}`,
        reason: 'wil niet meer',
      },
    ])
    expect(await statesOf(id)).toEqual(['withdrawn'])
  })
})

describe('the account of the phone', () => {
  const reported = (calls: { headers: Record<string, string> }[]) => calls.at(-1)?.headers['Rondgang-Report']

  test('goes with every call: what was made, what waits, and the clock', async () => {
    await queueTalk('1.jpg')
    const calls = serverAnswers((_, body) => receiptsFor(body, 'applied'))
    await pushNow()
    expect(reported(calls)).toMatch(
      /^made=1, unsent=1, photos=1, clock="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d"$/,
    )
    serverAnswers(() => pageOf([]))
    await inTurn(pull)
    expect(reported(calls)).toBeDefined()
  })
  test('goes on counting when lines are cleaned away, and forgets what was undone', async () => {
    await queueTalk()
    await recordVisit(ROUND_ID, 'a-12', 'niet_thuis')
    await undoVisit((await db.queue.where('addressId').equals('a-12').first())!.id)
    await db.queue.clear()
    const calls = serverAnswers(() => pageOf([]))
    await inTurn(pull)
    expect(reported(calls)).toMatch(/^made=1, unsent=0/)
  })
  test('does not count what was not stored', async () => {
    const item = await db.queue.get(`m-${await queueTalk()}`)
    await expect(db.transaction('rw', db.queue, db.counts, () => addToQueue(item!))).rejects.toThrow()
    expect((await db.counts.get('made'))?.value).toBe(1)
  })
})

test('a large body goes compressed, a small one as it is', async () => {
  for (let count = 0; count < 6; count += 1) await queueTalk()
  const calls = serverAnswers((_, body) => receiptsFor(body, 'applied'))
  await pushNow()
  await queueTalk()
  await pushNow()
  expect(calls.map(({ headers }) => headers['Content-Encoding'])).toEqual(['gzip', undefined])
  expect(mutationsIn(calls[0]?.body)).toHaveLength(6)
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { db } from '@/storage/db'
import { finishDraft, startDraft } from '@/storage/drafts'
import { keepPhoto } from '@/storage/photos'
import { enrol } from '@/sync/enrol'
import { settle } from '@/sync/ledger'
import { pull } from '@/sync/pull'
import { push } from '@/sync/push'
import type { EnrolRequest, Mutation } from '@/sync/wire'
import { makeAddress, makeDevice, makeForm, makeObservation, makePhoto, ROUND_ID } from '../factories'

type Responder = (url: string, body: unknown) => Response | Promise<Response>

const json = (body: unknown, status = 200): Response => Response.json(body, { status })
const problem = (slug: string, status: number): Response =>
  json({ type: `urn:rondgang:problem:${slug}`, title: slug, status }, status)

function serverAnswers(respond: Responder): { url: string; body: unknown }[] {
  const calls: { url: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (url: string, { body }: { body: string | null }) => {
    const sent: unknown = body ? JSON.parse(body) : null
    calls.push({ url, body: sent })
    return respond(url, sent)
  })
  return calls
}

function receiptsFor(body: unknown, status: string): Response {
  const { mutations } = body as { mutations: Mutation[] }
  return json({
    receipts: mutations.map(({ id }) => ({ mutationId: id, status, problem: null })),
    missingPhotos: mutations.flatMap((each) =>
      each.type === 'observation.put' ? each.attachments.map(({ sha256 }) => sha256) : [],
    ),
  })
}

async function queueTalkWithPhoto(): Promise<string> {
  const id = await startDraft({ roundId: ROUND_ID, form: makeForm('keukentafelgesprek') })
  await keepPhoto(id, makePhoto('1.jpg'))
  const [photo] = await db.photos.toArray()
  const { name, size, mediaType, sha256 } = photo!
  await finishDraft(
    makeObservation({ id: `m-${id}`, observationId: id, attachments: [{ name, size, mediaType, sha256 }] }),
    true,
  )
  return id
}

beforeEach(async () => {
  await Promise.all(db.tables.filter(({ name }) => name !== 'keys').map((table) => table.clear()))
  await db.device.put(makeDevice())
})
afterEach(() => vi.unstubAllGlobals())

test('enrolling again after a lost answer shows the same id and token', async () => {
  const calls = serverAnswers(() => Promise.reject(new TypeError('network')))
  expect((await enrol('NIEUW', 'nl')).kind).toBe('no-network')
  await enrol('NIEUW', 'nl')
  expect(calls[1]?.body).toEqual(calls[0]?.body)
})
test('an enrolment replaces the earlier one only when it succeeded', async () => {
  serverAnswers(() => problem('code-unusable', 403))
  await enrol('OUD', 'nl')
  expect((await db.device.get('device'))?.token).toBe('geheim')
  const calls = serverAnswers(() =>
    json({ deviceId: 'x', volunteer: 'V', municipality: 'H', rounds: [] }, 201),
  )
  await enrol('NIEUW', 'nl')
  expect((await db.device.get('device'))?.token).toBe((calls[0]?.body as EnrolRequest).token)
})
test('a page and its cursor are stored together, and the next pull asks from there', async () => {
  const calls = serverAnswers(() =>
    json({
      cursor: 'C1',
      complete: true,
      changes: [{ entity: 'address', id: 'a-12', deleted: false, data: makeAddress() }],
    }),
  )
  await pull(makeDevice(), 'nl')
  expect(await db.addresses.count()).toBe(1)
  expect((await db.device.get('device'))?.cursor).toBe('C1')
  await pull((await db.device.get('device'))!, 'nl')
  expect(calls[1]?.url).toBe('/v1/sync/pull?cursor=C1')
})
test('a cursor that is gone means pull everything, and what is not sent is gone', async () => {
  await db.addresses.put(makeAddress({ id: 'weg' }))
  serverAnswers((url) =>
    url.includes('cursor')
      ? problem('cursor-gone', 410)
      : json({ cursor: 'C2', complete: true, changes: [] }),
  )
  expect((await pull(makeDevice({ cursor: 'OUD' }), 'nl')).kind).toBe('ok')
  expect(await db.addresses.count()).toBe(0)
})
test('a form version stays for as long as a draft was made with it', async () => {
  const old = makeForm('keukentafelgesprek', { version: '1' })
  await db.forms.put(old)
  const draftId = await startDraft({ roundId: ROUND_ID, form: old })
  const data = { ...makeForm('keukentafelgesprek', { version: '2' }) }
  serverAnswers(() =>
    json({ cursor: 'C', complete: true, changes: [{ entity: 'form', id: old.id, deleted: false, data }] }),
  )
  await pull(makeDevice(), 'nl')
  expect((await db.forms.toArray()).map(({ version, current }) => [version, current])).toEqual([
    ['1', 0],
    ['2', 1],
  ])
  await db.drafts.delete(draftId)
  await pull(makeDevice({ cursor: 'C' }), 'nl')
  expect((await db.forms.toArray()).map(({ version }) => version)).toEqual(['2'])
})
test('a push whose answer was lost goes again with the same mutation', async () => {
  await queueTalkWithPhoto()
  const calls = serverAnswers((_, body) =>
    calls.length === 1 ? Promise.reject(new TypeError('network')) : receiptsFor(body, 'duplicate'),
  )
  expect((await push(makeDevice(), 'nl', Date.now())).kind).toBe('no-network')
  expect((await push(makeDevice(), 'nl', Date.now())).kind).toBe('ok')
  expect(calls[1]?.body).toEqual(calls[0]?.body)
  expect(await db.queue.toArray()).toMatchObject([{ state: 'sent', safe: 0 }])
})
test('a page of a captive portal counts as no network and changes nothing', async () => {
  await queueTalkWithPhoto()
  serverAnswers(() => new Response('<html>Welkom op ons wifi</html>'))
  expect((await push(makeDevice(), 'nl', Date.now())).kind).toBe('no-network')
  expect(await db.queue.toArray()).toMatchObject([{ state: 'waiting' }])
})
test('the content leaves the phone only after the ledger has it with its photos', async () => {
  const id = await queueTalkWithPhoto()
  const photosMissing: string[] = [(await db.photos.toArray())[0]!.sha256]
  serverAnswers((url, body) =>
    url.startsWith('/v1/sync/push')
      ? receiptsFor(body, 'applied')
      : json({
          observations: [{ observationId: id, status: 'applied', receivedAt: '', photosMissing }],
          visits: [],
        }),
  )
  await push(makeDevice(), 'nl', Date.now())
  await settle(makeDevice(), 'nl')
  expect(await db.photos.toArray()).toMatchObject([{ state: 'here' }])
  photosMissing.pop()
  await settle(makeDevice(), 'nl')
  expect(await db.queue.toArray()).toMatchObject([{ safe: 1, sealedMutation: null }])
  expect(await db.photos.count()).toBe(0)
})
test('one mutation that makes its batch unreadable does not hold up the others', async () => {
  const ids = [await queueTalkWithPhoto(), await queueTalkWithPhoto(), await queueTalkWithPhoto()]
  serverAnswers((_, body) =>
    JSON.stringify(body).includes(`m-${ids[1]}`)
      ? problem('input-invalid', 400)
      : receiptsFor(body, 'applied'),
  )
  expect((await push(makeDevice(), 'nl', Date.now())).kind).toBe('problem')
  const states = await Promise.all(ids.map(async (id) => (await db.queue.get(`m-${id}`))?.state))
  expect(states).toEqual(['sent', 'waiting', 'sent'])
})
test('a push without anything to send asks the server nothing', async () => {
  const calls = serverAnswers(() => problem('unexpected', 500))
  expect((await push(makeDevice(), 'nl', Date.now())).kind).toBe('ok')
  expect(calls).toHaveLength(0)
})

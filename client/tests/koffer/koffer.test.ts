import { readFileSync } from 'node:fs'
import sodium from 'libsodium-wrappers'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { fromBase64Url, toBase64Url } from '@/domain/base64'
import { type Koffer, kofferName, makeKoffer } from '@/koffer/koffer'
import { sealedBox } from '@/koffer/sealedBox'
import { db } from '@/storage/db'
import { keepPhoto } from '@/storage/photos'
import { startDraft } from '@/storage/drafts'
import { recordVisit } from '@/storage/visits'
import { makeDevice, makeForm, makePhoto, ROUND_ID } from '../factories'
import { emptyStore, queueTalk } from '../sync/server'

/** The boxes are opened with libsodium itself, as the server does. */
let keys: { publicKey: Uint8Array; privateKey: Uint8Array }

beforeAll(async () => {
  await sodium.ready
  keys = sodium.crypto_box_keypair()
})
beforeEach(emptyStore)

interface Opened {
  head: Record<string, unknown>
  content: Uint8Array
}

function open(line: string, { publicKey, privateKey } = keys): Opened {
  const plain = sodium.crypto_box_seal_open(fromBase64Url(line), publicKey, privateKey)
  const end = plain.indexOf('\n'.charCodeAt(0))
  const head = JSON.parse(new TextDecoder().decode(plain.subarray(0, end))) as Opened['head']
  return { head, content: plain.subarray(end + 1) }
}

function make(onLine?: (part: number) => void): Promise<Koffer> {
  const device = { ...makeDevice(), kofferKey: toBase64Url(keys.publicKey) }
  return makeKoffer(device, onLine, new Date('2026-11-22T14:03:00+01:00'))
}

async function openKoffer({ file }: Koffer): Promise<Opened[]> {
  const [first, ...lines] = (await file.text()).trimEnd().split('\n')
  expect(first).toBe('rondgang-koffer 1')
  return lines.map((line) => open(line))
}

test('a koffer holds all that is not confirmed, with its photos, and says how much that is', async () => {
  const id = await queueTalk('1.jpg')
  const safe = await queueTalk()
  await db.queue.update(`m-${safe}`, { safe: 1, sealedMutation: null })
  await db.queue.update(`m-${id}`, { state: 'rejected' })
  await recordVisit(ROUND_ID, 'a-12', 'niet_thuis')
  const [device, talk, visit, photo, ...rest] = await openKoffer(await make())
  expect(device?.head).toMatchObject({ kind: 'device', deviceId: 'd-1', mutations: 2, photos: 1 })
  const mutations = [talk, visit].map((line) => JSON.parse(new TextDecoder().decode(line?.content)) as object)
  expect(mutations).toMatchObject([{ observationId: id }, { type: 'visit.put', outcome: 'niet_thuis' }])
  expect(photo?.head).toMatchObject({ kind: 'photo', mediaType: 'image/jpeg' })
  expect([...(photo?.content ?? [])]).toEqual([255, 216, 0])
  expect(rest).toEqual([])
})
test('making a koffer removes nothing', async () => {
  await queueTalk('1.jpg')
  await make()
  expect(await db.queue.toArray()).toMatchObject([{ state: 'waiting', safe: 0 }])
  expect(await db.photos.count()).toBe(1)
})
test('drafts and their photos are not in it', async () => {
  await keepPhoto(await startDraft({ roundId: ROUND_ID, form: makeForm('wijkschouw') }), makePhoto())
  expect(await openKoffer(await make())).toMatchObject([{ head: { mutations: 0, photos: 0 } }])
})
test('a thing that cannot be read any more costs one line and is told', async () => {
  const [damaged] = [await queueTalk(), await queueTalk()]
  await db.queue.update(`m-${damaged}`, {
    sealedMutation: { iv: new Uint8Array(12), bytes: new ArrayBuffer(32) },
  })
  const koffer = await make()
  expect(koffer.unreadable).toBe(1)
  expect((await openKoffer(koffer)).map(({ head }) => head['kind'])).toEqual(['device', 'mutation'])
})
test('how far it is, is told after each line', async () => {
  await queueTalk('1.jpg')
  const parts: number[] = []
  await make((part) => parts.push(part))
  expect(parts).toEqual([0, 0.5, 1])
})
test.each([
  ['Vrijwilliger 1', 'rondgang-koffer-vrijwilliger-1-2026-11-22.txt'],
  ['  Zoë / Ödön ', 'rondgang-koffer-zoe-odon-2026-11-22.txt'],
  ['', 'rondgang-koffer-telefoon-2026-11-22.txt'],
])('the file of "%s" is named %s', (volunteer, name) => {
  expect(kofferName(volunteer, new Date(2026, 10, 22, 14, 3))).toBe(name)
})
test.each([0, 1, 31, 32, 33, 64, 100_000])('a box of %i bytes opens with libsodium', (size) => {
  const content = Uint8Array.from({ length: size }, (_, index) => index % 251)
  const box = sealedBox(content, keys.publicKey)
  expect(sodium.crypto_box_seal_open(box, keys.publicKey, keys.privateKey)).toEqual(content)
})
test('a koffer of an earlier version of the app still opens', () => {
  const path = new URL('../fixtures/koffer.json', import.meta.url)
  const fixed = JSON.parse(readFileSync(path, 'utf8')) as Record<'secretKey' | 'publicKey', string> & {
    lines: string[]
  }
  const pair = { publicKey: fromBase64Url(fixed.publicKey), privateKey: fromBase64Url(fixed.secretKey) }
  const [first, ...lines] = fixed.lines
  expect(first).toBe('rondgang-koffer 1')
  expect(lines.map((line) => open(line, pair).head['kind'])).toEqual([
    'device',
    'mutation',
    'mutation',
    'mutation',
    'photo',
  ])
})

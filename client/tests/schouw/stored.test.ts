import Dexie from 'dexie'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { db, RondgangDb, type AreaMap } from '@/storage/db'
import { fetchPack, keptBytes, mayFetchByItself } from '@/schouw/mapPacks'
import { PackSource } from '@/schouw/packSource'
import { pull } from '@/sync/pull'
import { takeTurn } from '@/sync/turn'
import { makeDevice } from '../factories'
import { json } from '../sync/server'
import { makeRoute } from './factories'

const SIZE = 1_200_000
const BYTES = new Uint8Array(SIZE).map((_, at) => (at * 7) % 251)
const MAP: AreaMap = {
  id: 'nieuwlande',
  sha256: createHash('sha256').update(BYTES).digest('hex'),
  size: SIZE,
  minZoom: 11,
  maxZoom: 16,
  attribution: '',
}

beforeEach(async () => {
  await Promise.all(db.tables.filter(({ name }) => name !== 'keys').map((table) => table.clear()))
  await db.device.put(makeDevice())
  await db.maps.put(MAP)
})
afterEach(() => vi.unstubAllGlobals())

async function pulled(reset: boolean, changes: object[]): Promise<void> {
  vi.stubGlobal('fetch', () => Promise.resolve(json({ cursor: 'c', complete: true, reset, changes })))
  await takeTurn(async (turn) => {
    await pull({ turn, device: makeDevice(), language: 'nl' })
  })
}

const routeChange = () => {
  const { id, ...data } = makeRoute()
  return { entity: 'route', id, deleted: false, data }
}

describe('routes and maps of a pull', () => {
  test('are stored, with the boundary of the area', async () => {
    const { id, ...data } = MAP
    const geometry = { type: 'Polygon', coordinates: [] }
    const area = { name: 'Nieuwlande', kind: 'dorp', inhabitants: null, geometry }
    await pulled(true, [
      routeChange(),
      { entity: 'map', id, deleted: false, data },
      { entity: 'area', id: 'nieuwlande', deleted: false, data: area },
    ])
    expect(await db.routes.get('route-1')).toEqual(makeRoute())
    expect(await db.maps.get('nieuwlande')).toEqual(MAP)
    expect((await db.areas.get('nieuwlande'))?.geometry).toEqual(geometry)
  })
  test('go when the server says so', async () => {
    await pulled(true, [routeChange()])
    expect(await db.maps.count()).toBe(0)
    await pulled(false, [{ entity: 'route', id: 'route-1', deleted: true, data: null }])
    expect(await db.routes.count()).toBe(0)
  })
  test('that cannot be read are left out', async () => {
    await pulled(true, [{ ...routeChange(), data: { ...routeChange().data, stops: [{ id: 's' }] } }])
    expect(await db.routes.count()).toBe(0)
  })
})

test('a phone that was in use before fetches everything once more', async () => {
  const before = new Dexie('van-voor-de-schouw')
  before.version(4).stores({ device: 'key', queue: 'id' })
  await before.table('device').put(makeDevice({ cursor: 'oud' }))
  before.close()
  const now = new RondgangDb('van-voor-de-schouw')
  expect((await now.device.get('device'))?.cursor).toBeNull()
  now.close()
})

/** A server with ranges, of which the line breaks after so many parts. */
function serverSends(bytes: Uint8Array, parts = Infinity): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', (_: string, { headers }: { headers: Record<string, string> }) => {
    const range = headers['Range'] ?? ''
    if (asked.length >= parts) return Promise.reject(new TypeError('network'))
    asked.push(range)
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(range) ?? []
    return Promise.resolve(new Response(bytes.slice(Number(from), Number(to) + 1), { status: 206 }))
  })
  return asked
}

const fetching = () => ({
  language: 'nl',
  signal: new AbortController().signal,
  onProgress: () => undefined,
})

describe('a packed map', () => {
  test('goes on where the line broke, and is read as it was sent', async () => {
    serverSends(BYTES, 1)
    expect(await fetchPack(MAP, fetching())).toBe('noNetwork')
    expect(await keptBytes(MAP.sha256)).toBe(524_288)
    const asked = serverSends(BYTES)
    expect(await fetchPack(MAP, fetching())).toBe('done')
    expect(asked[0]).toBe('bytes=524288-1048575')
    const source = new PackSource(MAP.sha256, MAP.size)
    const { data } = await source.getBytes(524_280, 16)
    expect([...new Uint8Array(data)]).toEqual([...BYTES.slice(524_280, 524_296)])
    const { data: end } = await source.getBytes(SIZE - 4, 100)
    expect([...new Uint8Array(end)]).toEqual([...BYTES.slice(-4)])
  })
  test('of which bytes were changed on the way is not kept', async () => {
    serverSends(BYTES.map((byte, at) => (at === 600_000 ? byte + 1 : byte)))
    expect(await fetchPack(MAP, fetching())).toBe('wrong')
    expect([await db.packs.count(), await db.packParts.count()]).toEqual([0, 0])
  })
  test('that the server names no more makes room', async () => {
    serverSends(BYTES)
    await fetchPack(MAP, fetching())
    const next = BYTES.map((byte) => byte + 1)
    const newMap = { ...MAP, sha256: createHash('sha256').update(next).digest('hex') }
    await db.maps.put(newMap)
    serverSends(next)
    expect(await fetchPack(newMap, fetching())).toBe('done')
    expect((await db.packs.toArray()).map(({ sha256 }) => sha256)).toEqual([newMap.sha256])
    expect(await db.packParts.where('sha256').equals(MAP.sha256).count()).toBe(0)
  })
  test('for which there is no room is not kept, and the room is given back', async () => {
    serverSends(BYTES)
    const put = vi
      .spyOn(db.packParts, 'put')
      .mockRejectedValueOnce(new DOMException('', 'QuotaExceededError'))
    expect(await fetchPack(MAP, fetching())).toBe('full')
    expect(await db.packParts.count()).toBe(0)
    put.mockRestore()
  })
  test('is only fetched without asking on a line that is not paid by the megabyte', () => {
    expect(mayFetchByItself(1e6, { connection: { type: 'wifi' } })).toBe(true)
    expect(mayFetchByItself(1e6, { connection: { type: 'cellular' } })).toBe(false)
    expect(mayFetchByItself(1e6, { connection: { saveData: true, type: 'wifi' } })).toBe(false)
    expect(mayFetchByItself(30e6, { connection: { type: 'wifi' } })).toBe(false)
    expect(mayFetchByItself(1e6, {})).toBe(false)
  })
})

import { db, enrolledDevice, type AreaMap } from '@/storage/db'
import { isStorageFull } from '@/storage/full'
import { commonHeaders } from '@/sync/http'

/**
 * The packed map of an area (PMTiles), fetched in parts. Assumptions: the line breaks at any moment, so each part is
 * kept as it comes and the next try goes on behind it; what is between us and the server may change bytes or leave
 * out ranges, so nothing counts before the hash of the whole is right; a phone may have no room, and then everything
 * works without a map.
 */
const PART_BYTES = 512 * 1024
/** Larger than this is only fetched when somebody asks. */
const LARGEST_BY_ITSELF = 20 * 1024 * 1024
const GONE = new Set([403, 404, 410])

export type Fetched = 'done' | 'stopped' | 'noNetwork' | 'full' | 'wrong' | 'missing'

interface Fetching {
  language: string
  signal: AbortSignal
  onProgress: (bytes: number) => void
}

export async function isKept({ sha256 }: Pick<AreaMap, 'sha256'>): Promise<boolean> {
  return (await db.packs.get(sha256)) !== undefined
}

/** Fetches what is not here yet, and keeps the map when it is right. */
export async function fetchPack(map: AreaMap, fetching: Fetching): Promise<Fetched> {
  try {
    for (let have = await keptBytes(map.sha256); have < map.size;) {
      const part = await fetchPart(map, have, fetching)
      if (!(part instanceof ArrayBuffer)) return part
      await db.packParts.put({ sha256: map.sha256, start: have, bytes: part })
      have += part.byteLength
      fetching.onProgress(have)
    }
    if (await isRight(map)) {
      await db.packs.put({ sha256: map.sha256, size: map.size })
      await dropOldPacks()
      return 'done'
    }
    await dropParts(map.sha256)
    return 'wrong'
  } catch (error) {
    if (!isStorageFull(error)) throw error
    // The room is for what people record.
    await dropParts(map.sha256)
    return 'full'
  }
}

async function fetchPart(
  { sha256, size }: AreaMap,
  start: number,
  { language, signal }: Fetching,
): Promise<ArrayBuffer | Fetched> {
  const device = await enrolledDevice()
  const end = Math.min(start + PART_BYTES, size)
  try {
    const response = await fetch(`/v1/sync/maps/${sha256}.pmtiles`, {
      headers: { ...(await commonHeaders(language, device?.token)), Range: `bytes=${start}-${end - 1}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'manual',
      signal,
    })
    if (GONE.has(response.status)) return 'missing'
    if (response.status !== 206 && response.status !== 200) return 'noNetwork'
    const bytes = await response.arrayBuffer()
    // Something in between that knows no ranges sends the whole.
    const part = response.status === 200 ? bytes.slice(start, end) : bytes
    return part.byteLength === end - start ? part : 'wrong'
  } catch {
    return signal.aborted ? 'stopped' : 'noNetwork'
  }
}

/** How much of it is here, from the begin on and without a gap. */
export async function keptBytes(sha256: string): Promise<number> {
  let have = 0
  await db.packParts
    .where('[sha256+start]')
    .between([sha256, 0], [sha256, Infinity])
    .each(({ start, bytes }) => {
      if (start === have) have += bytes.byteLength
    })
  return have
}

async function isRight({ sha256, size }: AreaMap): Promise<boolean> {
  const [{ sha256: hasher }, { bytesToHex }] = await Promise.all([
    import('@noble/hashes/sha2.js'),
    import('@noble/hashes/utils.js'),
  ])
  const hash = hasher.create()
  let have = 0
  for (const [, start] of await db.packParts.where('sha256').equals(sha256).primaryKeys()) {
    const part = await db.packParts.get([sha256, start])
    if (!part || start !== have) return false
    hash.update(new Uint8Array(part.bytes))
    have += part.bytes.byteLength
  }
  return have === size && bytesToHex(hash.digest()) === sha256
}

async function dropParts(sha256: string): Promise<void> {
  await db.packParts.where('sha256').equals(sha256).delete()
}

/** Maps that the server no longer names take room that photos need. */
export async function dropOldPacks(): Promise<void> {
  const named = new Set((await db.maps.toArray()).map(({ sha256 }) => sha256))
  const kept = (await db.packParts.orderBy('sha256').uniqueKeys()) as string[]
  const old = kept.filter((sha256) => !named.has(sha256))
  await db.packs.filter(({ sha256 }) => !named.has(sha256)).delete()
  for (const sha256 of old) await dropParts(sha256)
}

interface Connection {
  saveData?: boolean
  type?: string
}

/** Whether a map may be fetched without asking: the browser says that the line is not paid by the megabyte. */
export function mayFetchByItself(
  size: number,
  { connection } = navigator as { connection?: Connection },
): boolean {
  if (!connection || connection.saveData || size > LARGEST_BY_ITSELF) return false
  return connection.type === undefined || connection.type === 'wifi' || connection.type === 'ethernet'
}

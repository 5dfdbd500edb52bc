import Dexie, { type EntityTable, type Table, type Transaction } from 'dexie'
import type { Address } from '@/domain/address'
import type { DayPart } from '@/domain/doors'
import type {
  AreaData,
  Attachment,
  FormData,
  MapData,
  Outcome,
  Position,
  Problem,
  RoundData,
  RouteData,
} from '@/sync/wire'
import type { Sealed } from './vault'

/** This phone, as the server knows it. `pending` is an enrolment whose answer has not come yet. */
export interface Device {
  key: 'device' | 'pending'
  id: string
  token: string
  code: string
  volunteer: string
  municipality: string
  cursor: string | null
  lastContactMs: number | null
  /** `unknown`: the server does not know the token; the work stays, and goes after a new link or as a koffer.
   * `revoked`: this phone gets nothing new, and can still hand in what it holds. */
  standing: 'known' | 'unknown' | 'revoked'
  /** The server's public key; null when the server gave none, absent on a phone that never asked. */
  kofferKey?: string | null
}

/** How many things of a kind there ever were. */
interface Count {
  key: 'made'
  value: number
}

/** Which tab, or the service worker, hands in and fetches now, and its last sign of life. */
export interface TurnRow {
  key: 'sync'
  holder: string
  beatMs: number
}

/** Room that is kept free by filling it; see full.ts. */
interface Reserve {
  key: 'reserve'
  bytes: ArrayBuffer
}

export interface Round extends RoundData {
  id: string
}

export interface Area extends Pick<AreaData, 'name' | 'kind'> {
  id: string
  /** The boundary as GeoJSON, for a plain map; absent on a phone that pulled before there were maps. */
  geometry?: unknown
}

export interface StoredRoute extends RouteData {
  id: string
}

/** The packed map that the server has of an area; `id` is that of the area. */
export interface AreaMap extends MapData {
  id: string
}

export interface StoredForm extends FormData {
  id: string
  /** 1 for the newest version of the form, 0 for one that is kept because a draft was made with it. */
  current: 0 | 1
}

/** Answers that are not finished. The id is the id that the observation will have. */
export interface Draft {
  id: string
  roundId: string
  formId: string
  formVersion: string
  addressId: string | null
  startedMs: number
  savedMs: number
  page: number
  /** The instance XML; null until the first answer. */
  sealedXml: Sealed | null
  /** The walk on which it was begun, and the stop where. */
  walkId?: string
  stopId?: string | null
  /** Set when this changes an observation that was finished before. */
  correction?: Correction
}

/** What a change of an observation must know of the version that it is made from. */
export interface Correction {
  baseVersion: string
  /** Of that version. The bytes may have left this phone: then the server has them. */
  attachments: Attachment[]
  /** The place that was told with it. */
  position: Position | null
  /** What was improved, in the words of who did it. */
  sealedReason: Sealed | null
}

/** A question of the desk about an own observation. */
export interface StoredQuestion {
  id: string
  observationId: string
  text: string
  askedMs: number
  /** When this phone heard of it, by its own clock. */
  heardMs: number
  answeredMs: number | null
  /** When the desk closed it. */
  closedMs: number | null
  /** An answer that is being typed. */
  sealedTyped: Sealed | null
}

export interface StoredPhoto {
  id: string
  observationId: string
  name: string
  sha256: string
  size: number
  mediaType: string
  /** `here`: only on this phone. `there`: the server has it. `refused`: the server threw it away, and says why. */
  state: 'here' | 'there' | 'refused'
  problem: Problem | null
  sealedBytes: Sealed
}

export type ItemState = 'waiting' | 'sent' | 'held' | 'conflict' | 'rejected' | 'withdrawn'

/** A thing made on this phone. It stays as a line in "Verstuurd" after its content has gone. */
export interface QueueItem {
  /** The id of the mutation. */
  id: string
  kind: 'observation' | 'visit' | 'withdrawal' | 'door' | 'walk' | 'answer'
  /** The id of the observation, the visit, the door, the walk, or the question. */
  subjectId: string
  formId: string | null
  formVersion: string | null
  /** Persons took part: the screen says "gesprek" and not "waarneming". */
  talk: boolean
  /** What the screen calls it when it has no form and no address, such as the name of a route. */
  title?: string
  addressId: string | null
  outcome: Outcome | null
  madeMs: number
  /** Not before this moment, unless the person asks: time to undo. */
  notBeforeMs: number
  /** A batch with it left once: whether it arrived is unknown until a receipt comes. */
  attempted: boolean
  state: ItemState
  problem: Problem | null
  /** The version of the observation that stands at the server, for what is later changed about it. */
  version: string | null
  attachments: Attachment[]
  photosLeft: number
  /** 1 once the ledger confirmed it with all its photos. */
  safe: 0 | 1
  /** When the server received it, by the server's clock. */
  receivedMs?: number
  roundId?: string | null
  /** A change of an observation, not its first version. */
  corrects?: boolean
  /** The observation that an answer is about. */
  aboutId?: string
  /** The mutation; null once it is safe. */
  sealedMutation: Sealed | null
}

/** The newest answers of a form that asks for them. */
export interface LastSaved {
  formId: string
  sealedXml: Sealed
}

/** A walk of a route that goes on. Its track stands beside it, piece by piece. */
export interface Walk {
  id: string
  roundId: string
  /** The route as it was when the walk began: what the server changes meanwhile does not change the walk. */
  route: StoredRoute
  startedMs: number
  paused: boolean
  /** The ids of the stops that were seen. */
  seen: string[]
  captures: WalkCapture[]
}

export interface WalkCapture {
  observationId: string
  stopId: string | null
}

/** Points of a track, written as they come; sealed, because they tell where somebody was. */
export interface TrackPiece {
  n?: number
  walkId: string
  sealed: Sealed
}

/** A part of a packed map, as it came over the line. */
export interface PackPart {
  sha256: string
  start: number
  bytes: ArrayBuffer
}

/** A packed map that is here whole and whose hash was checked. */
export interface Pack {
  sha256: string
  size: number
}

/** What this phone's owner means to do at a door where nobody was home. It stays on this phone. */
export interface Plan {
  addressId: string
  /** The part of the day to come back; null when it does not matter. */
  comeBack: DayPart | null
  /** How many notes were left in the letter box. */
  letters: number
}

interface StoredKey {
  id: string
  key: CryptoKey
}

/** The phone's own store. `strict`: a write is on the disk before we say so, so a dead battery loses nothing. */
export class RondgangDb extends Dexie {
  declare keys: EntityTable<StoredKey, 'id'>
  declare device: EntityTable<Device, 'key'>
  declare rounds: EntityTable<Round, 'id'>
  declare areas: EntityTable<Area, 'id'>
  declare addresses: EntityTable<Address, 'id'>
  declare forms: Table<StoredForm, [string, string]>
  declare drafts: EntityTable<Draft, 'id'>
  declare photos: EntityTable<StoredPhoto, 'id'>
  declare queue: EntityTable<QueueItem, 'id'>
  declare lastSaved: EntityTable<LastSaved, 'formId'>
  declare counts: EntityTable<Count, 'key'>
  declare turns: EntityTable<TurnRow, 'key'>
  declare reserve: EntityTable<Reserve, 'key'>
  declare questions: EntityTable<StoredQuestion, 'id'>
  declare plans: EntityTable<Plan, 'addressId'>
  declare routes: EntityTable<StoredRoute, 'id'>
  declare maps: EntityTable<AreaMap, 'id'>
  declare walks: EntityTable<Walk, 'id'>
  declare trackPieces: EntityTable<TrackPiece, 'n'>
  declare packs: EntityTable<Pack, 'sha256'>
  declare packParts: Table<PackPart, [string, number]>

  constructor(name = 'rondgang') {
    super(name, { chromeTransactionDurability: 'strict' })
    this.version(1).stores({
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
    this.version(2).stores({ lastSaved: 'formId' })
    this.version(3)
      .stores({
        photos: 'id, observationId, state, [observationId+state]',
        counts: 'key',
        turns: 'key',
      })
      .upgrade(toVersion3)
    this.version(4).stores({ reserve: 'key' })
    this.version(5)
      .stores({
        plans: 'addressId',
        questions: 'id, observationId',
        routes: 'id, areaId',
        maps: 'id',
        walks: 'id',
        trackPieces: '++n, walkId',
        packs: 'sha256',
        packParts: '[sha256+start], sha256',
      })
      .upgrade(toVersion5)
  }
}

/** Phones that were in use before: no line was ever cleaned away, so what they made can be counted. */
async function toVersion3(stored: Transaction): Promise<void> {
  await stored.table('counts').put({ key: 'made', value: await stored.table('queue').count() })
  await stored.table('queue').toCollection().modify({ version: null })
  await stored
    .table('device')
    .toCollection()
    .modify((device: { standing: string; refused?: boolean }) => {
      device.standing = device.refused ? 'unknown' : 'known'
      delete device.refused
    })
}

/** Phones that were in use before left out routes and maps: they fetch everything once more. */
async function toVersion5(stored: Transaction): Promise<void> {
  await stored.table('device').toCollection().modify({ cursor: null })
}

export const db = new RondgangDb()

export async function enrolledDevice(): Promise<Device | undefined> {
  return db.device.get('device')
}

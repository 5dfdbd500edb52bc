import Dexie, { type EntityTable, type Table } from 'dexie'
import type { Address } from '@/domain/address'
import type { AreaData, Attachment, FormData, Outcome, Problem, RoundData } from '@/sync/wire'
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
  /** The server no longer knows the token. The work stays; it can be handed in after a new link. */
  refused: boolean
}

export interface Round extends RoundData {
  id: string
}

export interface Area extends Pick<AreaData, 'name' | 'kind'> {
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

export type ItemState = 'waiting' | 'sent' | 'held' | 'conflict' | 'rejected'

/** A thing made on this phone. It stays as a line in "Verstuurd" after its content has gone. */
export interface QueueItem {
  /** The id of the mutation. */
  id: string
  kind: 'observation' | 'visit'
  /** The id of the observation or the visit. */
  subjectId: string
  formId: string | null
  formVersion: string | null
  /** Persons took part: the screen says "gesprek" and not "waarneming". */
  talk: boolean
  addressId: string | null
  outcome: Outcome | null
  madeMs: number
  /** Not before this moment, unless the person asks: time to undo. */
  notBeforeMs: number
  /** A batch with it left once: whether it arrived is unknown until a receipt comes. */
  attempted: boolean
  state: ItemState
  problem: Problem | null
  attachments: Attachment[]
  photosLeft: number
  /** 1 once the ledger confirmed it with all its photos. */
  safe: 0 | 1
  /** The mutation; null once it is safe. */
  sealedMutation: Sealed | null
}

/** The newest answers of a form that asks for them. */
export interface LastSaved {
  formId: string
  sealedXml: Sealed
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
  }
}

export const db = new RondgangDb()

export async function enrolledDevice(): Promise<Device | undefined> {
  return db.device.get('device')
}

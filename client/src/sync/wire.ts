/** The messages of docs/protocol.md, version 1, and guards for what the server answers. */

export type Outcome =
  'gesproken' | 'deels' | 'niet_thuis' | 'later' | 'weigert' | 'onbewoond' | 'geen_toegang'

export interface EnrolRequest {
  code: string
  deviceId: string
  token: string
}

export interface RoundName {
  id: string
  name: string
}

export interface EnrolAnswer {
  deviceId: string
  volunteer: string
  municipality: string
  rounds: RoundName[]
}

export interface RoundData {
  name: string
  startsOn: string
  endsOn: string
  areaIds: string[]
  forms: string[]
}

export interface AreaData {
  name: string
  kind: string
  inhabitants: number | null
  geometry: unknown
}

export interface AddressData {
  areaId: string
  street: string
  number: number
  letter: string
  addition: string
  postcode: string
  place: string
  lon: number | null
  lat: number | null
}

export interface FormRole {
  role: string
  path: string
}

export interface FormData {
  version: string
  title: Record<string, string>
  hash: string
  xform: string
  usesAddresses: boolean
  roles: FormRole[]
  /** The lists that come with this version, as CSV by file name; `adressen.csv` the client makes itself. */
  lists?: Record<string, string>
  /** Pictures and sounds of the form, as data URLs by file name. */
  media?: Record<string, string>
}

interface EntityData {
  round: RoundData
  area: AreaData
  address: AddressData
  form: FormData
}

export type Change = {
  [E in keyof EntityData]:
    | { entity: E; id: string; deleted: false; data: EntityData[E] }
    | { entity: E; id: string; deleted: true; data: null }
}[keyof EntityData]

export interface PullAnswer {
  cursor: string
  complete: boolean
  changes: Change[]
}

export interface Position {
  lon: number
  lat: number
  accuracyM: number
}

export interface Attachment {
  name: string
  size: number
  mediaType: string
  sha256: string
}

export interface ObservationPut {
  id: string
  type: 'observation.put'
  observationId: string
  roundId: string
  form: string
  formVersion: string
  instanceXml: string
  capturedAt: string
  position: Position | null
  addressId: string | null
  attachments: Attachment[]
}

export interface VisitPut {
  id: string
  type: 'visit.put'
  visitId: string
  roundId: string
  addressId: string
  outcome: Outcome
  visitedAt: string
}

export type Mutation = ObservationPut | VisitPut

export type ReceiptStatus = 'applied' | 'duplicate' | 'merged' | 'held' | 'conflict' | 'rejected'

export interface Problem {
  type: string
  title: string
  status: number
  detail?: string | null
  action?: string | null
}

export interface Receipt {
  mutationId: string
  status: ReceiptStatus
  problem: Problem | null
}

export interface PushAnswer {
  receipts: Receipt[]
  missingPhotos: string[]
}

export interface LedgerObservation {
  observationId: string
  status: string
  receivedAt: string
  photosMissing: string[]
}

export interface LedgerAnswer {
  observations: LedgerObservation[]
  visits: { visitId: string; receivedAt: string }[]
}

type Guard<T> = (value: unknown) => value is T

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasStrings(value: unknown, ...keys: string[]): value is Record<string, unknown> {
  return isRecord(value) && keys.every((key) => typeof value[key] === 'string')
}

function isListOf(value: unknown, guard: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(guard)
}

const isString = (value: unknown): boolean => typeof value === 'string'

const ENTITY_GUARDS: Record<string, (data: unknown) => boolean> = {
  round: (data) =>
    hasStrings(data, 'name') && isListOf(data['areaIds'], isString) && isListOf(data['forms'], isString),
  area: (data) => hasStrings(data, 'name', 'kind'),
  address: (data) => hasStrings(data, 'areaId', 'street') && typeof data['number'] === 'number',
  form: (data) =>
    hasStrings(data, 'version', 'xform') &&
    isRecord(data['title']) &&
    isListOf(data['roles'], (role) => hasStrings(role, 'role', 'path')),
}

/** True for a change of a kind that we know; pull leaves other kinds out, so a newer server breaks nothing. */
export function isChange(value: unknown): value is Change {
  if (!hasStrings(value, 'entity', 'id')) return false
  const guard = ENTITY_GUARDS[String(value['entity'])]
  return guard !== undefined && (value['deleted'] === true || guard(value['data']))
}

export const isEnrolAnswer: Guard<EnrolAnswer> = (value): value is EnrolAnswer =>
  hasStrings(value, 'deviceId', 'volunteer', 'municipality') &&
  isListOf(value['rounds'], (round) => hasStrings(round, 'id', 'name'))

export const isPullAnswer: Guard<PullAnswer> = (value): value is PullAnswer =>
  hasStrings(value, 'cursor') &&
  typeof value['complete'] === 'boolean' &&
  isListOf(value['changes'], (change) => hasStrings(change, 'entity', 'id'))

export const isPushAnswer: Guard<PushAnswer> = (value): value is PushAnswer =>
  isRecord(value) &&
  isListOf(value['receipts'], (receipt) => hasStrings(receipt, 'mutationId', 'status')) &&
  isListOf(value['missingPhotos'], isString)

export const isLedgerAnswer: Guard<LedgerAnswer> = (value): value is LedgerAnswer =>
  isRecord(value) &&
  isListOf(
    value['observations'],
    (item) => hasStrings(item, 'observationId', 'status') && isListOf(item['photosMissing'], isString),
  ) &&
  isListOf(value['visits'], (item) => hasStrings(item, 'visitId'))

export const isProblem: Guard<Problem> = (value): value is Problem =>
  hasStrings(value, 'type', 'title') && typeof value['status'] === 'number'

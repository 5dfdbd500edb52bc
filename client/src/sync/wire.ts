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
  /** The server's public key, to which a koffer is sealed. */
  kofferKey?: string | null
  rounds: RoundName[]
}

export interface RoundData {
  name: string
  startsOn: string
  endsOn: string
  areaIds: string[]
  forms: string[]
  /** The doors that this phone is to visit, in walking order; null when nobody divided the round. */
  addressIds?: string[] | null
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
  /** How many households live behind this number; 1 when the server does not say. */
  households?: number
}

/** A walk of a schouw: a line with stops (`lijn`), or measuring squares (`vakken`), and then there is no line. */
export interface RouteData {
  areaId: string
  name: string
  kind: string
  form: string | null
  /** GeoJSON. */
  line: { type: 'LineString'; coordinates: [number, number][] } | null
  stops: RouteStop[]
}

export interface RouteStop {
  id: string
  number: number
  name: string
  lon: number
  lat: number
  measureM: number | null
  /** GeoJSON. */
  square: unknown
}

/** The packed map of an area. */
export interface MapData {
  sha256: string
  size: number
  minZoom: number
  maxZoom: number
  attribution: string
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

/** The state of an observation that this phone brought, after somebody else changed it. */
export interface ObservationState {
  status: 'applied' | 'held' | 'conflict' | 'withdrawn'
  version: string | null
  photosMissing: string[]
  problem: Problem | null
  /** What the desk asks about it; absent when the server knows no questions. */
  questions?: QuestionState[]
}

export interface QuestionState {
  id: string
  text: string
  askedAt: string
  answer: string | null
  answeredAt: string | null
  closedAt: string | null
}

/** An observation as it stands at the server (section 5.4). */
export interface StandingObservation {
  observationId: string
  version: string
  status: string
  form: string
  formVersion: string
  instanceXml: string
  attachments: Attachment[]
  /** Absent when the server is older. */
  roundId?: string | null
  position?: Position | null
}

interface EntityData {
  round: RoundData
  area: AreaData
  address: AddressData
  form: FormData
  observation: ObservationState
  route: RouteData
  map: MapData
}

export type Change = {
  [E in keyof EntityData]:
    | { entity: E; id: string; deleted: false; data: EntityData[E] }
    | { entity: E; id: string; deleted: true; data: null }
}[keyof EntityData]

export interface PullAnswer {
  cursor: string
  complete: boolean
  /** This is all there is for this phone now: what is not in it, is gone. */
  reset?: boolean
  kofferKey?: string | null
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
  roundId: string | null
  form: string
  formVersion: string
  instanceXml: string
  capturedAt: string
  position: Position | null
  addressId: string | null
  /** The walk on which it was made, and at which stop; absent outside a walk. */
  walkId?: string
  stopId?: string | null
  /** The version that this changes, and why; null for a new observation. */
  baseVersion?: string | null
  reason?: string | null
  attachments: Attachment[]
}

export interface ObservationWithdraw {
  id: string
  type: 'observation.withdraw'
  observationId: string
  baseVersion: string
  withdrawnAt: string
  reason: string | null
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

/** A door that the list lacks. */
export interface AddressAdd {
  id: string
  type: 'address.add'
  addressId: string
  roundId: string
  street: string
  number: number
  letter: string
  addition: string
  postcode: string
  place: string
  position: Position
  addedAt: string
  note: string | null
}

/** What a volunteer answers to a question of the desk. */
export interface QuestionAnswer {
  id: string
  type: 'question.answer'
  questionId: string
  answeredAt: string
  text: string
}

/** Longitude, latitude, accuracy in metres, and the moment. */
export type TrackPoint = [number, number, number | null, string]

/** A walk of a route, told whole each time, as far as it is. */
export interface WalkPut {
  id: string
  type: 'walk.put'
  walkId: string
  routeId: string
  plannedOn: string | null
  startedAt: string
  endedAt: string | null
  seen: string[]
  track: TrackPoint[]
}

export type Mutation = ObservationPut | ObservationWithdraw | VisitPut | AddressAdd | WalkPut | QuestionAnswer

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
  /** The version of the observation that now stands. */
  version?: string | null
  problem: Problem | null
}

export interface PushAnswer {
  receipts: Receipt[]
  missingPhotos: string[]
}

export interface LedgerLine {
  mutationId: string
  subjectId: string
  status: string
  receivedAt: string
  /** Of the whole observation. */
  photosMissing: string[]
}

/** What this phone made by its own account (section 2.3), and what became of it at the server. */
export interface Account {
  made: number | null
  unsent: number | null
  photosUnsent: number | null
  received: number
  held: number
  conflicts: number
  photosMissing: number
  lastContactAt: string | null
  clockSkewS: number | null
}

export interface LedgerAnswer {
  account: Account
  mutations: LedgerLine[]
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

function isStop(value: unknown): boolean {
  return hasStrings(value, 'id') && ['number', 'lon', 'lat'].every((key) => typeof value[key] === 'number')
}

const ENTITY_GUARDS: Record<string, (data: unknown) => boolean> = {
  round: (data) =>
    hasStrings(data, 'name') && isListOf(data['areaIds'], isString) && isListOf(data['forms'], isString),
  area: (data) => hasStrings(data, 'name', 'kind'),
  address: (data) => hasStrings(data, 'areaId', 'street') && typeof data['number'] === 'number',
  form: (data) =>
    hasStrings(data, 'version', 'xform') &&
    isRecord(data['title']) &&
    isListOf(data['roles'], (role) => hasStrings(role, 'role', 'path')),
  observation: (data) => hasStrings(data, 'status') && isListOf(data['photosMissing'], isString),
  route: (data) => hasStrings(data, 'areaId', 'name') && isListOf(data['stops'], isStop),
  map: (data) => hasStrings(data, 'sha256') && typeof data['size'] === 'number',
}

/** True for a change of a kind that we know; pull leaves other kinds out, so a newer server breaks nothing. */
export function isChange(value: unknown): value is Change {
  if (!hasStrings(value, 'entity', 'id')) return false
  const guard = ENTITY_GUARDS[String(value['entity'])]
  return guard !== undefined && (value['deleted'] === true || guard(value['data']))
}

export const isQuestion: Guard<QuestionState> = (value): value is QuestionState =>
  hasStrings(value, 'id', 'text', 'askedAt')

export const isStandingObservation: Guard<StandingObservation> = (value): value is StandingObservation =>
  hasStrings(value, 'observationId', 'version', 'status', 'form', 'formVersion', 'instanceXml') &&
  isListOf(value['attachments'], (one) => hasStrings(one, 'name', 'sha256', 'mediaType'))

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
  isRecord(value['account']) &&
  isListOf(
    value['mutations'],
    (line) => hasStrings(line, 'mutationId', 'status') && isListOf(line['photosMissing'], isString),
  )

export const isProblem: Guard<Problem> = (value): value is Problem =>
  hasStrings(value, 'type', 'title') && typeof value['status'] === 'number'

import { type Address, addressLabel, byStreet, matches, wordsOf } from '@/domain/address'
import { DOOR_STATES, type DoorState, stateOfDoor } from '@/domain/doors'
import { db, type Draft, type Plan, type QueueItem, type Round, type StoredForm } from '@/storage/db'
import { formsById, isOffered } from './useTitles'

/** A house on the list, with what this phone did there. */
export interface House {
  address: Address
  label: string
  words: string[]
  /** What was done there, the oldest first. */
  visits: QueueItem[]
  state: DoorState
  draft: Draft | null
  plan: Plan | null
}

export interface StreetOfHouses {
  name: string
  houses: House[]
  visited: number
}

/** What can be filled in at a door, and for which round. */
export interface DoorForm {
  roundId: string
  form: StoredForm
}

export interface AddressBook {
  streets: StreetOfHouses[]
  /** By area; an area in two rounds has the forms of both. */
  doorForms: Map<string, DoorForm[]>
  roundOfArea: Map<string, string>
  /** Whether somebody gave this phone its doors in walking order. */
  isWalk: boolean
}

export async function readAddressBook(): Promise<AddressBook> {
  const [addresses, rounds, forms, items, drafts, plans] = await Promise.all([
    db.addresses.toArray(),
    db.rounds.toArray(),
    formsById(),
    db.queue.orderBy('madeMs').toArray(),
    db.drafts.toArray(),
    db.plans.toArray(),
  ])
  const visitsAt = byAddress(items.filter(isStanding))
  const planAt = new Map(plans.map((plan) => [plan.addressId, plan]))
  const draftAt = new Map(drafts.map((draft) => [draft.addressId, draft]))
  const toHouse = (address: Address): House => {
    const label = addressLabel(address)
    const visits = visitsAt.get(address.id) ?? []
    return {
      address,
      label,
      words: wordsOf(`${label} ${address.postcode} ${address.place}`),
      visits,
      state: stateOfDoor(visits, address.households ?? 1),
      draft: draftAt.get(address.id) ?? null,
      plan: planAt.get(address.id) ?? null,
    }
  }
  return {
    streets: byStreet(addresses, walkThrough(rounds)).map(({ name, addresses: houses }) =>
      streetOf(name, houses.map(toHouse)),
    ),
    doorForms: doorFormsByArea(rounds, forms),
    isWalk: rounds.some(({ addressIds }) => (addressIds ?? []).length > 0),
    roundOfArea: new Map(rounds.flatMap((round) => round.areaIds.map((areaId) => [areaId, round.id]))),
  }
}

function byAddress(items: readonly QueueItem[]): Map<string, QueueItem[]> {
  const found = new Map<string, QueueItem[]>()
  for (const item of items)
    if (item.addressId !== null) found.set(item.addressId, [...(found.get(item.addressId) ?? []), item])
  return found
}

/** The place of each door on the walk, over all rounds that were divided. */
function walkThrough(rounds: Round[]): Map<string, number> {
  return new Map(rounds.flatMap(({ addressIds }) => addressIds ?? []).map((id, place) => [id, place]))
}

/** What was withdrawn did not happen at that house, and putting it on the list is no visit. */
function isStanding({ state, kind }: QueueItem): boolean {
  return state !== 'withdrawn' && kind !== 'door'
}

function doorFormsByArea(rounds: Round[], forms: Map<string, StoredForm>): Map<string, DoorForm[]> {
  const byArea = new Map<string, DoorForm[]>()
  for (const round of rounds) {
    const doorForms = round.forms
      .flatMap((id) => forms.get(id) ?? [])
      .filter((form) => isOffered(form) && form.roles.some(({ role }) => role === 'adres'))
      .map((form) => ({ roundId: round.id, form }))
    for (const areaId of round.areaIds) byArea.set(areaId, [...(byArea.get(areaId) ?? []), ...doorForms])
  }
  return byArea
}

function streetOf(name: string, houses: House[]): StreetOfHouses {
  return { name, houses, visited: houses.filter(({ visits }) => visits.length > 0).length }
}

/** How many doors there are in each state. */
export function countsOf(streets: readonly StreetOfHouses[]): Record<DoorState, number> {
  const states = streets.flatMap(({ houses }) => houses.map(({ state }) => state))
  const count = (state: DoorState): number => states.filter((each) => each === state).length
  return Object.fromEntries(DOOR_STATES.map((state) => [state, count(state)])) as Record<DoorState, number>
}

/** The streets with only the houses in this state, and the one that is open: what was just done there can be undone. */
export function inState(
  streets: readonly StreetOfHouses[],
  state: DoorState | null,
  openId: string | null,
): StreetOfHouses[] {
  if (state === null) return [...streets]
  return keepHouses(streets, (house) => house.state === state || house.address.id === openId)
}

/** The streets with only the houses that fit the query; streets without any are left out. */
export function search(streets: readonly StreetOfHouses[], query: string): StreetOfHouses[] {
  return query.trim() === '' ? [...streets] : keepHouses(streets, ({ words }) => matches(words, query))
}

function keepHouses(streets: readonly StreetOfHouses[], fits: (house: House) => boolean): StreetOfHouses[] {
  return streets
    .map(({ name, houses }) => streetOf(name, houses.filter(fits)))
    .filter(({ houses }) => houses.length > 0)
}

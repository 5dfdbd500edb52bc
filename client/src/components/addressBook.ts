import { type Address, addressLabel, byStreet, matches, wordsOf } from '@/domain/address'
import { db, type Draft, type QueueItem, type Round, type StoredForm } from '@/storage/db'
import { formsById, isOffered } from './useTitles'

/** A house on the list, with what this phone did there. */
export interface House {
  address: Address
  label: string
  words: string[]
  last: QueueItem | null
  draft: Draft | null
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
}

export async function readAddressBook(): Promise<AddressBook> {
  const [addresses, rounds, forms, items, drafts] = await Promise.all([
    db.addresses.toArray(),
    db.rounds.toArray(),
    formsById(),
    db.queue.orderBy('madeMs').toArray(),
    db.drafts.toArray(),
  ])
  const last = new Map(items.filter(isStanding).map((item) => [item.addressId, item]))
  const draftAt = new Map(drafts.map((draft) => [draft.addressId, draft]))
  const toHouse = (address: Address): House => {
    const label = addressLabel(address)
    return {
      address,
      label,
      words: wordsOf(`${label} ${address.postcode} ${address.place}`),
      last: last.get(address.id) ?? null,
      draft: draftAt.get(address.id) ?? null,
    }
  }
  return {
    streets: byStreet(addresses, walkThrough(rounds)).map(({ name, addresses: houses }) =>
      streetOf(name, houses.map(toHouse)),
    ),
    doorForms: doorFormsByArea(rounds, forms),
    roundOfArea: new Map(rounds.flatMap((round) => round.areaIds.map((areaId) => [areaId, round.id]))),
  }
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
  return { name, houses, visited: houses.filter((house) => house.last !== null).length }
}

/** The streets with only the houses that fit the query; streets without any are left out. */
export function search(streets: readonly StreetOfHouses[], query: string): StreetOfHouses[] {
  if (query.trim() === '') return [...streets]
  return streets
    .map(({ name, houses }) =>
      streetOf(
        name,
        houses.filter((house) => matches(house.words, query)),
      ),
    )
    .filter(({ houses }) => houses.length > 0)
}

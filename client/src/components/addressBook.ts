import { type Address, addressLabel, byStreet, matches, wordsOf } from '@/domain/address'
import { db, type Draft, type QueueItem, type StoredForm } from '@/storage/db'
import { formsById } from './useTitles'

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

export interface AddressBook {
  streets: StreetOfHouses[]
  /** The forms that are filled in at an address, with the round of each area. */
  forms: StoredForm[]
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
  const last = new Map(items.map((item) => [item.addressId, item]))
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
    streets: byStreet(addresses).map(({ name, addresses: houses }) => streetOf(name, houses.map(toHouse))),
    forms: [...forms.values()].filter((form) => form.roles.some(({ role }) => role === 'adres')),
    roundOfArea: new Map(rounds.flatMap((round) => round.areaIds.map((areaId) => [areaId, round.id]))),
  }
}

function streetOf(name: string, houses: House[]): StreetOfHouses {
  return { name, houses, visited: houses.filter((house) => house.last !== null).length }
}

/** The streets with only the houses that fit the query; streets without any are left out. */
export function search(streets: readonly StreetOfHouses[], query: string): StreetOfHouses[] {
  if (query.trim() === '') return [...streets]
  return streets
    .map(({ name, houses }) => streetOf(name, houses.filter((house) => matches(house.words, query))))
    .filter(({ houses }) => houses.length > 0)
}

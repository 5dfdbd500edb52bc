import type { AddressData } from '@/sync/wire'

export interface Address extends AddressData {
  id: string
}

export interface Street {
  name: string
  addresses: Address[]
}

/** "Boekweitlaan 12a-2": what people call the house. */
export function addressLabel(
  address: Pick<AddressData, 'street' | 'number' | 'letter' | 'addition'>,
): string {
  const addition = address.addition ? `-${address.addition}` : ''
  return `${address.street} ${address.number}${address.letter}${addition}`
}

/**
 * The streets, and the houses in the order one walks past them. `walk` tells the walking order by address id where
 * somebody made one; streets that are not in it follow in alphabetical order. Two villages may have the same street:
 * then its name says which.
 */
export function byStreet(
  addresses: readonly Address[],
  walk: ReadonlyMap<string, number> = new Map(),
): Street[] {
  const placeOf = ({ id }: Address): number => walk.get(id) ?? Infinity
  const compare = (a: Address, b: Address): number =>
    compareNumbers(placeOf(a), placeOf(b)) || compareHouses(a, b)
  const streets = new Map<string, Address[]>()
  for (const address of addresses) {
    const key = `${address.street}, ${address.place}`
    const houses = streets.get(key)
    if (houses) houses.push(address)
    else streets.set(key, [address])
  }
  const names = [...streets.values()].flatMap(([house]) => house?.street ?? [])
  return [...streets]
    .map(([key, houses]) => ({
      name: nameOf(key, houses, names),
      addresses: houses.sort(compare),
      first: Math.min(...houses.map(placeOf)),
    }))
    .sort((a, b) => compareNumbers(a.first, b.first) || a.name.localeCompare(b.name, 'nl'))
    .map(({ name, addresses: houses }) => ({ name, addresses: houses }))
}

/** The name of the street, with its place where another has the same name. */
function nameOf(withPlace: string, houses: readonly Address[], names: readonly string[]): string {
  const street = houses[0]?.street ?? ''
  return names.filter((name) => name === street).length > 1 ? withPlace : street
}

/** As sort wants it; infinity equals itself. */
function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a - b
}

function compareHouses(a: Address, b: Address): number {
  return a.number - b.number || a.letter.localeCompare(b.letter) || a.addition.localeCompare(b.addition)
}

/** Text without capitals and accents, so that "Cafe" finds "Café". */
function searchable(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim()
}

/** The words of a text, prepared once for many searches. */
export function wordsOf(text: string): string[] {
  return searchable(text).split(/[\s-]+/)
}

/** True when every part of the query begins one of the words: "boek 12" finds "Boekweitlaan 12". */
export function matches(words: readonly string[], query: string): boolean {
  return searchable(query)
    .split(/[\s-]+/)
    .every((part) => words.some((word) => word.startsWith(part)))
}

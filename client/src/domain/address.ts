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

/** The streets of a round in alphabetical order, the houses in the order one walks past them. */
export function byStreet(addresses: readonly Address[]): Street[] {
  const streets = new Map<string, Address[]>()
  for (const address of addresses) {
    const houses = streets.get(address.street)
    if (houses) houses.push(address)
    else streets.set(address.street, [address])
  }
  return [...streets]
    .map(([name, houses]) => ({ name, addresses: houses.sort(compareHouses) }))
    .sort((a, b) => a.name.localeCompare(b.name, 'nl'))
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

import type { Address } from '@/domain/address'
import { uuidv7 } from '@/domain/ids'
import { toRfc3339 } from '@/domain/time'
import type { AddressAdd, Position } from '@/sync/wire'
import { db } from './db'
import { addToQueue, newItem } from './queue'

/** What somebody writes down of a door that the list lacks. */
export interface NewDoor {
  roundId: string
  areaId: string
  street: string
  number: number
  letter: string
  addition: string
  place: string
  position: Position
  note: string
}

/** The id of the new address. It is on the list at once, so that a talk there can begin; the desk looks at it later. */
export async function addDoor({ roundId, areaId, position, note, ...door }: NewDoor): Promise<string> {
  const now = new Date()
  const addressId = uuidv7(now.getTime())
  const mutation: AddressAdd = {
    id: uuidv7(now.getTime()),
    type: 'address.add',
    addressId,
    roundId,
    ...door,
    postcode: '',
    position,
    addedAt: toRfc3339(now),
    note: note.trim() || null,
  }
  const address: Address = {
    id: addressId,
    areaId,
    ...door,
    postcode: '',
    lon: position.lon,
    lat: position.lat,
  }
  const item = await newItem(mutation, { kind: 'door', subjectId: addressId, addressId })
  await db.transaction('rw', db.queue, db.counts, db.addresses, db.rounds, async () => {
    await addToQueue(item)
    await db.addresses.add(address)
    await db.rounds
      .where('id')
      .equals(roundId)
      .modify((round) => {
        round.addressIds?.push(addressId)
      })
  })
  return addressId
}

/** Doors that were made here and that the server may not have yet: what it sends knows nothing of them. */
export async function unsentDoors(): Promise<Set<string>> {
  const items = await db.queue
    .where('safe')
    .equals(0)
    .filter(({ kind }) => kind === 'door')
    .toArray()
  return new Set(items.map(({ subjectId }) => subjectId))
}

/** "12", "a", "2", "a-2", "A 2": an addition as people write it, as the BAG has it: one letter, and the rest. */
export function splitAddition(text: string): Pick<NewDoor, 'letter' | 'addition'> {
  const [, letter = '', addition = ''] = /^\s*([A-Za-z](?![A-Za-z]))?[\s-]*(.*?)\s*$/u.exec(text) ?? []
  return { letter, addition }
}

/** The door of this street whose number is nearest: for when the phone cannot tell where it is. */
export function nearestNumber(addresses: readonly Address[], street: string, number: number): Address | null {
  const inStreet = addresses.filter((address) => address.street === street)
  return nearest(inStreet, (address) => Math.abs(address.number - number))
}

/** The door that is nearest to this place: in its area and village the new one lies too. */
export function nearestPlace(addresses: readonly Address[], { lon, lat }: Position): Address | null {
  const narrow = Math.cos((lat * Math.PI) / 180)
  return nearest(addresses, (door) =>
    Math.hypot(((door.lon ?? Infinity) - lon) * narrow, (door.lat ?? Infinity) - lat),
  )
}

function nearest(addresses: readonly Address[], distance: (address: Address) => number): Address | null {
  const placed = addresses.filter(({ lon, lat }) => lon !== null && lat !== null)
  return placed.reduce<Address | null>(
    (best, address) => (best && distance(best) <= distance(address) ? best : address),
    null,
  )
}

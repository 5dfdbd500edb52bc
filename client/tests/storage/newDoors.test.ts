import { beforeEach, describe, expect, test } from 'vitest'
import { readAddressBook } from '@/components/addressBook'
import { statusOf } from '@/domain/status'
import { db } from '@/storage/db'
import { addDoor, nearestNumber, nearestPlace, splitAddition, unsentDoors } from '@/storage/newDoors'
import { openText } from '@/storage/vault'
import { makeAddress, ROUND_ID } from '../factories'

const DOOR = {
  roundId: ROUND_ID,
  areaId: 'nieuwlande',
  street: 'Boekweitlaan',
  number: 14,
  letter: 'a',
  addition: '',
  place: 'Nieuwlande',
  position: { lon: 6.61, lat: 52.7, accuracyM: 8 },
  note: ' achterom ',
}

beforeEach(async () => {
  await Promise.all([db.addresses.clear(), db.rounds.clear(), db.queue.clear(), db.counts.clear()])
  await db.addresses.add(makeAddress())
  await db.rounds.add({
    id: ROUND_ID,
    name: 'Wat speelt er?',
    startsOn: '2026-11-01',
    endsOn: '2027-02-01',
    areaIds: ['nieuwlande'],
    forms: [],
    addressIds: ['a-12'],
  })
})

describe('a door that the list lacks', () => {
  test('is on the list at once, at the end of the walk, and was not visited yet', async () => {
    const id = await addDoor(DOOR)
    const book = await readAddressBook()
    expect(book.streets[0]?.houses.map(({ label }) => label)).toEqual(['Boekweitlaan 12', 'Boekweitlaan 14a'])
    expect(book.streets[0]?.visited).toBe(0)
    expect((await db.rounds.get(ROUND_ID))?.addressIds).toEqual(['a-12', id])
  })
  test('waits to be handed in, as the protocol has it, and is counted', async () => {
    const id = await addDoor(DOOR)
    const [item] = await db.queue.toArray()
    const told = JSON.parse((item?.sealedMutation && (await openText(item.sealedMutation))) ?? '') as unknown
    expect(told).toMatchObject({
      type: 'address.add',
      addressId: id,
      number: 14,
      note: 'achterom',
      postcode: '',
    })
    expect(await unsentDoors()).toEqual(new Set([id]))
    const status = statusOf({
      items: await db.queue.toArray(),
      photosRefused: 0,
      contact: 'unreachable',
      running: false,
      standing: 'known',
      nowMs: Date.now(),
    })
    expect(status.counts).toEqual([{ key: 'status.doors', count: 1 }])
  })
})

describe('an addition', () => {
  test.each([
    ['', '', ''],
    ['a', 'a', ''],
    ['2', '', '2'],
    ['a-2', 'a', '2'],
    ['A 2', 'A', '2'],
    ['bis', '', 'bis'],
    [' hs ', '', 'hs'],
  ])('%j is letter %j and addition %j', (text, letter, addition) => {
    expect(splitAddition(text)).toEqual({ letter, addition })
  })
})

test('the nearest number of a street stands in for a place that the phone cannot find', () => {
  const doors = [makeAddress({ id: 'far', number: 40 }), makeAddress({ id: 'near', number: 16 })]
  expect(nearestNumber(doors, 'Boekweitlaan', 14)?.id).toBe('near')
  expect(nearestNumber(doors, 'Elders', 14)).toBeNull()
})
test('the door next to a place tells its village, whatever their numbers', () => {
  const doors = [makeAddress({ id: 'far', lon: 6.5 }), makeAddress({ id: 'near', number: 99 })]
  expect(nearestPlace(doors, { lon: 6.601, lat: 52.7, accuracyM: 5 })?.id).toBe('near')
  expect(nearestPlace([makeAddress({ lon: null })], { lon: 6.6, lat: 52.7, accuracyM: 5 })).toBeNull()
})

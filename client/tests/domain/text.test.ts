import { describe, expect, test } from 'vitest'
import { addressLabel, byStreet, matches, wordsOf } from '@/domain/address'
import { addressesCsv, inLanguage } from '@/domain/csv'
import { newToken, uuidv7 } from '@/domain/ids'
import { toRfc3339 } from '@/domain/time'
import { makeAddress } from '../factories'

describe('addresses', () => {
  test('a label names street, number, letter and addition', () => {
    expect(addressLabel(makeAddress({ letter: 'a', addition: '2' }))).toBe('Boekweitlaan 12a-2')
  })
  test('houses stand in the order of their numbers, streets by name', () => {
    const streets = byStreet([
      makeAddress({ number: 12 }),
      makeAddress({ number: 2 }),
      makeAddress({ street: 'Achterweg' }),
    ])
    expect(streets.map(({ name }) => name)).toEqual(['Achterweg', 'Boekweitlaan'])
    expect(streets[1]?.addresses.map(({ number }) => number)).toEqual([2, 12])
  })
  test('the same street in two villages is two streets', () => {
    const streets = byStreet([makeAddress(), makeAddress({ id: 'b', place: 'Tiendeveen' })])
    expect(streets.map(({ name }) => name)).toEqual(['Boekweitlaan, Nieuwlande', 'Boekweitlaan, Tiendeveen'])
  })
  test('somebody who got a walk sees the streets and houses in its order', () => {
    const [far, near, other] = [
      makeAddress({ id: 'far', number: 12 }),
      makeAddress({ id: 'near', number: 2 }),
      makeAddress({ id: 'other', street: 'Zandweg' }),
    ]
    const unwalked = makeAddress({ id: 'unwalked', street: 'Achterweg' })
    const walk = new Map(['other', 'far', 'near'].map((id, place) => [id, place]))
    const streets = byStreet([unwalked, near, far, other], walk)
    expect(streets.map(({ name }) => name)).toEqual(['Zandweg', 'Boekweitlaan', 'Achterweg'])
    expect(streets[1]?.addresses.map(({ id }) => id)).toEqual(['far', 'near'])
  })
  test('a search finds words by their beginning, without accents or capitals', () => {
    expect(matches(wordsOf('Café de Boekweit 12'), 'cafe 12')).toBe(true)
    expect(matches(wordsOf('Boekweitlaan 12'), 'weit')).toBe(false)
  })
})

describe('external lists', () => {
  const list = 'name,label,label_en\nwonen,Wonen,Housing\n'
  test('have their labels in the language of the screen', () => {
    expect(inLanguage(list, 'en')).toBe('name,label_nl,label\nwonen,Wonen,Housing\n')
  })
  test('stay as they are where they lack that language', () => {
    expect(inLanguage(list, 'nl')).toBe(list)
    expect(inLanguage('name,label\na,A\n', 'en')).toBe('name,label\na,A\n')
  })
})

describe('adressen.csv', () => {
  test('has the columns of the protocol', () => {
    expect(addressesCsv([makeAddress()])).toBe(
      'name,label,straat,postcode\r\na-12,Boekweitlaan 12,Boekweitlaan,7918 AA',
    )
  })
  test('quotes a street with a comma or a quote', () => {
    const csv = addressesCsv([makeAddress({ street: 'Plein "1940", zuid' })])
    expect(csv).toContain('"Plein ""1940"", zuid 12","Plein ""1940"", zuid"')
  })
})

describe('ids and times', () => {
  test('a UUID says version 7 and carries the moment', () => {
    const id = uuidv7(0x01931f5e7c1a, new Uint8Array(10).fill(255))
    expect(id).toBe('01931f5e-7c1a-7fff-bfff-ffffffffffff')
  })
  test('a token is 32 bytes in base64url without padding', () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/)
  })
  test('a time carries the offset of the phone', () => {
    const moment = new Date('2026-11-22T13:03:00Z')
    expect(toRfc3339(moment, 60)).toBe('2026-11-22T14:03:00+01:00')
    expect(toRfc3339(moment, -210)).toBe('2026-11-22T09:33:00-03:30')
  })
})

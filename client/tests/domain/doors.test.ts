import { describe, expect, test } from 'vitest'
import { byChance, dayPartOf, sidesOf, stateOfDoor } from '@/domain/doors'
import { makeItem } from '../factories'

const TUESDAY = '2026-11-24'
const at = (time: string, day = TUESDAY): number => new Date(`${day}T${time}:00`).getTime()
const visit = (outcome: 'niet_thuis' | 'weigert' | 'later', madeMs = 1) =>
  makeItem({ kind: 'visit', outcome, madeMs })

describe('a door', () => {
  test.each([
    [[], 1, 'todo'],
    [[visit('niet_thuis')], 1, 'back'],
    [[visit('later')], 1, 'back'],
    [[visit('weigert')], 1, 'done'],
    [[visit('niet_thuis'), makeItem()], 1, 'done'],
    [[makeItem()], 3, 'back'],
    [[makeItem(), makeItem(), makeItem()], 3, 'done'],
  ] as const)('%# is in the state %3$s after its visits', (visits, households, state) => {
    expect(stateOfDoor(visits, households)).toBe(state)
  })
})

test.each([
  ['09:00', TUESDAY, 'ochtend'],
  ['12:00', TUESDAY, 'middag'],
  ['18:30', TUESDAY, 'avond'],
  ['10:00', '2026-11-28', 'weekend'],
])('%s on %s is %s', (time, day, part) => {
  expect(dayPartOf(at(time, day))).toBe(part)
})

test('doors where somebody was not tried at this time of day come before those where they were', () => {
  const triedNow = { name: 'tried at this time', comeBack: null, visits: [visit('niet_thuis', at('10:00'))] }
  const other = { name: 'tried in the evening', comeBack: null, visits: [visit('niet_thuis', at('19:00'))] }
  const planned = {
    name: 'planned for now',
    comeBack: 'ochtend' as const,
    visits: [visit('later', at('20:00'))],
  }
  const evening = { name: 'planned for the evening', comeBack: 'avond' as const, visits: [visit('later', 1)] }
  const order = byChance([evening, triedNow, other, planned], at('11:00', '2026-11-25'))
  expect(order.map(({ name }) => name)).toEqual([
    'planned for now',
    'tried in the evening',
    'tried at this time',
    'planned for the evening',
  ])
})

test('a street has sides where both have houses', () => {
  const house = (number: number) => ({ address: { number } })
  expect(sidesOf([house(1), house(2), house(3)]).map(({ side, houses }) => [side, houses.length])).toEqual([
    ['odd', 2],
    ['even', 1],
  ])
  expect(sidesOf([house(2), house(4)]).map(({ side }) => side)).toEqual(['both'])
})

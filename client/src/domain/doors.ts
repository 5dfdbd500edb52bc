import type { QueueItem } from '@/storage/db'

export type DayPart = 'ochtend' | 'middag' | 'avond' | 'weekend'
export const DAY_PARTS: readonly DayPart[] = ['ochtend', 'middag', 'avond', 'weekend']

const MORNING_UNTIL = 12
const EVENING_FROM = 18
const SUNDAY = 0
const SATURDAY = 6

/** `todo`: nobody went there. `back`: somebody must go again. `done`: there was a talk, or there will be none. */
export type DoorState = 'todo' | 'back' | 'done'
export const DOOR_STATES: readonly DoorState[] = ['todo', 'back', 'done']

type Visit = Pick<QueueItem, 'kind' | 'outcome' | 'madeMs'>

/** How it is with a door after these visits and talks, the oldest first. A house with several households is done when
 * there were as many talks. */
export function stateOfDoor(visits: readonly Visit[], households: number): DoorState {
  const last = visits.at(-1)
  if (!last) return 'todo'
  if (last.outcome === 'niet_thuis' || last.outcome === 'later') return 'back'
  const talks = visits.filter(({ kind }) => kind === 'observation').length
  return talks > 0 && talks < households ? 'back' : 'done'
}

export function dayPartOf(ms: number): DayPart {
  const moment = new Date(ms)
  const day = moment.getDay()
  if (day === SUNDAY || day === SATURDAY) return 'weekend'
  const hour = moment.getHours()
  if (hour < MORNING_UNTIL) return 'ochtend'
  return hour < EVENING_FROM ? 'middag' : 'avond'
}

export interface Revisit {
  comeBack: DayPart | null
  visits: readonly Visit[]
}

/** Where it makes most sense to go now: what was planned for this part of the day, then where nobody came at this
 * part of the day yet, and of those where it is longest ago. */
export function byChance<T extends Revisit>(doors: readonly T[], nowMs: number): T[] {
  const now = dayPartOf(nowMs)
  const rank = ({ comeBack, visits }: T): number => {
    if (comeBack === now) return 0
    if (comeBack !== null) return 3
    return visits.some(({ madeMs }) => dayPartOf(madeMs) === now) ? 2 : 1
  }
  const last = ({ visits }: T): number => visits.at(-1)?.madeMs ?? 0
  return [...doors].sort((a, b) => rank(a) - rank(b) || last(a) - last(b))
}

/** The sides of a street: walked up one and down the other. Only where both have houses. */
export function sidesOf<T extends { address: { number: number } }>(
  houses: readonly T[],
): { side: 'odd' | 'even' | 'both'; houses: T[] }[] {
  const odd = houses.filter(({ address }) => address.number % 2 === 1)
  const even = houses.filter(({ address }) => address.number % 2 === 0)
  if (odd.length === 0 || even.length === 0) return [{ side: 'both', houses: [...houses] }]
  return [
    { side: 'odd', houses: odd },
    { side: 'even', houses: even },
  ]
}

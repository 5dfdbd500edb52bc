import { describe, expect, test } from 'vitest'
import { summaryOfWalk } from '@/schouw/summary'
import { distanceText, distanceToRoute, stopAt, stopLines, unseenStops } from '@/schouw/stops'
import { MOST_POINTS, walkPut } from '@/schouw/telling'
import { isWorthKeeping, thinned, type TrackPoint, walkedM } from '@/schouw/track'
import { makeRoute, metresNorth } from './factories'

const point = (northM: number, atS: number, accuracyM = 5): TrackPoint => ({
  ...metresNorth(northM),
  accuracyM,
  atMs: atS * 1000,
})

/** What the recorder keeps of all that the phone finds. */
function kept(found: TrackPoint[]): TrackPoint[] {
  return found.reduce<TrackPoint[]>(
    (points, next) => (isWorthKeeping(points.at(-1) ?? null, next) ? [...points, next] : points),
    [],
  )
}

describe('a track', () => {
  test('keeps a point for each eight metres that somebody walks', () => {
    const hundredSeconds = Array.from({ length: 101 }, (_, second) => point(second * 1.3, second))
    const points = kept(hundredSeconds)
    expect(points).toHaveLength(15)
    expect(walkedM(points)).toBeCloseTo(127.4, 1)
  })
  test('keeps a point each half minute of somebody who stands still, and no more', () => {
    const tenMinutes = Array.from({ length: 601 }, (_, second) => point(0, second))
    expect(kept(tenMinutes)).toHaveLength(20)
  })
  test('drops what the phone is not sure of', () => {
    expect(isWorthKeeping(null, point(0, 0, 61))).toBe(false)
    expect(isWorthKeeping(null, point(0, 0, 60))).toBe(true)
    expect(isWorthKeeping(null, point(0, 0, Number.NaN))).toBe(false)
  })
  test('says that somebody who stood still did not walk, whatever the phone found', () => {
    const shaking = Array.from({ length: 60 }, (_, at) => point(at % 2 === 0 ? 0 : 7, at * 31, 10))
    expect(walkedM(shaking)).toBe(0)
  })
  test('of too many points tells as many as the server takes, with the first and the last', () => {
    const points = Array.from({ length: 50_000 }, (_, at) => point(at, at))
    const told = thinned(points, MOST_POINTS)
    expect(told).toHaveLength(MOST_POINTS)
    expect([told[0], told.at(-1)]).toEqual([points[0], points.at(-1)])
  })
})

describe('the telling of a walk', () => {
  test('is what the protocol wants', () => {
    const walk = { id: 'w-1', route: makeRoute(), startedMs: 1_795_000_000_000, seen: ['s-1'] }
    const told = walkPut(walk, [{ lon: 6.6, lat: 52.7, accuracyM: 5, atMs: 1_795_000_020_000 }], null)
    expect(told).toMatchObject({
      type: 'walk.put',
      walkId: 'w-1',
      routeId: 'route-1',
      plannedOn: null,
      endedAt: null,
      seen: ['s-1'],
    })
    const [[lon, lat, accuracyM, at] = []] = told.track
    expect([lon, lat, accuracyM]).toEqual([6.6, 52.7, 5])
    expect(Date.parse(String(at))).toBe(1_795_000_020_000)
    expect(String(at)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/)
  })
})

describe('stops', () => {
  const { stops, line } = makeRoute()

  test('come with the next one first, then those to be seen by number, then those that were seen', () => {
    const order = (seen: string[], northM: number | null) =>
      stopLines(stops, seen, northM === null ? null : metresNorth(northM)).map(({ stop }) => stop.number)
    expect(order([], null)).toEqual([1, 2, 3])
    expect(order([], 190)).toEqual([3, 1, 2])
    expect(order(['s-3'], 190)).toEqual([2, 1, 3])
  })
  test('belong to who is within 25 metres', () => {
    expect(stopAt(stops, metresNorth(124))?.id).toBe('s-2')
    expect(stopAt(stops, metresNorth(126))).toBeNull()
  })
  test('that were not seen are told in the order of the route', () => {
    expect(unseenStops(stops, ['s-2']).map(({ id }) => id)).toEqual(['s-1', 's-3'])
  })
  test('tell how far the route is', () => {
    expect(distanceToRoute({ stops, line }, metresNorth(-300))).toBeCloseTo(300, 0)
    expect(distanceToRoute({ stops: [], line: null }, metresNorth(0))).toBeNull()
    expect([distanceText(342, 'nl'), distanceText(1240, 'nl')]).toEqual(['340 m', '1,2 km'])
  })
})

describe('the summary', () => {
  const walk = { startedMs: 0, route: makeRoute(), seen: ['s-1', 'gone'], captures: [] }

  test('tells minutes, metres, captures and stops', () => {
    const track = [point(0, 0), point(100, 60), point(200, 120)]
    expect(summaryOfWalk(walk, track, 65 * 60_000, 'nl')).toEqual([
      { key: 'duration', text: '1 u 5 min' },
      { key: 'walked', text: '200 m' },
      { key: 'captures', text: '0' },
      { key: 'seen', text: '1 / 3' },
    ])
  })
  test('of a walk without a track says nothing of metres', () => {
    expect(summaryOfWalk(walk, [], -5, 'nl').map(({ key, text }) => [key, text])).toEqual([
      ['duration', '0 min'],
      ['captures', '0'],
      ['seen', '1 / 3'],
    ])
  })
})

import { describe, expect, it } from 'vitest'
import {
  geometryOf,
  movedTo,
  places,
  readRings,
  type Ring,
  shifted,
  without,
  withOneAfter,
  withOneMore,
} from '@/desk/corners'

const SQUARE = [
  [6, 52],
  [7, 52],
  [7, 53],
  [6, 53],
]
const HOLE = [
  [6.4, 52.4],
  [6.6, 52.4],
  [6.5, 52.6],
]
const closed = (ring: number[][]): number[][] => [...ring, ring[0]!]
const polygon = (...rings: number[][][]) => ({ type: 'Polygon', coordinates: rings.map(closed) })
const read = (geometry: unknown): Ring[] => readRings(JSON.stringify(geometry), 'polygon') as Ring[]

describe('the corners of a geometry', () => {
  it.each([
    ['polygon', polygon(SQUARE)],
    ['polygon with a hole', polygon(SQUARE, HOLE)],
    ['two parts', { type: 'MultiPolygon', coordinates: [[closed(SQUARE), closed(HOLE)], [closed(HOLE)]] }],
  ])('are read and written without a change: %s', (_name, geometry) => {
    expect(geometryOf(read(geometry), 'polygon')).toEqual(geometry)
  })

  it('are those of a line where a line is drawn', () => {
    const line = { type: 'LineString', coordinates: SQUARE }
    expect(geometryOf(readRings(JSON.stringify(line), 'line')!, 'line')).toEqual(line)
    expect(readRings(JSON.stringify(line), 'polygon')).toBeNull()
  })

  it.each(['onzin', '{}', '{"type":"Point","coordinates":[6,52]}', 'null', '{"type":"Polygon"}'])(
    'are not read from %s',
    (text) => {
      expect(readRings(text, 'polygon')).toBeNull()
    },
  )

  it('are none in an empty text, which is no geometry', () => {
    expect(readRings(' ', 'polygon')).toEqual([])
    expect(geometryOf([], 'polygon')).toBeNull()
  })
})

describe('changing corners', () => {
  it('moves one by metres', () => {
    const [lon, lat] = shifted([6.6, 52.6], 10, 1)
    expect((lon! - 6.6) * 111_320 * Math.cos((52.6 * Math.PI) / 180)).toBeCloseTo(10, 1)
    expect((lat! - 52.6) * 111_320).toBeCloseTo(1, 1)
  })

  it('moves the first corner with the end of the ring', () => {
    const moved = geometryOf(movedTo(read(polygon(SQUARE)), { ring: 0, corner: 0 }, [5, 51]), 'polygon')
    expect(moved).toEqual(polygon([[5, 51], ...SQUARE.slice(1)]))
  })

  it('adds one halfway the next, after the last halfway the first', () => {
    const [rings, place] = withOneAfter(read(polygon(SQUARE)), { ring: 0, corner: 3 }, 'polygon')
    expect(place).toEqual({ ring: 0, corner: 4 })
    expect(rings[0]?.corners[4]).toEqual([6, 52.5])
  })

  it('takes a part away with its holes when too few corners are left', () => {
    const rings = read({
      type: 'MultiPolygon',
      coordinates: [[closed(HOLE), closed(HOLE)], [closed(SQUARE)]],
    })
    expect(geometryOf(without(rings, { ring: 0, corner: 1 }, 'polygon'), 'polygon')).toEqual(polygon(SQUARE))
  })

  it('takes only the hole away when too few corners are left of it', () => {
    const rings = without(read(polygon(SQUARE, HOLE)), { ring: 1, corner: 1 }, 'polygon')
    expect(geometryOf(rings, 'polygon')).toEqual(polygon(SQUARE))
  })

  it('draws a whole polygon corner by corner', () => {
    let rings: Ring[] = []
    for (const corner of HOLE) [rings] = withOneMore(rings, 'polygon', corner)
    expect(geometryOf(rings, 'polygon')).toEqual(polygon(HOLE))
    expect(geometryOf(rings.slice(1), 'polygon')).toBeNull()
    expect(places(rings)).toHaveLength(3)
  })
})

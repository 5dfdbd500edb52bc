import type { Geometry, Position } from 'geojson'

export type Kind = 'polygon' | 'line'

/** One ring of a polygon, its first corner not repeated at the end, or one line. Rings of one part belong together:
 * the first is its outside, the others are holes. */
export interface Ring {
  part: number
  corners: Position[]
}

/** A corner by the place of its ring and its place in the ring. */
export interface Place {
  ring: number
  corner: number
}

const METRES_PER_DEGREE = 111_320
const DECIMALS = 7 // about a centimetre

export const fewest = (kind: Kind): number => (kind === 'polygon' ? 3 : 2)

export function rounded([lon = 0, lat = 0]: Position): Position {
  return [Number(lon.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))]
}

/** The rings of a geometry; null when the text is no geometry of this kind. An empty text has no rings. */
export function readRings(text: string, kind: Kind): Ring[] | null {
  if (!text.trim()) return []
  try {
    return ringsOf(JSON.parse(text) as Geometry, kind)
  } catch {
    return null
  }
}

function ringsOf(geometry: Geometry, kind: Kind): Ring[] | null {
  const line = kind === 'line'
  if (line && geometry.type === 'LineString') return [{ part: 0, corners: geometry.coordinates.map(rounded) }]
  if (!line && geometry.type === 'Polygon') return partOf(geometry.coordinates, 0)
  if (!line && geometry.type === 'MultiPolygon') return geometry.coordinates.flatMap(partOf)
  return null
}

function partOf(rings: Position[][], part: number): Ring[] {
  return rings.map((ring) => ({ part, corners: withoutLast(ring.map(rounded)) }))
}

function withoutLast(ring: Position[]): Position[] {
  return ring.length > 1 && same(ring[0], ring.at(-1)) ? ring.slice(0, -1) : ring
}

export function same(one: Position | undefined, other: Position | undefined): boolean {
  return one?.[0] === other?.[0] && one?.[1] === other?.[1]
}

/** The geometry of these rings; null while none of them is complete. */
export function geometryOf(rings: Ring[], kind: Kind): Geometry | null {
  const complete = rings.filter(({ corners }) => corners.length >= fewest(kind))
  if (kind === 'line') return complete[0] ? { type: 'LineString', coordinates: complete[0].corners } : null
  const numbers = [...new Set(complete.map(({ part }) => part))]
  const parts = numbers.map((number) => complete.filter(({ part }) => part === number).map(closed))
  if (parts.length > 1) return { type: 'MultiPolygon', coordinates: parts }
  return parts[0] ? { type: 'Polygon', coordinates: parts[0] } : null
}

export function closed({ corners }: Ring): Position[] {
  return [...corners, ...corners.slice(0, 1)]
}

/** Every corner in order, with where it is. */
export function places(rings: Ring[]): Place[] {
  return rings.flatMap(({ corners }, ring) => corners.map((_corner, corner) => ({ ring, corner })))
}

export function cornerAt(rings: Ring[], { ring, corner }: Place): Position | undefined {
  return rings[ring]?.corners[corner]
}

export function movedTo(rings: Ring[], place: Place, position: Position): Ring[] {
  return changed(rings, place, (corners) => corners.with(place.corner, rounded(position)))
}

/** Without this corner. A ring that keeps too few corners to be one goes with it, a hole with its part. */
export function without(rings: Ring[], place: Place, kind: Kind): Ring[] {
  const left = changed(rings, place, (corners) => corners.toSpliced(place.corner, 1))
  const ring = left[place.ring]
  const was = rings[place.ring]?.corners.length ?? 0
  if (!ring || (ring.corners.length > 0 && (ring.corners.length >= fewest(kind) || was < fewest(kind))))
    return left
  const isOutside = rings.findIndex(({ part }) => part === ring.part) === place.ring
  return left.filter((one, at) => at !== place.ring && !(isOutside && one.part === ring.part))
}

/** With one more corner: halfway the next one, or a little further where there is none. Gives where it is. */
export function withOneAfter(rings: Ring[], place: Place, kind: Kind): [Ring[], Place] {
  const corners = rings[place.ring]?.corners ?? []
  const here = corners[place.corner] ?? [0, 0]
  const next =
    corners[place.corner + 1] ?? (kind === 'polygon' && corners.length > 2 ? corners[0] : undefined)
  const position = next ? halfway(here, next) : shifted(here, 25, 0)
  const more = changed(rings, place, (all) => all.toSpliced(place.corner + 1, 0, rounded(position)))
  return [more, { ring: place.ring, corner: place.corner + 1 }]
}

/** With one more corner at the end of the ring that is not complete, or as the first of a new one. */
export function withOneMore(rings: Ring[], kind: Kind, position: Position): [Ring[], Place] {
  const last = rings.length - 1
  const unfinished = rings[last]
  if (unfinished && (kind === 'line' || unfinished.corners.length < fewest(kind))) {
    const place = { ring: last, corner: unfinished.corners.length }
    return [changed(rings, place, (corners) => [...corners, rounded(position)]), place]
  }
  const part = Math.max(-1, ...rings.map((ring) => ring.part)) + 1
  return [[...rings, { part, corners: [rounded(position)] }], { ring: rings.length, corner: 0 }]
}

export function shifted([lon = 0, lat = 0]: Position, eastM: number, northM: number): Position {
  const perDegree = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)
  return rounded([lon + eastM / perDegree, lat + northM / METRES_PER_DEGREE])
}

function halfway([lon = 0, lat = 0]: Position, [otherLon = 0, otherLat = 0]: Position): Position {
  return [(lon + otherLon) / 2, (lat + otherLat) / 2]
}

function changed(rings: Ring[], place: Place, change: (corners: Position[]) => Position[]): Ring[] {
  return rings.map((ring, at) => (at === place.ring ? { ...ring, corners: change(ring.corners) } : ring))
}

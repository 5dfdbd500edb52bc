/** A place as XForms writes it: "lat lon altitude accuracy". */
export interface GeoPoint {
  latitude: number
  longitude: number
  altitude: number
  accuracy: number
}

const EARTH_RADIUS_M = 6_371_008.8
const LEAST_POINTS = { trace: 2, shape: 3 }

export type PathKind = keyof typeof LEAST_POINTS

/** The points of a stored trace or shape; a shape without the last point, which is the first again. */
export function pointsIn(stored: string, kind: PathKind): GeoPoint[] {
  const points = stored
    .split(';')
    .map((part) => part.trim().split(/\s+/).map(Number))
    .filter(([latitude, longitude]) => latitude !== undefined && longitude !== undefined)
    .map(([latitude = 0, longitude = 0, altitude = 0, accuracy = 0]) => ({
      latitude,
      longitude,
      altitude,
      accuracy,
    }))
  return kind === 'shape' ? points.slice(0, -1) : points
}

/** What is stored: nothing while there are too few points, and a shape ends where it began. */
export function storedPoints(points: readonly GeoPoint[], kind: PathKind): GeoPoint[] | null {
  const [first] = points
  if (!first || points.length < LEAST_POINTS[kind]) return null
  if (kind === 'trace') return [...points]
  // Who walked back to the very same place has closed the shape already.
  const last = points.findLastIndex((point) => distanceM(point, first) > 0)
  return last + 1 < LEAST_POINTS.shape ? null : [...points.slice(0, last + 1), first]
}

export function distanceM(a: GeoPoint, b: GeoPoint): number {
  const [lat1, lat2] = [radians(a.latitude), radians(b.latitude)]
  const halfLat = (lat2 - lat1) / 2
  const halfLon = radians(b.longitude - a.longitude) / 2
  const h = Math.sin(halfLat) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(halfLon) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

export function lengthM(points: readonly GeoPoint[]): number {
  return points.slice(1).reduce((sum, point, index) => sum + distanceM(points[index] ?? point, point), 0)
}

/** Square metres inside the shape, on a plane that touches the earth at its first point: right to well under a
 * percent for anything that can be walked around. */
export function areaM2(points: readonly GeoPoint[]): number {
  const [first] = points
  if (!first) return 0
  const flat = points.map((point) => ({
    x: radians(point.longitude - first.longitude) * EARTH_RADIUS_M * Math.cos(radians(first.latitude)),
    y: radians(point.latitude - first.latitude) * EARTH_RADIUS_M,
  }))
  const doubled = flat.reduce((sum, { x, y }, index) => {
    const next = flat[(index + 1) % flat.length] ?? { x, y }
    return sum + x * next.y - next.x * y
  }, 0)
  return Math.abs(doubled) / 2
}

/** A place from what somebody typed ("52,68" and "6,61"); null when it is no place on earth. */
export function typedPoint(latitude: string, longitude: string): GeoPoint | null {
  const [lat, lon] = [latitude, longitude].map((text) => degrees(text)) as [number, number]
  if (!(Math.abs(lat) <= 90) || !(Math.abs(lon) <= 180) || (lat === 0 && lon === 0)) return null
  return { latitude: lat, longitude: lon, altitude: 0, accuracy: 0 }
}

function degrees(text: string): number {
  const clean = text.trim().replace(',', '.')
  return /^-?\d{1,3}(\.\d+)?$/.test(clean) ? Number(clean) : Number.NaN
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180
}

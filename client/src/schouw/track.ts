import { distanceM } from '@/forms/geometry'

/** Which places become points of a track, and what a track says: pure. */
export interface LonLat {
  lon: number
  lat: number
}

export interface TrackPoint extends LonLat {
  accuracyM: number
  atMs: number
}

/** A place that is less sure than this says little about which street somebody walks in. */
export const WORST_ACCURACY_M = 60
export const LEAST_STEP_M = 8
export const LONGEST_GAP_MS = 30_000

export function metresBetween(a: LonLat, b: LonLat): number {
  return distanceM(geoPoint(a), geoPoint(b))
}

/** Whether this place becomes a point: it is sure enough, and somebody moved, or half a minute went by. */
export function isWorthKeeping(last: TrackPoint | null, next: TrackPoint): boolean {
  if (!(next.accuracyM <= WORST_ACCURACY_M)) return false
  if (!last) return true
  return next.atMs - last.atMs > LONGEST_GAP_MS || metresBetween(last, next) > LEAST_STEP_M
}

/** The metres that were walked. A step that is shorter than the doubt about it is no step: who stands still for ten
 * minutes has not walked. */
export function walkedM(points: readonly TrackPoint[]): number {
  let sum = 0
  let from: TrackPoint | undefined
  for (const point of points) {
    const step = from ? metresBetween(from, point) : 0
    if (from && step <= Math.max(LEAST_STEP_M, point.accuracyM, from.accuracyM)) continue
    sum += step
    from = point
  }
  return sum
}

/** At most so many points, spread evenly, the first and the last among them. */
export function thinned(points: readonly TrackPoint[], most: number): TrackPoint[] {
  if (points.length <= most) return [...points]
  const step = (points.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, at) => points[Math.round(at * step)]).filter(
    (point) => point !== undefined,
  )
}

function geoPoint({ lon, lat }: LonLat) {
  return { latitude: lat, longitude: lon, altitude: 0, accuracy: 0 }
}

import type { GeoPoint } from './geometry'
import { distanceM } from './geometry'
import type { PlaceError } from './findPlace'

/** Points of a walk are this far apart, and no worse than this: else a person who stands still draws a star. */
const LEAST_STEP_M = 5
const WORST_ACCURACY_M = 30

export interface WalkListener {
  /** Every place that the phone finds, good or bad. */
  moved: (point: GeoPoint) => void
  failed: (error: PlaceError) => void
}

/** Follows the phone until the returned function is called. The screen stays on meanwhile where the browser can. */
export function followPhone({ moved, failed }: WalkListener): () => void {
  const { geolocation } = navigator as { geolocation?: Geolocation }
  if (!geolocation) {
    failed('unavailable')
    return () => undefined
  }
  const watchId = geolocation.watchPosition(
    ({ coords }) => moved(pointOf(coords)),
    (error) => failed(error.code === error.PERMISSION_DENIED ? 'denied' : 'unavailable'),
    { enableHighAccuracy: true, maximumAge: 0 },
  )
  const { wakeLock } = navigator as { wakeLock?: WakeLock }
  const lock = wakeLock?.request('screen').catch(() => null)
  return () => {
    geolocation.clearWatch(watchId)
    void lock?.then((held) => held?.release())
  }
}

/** Whether this place is worth a point of its own. */
export function isNextPoint(points: readonly GeoPoint[], next: GeoPoint): boolean {
  if (next.accuracy > WORST_ACCURACY_M) return false
  const last = points.at(-1)
  return !last || distanceM(last, next) >= Math.max(LEAST_STEP_M, next.accuracy / 2)
}

/** Seven decimals are a centimetre: more is noise of binary fractions. */
export function pointOf({ latitude, longitude, altitude, accuracy }: GeolocationCoordinates): GeoPoint {
  const [lat, lon] = [latitude, longitude].map((angle) => Number(angle.toFixed(7))) as [number, number]
  return { latitude: lat, longitude: lon, altitude: altitude ?? 0, accuracy }
}

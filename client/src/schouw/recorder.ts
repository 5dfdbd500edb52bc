import { readonly, shallowReactive } from 'vue'
import { keepPoint } from '@/storage/walks'
import { isWorthKeeping, type TrackPoint, WORST_ACCURACY_M } from './track'

/**
 * Where the phone is during a walk, and the track of it. Assumptions: only a person starts it, by opening a walk; a
 * walk that is paused is not followed at all, which spares the battery as well; without permission the walk goes on
 * without a track. One for the whole app, so that the track goes on while somebody records something.
 */
export type Following =
  | 'off'
  | 'searching'
  | 'following'
  | 'denied'
  /** This phone cannot tell where it is. */
  | 'unavailable'

interface State {
  walkId: string | null
  following: Following
  /** The last place that the phone found, good or bad. */
  here: Here | null
}

export interface Here extends TrackPoint {
  altitudeM: number
}

const state = shallowReactive<State>({ walkId: null, following: 'off', here: null })
export const recorder = readonly(state)

/** A place that is older is looked for anew. */
const FRESH_MS = 10_000
const WALKING_M_S = 1.4
const GOOD_ENOUGH_M = 25
/** A phone that finds nothing for so long tells so, and keeps looking. */
const PATIENCE_MS = 30_000

let watchId: number | null = null
let last: TrackPoint | null = null

/** Follows the phone for this walk; nothing happens when it does already. */
export function follow(walkId: string, lastPoint: TrackPoint | null = null): void {
  if (state.walkId === walkId && watchId !== null) return
  stopFollowing()
  last = lastPoint
  state.walkId = walkId
  const { geolocation } = navigator as { geolocation?: Geolocation }
  if (!geolocation) {
    state.following = 'unavailable'
    return
  }
  state.following = 'searching'
  watchId = geolocation.watchPosition(found, failed, {
    enableHighAccuracy: true,
    maximumAge: 5_000,
    timeout: PATIENCE_MS,
  })
}

export function stopFollowing(): void {
  if (watchId !== null) navigator.geolocation.clearWatch(watchId)
  watchId = null
  last = null
  Object.assign(state, { walkId: null, following: 'off', here: null })
}

/** Where the phone is on this walk, as far as that is known. A place that is some seconds old is less sure: somebody who
 * walks is a metre and a half further each second. Null when it says too little. */
export function placeNow(nowMs = Date.now()): Here | null {
  const { here } = state
  if (!here) return null
  const ageMs = Math.max(0, nowMs - here.atMs)
  const accuracyM = here.accuracyM + (ageMs > FRESH_MS ? (ageMs / 1000) * WALKING_M_S : 0)
  return accuracyM <= WORST_ACCURACY_M ? { ...here, accuracyM } : null
}

/** Whether a place is good enough to look no further. */
export function isGood({ accuracyM }: Here): boolean {
  return accuracyM <= GOOD_ENOUGH_M
}

function found({ coords, timestamp }: GeolocationPosition): void {
  const point = pointAt(coords, timestamp)
  state.following = 'following'
  state.here = { ...point, altitudeM: coords.altitude ?? 0 }
  if (!state.walkId || !isWorthKeeping(last, point)) return
  last = point
  // A phone that is full says so on every screen: see App.vue.
  void keepPoint(state.walkId, point)
}

function failed({ code, PERMISSION_DENIED }: GeolocationPositionError): void {
  if (code === PERMISSION_DENIED) {
    stopWatching()
    state.following = 'denied'
    return
  }
  state.following = 'searching'
}

function stopWatching(): void {
  if (watchId !== null) navigator.geolocation.clearWatch(watchId)
  watchId = null
}

/** Seven decimals are a centimetre. Some phones give the moment in another unit: then it is now. */
export function pointAt(coords: GeolocationCoordinates, timestamp: number, nowMs = Date.now()): TrackPoint {
  return {
    lon: Number(coords.longitude.toFixed(7)),
    lat: Number(coords.latitude.toFixed(7)),
    accuracyM: coords.accuracy,
    atMs: Math.abs(nowMs - timestamp) < 60_000 ? timestamp : nowMs,
  }
}

import { readonly, shallowReactive } from 'vue'
import { keepPoint } from '@/storage/walks'
import { isWorthKeeping, type TrackPoint } from './track'

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

/** A place that is older, or less sure, says little about where somebody is now. */
const FRESH_MS = 10_000
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

/** Where the phone is, when that is sure and recent enough to put on an observation. */
export function placeNow(nowMs = Date.now()): Here | null {
  const { here } = state
  return here && here.accuracyM <= GOOD_ENOUGH_M && nowMs - here.atMs <= FRESH_MS ? here : null
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

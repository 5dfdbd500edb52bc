import type { Walk } from '@/storage/db'
import { distanceText } from './stops'
import { type TrackPoint, walkedM } from './track'

/** What a walk came to, in words and figures: pure. */
export interface WalkFact {
  key: 'duration' | 'walked' | 'captures' | 'seen'
  text: string
}

const MINUTE_MS = 60_000

export function summaryOfWalk(
  { startedMs, route, seen, captures }: Pick<Walk, 'startedMs' | 'route' | 'seen' | 'captures'>,
  track: readonly TrackPoint[],
  nowMs: number,
  locale: string,
): WalkFact[] {
  const onRoute = route.stops.filter(({ id }) => seen.includes(id)).length
  return [
    { key: 'duration', text: durationText(nowMs - startedMs) },
    // Nothing is known of a walk without a track: then it says nothing, and not "0 m".
    ...(track.length > 1 ? [{ key: 'walked' as const, text: distanceText(walkedM(track), locale) }] : []),
    { key: 'captures', text: String(captures.length) },
    ...(route.stops.length > 0 ? [{ key: 'seen' as const, text: `${onRoute} / ${route.stops.length}` }] : []),
  ]
}

/** "48 min" or "1 u 5 min"; a clock that was put back makes no walk shorter than nothing. */
export function durationText(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE_MS))
  const hours = Math.floor(minutes / 60)
  return hours > 0 ? `${hours} u ${minutes % 60} min` : `${minutes} min`
}

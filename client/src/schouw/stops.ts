import type { RouteData, RouteStop } from '@/sync/wire'
import { type LonLat, metresBetween } from './track'

/** Stops of a route, seen from where somebody stands: pure. */
export interface StopLine {
  stop: RouteStop
  seen: boolean
  /** Null when the phone does not know where it is. */
  distanceM: number | null
}

/** As near as this is at the stop. */
export const AT_STOP_M = 25

/** The next stop comes first: the nearest that was not seen yet, or by number when the phone does not know where it is.
 * The others keep the order of the route, those that were seen at the end, so that a list does not move under a thumb. */
export function stopLines(
  stops: readonly RouteStop[],
  seen: readonly string[],
  here: LonLat | null,
): StopLine[] {
  const done = new Set(seen)
  const lines = stops
    .map((stop) => ({ stop, seen: done.has(stop.id), distanceM: here ? metresBetween(here, stop) : null }))
    .sort((a, b) => Number(a.seen) - Number(b.seen) || a.stop.number - b.stop.number)
  const next = lines
    .filter((line) => !line.seen)
    .reduce<StopLine | null>(
      (best, line) => (best && (best.distanceM ?? 0) <= (line.distanceM ?? 0) ? best : line),
      null,
    )
  return next ? [next, ...lines.filter((line) => line !== next)] : lines
}

/** The stop at which somebody stands, or null. */
export function stopAt(stops: readonly RouteStop[], here: LonLat): RouteStop | null {
  const [nearest] = stopLines(stops, [], here)
  return nearest && (nearest.distanceM ?? Infinity) <= AT_STOP_M ? nearest.stop : null
}

export function unseenStops(stops: readonly RouteStop[], seen: readonly string[]): RouteStop[] {
  return [...stops].filter(({ id }) => !seen.includes(id)).sort((a, b) => a.number - b.number)
}

/** How far the route is from here: to its line or its nearest stop. Null when it has neither. */
export function distanceToRoute(
  { line, stops }: Pick<RouteData, 'line' | 'stops'>,
  here: LonLat,
): number | null {
  const corners = (line?.coordinates ?? []).map(([lon, lat]) => ({ lon, lat }))
  const distances = [...corners, ...stops].map((place) => metresBetween(here, place))
  return distances.length > 0 ? Math.min(...distances) : null
}

/** "340 m" or "1,2 km". */
export function distanceText(metres: number, locale: string): string {
  if (metres < 995) return `${Math.round(metres / 5) * 5} m`
  return `${(metres / 1000).toLocaleString(locale, { maximumFractionDigits: 1 })} km`
}

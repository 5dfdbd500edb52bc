import { uuidv7 } from '@/domain/ids'
import { toRfc3339 } from '@/domain/time'
import type { Walk } from '@/storage/db'
import type { WalkPut } from '@/sync/wire'
import { thinned, type TrackPoint } from './track'

/** More points of a track the server does not take (docs/protocol.md, 5.1). */
export const MOST_POINTS = 20_000

/** The walk as the protocol tells it, as far as it is. */
export function walkPut(
  { id, route, startedMs, seen }: Pick<Walk, 'id' | 'route' | 'startedMs' | 'seen'>,
  track: readonly TrackPoint[],
  endedMs: number | null,
): WalkPut {
  return {
    id: uuidv7(),
    type: 'walk.put',
    walkId: id,
    routeId: route.id,
    plannedOn: null,
    startedAt: toRfc3339(new Date(startedMs)),
    endedAt: endedMs === null ? null : toRfc3339(new Date(endedMs)),
    seen: [...seen],
    track: thinned(track, MOST_POINTS).map(({ lon, lat, accuracyM, atMs }) => [
      lon,
      lat,
      accuracyM,
      toRfc3339(new Date(atMs)),
    ]),
  }
}

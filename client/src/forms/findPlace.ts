/** Good enough to stop, and the longest that anybody waits at a door. */
const GOOD_ENOUGH_M = 10
const LONGEST_MS = 20_000

export type PlaceError = 'denied' | 'unavailable'

export interface PlaceSearch {
  /** Ends the search; the best place so far stays. */
  stop: () => void
}

export interface PlaceListener {
  better: (coords: GeolocationCoordinates) => void
  done: (error: PlaceError | null) => void
}

/** Watches the place until it is good enough, and tells of each one that is better than the last. A form may say
 * itself how many metres are good enough. */
export function findPlace({ better, done }: PlaceListener, enoughM: number | null = null): PlaceSearch {
  const { geolocation } = navigator as { geolocation?: Geolocation }
  if (!geolocation) {
    setTimeout(() => done('unavailable'))
    return { stop: () => undefined }
  }
  let best: GeolocationCoordinates | null = null
  let ended = false

  const end = (error: PlaceError | null): void => {
    if (ended) return
    ended = true
    clearTimeout(timer)
    geolocation.clearWatch(watchId)
    done(best ? null : error)
  }
  const timer = setTimeout(() => end('unavailable'), LONGEST_MS)
  const watchId = geolocation.watchPosition(
    ({ coords }) => {
      if (best && coords.accuracy >= best.accuracy) return
      best = coords
      better(coords)
      if (coords.accuracy <= (enoughM ?? GOOD_ENOUGH_M)) end(null)
    },
    (error) => end(error.code === error.PERMISSION_DENIED ? 'denied' : 'unavailable'),
    { enableHighAccuracy: true, maximumAge: 0, timeout: LONGEST_MS },
  )
  return { stop: () => end('unavailable') }
}

/** The best place that is found while a form opens, as XForms writes it; "" when there is none. For forms that
 * record where they were begun. */
export function placeAtStart(): Promise<string> {
  return new Promise((resolve) => {
    let found = ''
    findPlace({
      better: ({ latitude, longitude, altitude, accuracy }) =>
        (found = [latitude, longitude, altitude ?? 0, accuracy].join(' ')),
      done: () => resolve(found),
    })
  })
}

import type { StoredForm, StoredRoute } from '@/storage/db'
import { makeForm } from '../factories'

const DEGREE_M = 111_195

/** So many metres north of the first stop. */
export function metresNorth(metres: number): { lon: number; lat: number } {
  return { lon: 6.6, lat: 52.7 + metres / DEGREE_M }
}

/** A route of 200 metres to the north, with a stop each 100 metres. */
export function makeRoute(over: Partial<StoredRoute> = {}): StoredRoute {
  const stops = [1, 2, 3].map((number) => ({
    id: `s-${number}`,
    number,
    name: number === 2 ? 'Speeltuin' : '',
    ...metresNorth((number - 1) * 100),
    measureM: (number - 1) * 100,
    square: null,
  }))
  return {
    id: 'route-1',
    areaId: 'nieuwlande',
    name: 'Rondje dorp',
    kind: 'lijn',
    form: 'wijkschouw',
    line: { type: 'LineString', coordinates: stops.map(({ lon, lat }) => [lon, lat]) },
    stops,
    ...over,
  }
}

export const SCHOUW_ROLES: StoredForm['roles'] = [
  { role: 'schouw.onderdeel', path: '/data/gezien/onderdeel' },
  { role: 'schouw.score', path: '/data/gezien/score' },
  { role: 'locatie', path: '/data/gezien/plek' },
]

export function makeSchouwForm(over: Partial<StoredForm> = {}): StoredForm {
  return makeForm('wijkschouw', { roles: SCHOUW_ROLES, usesAddresses: false, ...over })
}

import type { Phrase } from '@/domain/status'
import { areaM2, type GeoPoint, lengthM, type PathKind } from './geometry'

const KM = 1000
const HECTARE_M2 = 10_000

/** "12 punten, 340 meter lang", or what is still missing to make it a line or a shape. */
export function pathPhrase(points: readonly GeoPoint[], path: PathKind): Phrase {
  const count = points.length
  if (path === 'trace') {
    if (count < 2) return { key: 'walk.traceFew', count }
    const length = lengthM(points)
    if (length < KM) return { key: 'walk.metres', count, values: { m: Math.round(length) } }
    return { key: 'walk.kilometres', count, values: { km: oneDecimal(length / KM) } }
  }
  if (count < 3) return { key: 'walk.shapeFew', count }
  const area = areaM2(points)
  if (area < HECTARE_M2) return { key: 'walk.squareMetres', count, values: { m2: Math.round(area) } }
  return { key: 'walk.hectares', count, values: { ha: oneDecimal(area / HECTARE_M2) } }
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10
}

import type { FeatureCollection } from 'geojson'
import { describe, expect, it } from 'vitest'
import { edgesOf, snapped } from '@/desk/snapping'

const triangle = [
  [6, 52],
  [6.1, 52],
  [6, 52.1],
  [6, 52],
]
const context: FeatureCollection = {
  type: 'FeatureCollection',
  features: [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [triangle] } }],
}
const edges = edgesOf(context)
const project = (lon: number, lat: number) => ({ x: (lon - 6) * 10_000, y: (52 - lat) * 10_000 })
const snap = (lon: number, lat: number) => snapped(edges, [lon, lat], project, 0.002)

describe('snapping', () => {
  it('takes the corner when one is near, also when an edge is nearer', () => {
    expect(snap(6.0008, 51.9999)).toEqual([6, 52])
  })

  it('takes the nearest point of an edge where no corner is near', () => {
    const [lon, lat] = snap(6.05, 51.9995) ?? []
    expect(lon).toBeCloseTo(6.05, 9)
    expect(lat).toBeCloseTo(52, 9)
  })

  it('does nothing far away from everything', () => {
    expect(snap(6.05, 51.99)).toBeNull()
    expect(snapped([], [6, 52], project, 0.002)).toBeNull()
  })

  it('changes nothing when done twice', () => {
    const once = snap(6.0504, 52.0489)
    expect(once).not.toBeNull()
    const twice = snap(once![0]!, once![1]!)
    expect(twice![0]).toBeCloseTo(once![0]!, 9)
    expect(twice![1]).toBeCloseTo(once![1]!, 9)
  })
})

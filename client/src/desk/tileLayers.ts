import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { MapColours } from './mapStyle'
import { LABEL } from './tileSigns'

export const SOURCE = 'tiles'
export const CLUSTERS = 'clusters'
export const SINGLES = 'singles'

const COUNT: ExpressionSpecification = ['get', 'count']
const IS_CLUSTER: ExpressionSpecification = ['has', 'count']
const NOT_CLUSTER: ExpressionSpecification = ['!', IS_CLUSTER]
const TALKED = ['gesproken', 'deels']

/** What a layer of the tiles looks like: clusters with their number, and single things by their shape. */
export function tileLayers(layer: string, { point, edge }: MapColours): LayerSpecification[] {
  const common = { source: SOURCE, 'source-layer': layer } as const
  return [
    {
      ...common,
      id: CLUSTERS,
      type: 'circle',
      filter: IS_CLUSTER,
      paint: {
        'circle-radius': ['step', COUNT, 11, 10, 13, 100, 15, 1000, 18],
        'circle-color': point,
        'circle-stroke-color': edge,
        'circle-stroke-width': 2,
      },
    },
    {
      ...common,
      id: 'numbers',
      type: 'symbol',
      filter: IS_CLUSTER,
      layout: { 'icon-image': ['concat', LABEL, COUNT], ...ALWAYS },
    },
    {
      ...common,
      id: SINGLES,
      type: 'symbol',
      filter: NOT_CLUSTER,
      layout: { 'icon-image': shapeOf(layer), ...ALWAYS },
    },
    {
      ...common,
      id: 'scores',
      type: 'symbol',
      filter: ['has', 'score'],
      layout: { 'icon-image': ['concat', LABEL, ['get', 'score']], ...ALWAYS },
    },
  ]
}

const ALWAYS = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const

function shapeOf(layer: string): ExpressionSpecification {
  switch (layer) {
    case 'observaties':
      return ['case', ['has', 'score'], 'square', 'dot']
    case 'meldingen':
      return ['case', ['==', ['get', 'willing'], 'ja'], 'diamond', 'dot']
    default: {
      const talked: ExpressionSpecification = ['in', ['get', 'outcome'], ['literal', TALKED]]
      return ['case', ['!', ['has', 'outcome']], 'ring', talked, 'dot', 'diamond']
    }
  }
}

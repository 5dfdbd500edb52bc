import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'

export interface MapColours {
  ground: string
  area: string
  point: string
  chosen: string
  edge: string
}

/** The colours of the theme, so that the map is dark when the page is. */
export function coloursOf(element: HTMLElement): MapColours {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(`--basis-color-${name}`).trim()
  return {
    ground: token('default-bg-default'),
    area: token('info-color-subtle'),
    point: token('action-1-color-default'),
    chosen: token('negative-color-subtle'),
    edge: token('default-bg-document'),
  }
}

/** The base map of the setting, or a plain ground when there is none. */
export function baseStyle(tilesUrl: string, attribution: string, { ground }: MapColours): StyleSpecification {
  const sources: Record<string, SourceSpecification> = {}
  const layers: LayerSpecification[] = [
    { id: 'ground', type: 'background', paint: { 'background-color': ground } },
  ]
  if (tilesUrl) {
    sources['base'] = { type: 'raster', tiles: [tilesUrl], tileSize: 256, attribution }
    layers.push({ id: 'base', type: 'raster', source: 'base' })
  }
  return { version: 8, sources, layers }
}

export function areaLayers({ area }: MapColours): LayerSpecification[] {
  return [
    { id: 'areas', type: 'fill', source: 'areas', paint: { 'fill-color': area, 'fill-opacity': 0.12 } },
    { id: 'area-lines', type: 'line', source: 'areas', paint: { 'line-color': area, 'line-width': 2 } },
  ]
}

export function pointLayer({ point, chosen, edge }: MapColours): LayerSpecification {
  const isChosen = ['boolean', ['feature-state', 'chosen'], false]
  return {
    id: 'points',
    type: 'circle',
    source: 'points',
    paint: {
      'circle-radius': ['case', isChosen, 11, 7] as never,
      'circle-color': ['case', isChosen, chosen, point] as never,
      'circle-stroke-color': edge,
      'circle-stroke-width': 2,
    },
  }
}

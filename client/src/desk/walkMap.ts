import type { Feature, FeatureCollection } from 'geojson'
import type { LayerSpecification, Map as MapLibreMap } from 'maplibre-gl'
import { boundsOf, fetchFeatures, openMap } from './map'
import { areaLayers, coloursOf } from './mapStyle'
import { addScore, addStop } from './stopMarkers'

const CLOSE_ZOOM = 17

/** The map of a route or of a walk: its line, what was walked of it and what was not, and its stops. The features stand
 * in the page; the lists beside the map say the same. */
export async function show(element: HTMLElement): Promise<void> {
  const { basemapUrl = '', basemapAttribution = '', label, areasUrl } = element.dataset
  element.setAttribute('role', 'region')
  if (label) element.setAttribute('aria-label', label)
  const features = JSON.parse(element.dataset['features'] ?? '{"features": []}') as FeatureCollection
  const areas = await fetchFeatures(areasUrl)
  const map = openMap(element, basemapUrl, basemapAttribution)
  if (!map) return
  map.on('error', () => undefined)
  map.on('load', () => {
    map.addSource('areas', { type: 'geojson', data: areas })
    map.addSource('route', { type: 'geojson', data: features })
    for (const layer of [...areaLayers(coloursOf(element)), ...routeLayers(element)]) map.addLayer(layer)
    addMarks(map, features)
    const bounds = boundsOf(features) ?? boundsOf(areas)
    if (bounds) map.fitBounds(bounds, { padding: 48, maxZoom: CLOSE_ZOOM, animate: false })
    element.dataset['ready'] = 'true'
  })
}

function addMarks(map: MapLibreMap, { features }: FeatureCollection): void {
  for (const { geometry, properties } of features as Feature[]) {
    if (geometry.type !== 'Point' || !properties) continue
    if (properties['kind'] === 'stop') {
      addStop(map, geometry.coordinates, Number(properties['number']), String(properties['state']))
    } else {
      addScore(map, geometry.coordinates, String(properties['score']))
    }
  }
}

function routeLayers(element: HTMLElement): LayerSpecification[] {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(`--rg-route-${name}`).trim()
  const of = (kind: string) => ['==', ['get', 'kind'], kind] as never
  const line = (id: string, name: string, width: number, more: object = {}): LayerSpecification => ({
    id,
    type: 'line',
    source: 'route',
    filter: of(id),
    layout: { 'line-join': 'round' },
    paint: { 'line-color': colour(name), 'line-width': width, ...more },
  })
  return [
    { ...line('vak', 'line', 2) },
    line('lijn', 'line', 4),
    line('gat', 'gap', 4, { 'line-dasharray': [1, 1] }),
    line('gelopen', 'walked', 6),
  ]
}

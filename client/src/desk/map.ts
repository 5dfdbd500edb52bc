import type { Feature, FeatureCollection, Position } from 'geojson'
import { LngLatBounds, Map as MapLibreMap, NavigationControl, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { areaLayers, baseStyle, coloursOf, pointLayer } from './mapStyle'
import { linkWithList } from './pointList'

setWorkerUrl(workerUrl)

const NETHERLANDS = new LngLatBounds([3.2, 50.7, 7.3, 53.6])
const CLOSE_ZOOM = 16
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] }

/** Draws the areas and points of the element's data attributes, and links the points with their list. */
export async function drawMap(element: HTMLElement): Promise<void> {
  const { areasUrl, pointsUrl, basemapUrl = '', basemapAttribution = '', label, list } = element.dataset
  element.setAttribute('role', 'region')
  if (label) element.setAttribute('aria-label', label)
  const [areas, points] = await Promise.all([fetchFeatures(areasUrl), fetchFeatures(pointsUrl)])
  const map = openMap(element, basemapUrl, basemapAttribution)
  if (!map) return
  const colours = coloursOf(element)
  map.on('load', () => {
    map.addSource('areas', { type: 'geojson', data: areas })
    map.addSource('points', { type: 'geojson', data: points, promoteId: 'id' })
    for (const layer of [...areaLayers(colours), pointLayer(colours)]) map.addLayer(layer)
    map.fitBounds(boundsOf(points) ?? boundsOf(areas) ?? NETHERLANDS, {
      padding: 40,
      maxZoom: CLOSE_ZOOM,
      animate: false,
    })
    linkWithList(map, points, list ? document.querySelector(list) : null, CLOSE_ZOOM)
    element.dataset['ready'] = 'true'
  })
  // A base map that does not answer leaves a plain ground; the areas and points are ours and stay.
  map.on('error', () => undefined)
}

/** A map in this element, of the whole country; null where the browser cannot draw one. */
export function openMap(element: HTMLElement, tilesUrl: string, attribution: string): MapLibreMap | null {
  try {
    const map = new MapLibreMap({
      container: element,
      style: baseStyle(tilesUrl, attribution, coloursOf(element)),
      bounds: NETHERLANDS,
      attributionControl: { compact: false },
      cooperativeGestures: matchMedia('(pointer: coarse)').matches,
      locale: {
        'CooperativeGesturesHandler.MobileHelpText': 'Gebruik twee vingers om de kaart te verschuiven',
      },
    })
    map.addControl(new NavigationControl({ showCompass: false }))
    return map
  } catch {
    // No WebGL in this browser. The list beside the map says the same.
    element.hidden = true
    return null
  }
}

export async function fetchFeatures(url: string | undefined): Promise<FeatureCollection> {
  if (!url) return NOTHING
  try {
    const response = await fetch(url, { headers: { Accept: 'application/geo+json' } })
    return response.ok ? ((await response.json()) as FeatureCollection) : NOTHING
  } catch {
    return NOTHING
  }
}

/** The box around all features, or null when there are none. */
export function boundsOf({ features }: FeatureCollection): LngLatBounds | null {
  const bounds = new LngLatBounds()
  for (const feature of features)
    for (const [lon, lat] of positionsOf(feature)) bounds.extend([lon ?? 0, lat ?? 0])
  return bounds.isEmpty() ? null : bounds
}

function positionsOf({ geometry }: Feature): Position[] {
  switch (geometry?.type) {
    case 'Point':
      return [geometry.coordinates]
    case 'LineString':
      return geometry.coordinates
    case 'Polygon':
      return geometry.coordinates.flat()
    case 'MultiPolygon':
      return geometry.coordinates.flat(2)
    default:
      return []
  }
}

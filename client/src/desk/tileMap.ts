import { LngLatBounds, type Map as MapLibreMap, type MapLayerMouseEvent, Marker } from 'maplibre-gl'
import { fetchFeatures, openMap } from './map'
import { areaLayers, coloursOf } from './mapStyle'
import { CLUSTERS, SINGLES, SOURCE, tileLayers } from './tileLayers'
import { TileList } from './tileList'
import { addSigns } from './tileSigns'

const CLOSEST_TILE_ZOOM = 20
const CLOSE_ZOOM = 18
const ZOOM_STEP = 2
const TOUCH_PX = 14
const CALM = matchMedia('(prefers-reduced-motion: reduce)')

/** The map of the whole municipality, from vector tiles; the list beside it shows what lies where one looks. */
export async function show(element: HTMLElement): Promise<void> {
  const { layer = '', listUrl = '', area = '', areasUrl, bounds = '', label } = element.dataset
  element.setAttribute('role', 'region')
  if (label) element.setAttribute('aria-label', label)
  const list = new TileList(listUrl, { laag: layer, gebied: area })
  list.link()
  const map = openMap(
    element,
    element.dataset['basemapUrl'] ?? '',
    element.dataset['basemapAttribution'] ?? '',
  )
  if (!map) return
  const areas = await fetchFeatures(areasUrl)
  const begin = (): void => {
    const colours = coloursOf(element)
    addSigns(map, colours)
    map.addSource('areas', { type: 'geojson', data: areas })
    map.addSource(SOURCE, {
      type: 'vector',
      tiles: [
        new URL(element.dataset['tilesUrl'] ?? '', location.href).href
          .replaceAll('%7B', '{')
          .replaceAll('%7D', '}'),
      ],
      maxzoom: CLOSEST_TILE_ZOOM,
    })
    for (const one of [...areaLayers(colours), ...tileLayers(layer, colours)]) map.addLayer(one)
    const begin = boundsOf(bounds)
    if (begin) map.fitBounds(begin, { padding: 24, animate: false })
    linkWithList(map, list)
    element.dataset['ready'] = 'true'
  }
  if (map.loaded()) begin()
  else map.once('load', begin)
}

function linkWithList(map: MapLibreMap, list: TileList): void {
  const marker = new Marker()
  list.enablePlaces()
  list.onPlace = (lonlat) => {
    marker.setLngLat(lonlat).addTo(map)
    const zoom = Math.max(map.getZoom(), CLOSE_ZOOM)
    map.easeTo({ center: lonlat, zoom, animate: !CALM.matches })
  }
  map.on('moveend', (event) => {
    // Only a move by hand or keyboard: after a choice in the list or a new size of the screen, the list stays.
    if (event.originalEvent) void list.show({ bbox: bboxOf(map.getBounds()) })
  })
  map.on('click', CLUSTERS, (event: MapLayerMouseEvent) => {
    const cell = event.features?.[0]?.properties['cell'] as string | undefined
    if (cell === undefined) return
    const zoom = Math.min(map.getZoom() + ZOOM_STEP, CLOSEST_TILE_ZOOM)
    map.easeTo({ center: event.lngLat, zoom, animate: !CALM.matches })
    void list.show({ cel: cell })
  })
  map.on('click', SINGLES, (event: MapLayerMouseEvent) => {
    const { x, y } = event.point
    const around = new LngLatBounds(
      map.unproject([x - TOUCH_PX, y + TOUCH_PX]),
      map.unproject([x + TOUCH_PX, y - TOUCH_PX]),
    )
    void list.show({ bbox: bboxOf(around) })
  })
  for (const layer of [CLUSTERS, SINGLES]) {
    map.on('mouseenter', layer, () => (map.getCanvas().style.cursor = 'pointer'))
    map.on('mouseleave', layer, () => (map.getCanvas().style.cursor = ''))
  }
}

/** West, south, east and north as the server reads them, within the world. */
export function bboxOf(bounds: LngLatBounds): string {
  const clipped = [
    Math.max(bounds.getWest(), -180),
    Math.max(bounds.getSouth(), -90),
    Math.min(bounds.getEast(), 180),
    Math.min(bounds.getNorth(), 90),
  ]
  return clipped.map((degrees) => degrees.toFixed(6)).join(',')
}

function boundsOf(text: string): LngLatBounds | null {
  const [west, south, east, north] = text.split(',').map(Number)
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null
  return new LngLatBounds([west, south, east, north])
}

import type { Feature, FeatureCollection, Geometry } from 'geojson'
import {
  addProtocol,
  type LayerSpecification,
  LngLatBounds,
  Map as MapLibreMap,
  Marker,
  setWorkerUrl,
  type SourceSpecification,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { PMTiles, Protocol, TileType } from 'pmtiles'
import type { Pack } from '@/storage/db'
import type { RouteData } from '@/sync/wire'
import { PackSource } from './packSource'
import type { TrackPoint } from './track'

/** The map of a walk. It asks nothing of the network: its ground is the packed map of the area, or the area itself. */
setWorkerUrl(workerUrl)
const protocol = new Protocol()
addProtocol('pmtiles', protocol.tile)

export interface WalkMapInput {
  route: RouteData
  area: Geometry | null
  pack: Pack | null
  attribution: string
  fingers: string
}

export interface WalkMapHandle {
  showSeen: (seen: readonly string[]) => void
  showHere: (here: TrackPoint | null) => void
  zoom: (steps: 1 | -1) => void
  toHere: () => void
  toRoute: () => void
  close: () => void
}

const CLOSE_ZOOM = 17
const NETHERLANDS = new LngLatBounds([3.2, 50.7, 7.3, 53.6])

/** Null where the browser cannot draw one. */
export async function openWalkMap(element: HTMLElement, input: WalkMapInput): Promise<WalkMapHandle | null> {
  const colours = coloursOf(element)
  const base = input.pack ? await baseOf(input.pack, input.attribution, colours).catch(() => null) : null
  const bounds = boundsOf(input)
  let map: MapLibreMap
  try {
    map = new MapLibreMap({
      container: element,
      style: {
        version: 8,
        sources: { ...base?.sources, walk: { type: 'geojson', data: featuresOf(input) } },
        layers: [
          { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
          ...(base?.layers ?? []),
          ...walkLayers(colours, base !== null),
        ],
      },
      bounds,
      fitBoundsOptions: { padding: 40, maxZoom: CLOSE_ZOOM },
      // The buttons of the library have pictures that the policy of the app forbids: ours stand below the map.
      attributionControl: base ? { compact: false } : false,
      cooperativeGestures: matchMedia('(pointer: coarse)').matches,
      locale: { 'CooperativeGesturesHandler.MobileHelpText': input.fingers },
    })
  } catch {
    return null
  }
  map.on('error', () => undefined)
  element.dataset['base'] = base ? 'pack' : 'plain'
  map.once('load', () => (element.dataset['ready'] = 'true'))
  return handleOf(map, input, bounds)
}

function handleOf(map: MapLibreMap, { route }: WalkMapInput, bounds: LngLatBounds): WalkMapHandle {
  const stops = route.stops.map((stop) => {
    const element = markOf('rg-mapstop', String(stop.number))
    new Marker({ element }).setLngLat([stop.lon, stop.lat]).addTo(map)
    return { id: stop.id, element }
  })
  const me = new Marker({ element: markOf('rg-maphere', '') })
  let shown = false
  return {
    showSeen: (seen) => {
      for (const { id, element } of stops) element.classList.toggle('rg-mapstop--seen', seen.includes(id))
    },
    showHere: (here) => {
      if (here) me.setLngLat([here.lon, here.lat])
      if (here && !shown) me.addTo(map)
      if (!here && shown) me.remove()
      shown = here !== null
    },
    zoom: (steps) => map.zoomTo(map.getZoom() + steps, { animate: false }),
    toHere: () => {
      if (shown) map.easeTo({ center: me.getLngLat(), zoom: CLOSE_ZOOM, animate: false })
    },
    toRoute: () => map.fitBounds(bounds, { padding: 40, maxZoom: CLOSE_ZOOM, animate: false }),
    close: () => map.remove(),
  }
}

/** The list says the same in words, so the ear skips the marks. */
function markOf(className: string, text: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  element.textContent = text
  element.setAttribute('aria-hidden', 'true')
  return element
}

interface Colours {
  ground: string
  line: string
  edge: string
  area: string
  text: string
}

/** The colours of the theme, so that the map is dark when the page is. */
function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(`--basis-color-${name}`).trim()
  return {
    ground: token('default-bg-default'),
    line: token('action-1-color-default'),
    edge: token('default-bg-document'),
    area: token('info-color-subtle'),
    text: token('default-border-default'),
  }
}

function walkLayers({ line, edge, area }: Colours, onMap: boolean): LayerSpecification[] {
  const of = (part: string): ['==', ['get', 'part'], string] => ['==', ['get', 'part'], part]
  return [
    {
      id: 'area',
      type: 'fill',
      source: 'walk',
      filter: of('area'),
      paint: { 'fill-color': area, 'fill-opacity': onMap ? 0 : 0.1 },
    },
    {
      id: 'area-line',
      type: 'line',
      source: 'walk',
      filter: of('area'),
      paint: { 'line-color': area, 'line-width': 2 },
    },
    {
      id: 'squares',
      type: 'line',
      source: 'walk',
      filter: of('square'),
      paint: { 'line-color': line, 'line-width': 2, 'line-dasharray': [2, 1] },
    },
    {
      id: 'route-edge',
      type: 'line',
      source: 'walk',
      filter: of('route'),
      paint: { 'line-color': edge, 'line-width': 7 },
    },
    {
      id: 'route',
      type: 'line',
      source: 'walk',
      filter: of('route'),
      paint: { 'line-color': line, 'line-width': 4 },
    },
  ]
}

function featuresOf({ route, area }: WalkMapInput): FeatureCollection {
  const feature = (part: string, geometry: unknown): Feature[] =>
    geometry ? [{ type: 'Feature', properties: { part }, geometry: geometry as Geometry }] : []
  return {
    type: 'FeatureCollection',
    features: [
      ...feature('area', area),
      ...feature('route', route.line),
      ...route.stops.flatMap(({ square }) => feature('square', square)),
    ],
  }
}

function boundsOf({ route, area }: WalkMapInput): LngLatBounds {
  const bounds = new LngLatBounds()
  for (const { lon, lat } of route.stops) bounds.extend([lon, lat])
  for (const corner of route.line?.coordinates ?? []) bounds.extend(corner)
  if (bounds.isEmpty() && area && 'coordinates' in area)
    for (const [lon, lat] of pairsIn(area.coordinates)) bounds.extend([lon, lat])
  return bounds.isEmpty() ? NETHERLANDS : bounds
}

function pairsIn(coordinates: unknown): [number, number][] {
  if (!Array.isArray(coordinates)) return []
  const [lon, lat] = coordinates as unknown[]
  if (typeof lon === 'number' && typeof lat === 'number') return [[lon, lat]]
  return coordinates.flatMap(pairsIn)
}

interface Base {
  sources: Record<string, SourceSpecification>
  layers: LayerSpecification[]
}

async function baseOf({ sha256, size }: Pack, attribution: string, colours: Colours): Promise<Base> {
  const archive = new PMTiles(new PackSource(sha256, size))
  protocol.add(archive)
  const { tileType } = await archive.getHeader()
  const url = `pmtiles://${sha256}`
  if (tileType !== TileType.Mvt)
    return {
      sources: { base: { type: 'raster', url, tileSize: 256, attribution } },
      layers: [{ id: 'base', type: 'raster', source: 'base' }],
    }
  const { vector_layers: layers = [] } = (await archive.getMetadata()) as { vector_layers?: { id: string }[] }
  return {
    sources: { base: { type: 'vector', url, attribution } },
    layers: layers.flatMap(({ id }) => plainLayers(id, colours)),
  }
}

/** Whatever a packed map holds: its shapes and lines in quiet colours, so that the route stands out. */
function plainLayers(id: string, { text }: Colours): LayerSpecification[] {
  const common = { source: 'base', 'source-layer': id }
  return [
    {
      id: `${id}-fill`,
      type: 'fill',
      ...common,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': text, 'fill-opacity': 0.15 },
    },
    {
      id: `${id}-line`,
      type: 'line',
      ...common,
      filter: ['!=', ['geometry-type'], 'Point'],
      paint: { 'line-color': text, 'line-width': 1.5 },
    },
  ]
}

import type { FeatureCollection, Geometry } from 'geojson'
import { LngLatBounds, type Map as MapLibreMap } from 'maplibre-gl'
import { CornerList, type Texts } from './cornerList'
import { type Kind, readRings } from './corners'
import { DrawingTools } from './drawingTools'
import { boundsOf, fetchFeatures, openMap } from './map'
import { MapDrawing } from './mapDrawing'
import { areaLayers, coloursOf } from './mapStyle'
import { Sheet } from './sheet'

const CLOSE_ZOOM = 17

export interface Drawing {
  /** Null where the browser cannot show a map: the list and the text work without. */
  map: MapLibreMap | null
  onChange(listener: (geometry: Geometry | null) => void): void
  geometry(): Geometry | null
  /** Shows this geometry as if a person had drawn it; it can be undone. */
  replace(text: string): boolean
}

export function show(element: HTMLElement): Promise<Drawing> {
  return startDrawing(element)
}

/** Makes the element a drawing screen: map, list of corners and text (a `<textarea>` with a GeoJSON geometry) are one.
 * After each finished change the text has the geometry, and a `change` event bubbles from it. */
export function startDrawing(element: HTMLElement): Promise<Drawing> {
  const drawing = started.get(element) ?? start(element)
  started.set(element, drawing)
  return drawing
}

/** An element is one drawing, whoever asks for it. */
const started = new WeakMap<HTMLElement, Promise<Drawing>>()

async function start(element: HTMLElement): Promise<Drawing> {
  const kind: Kind = element.dataset['rgDraw'] === 'line' ? 'line' : 'polygon'
  const texts = JSON.parse(element.dataset['texts'] ?? '{}') as Texts
  const textarea = named<HTMLTextAreaElement>(element.dataset['input'])
  const corners = named<HTMLElement>(element.dataset['corners'])
  const sheet = new Sheet(kind, readRings(textarea?.value ?? '', kind) ?? [])
  if (textarea) linkWithText(sheet, textarea)
  const tools = new DrawingTools(element, sheet, texts, corners && new CornerList(corners, sheet, texts))
  const context = await fetchFeatures(element.dataset['contextUrl'])
  const map = openOn(element)
  if (map) await whenLoaded(map)
  if (map) tools.onMap(map, drawOn(map, sheet, context, element))
  else tools.startAt(boundsOf(context))
  element.dataset['ready'] = 'true'
  return {
    map,
    onChange: (listener) => sheet.onChange(() => listener(sheet.geometry)),
    geometry: () => sheet.geometry,
    replace: (text) => replace(sheet, text),
  }
}

function replace(sheet: Sheet, text: string): boolean {
  const rings = readRings(text, sheet.kind)
  if (rings) sheet.put(rings, 'text')
  return rings !== null
}

function named<T extends Element>(selector: string | undefined): T | null {
  return selector ? document.querySelector<T>(selector) : null
}

function openOn(element: HTMLElement): MapLibreMap | null {
  const { label = '', basemapUrl = '', basemapAttribution = '' } = element.dataset
  element.setAttribute('role', 'region')
  element.setAttribute('aria-label', label)
  const map = openMap(element, basemapUrl, basemapAttribution)
  map?.doubleClickZoom.disable() // it ends a drawing
  map?.on('error', () => undefined)
  return map
}

async function whenLoaded(map: MapLibreMap): Promise<void> {
  if (!map.loaded()) await new Promise((resolve) => map.once('load', resolve))
}

function drawOn(
  map: MapLibreMap,
  sheet: Sheet,
  context: FeatureCollection,
  element: HTMLElement,
): MapDrawing {
  const colours = coloursOf(element)
  map.addSource('areas', { type: 'geojson', data: context })
  for (const layer of areaLayers(colours)) map.addLayer(layer)
  const drawing = new MapDrawing(map, sheet, context, colours)
  const bounds = boundsOfSheet(sheet) ?? boundsOf(context)
  if (bounds) map.fitBounds(bounds, { padding: 40, maxZoom: CLOSE_ZOOM, animate: false })
  return drawing
}

function boundsOfSheet({ rings }: Sheet): LngLatBounds | null {
  const bounds = new LngLatBounds()
  for (const { corners } of rings) for (const [lon = 0, lat = 0] of corners) bounds.extend([lon, lat])
  return bounds.isEmpty() ? null : bounds
}

/** The text follows the drawing and tells the page; what a person types into it is drawn. */
function linkWithText(sheet: Sheet, textarea: HTMLTextAreaElement): void {
  let isOurs = false
  sheet.onChange((origin) => {
    const { geometry } = sheet
    if (origin !== 'text') textarea.value = geometry ? JSON.stringify(geometry) : ''
    isOurs = true
    textarea.dispatchEvent(new Event('change', { bubbles: true }))
    isOurs = false
  })
  textarea.addEventListener('change', () => {
    if (!isOurs) textarea.setAttribute('aria-invalid', String(!replace(sheet, textarea.value)))
  })
}

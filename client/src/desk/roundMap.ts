import type { Feature, FeatureCollection } from 'geojson'
import { type LayerSpecification, type Map as MapLibreMap, type MapLayerMouseEvent, Popup } from 'maplibre-gl'
import { boundsOf, fetchFeatures, openMap } from './map'
import { areaLayers, coloursOf } from './mapStyle'

const COLOURS = 8
const NOBODY = 'rg-nobody'
const BADGE = 22
const CLOSE_ZOOM = 16
/** From here on every door has the letter of its person; before that one letter stands for all of them. */
const LETTER_ZOOM = 15.5

interface Door {
  id: string
  title: string
  done: boolean
  person: string | null
  mark: string | null
  colour: number | null
}

/** The doors of a round: each with the colour and the letter of the person who visits it. */
export async function show(element: HTMLElement): Promise<void> {
  const { pointsUrl = '', basemapUrl = '', basemapAttribution = '', label, list } = element.dataset
  element.setAttribute('role', 'region')
  if (label) element.setAttribute('aria-label', label)
  const found = await fetchFeatures(pointsUrl)
  const doors = found.features.filter(({ geometry }) => geometry.type === 'Point')
  const areas = found.features.filter(({ geometry }) => geometry.type !== 'Point')
  const map = openMap(element, basemapUrl, basemapAttribution)
  if (!map) return
  showAll(map, doors)
  map.on('load', () => {
    map.addSource('areas', { type: 'geojson', data: collection(areas) })
    map.addSource('doors', { type: 'geojson', data: collection(doors) })
    map.addSource('people', { type: 'geojson', data: collection(middles(doors)) })
    addBadges(map, element, doors)
    for (const layer of [...areaLayers(coloursOf(element)), ...doorLayers(element)]) map.addLayer(layer)
    nameOnClick(map)
    chooseFromList(map, doors, list ? document.querySelector(list) : null)
    element.dataset['ready'] = 'true'
  })
  // A base map that does not answer leaves a plain ground; the doors are ours and stay.
  map.on('error', () => undefined)
}

/** Moves the map so that all of these doors are in sight; no doors leave it as it is. */
function showAll(map: MapLibreMap, doors: Feature[]): void {
  const bounds = boundsOf(collection(doors))
  if (bounds) map.fitBounds(bounds, { padding: 40, maxZoom: CLOSE_ZOOM, animate: false })
}

/** Dots in the colour of the person; a door that is done is open. Letters close by, or one for all of them. */
function doorLayers(element: HTMLElement): LayerSpecification[] {
  const colour = ['match', ['coalesce', ['get', 'colour'], -1]]
  for (let number = 0; number < COLOURS; number++)
    colour.push(number as never, colourOf(element, number) as never)
  colour.push(colourOf(element, null))
  const { edge } = coloursOf(element)
  return [
    {
      id: 'doors',
      type: 'circle',
      source: 'doors',
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 2.5, 16, 6],
        'circle-color': ['case', ['get', 'done'], edge, colour] as never,
        'circle-stroke-color': colour as never,
        'circle-stroke-width': 1.5,
      },
    },
    { id: 'door-letters', type: 'symbol', source: 'doors', minzoom: LETTER_ZOOM, layout: badgeLayout(0.8) },
    { id: 'people', type: 'symbol', source: 'people', maxzoom: LETTER_ZOOM, layout: badgeLayout(1.2) },
  ]
}

function badgeLayout(size: number): never {
  return { 'icon-image': ['get', 'icon'], 'icon-size': size, 'icon-allow-overlap': true } as never
}

/** One picture a person: the letter on the colour. It also goes into the doors, as the name of their icon. */
function addBadges(map: MapLibreMap, element: HTMLElement, doors: Feature[]): void {
  const ratio = Math.max(2, Math.ceil(devicePixelRatio))
  for (const door of doors) {
    const { mark, colour } = door.properties as Door
    const icon = mark ? `person-${mark}` : NOBODY
    if (!map.hasImage(icon))
      map.addImage(icon, badge(mark ?? '?', colourOf(element, colour), ratio), { pixelRatio: ratio })
  }
}

function badge(text: string, colour: string, ratio: number): ImageData {
  const size = BADGE * ratio
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = canvas.getContext('2d')
  if (!pen) return new ImageData(size, size)
  pen.beginPath()
  pen.arc(size / 2, size / 2, size / 2 - ratio, 0, 2 * Math.PI)
  pen.fillStyle = colour
  pen.fill()
  pen.lineWidth = 1.5 * ratio
  pen.strokeStyle = '#fff'
  pen.stroke()
  pen.fillStyle = '#fff'
  pen.font = `bold ${(text.length > 1 ? 9 : 12) * ratio}px sans-serif`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(text, size / 2, size / 2 + ratio / 2)
  return pen.getImageData(0, 0, size, size)
}

function colourOf(element: HTMLElement, number: number | null): string {
  const name = number === null ? '--rg-person-nobody' : `--rg-person-${number}`
  return getComputedStyle(element).getPropertyValue(name).trim()
}

/** For each person a point at the door in the middle of theirs, so that the letter stands where they walk. */
function middles(doors: Feature[]): Feature[] {
  const found = new Map<string, Feature[]>()
  for (const door of doors) {
    const { mark } = door.properties as Door
    if (mark) found.set(mark, [...(found.get(mark) ?? []), door])
  }
  return [...found.values()].map((own) => {
    const [lon, lat] = [mean(own, 0), mean(own, 1)]
    return own.reduce((best, door) => (away(door, lon, lat) < away(best, lon, lat) ? door : best))
  })
}

function mean(doors: Feature[], axis: 0 | 1): number {
  return doors.reduce((sum, door) => sum + at(door)[axis], 0) / doors.length
}

function away(door: Feature, lon: number, lat: number): number {
  const [x, y] = at(door)
  return Math.hypot(x - lon, y - lat)
}

function at({ geometry }: Feature): [number, number] {
  const [lon = 0, lat = 0] = geometry.type === 'Point' ? geometry.coordinates : []
  return [lon, lat]
}

function nameOnClick(map: MapLibreMap): void {
  const popup = new Popup({ closeButton: false, offset: 12, focusAfterOpen: false })
  map.on('click', 'doors', (event: MapLayerMouseEvent) => {
    const door = event.features?.[0]?.properties as Door | undefined
    if (door)
      popup.setLngLat(event.lngLat).setText([door.title, door.person].filter(Boolean).join(' · ')).addTo(map)
  })
  map.on('mouseenter', 'doors', () => (map.getCanvas().style.cursor = 'pointer'))
  map.on('mouseleave', 'doors', () => (map.getCanvas().style.cursor = ''))
}

/** A button in the table shows the doors of that person alone; once more, and everybody's are there again. */
function chooseFromList(map: MapLibreMap, doors: Feature[], list: Element | null): void {
  const buttons = [...(list?.querySelectorAll<HTMLElement>('button[data-rg-person]') ?? [])]
  list?.addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>('button[data-rg-person]')
    if (!button) return
    const chosen =
      button.getAttribute('aria-pressed') === 'true' ? null : (button.dataset['rgPerson'] ?? null)
    for (const one of buttons) one.setAttribute('aria-pressed', String(one === button && chosen !== null))
    const opacity = (chosen === null ? 1 : ['case', ['==', ['get', 'mark'], chosen], 1, 0.12]) as never
    for (const layer of ['door-letters', 'people']) map.setPaintProperty(layer, 'icon-opacity', opacity)
    map.setPaintProperty('doors', 'circle-opacity', opacity)
    map.setPaintProperty('doors', 'circle-stroke-opacity', opacity)
    const shown = doors.filter(({ properties }) => chosen === null || (properties as Door).mark === chosen)
    showAll(map, shown)
  })
}

function collection(features: Feature[]): FeatureCollection {
  return { type: 'FeatureCollection', features: features.map(withIcon) }
}

function withIcon(feature: Feature): Feature {
  const { mark } = feature.properties as Door
  return { ...feature, properties: { ...feature.properties, icon: mark ? `person-${mark}` : NOBODY } }
}

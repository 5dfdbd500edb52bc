import type { FeatureCollection } from 'geojson'
import { type Map as MapLibreMap, type MapLayerMouseEvent, Popup } from 'maplibre-gl'

interface PointProperties {
  id: string
  title?: string
  href?: string
}

const CALM = matchMedia('(prefers-reduced-motion: reduce)')

/** A point on the map and its item in the list are one thing: choosing either shows both. */
export function linkWithList(
  map: MapLibreMap,
  points: FeatureCollection,
  list: Element | null,
  closeZoom: number,
): void {
  const popup = new Popup({ closeButton: false, offset: 12, focusAfterOpen: false })
  let chosen: string | null = null

  function choose(id: string, from: 'map' | 'list'): void {
    if (chosen !== null) map.setFeatureState({ source: 'points', id: chosen }, { chosen: false })
    chosen = id
    map.setFeatureState({ source: 'points', id }, { chosen: true })
    showPopup(id)
    markItem(id, from === 'map')
    if (from === 'list') flyTo(id)
  }
  function find(id: string) {
    return points.features.find((feature) => String((feature.properties as PointProperties).id) === id)
  }
  function showPopup(id: string): void {
    const feature = find(id)
    if (feature?.geometry.type !== 'Point') return
    const [lon = 0, lat = 0] = feature.geometry.coordinates
    popup
      .setLngLat([lon, lat])
      .setDOMContent(linkTo(feature.properties as PointProperties))
      .addTo(map)
  }
  function flyTo(id: string): void {
    const feature = find(id)
    if (feature?.geometry.type !== 'Point') return
    const [lon = 0, lat = 0] = feature.geometry.coordinates
    map.flyTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), closeZoom), animate: !CALM.matches })
  }
  function markItem(id: string, scroll: boolean): void {
    list?.querySelector('[aria-current]')?.removeAttribute('aria-current')
    const item = list?.querySelector(`[data-rg-point="${CSS.escape(id)}"]`)
    item?.setAttribute('aria-current', 'true')
    if (scroll) item?.scrollIntoView({ block: 'nearest', behavior: CALM.matches ? 'auto' : 'smooth' })
  }

  map.on('click', 'points', (event: MapLayerMouseEvent) => {
    const id = event.features?.[0]?.properties['id'] as string | undefined
    if (id !== undefined) choose(String(id), 'map')
  })
  map.on('mouseenter', 'points', () => (map.getCanvas().style.cursor = 'pointer'))
  map.on('mouseleave', 'points', () => (map.getCanvas().style.cursor = ''))
  listenTo(list, (id) => choose(id, 'list'))
}

/** Clicks and Enter on items; a link or button inside an item keeps its own meaning. */
function listenTo(list: Element | null, chosen: (id: string) => void): void {
  const listener = (event: Event): void => {
    const target = event.target as HTMLElement
    const item = target.closest<HTMLElement>('[data-rg-point]')
    const inner = target.closest('a, button, input, select')
    if (item?.dataset['rgPoint'] && (!inner || inner === item)) chosen(item.dataset['rgPoint'])
  }
  list?.addEventListener('click', listener)
  list?.addEventListener('keydown', (event) => {
    if ((event as KeyboardEvent).key === 'Enter') listener(event)
  })
}

function linkTo({ title = '', href }: PointProperties): HTMLElement {
  const element = document.createElement(href ? 'a' : 'span')
  element.textContent = title
  if (element instanceof HTMLAnchorElement && href) {
    element.href = href
    element.className = 'nl-link'
  }
  return element
}

import type { Position } from 'geojson'
import { type Map as MapLibreMap, Marker } from 'maplibre-gl'

/** A numbered mark on the map; its shape and colour say its state. The list beside the map says the same. */
export function addStop(map: MapLibreMap, position: Position, number: number, state: string): Marker {
  const element = document.createElement('span')
  element.className = state ? `rg-stop rg-stop--${state}` : 'rg-stop'
  const text = document.createElement('span')
  text.textContent = String(number)
  element.append(text)
  element.setAttribute('role', 'img')
  element.setAttribute('aria-label', `${number}`)
  return place(map, element, position)
}

/** A mark with a score. The table beside the map has it with a link. */
export function addScore(map: MapLibreMap, position: Position, score: string): Marker {
  const element = document.createElement('span')
  element.className = `rg-score rg-score--${score.charAt(0).toLowerCase()} rg-score--on-map`
  element.textContent = score
  element.setAttribute('role', 'img')
  element.setAttribute('aria-label', score)
  return place(map, element, position, [18, -18])
}

function place(
  map: MapLibreMap,
  element: HTMLElement,
  position: Position,
  offset: [number, number] = [0, 0],
): Marker {
  const [lon = 0, lat = 0] = position
  return new Marker({ element, offset }).setLngLat([lon, lat]).addTo(map)
}

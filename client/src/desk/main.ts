import htmx from 'htmx.org'
import '@/styles/theme'
import { sayWhenBusy } from './busy'
import '@utrecht/table-css/dist/index.min.css'
import '@utrecht/status-badge-css/dist/index.min.css'
import '@utrecht/form-fieldset-css/dist/index.min.css'
import './desk.css'
import './places.css'
import './rounds.css'
import './routes.css'
import './tileMap.css'

// The server's policy allows no inline style and no eval.
htmx.config.includeIndicatorStyles = false
htmx.config.allowEval = false

sayWhenBusy(document.body.dataset['busy'] ?? '')

const mapElements = document.querySelectorAll<HTMLElement>('[data-rg-map]')
if (mapElements.length > 0) {
  void import('./map').then(({ drawMap }) => mapElements.forEach((element) => void drawMap(element)))
}

/** Screens with a script of their own, fetched only where the page asks for it by a data attribute. */
const SCREENS: Record<string, () => Promise<{ show: (element: HTMLElement) => unknown }>> = {
  rgDraw: () => import('./drawing'),
  rgRoute: () => import('./routeEditor'),
  rgWalk: () => import('./walkMap'),
  rgTileMap: () => import('./tileMap'),
  rgRoundMap: () => import('./roundMap'),
}
for (const [name, load] of Object.entries(SCREENS)) {
  const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const elements = document.querySelectorAll<HTMLElement>(`[data-${attribute}]`)
  if (elements.length > 0) void load().then(({ show }) => elements.forEach(show))
}

const previewElements = document.querySelectorAll<HTMLElement>('[data-rg-preview]')
if (previewElements.length > 0) {
  void import('./preview').then(({ showPreview }) => previewElements.forEach(showPreview))
}

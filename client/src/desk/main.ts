import htmx from 'htmx.org'
import '@/styles/theme'
import '@utrecht/table-css/dist/index.min.css'
import '@utrecht/status-badge-css/dist/index.min.css'
import '@utrecht/form-fieldset-css/dist/index.min.css'
import './desk.css'

// The server's policy allows no inline style and no eval.
htmx.config.includeIndicatorStyles = false
htmx.config.allowEval = false

const mapElements = document.querySelectorAll<HTMLElement>('[data-rg-map]')
if (mapElements.length > 0) {
  void import('./map').then(({ drawMap }) => mapElements.forEach((element) => void drawMap(element)))
}

const previewElements = document.querySelectorAll<HTMLElement>('[data-rg-preview]')
if (previewElements.length > 0) {
  void import('./preview').then(({ showPreview }) => previewElements.forEach(showPreview))
}

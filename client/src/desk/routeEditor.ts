import type { Geometry, Position } from 'geojson'
import type { Map as MapLibreMap, Marker } from 'maplibre-gl'
import { type Drawing, startDrawing } from './drawing'
import { lengthOf, nearestOn, pointAt } from './measure'
import { addStop } from './stopMarkers'

const NEAR_LINE_M = 50

interface Texts {
  length: string
  none: string
  map: string
  mapOn: string
  added: string
  far: string
}

interface Row {
  metres: HTMLInputElement
  /** Where the stop lies: when the line changes, it stays there. */
  place: Position | null
}

/** The stops of a route that is being drawn: rows with metres, marks on the map, and clicks on the line that add one.
 * The rows are what is sent; without this script they are filled in by hand. */
export async function show(element: HTMLElement): Promise<void> {
  const drawn = document.querySelector<HTMLElement>(element.dataset['drawing'] ?? '')
  if (!drawn) return
  const editor = new RouteEditor(element, await startDrawing(drawn))
  editor.begin()
  element.dataset['ready'] = 'true'
}

class RouteEditor {
  private readonly element: HTMLElement
  private readonly drawing: Drawing
  private readonly texts: Texts
  private readonly body: HTMLElement
  private readonly told = document.createElement('p')
  private readonly button = document.createElement('button')
  private readonly places = new Map<HTMLInputElement, Position>()
  private marks: Marker[] = []
  private line: Position[] = []
  private isPlacing = false

  constructor(element: HTMLElement, drawing: Drawing) {
    this.element = element
    this.drawing = drawing
    this.texts = JSON.parse(element.dataset['texts'] ?? '{}') as Texts
    const body = element.querySelector<HTMLElement>('[data-route-rows]')
    if (!body) throw new Error('a route without rows for its stops')
    this.body = body
  }

  begin(): void {
    this.addTools()
    this.line = lineOf(this.drawing.geometry())
    for (const { metres } of this.filledRows()) this.remember(metres)
    this.drawing.onChange((geometry) => this.follow(geometry))
    this.body.addEventListener('change', (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === 'stop-meter') {
        this.remember(event.target)
        this.mark()
      }
    })
    this.element.querySelector('[data-route-more]')?.addEventListener('click', (event) => {
      event.preventDefault()
      this.newRow().focus()
    })
    this.tellLength()
    this.mark()
  }

  private addTools(): void {
    const tools = this.element.querySelector('[data-route-tools]')
    this.told.className = 'rg-small'
    this.told.setAttribute('role', 'status')
    this.button.type = 'button'
    this.button.className = 'nl-button nl-button--secondary'
    this.button.setAttribute('aria-pressed', 'false')
    this.button.textContent = this.texts.map
    this.button.addEventListener('click', () => this.placing(!this.isPlacing))
    const { map } = this.drawing
    if (map) {
      tools?.append(this.button)
      this.listenTo(map)
    }
    tools?.append(this.told)
  }

  private listenTo(map: MapLibreMap): void {
    map.on('click', ({ lngLat }) => {
      if (this.isPlacing && this.line.length > 1) this.addAt([lngLat.lng, lngLat.lat])
    })
  }

  private placing(isPlacing: boolean): void {
    this.isPlacing = isPlacing
    this.button.setAttribute('aria-pressed', String(isPlacing))
    if (isPlacing) this.tell(this.line.length > 1 ? this.texts.mapOn : this.texts.none)
    else this.tellLength()
  }

  private addAt(position: Position): void {
    const { metres, awayM } = nearestOn(this.line, position)
    if (awayM > NEAR_LINE_M) {
      this.tell(this.texts.far)
      return
    }
    const input = this.rows().find(({ metres: { value } }) => value.trim() === '')?.metres ?? this.newRow()
    input.value = asText(metres)
    this.remember(input)
    this.mark()
    this.tell(this.texts.added.replace('{metres}', asText(metres)))
  }

  /** The line was changed: what lay at a place lies there still, farther or less far along. */
  private follow(geometry: Geometry | null): void {
    this.line = lineOf(geometry)
    for (const { metres, place } of this.filledRows()) {
      if (!place || this.line.length < 2) continue
      const found = nearestOn(this.line, place)
      if (found.awayM <= NEAR_LINE_M) metres.value = asText(found.metres)
      else this.remember(metres)
    }
    this.tellLength()
    this.mark()
  }

  private remember(metres: HTMLInputElement): void {
    const value = asNumber(metres.value)
    if (value === null || this.line.length < 2) this.places.delete(metres)
    else this.places.set(metres, pointAt(this.line, value))
  }

  private mark(): void {
    const { map } = this.drawing
    for (const mark of this.marks) mark.remove()
    if (!map || this.line.length < 2) return
    const along = this.filledRows().map(({ metres }) => asNumber(metres.value) ?? 0)
    this.marks = along
      .sort((one, other) => one - other)
      .map((metres, at) => addStop(map, pointAt(this.line, metres), at + 1, ''))
  }

  private rows(): Row[] {
    return [...this.body.querySelectorAll<HTMLInputElement>('input[name="stop-meter"]')].map((metres) => ({
      metres,
      place: this.places.get(metres) ?? null,
    }))
  }

  private filledRows(): Row[] {
    return this.rows().filter(({ metres }) => asNumber(metres.value) !== null)
  }

  /** An empty row at the end; returns its field for the metres. */
  private newRow(): HTMLInputElement {
    const last = this.body.querySelector('tr:last-child')
    const row = last?.cloneNode(true) as HTMLTableRowElement
    const number = this.body.children.length + 1
    const heading = row.querySelector('th')
    if (heading) {
      heading.textContent = String(number)
      heading.id = `stop-${number}`
    }
    for (const input of row.querySelectorAll('input')) {
      input.value = ''
      const label = input.getAttribute('aria-label')
      if (label) input.setAttribute('aria-label', label.replace(/\d+/, String(number)))
    }
    this.body.append(row)
    return row.querySelector<HTMLInputElement>('input[name="stop-meter"]') as HTMLInputElement
  }

  private tellLength(): void {
    const { length, none } = this.texts
    const isLine = this.line.length > 1
    this.tell(isLine ? length.replace('{metres}', String(Math.floor(lengthOf(this.line)))) : none)
  }

  private tell(text: string): void {
    this.told.textContent = text
  }
}

function lineOf(geometry: Geometry | null): Position[] {
  return geometry?.type === 'LineString' ? geometry.coordinates : []
}

function asNumber(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) && value >= 0 ? value : null
}

/** Metres as people write them here, to a decimetre. */
function asText(metres: number): string {
  return (Math.round(metres * 10) / 10).toString().replace('.', ',')
}

import type { LngLatBounds, Map as MapLibreMap } from 'maplibre-gl'
import { type CornerList, said, type Texts } from './cornerList'
import { places, withOneMore } from './corners'
import type { MapDrawing } from './mapDrawing'
import type { Sheet } from './sheet'

const MIDDLE_OF_THE_COUNTRY: [number, number] = [5.6, 52.2]

/** The buttons above the map. */
export class DrawingTools {
  private readonly sheet: Sheet
  private readonly texts: Texts
  private readonly list: CornerList | null
  private readonly bar = document.createElement('div')
  private readonly told = document.createElement('p')
  private drawing: MapDrawing | null = null
  private middle: () => [number, number] = () => MIDDLE_OF_THE_COUNTRY

  constructor(element: HTMLElement, sheet: Sheet, texts: Texts, list: CornerList | null) {
    this.sheet = sheet
    this.texts = texts
    this.list = list
    this.bar.className = 'rg-actions'
    this.bar.append(
      this.button('draw', () => this.drawMore()),
      this.button('undo', () => this.undo()),
      this.button('again', () => this.sheet.put([], 'undo')),
      this.button('add', () => this.addCorner()),
    )
    this.told.className = 'rg-small'
    this.told.setAttribute('role', 'status')
    element.before(this.bar, this.told)
    sheet.onChange(() => this.tell())
    document.addEventListener('keydown', (event) => this.pressed(event))
    this.tell()
  }

  onMap(map: MapLibreMap, drawing: MapDrawing): void {
    this.drawing = drawing
    this.middle = () => map.getCenter().toArray()
    this.tell()
  }

  startAt(bounds: LngLatBounds | null): void {
    if (bounds) this.middle = () => bounds.getCenter().toArray()
    this.tell()
  }

  private drawMore(): void {
    if (this.sheet.kind === 'line') this.sheet.put([], 'undo')
    this.drawing?.begin()
    this.told.textContent = this.texts['how'] ?? ''
  }

  private undo(): void {
    if (this.drawing?.isDrawing) this.drawing.undoCorner()
    else this.sheet.undo()
  }

  /** A corner in the middle of the map, or after the chosen one: drawing without a pointer. */
  private addCorner(): void {
    const [rings, place] = withOneMore(this.sheet.rings, this.sheet.kind, this.middle())
    if (this.drawing) this.drawing.rest()
    this.sheet.put(rings, 'list')
    this.list?.focus(place)
  }

  private pressed(event: KeyboardEvent): void {
    const isTyping = (event.target as HTMLElement).matches('input, textarea, select')
    if (isTyping || event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey)
      return
    event.preventDefault()
    this.undo()
  }

  private tell(): void {
    const corners = places(this.sheet.rings).length
    const text = corners === 0 ? this.texts['how'] : this.texts['told']
    this.told.textContent = said(text ?? '', { corners })
    const disabled: Record<string, boolean> = {
      draw: !this.drawing,
      undo: !this.sheet.canUndo && !this.drawing,
      again: corners === 0,
    }
    for (const button of this.bar.querySelectorAll('button'))
      button.disabled = disabled[button.dataset['tool'] ?? ''] ?? false
  }

  private button(name: string, act: () => void): HTMLButtonElement {
    const one = document.createElement('button')
    one.type = 'button'
    one.className = 'nl-button nl-button--secondary'
    one.dataset['tool'] = name
    one.textContent = this.texts[name] ?? name
    one.addEventListener('click', act)
    return one
  }
}

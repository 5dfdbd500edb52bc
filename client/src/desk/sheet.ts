import type { Geometry } from 'geojson'
import { geometryOf, type Kind, type Place, type Ring } from './corners'

/** Who changed the drawing: each of them shows what the others did. */
export type Origin = 'map' | 'list' | 'text' | 'undo'
type Listener = (origin: Origin) => void

const LONGEST_HISTORY = 200

/** What is drawn, which corner is chosen, and what was there before. Knows no page and no map. */
export class Sheet {
  rings: Ring[]
  chosen: Place | null = null
  readonly kind: Kind
  private readonly before: Ring[][] = []
  private readonly listeners: Listener[] = []
  private readonly choiceListeners: Listener[] = []

  constructor(kind: Kind, rings: Ring[]) {
    this.kind = kind
    this.rings = rings
  }

  get geometry(): Geometry | null {
    return geometryOf(this.rings, this.kind)
  }

  get canUndo(): boolean {
    return this.before.length > 0
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener)
  }

  onChoice(listener: Listener): void {
    this.choiceListeners.push(listener)
  }

  put(rings: Ring[], origin: Origin): void {
    if (JSON.stringify(rings) === JSON.stringify(this.rings)) return
    this.before.push(this.rings)
    if (this.before.length > LONGEST_HISTORY) this.before.shift()
    this.show(rings, origin)
  }

  undo(): void {
    const rings = this.before.pop()
    if (rings) this.show(rings, 'undo')
  }

  choose(place: Place | null, origin: Origin): void {
    this.chosen = place
    for (const listener of this.choiceListeners) listener(origin)
  }

  private show(rings: Ring[], origin: Origin): void {
    this.rings = rings
    if (this.chosen && !rings[this.chosen.ring]?.corners[this.chosen.corner]) this.choose(null, origin)
    for (const listener of this.listeners) listener(origin)
  }
}

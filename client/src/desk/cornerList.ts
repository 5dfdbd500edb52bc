import { cornerAt, movedTo, type Place, places, shifted, without, withOneAfter } from './corners'
import type { Sheet } from './sheet'

export type Texts = Record<string, string>

const LONGEST_LIST = 200
const PAGE = 100
const STEPS: Record<string, [number, number]> = {
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
}

/** The corners of the drawing as a list in which everything can be done without the map. */
export class CornerList {
  private page = 0
  private readonly list: HTMLElement
  private readonly sheet: Sheet
  private readonly texts: Texts
  private readonly pager = document.createElement('nav')

  constructor(list: HTMLElement, sheet: Sheet, texts: Texts) {
    this.list = list
    this.sheet = sheet
    this.texts = texts
    this.pager.className = 'rg-actions'
    list.after(this.pager)
    list.addEventListener('click', (event) => this.clicked(event))
    list.addEventListener('change', (event) => this.typed(event))
    list.addEventListener('keydown', (event) => this.pressed(event))
    list.addEventListener('focusin', (event) => this.sheet.choose(this.placeOf(event.target), 'list'))
    sheet.onChange(() => this.show())
    sheet.onChoice((origin) => this.mark(origin !== 'list'))
    this.show()
  }

  /** Shows the corners of the page; items stay the same elements, so that the focus stays where it is. */
  show(): void {
    const all = places(this.sheet.rings)
    const pages = all.length > LONGEST_LIST ? Math.ceil(all.length / PAGE) : 1
    this.page = Math.min(this.page, pages - 1)
    const first = pages > 1 ? this.page * PAGE : 0
    const shown = pages > 1 ? all.slice(first, first + PAGE) : all
    while (this.list.children.length > shown.length) this.list.lastElementChild?.remove()
    while (this.list.children.length < shown.length) this.list.append(this.newItem())
    this.list.setAttribute('start', String(first + 1))
    shown.forEach((place, at) => this.fill(this.list.children[at] as HTMLElement, place, first + at + 1))
    this.showPager(pages)
    this.mark(false)
  }

  /** Puts the focus on a corner, wherever it is in the list. */
  focus(place: Place): void {
    this.turnTo(place)
    this.itemOf(place)?.querySelector<HTMLElement>('[data-do=choose]')?.focus()
  }

  private turnTo(place: Place): void {
    const all = places(this.sheet.rings)
    const at = all.findIndex(({ ring, corner }) => ring === place.ring && corner === place.corner)
    const page = all.length > LONGEST_LIST ? Math.floor(at / PAGE) : 0
    if (at < 0 || page === this.page) return
    this.page = page
    this.show()
  }

  private itemOf({ ring, corner }: Place): HTMLElement | null {
    return this.list.querySelector(`[data-ring="${ring}"][data-corner="${corner}"]`)
  }

  private placeOf(target: EventTarget | null): Place | null {
    const item = (target as HTMLElement | null)?.closest<HTMLElement>('li')
    return item ? { ring: Number(item.dataset['ring']), corner: Number(item.dataset['corner']) } : null
  }

  private mark(turn: boolean): void {
    const { chosen } = this.sheet
    if (turn && chosen) this.turnTo(chosen)
    this.list.querySelector('[aria-current]')?.removeAttribute('aria-current')
    const item = chosen && this.itemOf(chosen)
    item?.setAttribute('aria-current', 'true')
    if (turn) item?.scrollIntoView({ block: 'nearest' })
  }

  private clicked(event: Event): void {
    const action = (event.target as HTMLElement).closest<HTMLElement>('[data-do]')?.dataset['do']
    const place = this.placeOf(event.target)
    if (!action || !place) return
    const { sheet } = this
    if (action === 'remove') {
      sheet.put(without(sheet.rings, place, sheet.kind), 'list')
      const left = cornerAt(sheet.rings, place) ? place : { ...place, corner: place.corner - 1 }
      if (cornerAt(sheet.rings, left)) this.focus(left)
    } else if (action === 'after') {
      const [rings, added] = withOneAfter(sheet.rings, place, sheet.kind)
      sheet.put(rings, 'list')
      this.focus(added)
    }
  }

  private typed(event: Event): void {
    event.stopPropagation()
    const place = this.placeOf(event.target)
    const item = place && this.itemOf(place)
    if (!place || !item) return
    const [lon, lat] = [...item.querySelectorAll('input')].map((input) => input.valueAsNumber)
    if (Number.isFinite(lon) && Number.isFinite(lat)) {
      this.sheet.put(movedTo(this.sheet.rings, place, [lon as number, lat as number]), 'list')
    }
    this.show()
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault() // it would send the form
      this.typed(event)
      return
    }
    const step = STEPS[event.key]
    const place = this.placeOf(event.target)
    const corner = place && cornerAt(this.sheet.rings, place)
    if (!step || !place || !corner || !(event.target as HTMLElement).matches('[data-do=choose]')) return
    event.preventDefault()
    const metres = event.shiftKey ? 10 : 1
    const moved = shifted(corner, step[0] * metres, step[1] * metres)
    this.sheet.put(movedTo(this.sheet.rings, place, moved), 'list')
  }

  private newItem(): HTMLElement {
    const item = document.createElement('li')
    item.className = 'rg-corner'
    item.append(
      button('choose', ''),
      field(this.texts['lon'] ?? ''),
      field(this.texts['lat'] ?? ''),
      button('after', this.texts['after'] ?? ''),
      button('remove', this.texts['remove'] ?? ''),
    )
    return item
  }

  private fill(item: HTMLElement, place: Place, number: number): void {
    const corner = cornerAt(this.sheet.rings, place) ?? []
    const name = said(this.texts['corner'] ?? '', { number })
    item.dataset['ring'] = String(place.ring)
    item.dataset['corner'] = String(place.corner)
    const [choose, after, remove] = [...item.querySelectorAll('button')]
    if (choose) choose.textContent = name
    after?.setAttribute('aria-label', `${this.texts['after']}: ${name}`)
    remove?.setAttribute('aria-label', `${this.texts['remove']}: ${name}`)
    const inputs = item.querySelectorAll('input')
    inputs.forEach((input, at) => (input.value = (corner[at] ?? 0).toFixed(7)))
    for (const input of inputs)
      input.setAttribute('aria-label', `${name}: ${input.parentElement?.textContent}`)
  }

  private showPager(pages: number): void {
    this.pager.hidden = pages < 2
    this.pager.setAttribute('aria-label', this.texts['pages'] ?? '')
    while (this.pager.children.length > pages) this.pager.lastElementChild?.remove()
    while (this.pager.children.length < pages) this.pager.append(this.pageButton(this.pager.children.length))
    ;[...this.pager.children].forEach((one, at) => one.setAttribute('aria-current', String(at === this.page)))
    if (pages < 2) this.pager.replaceChildren()
  }

  private pageButton(page: number): HTMLElement {
    const one = button('page', `${page * PAGE + 1}–${(page + 1) * PAGE}`)
    one.addEventListener('click', () => {
      this.page = page
      this.show()
    })
    return one
  }
}

/** A text with its values in it: "Hoekpunt {number}". */
export function said(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ''))
}

function button(action: string, text: string): HTMLButtonElement {
  const one = document.createElement('button')
  one.type = 'button'
  one.className = 'nl-button nl-button--subtle'
  one.dataset['do'] = action
  one.textContent = text
  return one
}

function field(label: string): HTMLElement {
  const one = document.createElement('label')
  const input = document.createElement('input')
  one.className = 'rg-corner__field'
  input.className = 'utrecht-textbox utrecht-textbox--html-input'
  input.type = 'number'
  input.step = '0.0000001'
  one.append(label, input)
  return one
}

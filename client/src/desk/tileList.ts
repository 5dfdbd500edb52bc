type Choice = Record<string, string>

/** The list beside the map: of what was chosen there, from the server, a page at a time. */
export class TileList {
  /** Called with longitude and latitude when somebody asks where an item lies. */
  onPlace: ((lonlat: [number, number]) => void) | null = null

  readonly #url: string
  readonly #always: Choice
  #choice: Choice = {}
  #asking: AbortController | null = null
  readonly #list = document.querySelector<HTMLElement>('[data-rg-tile-list]')
  readonly #sentence = document.querySelector<HTMLElement>('[data-rg-sentence]')

  constructor(url: string, always: Choice) {
    this.#url = url
    this.#always = always
  }

  /** Listens to the buttons and the page links of the list. */
  link(): void {
    this.#list?.addEventListener('click', (event) => {
      const target = event.target as HTMLElement
      const page = target.closest<HTMLElement>('[data-rg-page]')?.dataset['rgPage']
      const place = target.closest<HTMLElement>('[data-rg-lonlat]')?.dataset['rgLonlat']
      if (page !== undefined && !(event.metaKey || event.ctrlKey || event.shiftKey)) {
        event.preventDefault()
        void this.#load(page).then(() => document.querySelector<HTMLElement>('#lijst-kop')?.focus())
      }
      const [lon, lat] = (place ?? '').split(',').map(Number)
      if (lon !== undefined && lat !== undefined) this.onPlace?.([lon, lat])
    })
  }

  /** Shows the buttons that need a map. */
  enablePlaces(): void {
    this.#list?.setAttribute('data-map', '')
  }

  /** Shows the first page of what lies in this cell or within these bounds. */
  show(choice: Choice): Promise<void> {
    this.#choice = choice
    return this.#load('1')
  }

  async #load(page: string): Promise<void> {
    if (!this.#list) return
    this.#asking?.abort()
    const asking = (this.#asking = new AbortController())
    const asked = { ...this.#always, ...this.#choice, pagina: page }
    const given = Object.entries(asked).filter(([, value]) => value !== '')
    this.#list.setAttribute('aria-busy', 'true')
    try {
      const answer = await fetch(`${this.#url}?${new URLSearchParams(given).toString()}`, {
        signal: asking.signal,
      })
      if (answer.ok && !answer.redirected) this.#put(await answer.text())
    } catch {
      // Moved on meanwhile, or no network: what stands there stays.
    }
    if (this.#asking === asking) this.#list.removeAttribute('aria-busy')
  }

  #put(html: string): void {
    const content = new DOMParser().parseFromString(html, 'text/html').body.firstElementChild
    if (!(content instanceof HTMLElement) || !this.#list) return
    this.#list.replaceChildren(content)
    if (this.#sentence) this.#sentence.textContent = content.dataset['sentence'] ?? ''
  }
}

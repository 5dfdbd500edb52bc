/** What takes longer than this says that it is being done. */
const LONG_MS = 1000

/** A form that was sent and is not answered yet says so, in the page's own words. */
export function sayWhenBusy(text: string): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement
    if (!event.defaultPrevented) setTimeout(() => form.append(note(text)), LONG_MS)
  })
  // Back from the answer, the browser may show this page as it was left.
  addEventListener('pageshow', () =>
    document.querySelectorAll('.rg-progress--busy').forEach((each) => each.remove()),
  )
}

function note(text: string): HTMLElement {
  const element = document.createElement('div')
  element.className = 'rg-progress rg-progress--busy'
  element.setAttribute('role', 'status')
  const words = document.createElement('p')
  words.className = 'nl-paragraph'
  words.textContent = text
  const bar = document.createElement('progress')
  bar.className = 'rg-progress__bar'
  bar.setAttribute('aria-label', text)
  element.append(words, bar)
  return element
}

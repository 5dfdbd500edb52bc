/** The map of the whole municipality. */
export function show(element: HTMLElement): void {
  element.dataset['ready'] = 'true'
}

/** Drawing a boundary or a line on the map. */
export function show(element: HTMLElement): void {
  element.dataset['ready'] = 'true'
}

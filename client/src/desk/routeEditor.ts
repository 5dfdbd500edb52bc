/** The editor of a route. */
export function show(element: HTMLElement): void {
  element.dataset['ready'] = 'true'
}

/** The map of a walk. */
export function show(element: HTMLElement): void {
  element.dataset['ready'] = 'true'
}

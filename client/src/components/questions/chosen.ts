/** The chosen values after a checkbox was ticked or emptied. */
export function toggled(chosen: readonly string[], value: string, event: Event): string[] {
  const others = chosen.filter((each) => each !== value)
  return (event.target as HTMLInputElement).checked ? [...others, value] : others
}

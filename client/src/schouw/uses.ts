/** How often each choice was made on this phone, so that the usual ones come first. It tells nothing of anybody. */
const STORED = 'rondgang-onderdelen'

export function usesOf(formId: string): Record<string, number> {
  return stored()[formId] ?? {}
}

export function countUse(formId: string, value: string): void {
  const all = stored()
  const own = all[formId] ?? {}
  own[value] = (own[value] ?? 0) + 1
  try {
    localStorage.setItem(STORED, JSON.stringify({ ...all, [formId]: own }))
  } catch {
    // No room: the order of the choices stays as it is.
  }
}

function stored(): Record<string, Record<string, number>> {
  try {
    return (JSON.parse(localStorage.getItem(STORED) ?? '{}') ?? {}) as Record<string, Record<string, number>>
  } catch {
    return {}
  }
}

/** Points between groups of three, as Dutch people write large numbers. */
const GROUPED = /^-?\d{1,3}(\.\d{3})+(,\d+)?$/

/** What was typed as XForms wants a number ("1,5" is 1.5); "" when nothing was typed, null when it is no number.
 * "1.250" is a large whole number, and a fraction where fractions are asked for. */
export function asNumberText(typed: string, integer: boolean): string | null {
  const compact = typed.replaceAll(/\s/g, '')
  if (compact === '') return ''
  const grouped = GROUPED.test(compact) && (integer || compact.includes(','))
  const text = (grouped ? compact.replaceAll('.', '') : compact).replace(',', '.')
  return (integer ? /^-?\d{1,9}$/ : /^-?\d{1,15}(\.\d+)?$/).test(text) ? text : null
}

/** "12 500": with a space, which reads the same in every language. */
export function withThousands(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, '\u202F')
  return fraction === undefined ? grouped : `${grouped},${fraction}`
}

/** What was typed as XForms wants a number ("1,5" is 1.5); "" when nothing was typed, null when it is no number. */
export function asNumberText(typed: string, integer: boolean): string | null {
  const text = typed.trim().replace(',', '.')
  if (text === '') return ''
  return (integer ? /^-?\d{1,9}$/ : /^-?\d{1,15}(\.\d+)?$/).test(text) ? text : null
}

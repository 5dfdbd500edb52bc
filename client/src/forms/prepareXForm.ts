/**
 * Small changes to a form before the engine (0.22) reads it. It joins every text of a hint or label into one, so
 * guidance gets marks around it and texts for other devices are left out; and it has no last saved answers of its
 * own, so a form that asks for them gets a file that we serve.
 */
export const LAST_SAVED_FILE = 'laatst-bewaard.xml'

/** Characters of the private use area: no form maker types them. */
const GUIDANCE_BEGIN = '\uE000'
const GUIDANCE_END = '\uE001'
const GUIDANCE = /(<value form="guidance">)([\s\S]*?)(<\/value>)/g
const MARKED = /\uE000([^\uE001]*)\uE001/g
const OTHER_FORMS = /<value form="(?!image"|audio"|video"|guidance")[^"]*">[^<]*<\/value>/g

export function prepareXForm(xform: string): string {
  return xform
    .replaceAll(OTHER_FORMS, '')
    .replaceAll(GUIDANCE, `$1${GUIDANCE_BEGIN}$2${GUIDANCE_END}$3`)
    .replaceAll('src="jr://instance/last-saved"', `src="jr://file/${LAST_SAVED_FILE}"`)
}

export function asksForLastSaved(xform: string): boolean {
  return xform.includes('jr://instance/last-saved')
}

/** The hint that everybody sees, and the guidance for who wants to know more. */
export function splitHint(hint: string): { hint: string; guidance: string } {
  const guidance = [...hint.matchAll(MARKED)].map(([, text]) => text ?? '').join(' ')
  return { hint: plainText(hint.replaceAll(MARKED, '')), guidance: plainText(guidance) }
}

/** Text without the marks for bold, links and colours that form makers may use. */
export function plainText(text: string): string {
  return text
    .replaceAll(/<\/?[a-z][^>]*>/gi, '')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll(/\*\*|__|^#{1,6}\s+/gm, '')
    .trim()
}

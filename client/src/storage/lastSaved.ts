import { db } from './db'
import { openText, sealText } from './vault'

/** Answers that a later form of the same kind may begin with. Kept only for forms that ask for them, sealed like
 * all answers, one per form. */
export async function keepLastSaved(formId: string, xml: string): Promise<void> {
  await db.lastSaved.put({ formId, sealedXml: await sealText(xml) })
}

/** The instance XML that was saved last with this form on this phone. */
export async function lastSavedXml(formId: string): Promise<string | null> {
  const found = await db.lastSaved.get(formId)
  return found ? openText(found.sealedXml) : null
}

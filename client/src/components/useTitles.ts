import { useI18n } from 'vue-i18n'
import { addressLabel } from '@/domain/address'
import { db, type StoredForm } from '@/storage/db'

/** The title of a form in the language of the screen, else in Dutch, else its id. */
export function useFormTitle(): (form: Pick<StoredForm, 'id' | 'title'>) => string {
  const { locale } = useI18n()
  return (form) => form.title[locale.value] ?? form.title['nl'] ?? Object.values(form.title)[0] ?? form.id
}

/** Labels of addresses by id. */
export async function labelsOf(ids: (string | null)[]): Promise<Map<string, string>> {
  const found = await db.addresses.bulkGet([...new Set(ids.filter((id) => id !== null))])
  return new Map(found.flatMap((address) => (address ? [[address.id, addressLabel(address)]] : [])))
}

/** The newest stored version of every form, by id. */
export async function formsById(): Promise<Map<string, StoredForm>> {
  const forms = await db.forms.orderBy('current').toArray()
  return new Map(forms.map((form) => [form.id, form]))
}

/** A form that was withdrawn is only there for what was begun with it. */
export function isOffered(form: StoredForm): boolean {
  return form.current === 1
}

import { useI18n } from 'vue-i18n'
import { usePhrase } from '@/components/usePhrase'
import { useFormTitle } from '@/components/useTitles'
import { linePhrase, refusedOf, type SentLine } from '@/domain/sentLines'
import type { StoredForm, StoredPhoto } from '@/storage/db'

/** How a line of "Verstuurd" is called, and where it is, in words. */
export function useSentWords() {
  const { t } = useI18n()
  const say = usePhrase()
  const titleOf = useFormTitle()

  function titled({ item }: SentLine, forms: ReadonlyMap<string, StoredForm>): string {
    if (item.kind === 'door') return t('sent.door')
    if (item.kind === 'walk') return t('sent.walk', { name: item.title ?? '' })
    if (item.kind === 'answer') return t('sent.answer')
    if (item.outcome) return t('sent.visit', { outcome: t(`outcome.${item.outcome}`) })
    if (item.title) return item.title
    const form = item.formId ? forms.get(item.formId) : undefined
    return form ? titleOf(form) : t('sent.unknownForm')
  }

  /** `refused`: the photos of it that the server did not take. */
  function stateOf(line: SentLine, refused: readonly StoredPhoto[]): string {
    const problem = refusedOf(line, refused.length)?.problem ?? refused[0]?.problem
    const detail = problem?.detail || problem?.title || t('item.noDetail')
    const phrase = linePhrase(line, refused.length)
    return say({ ...phrase, values: { ...phrase.values, detail } })
  }
  return { titled, stateOf }
}

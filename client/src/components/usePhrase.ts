import { useI18n } from 'vue-i18n'
import type { Phrase } from '@/domain/status'

/** Says a phrase in the language of the screen. */
export function usePhrase(): (phrase: Phrase) => string {
  const { t } = useI18n()
  return ({ key, count, values = {} }) =>
    count === undefined ? t(key, values) : t(key, { ...values, n: count }, count)
}

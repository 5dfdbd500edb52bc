import { useI18n } from 'vue-i18n'
import type { Phrase } from '@/domain/status'

/** Says a phrase in the language of the screen, with its numbers as people write them. */
export function usePhrase(): (phrase: Phrase) => string {
  const { t, n } = useI18n()
  return ({ key, count, values = {} }) => {
    const said = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? n(value) : value]),
    )
    return count === undefined ? t(key, said) : t(key, { ...said, n: count }, count)
  }
}

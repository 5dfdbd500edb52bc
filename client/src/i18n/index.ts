import { createI18n } from 'vue-i18n'
import { setSyncLanguage } from '@/sync/queue'
import en from './en.json'
import nl from './nl.json'

export type Locale = 'nl' | 'en'

const STORED = 'rondgang-taal'

export const i18n = createI18n({
  legacy: false,
  locale: 'nl',
  fallbackLocale: 'nl',
  messages: { nl, en },
})

/** Dutch, unless somebody chose English on this phone before. */
export function startLanguage(): void {
  setLanguage(localStorage.getItem(STORED) === 'en' ? 'en' : 'nl')
}

export function setLanguage(locale: Locale): void {
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  localStorage.setItem(STORED, locale)
  setSyncLanguage(locale)
}

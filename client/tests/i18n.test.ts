import { expect, test } from 'vitest'
import en from '@/i18n/en.json'
import nl from '@/i18n/nl.json'

type Texts = { [key: string]: string | Texts }

function flatten(texts: Texts, prefix = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${prefix}${key}`, value] as [string, string]]
      : flatten(value, `${prefix}${key}.`),
  )
}

const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort()

test('both languages have the same keys', () => {
  expect(flatten(en).map(([key]) => key)).toEqual(flatten(nl).map(([key]) => key))
})
test('both languages fill in the same values', () => {
  const english = new Map(flatten(en))
  for (const [key, text] of flatten(nl))
    expect(placeholders(english.get(key) ?? ''), key).toEqual(placeholders(text))
})

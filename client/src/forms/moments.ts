import { toRfc3339 } from '@/domain/time'

export type MomentKind = 'date' | 'time' | 'dateTime'

/** What a field of the browser shows for an answer: the time that was recorded, not that of this phone. */
export function shownMoment(kind: MomentKind, stored: string): string {
  if (kind === 'time') return stored.slice(0, 5)
  return stored.slice(0, kind === 'date' ? 10 : 16)
}

/** The answer for what was typed ("14:05", "2026-11-22T14:05"), with the phone's offset; null when it is empty. */
export function storedMoment(kind: MomentKind, typed: string, now = new Date()): string | null {
  if (typed === '') return null
  if (kind === 'date') return typed
  const moment = kind === 'dateTime' ? new Date(typed) : withTime(now, typed)
  const stored = `${toRfc3339(moment).slice(0, 19)}.000${toRfc3339(moment).slice(19)}`
  return kind === 'dateTime' ? stored : stored.slice(11)
}

function withTime(day: Date, time: string): Date {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes)
}

/** The first day of a month of a year; null while one of them is missing or impossible. */
export function firstDay(year: string, month: string): string | null {
  if (!/^[12]\d{3}$/.test(year) || !/^(0[1-9]|1[0-2])$/.test(month)) return null
  return `${year}-${month}-01`
}

/** "januari" to "december" in the language of the screen, with the number that stands in a date. */
export function monthsOf(locale: string): { value: string; name: string }[] {
  return Array.from({ length: 12 }, (_, index) => ({
    value: String(index + 1).padStart(2, '0'),
    name: new Date(2026, index, 1).toLocaleDateString(locale, { month: 'long' }),
  }))
}

/** The answer in words: "22 november 2026", "november 2026", "2026", "14:05". */
export function momentInWords(kind: MomentKind | 'month' | 'year', stored: string, locale: string): string {
  if (kind === 'time') return stored.slice(0, 5)
  if (kind === 'year') return stored.slice(0, 4)
  // Without its offset the recorded time stays what it was, wherever the phone is now.
  const at = new Date(kind === 'dateTime' ? stored.slice(0, 16) : `${stored.slice(0, 10)}T00:00`)
  if (Number.isNaN(at.getTime())) return stored
  if (kind === 'month') return at.toLocaleDateString(locale, { month: 'long', year: 'numeric' })
  const day = at.toLocaleDateString(locale, { dateStyle: 'long' })
  return kind === 'date' ? day : `${day}, ${stored.slice(11, 16)}`
}

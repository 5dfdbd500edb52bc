/** The moment as RFC 3339 with the phone's own offset, as the protocol wants it. */
export function toRfc3339(date: Date, offsetMinutes?: number): string {
  return withOffset(date, 'yyyy-mm-ddThh:mm:ss'.length, offsetMinutes)
}

/** The same to the millisecond, for comparing clocks. */
export function toRfc3339Exact(date: Date, offsetMinutes?: number): string {
  return withOffset(date, 'yyyy-mm-ddThh:mm:ss.sss'.length, offsetMinutes)
}

function withOffset(date: Date, length: number, offsetMinutes = -date.getTimezoneOffset()): string {
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, length)
  const sign = offsetMinutes < 0 ? '-' : '+'
  const minutes = Math.abs(offsetMinutes)
  return `${local}${sign}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** "22 november, 14:03" in the language of the screen. */
export function dayAndTime(atMs: number, locale: string): string {
  return new Date(atMs).toLocaleString(locale, {
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
  })
}

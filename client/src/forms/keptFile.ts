/** Longer names are cut: some phones name a recording by a whole sentence. */
const LONGEST_NAME = 40

/** The file under a name of its own that is safe in XML and in addresses: the moment, then what it was called. */
export function keptFile(file: File, nowMs = Date.now()): File {
  const dot = file.name.lastIndexOf('.')
  const base = clean(dot > 0 ? file.name.slice(0, dot) : file.name).slice(0, LONGEST_NAME)
  const extension = clean(dot > 0 ? file.name.slice(dot + 1) : 'bin').slice(0, 8)
  const type = file.type || 'application/octet-stream'
  return new File([file], `${nowMs}-${base || 'bestand'}.${extension || 'bin'}`, { type })
}

function clean(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\w-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
}

/** What the person called it: the name without our moment. */
export function givenName(name: string): string {
  return name.replace(/^\d{13}-/, '')
}

/** "2,1 MB", never less than 0,1. */
export function megabytes(bytes: number, locale: string): string {
  const amount = Math.max(0.1, bytes / 1024 / 1024)
  return `${amount.toLocaleString(locale, { maximumFractionDigits: 1 })} MB`
}

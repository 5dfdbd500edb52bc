import { type Address, addressLabel } from './address'

/** One field as RFC 4180 wants it: quoted when it holds a comma, a quote or a line break. */
function field(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

export const ADDRESS_LIST = 'adressen.csv'

/** The list `adressen.csv` that forms choose from (docs/protocol.md, section 4). */
export function addressesCsv(addresses: readonly Address[]): string {
  const rows = addresses.map((address) => [
    address.id,
    addressLabel(address),
    address.street,
    address.postcode,
  ])
  return [['name', 'label', 'straat', 'postcode'], ...rows]
    .map((row) => row.map(field).join(','))
    .join('\r\n')
}

/** The list with the labels of this language: a form reads the column `label`, so `label_en` takes its name. */
export function inLanguage(csv: string, locale: string): string {
  const [header = '', ...rows] = csv.split('\n')
  const columns = header.trimEnd().split(',')
  if (!columns.includes(`label_${locale}`)) return csv
  const names: Record<string, string> = { label: 'label_nl', [`label_${locale}`]: 'label' }
  return [columns.map((name) => names[name] ?? name).join(','), ...rows].join('\n')
}

export function listsIn(lists: Readonly<Record<string, string>>, locale: string): Record<string, string> {
  return Object.fromEntries(Object.entries(lists).map(([name, csv]) => [name, inLanguage(csv, locale)]))
}

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

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from '@/domain/address'
import type { Device, QueueItem, StoredForm } from '@/storage/db'
import type { ObservationPut } from '@/sync/wire'

export const ROUND_ID = '01931f5e-0000-7000-8000-000000000001'

export function makeAddress(over: Partial<Address> = {}): Address {
  return {
    id: 'a-12',
    areaId: 'nieuwlande',
    street: 'Boekweitlaan',
    number: 12,
    letter: '',
    addition: '',
    postcode: '7918 AA',
    place: 'Nieuwlande',
    lon: 6.6,
    lat: 52.7,
    ...over,
  }
}

export function makeItem(over: Partial<QueueItem> = {}): QueueItem {
  return {
    id: 'm-1',
    kind: 'observation',
    subjectId: 'o-1',
    formId: 'keukentafelgesprek',
    formVersion: '1',
    talk: true,
    addressId: 'a-12',
    outcome: null,
    madeMs: 1,
    notBeforeMs: 0,
    attempted: false,
    state: 'waiting',
    problem: null,
    version: null,
    attachments: [],
    photosLeft: 0,
    safe: 0,
    sealedMutation: { iv: new Uint8Array(12), bytes: new ArrayBuffer(1) },
    ...over,
  }
}

export function makeObservation(over: Partial<ObservationPut> = {}): ObservationPut {
  return {
    id: 'm-1',
    type: 'observation.put',
    observationId: 'o-1',
    roundId: ROUND_ID,
    form: 'keukentafelgesprek',
    formVersion: '2026112201',
    instanceXml: '<data/>',
    capturedAt: '2026-11-22T14:03:00+01:00',
    position: null,
    addressId: null,
    attachments: [],
    ...over,
  }
}

export function makeDevice(over: Partial<Device> = {}): Device {
  return {
    key: 'device',
    id: 'd-1',
    token: 'geheim',
    code: 'CODE',
    volunteer: 'Vrijwilliger 1',
    municipality: 'Hoogeveen',
    cursor: null,
    lastContactMs: null,
    standing: 'known',
    kofferKey: null,
    ...over,
  }
}

export function readXForm(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', `${name}.xml`), 'utf8')
}

const ROLES: Record<string, StoredForm['roles']> = {
  keukentafelgesprek: [
    { role: 'adres', path: '/data/deur/adres' },
    { role: 'deelnemers', path: '/data/gesprek/deelnemers' },
    { role: 'locatie', path: '/data/plek' },
  ],
}

export function makeForm(name: string, over: Partial<StoredForm> = {}): StoredForm {
  return {
    id: name,
    current: 1,
    version: '2026112201',
    title: { nl: name },
    hash: '',
    xform: readXForm(name),
    usesAddresses: true,
    roles: ROLES[name] ?? [],
    ...over,
  }
}

export function makePhoto(name = '1732280580000.jpg', bytes = [255, 216, 1, 2, 3]): File {
  return new File([new Uint8Array(bytes)], name, { type: 'image/jpeg' })
}

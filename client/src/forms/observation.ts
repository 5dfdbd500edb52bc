import type { RootNode } from '@getodk/xforms-engine'
import { uuidv7 } from '@/domain/ids'
import { toRfc3339 } from '@/domain/time'
import type { Draft, StoredForm } from '@/storage/db'
import type { Attachment, FormRole, ObservationPut, Position } from '@/sync/wire'
import { controlsAt } from './engine'

/** The first answer with this role, as it stands in the XML. */
export function answerWithRole(root: RootNode, roles: readonly FormRole[], role: string): string | null {
  for (const { path } of roles.filter((each) => each.role === role)) {
    for (const node of controlsAt(root, path)) {
      if (node.currentState.relevant && node.currentState.instanceValue)
        return node.currentState.instanceValue
    }
  }
  return null
}

/** Fills in the address that the volunteer stood at when the form was opened. */
export function prefillAddress(root: RootNode, roles: readonly FormRole[], addressId: string): void {
  for (const { path } of roles.filter((each) => each.role === 'adres')) {
    for (const node of controlsAt(root, path)) {
      if (node.nodeType === 'select' && node.getValueOption(addressId)) node.selectValue(addressId)
    }
  }
}

/** "lat lon altitude accuracy", as XForms writes a place. */
export function positionOf(geopoint: string | null): Position | null {
  const [lat, lon, , accuracyM = 0] = (geopoint ?? '').split(' ').map(Number)
  if (lat === undefined || lon === undefined || Number.isNaN(lat + lon + accuracyM)) return null
  return { lon, lat, accuracyM }
}

/** Persons took part: then the screens speak of a talk, else of an observation. */
export function isTalk(form: Pick<StoredForm, 'roles'>): boolean {
  return form.roles.some(({ role }) => role === 'deelnemers')
}

export function observationOf(
  draft: Pick<Draft, 'id' | 'roundId' | 'walkId' | 'stopId'>,
  form: Pick<StoredForm, 'id' | 'version' | 'roles'>,
  root: RootNode,
  attachments: Attachment[],
): ObservationPut {
  return {
    id: uuidv7(),
    type: 'observation.put',
    observationId: draft.id,
    roundId: draft.roundId,
    form: form.id,
    formVersion: form.version,
    instanceXml: root.instanceState.instanceXML,
    capturedAt: toRfc3339(new Date()),
    position: positionOf(answerWithRole(root, form.roles, 'locatie')),
    addressId: answerWithRole(root, form.roles, 'adres'),
    ...(draft.walkId && { walkId: draft.walkId, stopId: draft.stopId ?? null }),
    attachments,
  }
}

import type { Router } from 'vue-router'
import type { GeoPoint } from '@/forms/geometry'
import { db, type Round, type StoredForm, type StoredRoute, type Walk } from '@/storage/db'
import { startDraft } from '@/storage/drafts'
import { begun } from './moment'
import { isSchouwForm } from './quickForm'

export interface Capture {
  photo: File | null
  stopId?: string | null
  place?: GeoPoint | null
}

/** Opens the screen that records one thing. What is recorded is a draft from the first moment. */
export async function beginCapture(router: Router, walk: Walk, capture: Capture): Promise<boolean> {
  const form = await formOf(walk)
  if (!form) return false
  const { photo, stopId = null, place = null } = capture
  const draftId = await startDraft({ roundId: walk.roundId, form, walkId: walk.id, stopId })
  begun.value = { draftId, photo, place }
  await router.push({ name: 'capture', params: { walkId: walk.id, draftId } })
  return true
}

/** The form of the route, else the first form of its round that asks what a schouw asks. */
export async function formOf({ roundId, route }: Walk): Promise<StoredForm | null> {
  const round = await db.rounds.get(roundId)
  const ids = [...(route.form ? [route.form] : []), ...(round?.forms ?? [])]
  const forms = await db.forms.where('current').equals(1).toArray()
  const found = ids.flatMap((id) => forms.find((form) => form.id === id) ?? [])
  return found.find(({ roles }) => isSchouwForm(roles)) ?? found.find(({ id }) => id === route.form) ?? null
}

/** The routes of a round, by name. */
export function routesOf(round: Round, routes: readonly StoredRoute[]): StoredRoute[] {
  return routes
    .filter(({ areaId }) => round.areaIds.includes(areaId))
    .sort((a, b) => a.name.localeCompare(b.name, 'nl'))
}

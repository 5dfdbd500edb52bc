import { shallowRef } from 'vue'
import type { GeoPoint } from '@/forms/geometry'

/** What goes from the walk to the screen that records, and back. In memory only: what must last is in the store. */
export interface Begun {
  draftId: string
  /** Null when the person chose to take none. */
  photo: File | null
  /** For one more at the same place. */
  place: GeoPoint | null
}

export interface JustSaved {
  observationId: string
  text: string
  stopId: string | null
  place: GeoPoint | null
}

export const begun = shallowRef<Begun | null>(null)
export const justSaved = shallowRef<JustSaved | null>(null)

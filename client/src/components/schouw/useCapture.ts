import type { RootNode } from '@getodk/xforms-engine'
import { computed, onUnmounted, type Ref, ref, shallowRef, watch } from 'vue'
import { findPlace, type PlaceError, type PlaceSearch } from '@/forms/findPlace'
import type { GeoPoint } from '@/forms/geometry'
import { reducePhoto, UnusablePhoto } from '@/forms/reducePhoto'
import { type FormSession, openSession } from '@/forms/session'
import { pointOf } from '@/forms/walk'
import { type Begun, begun } from '@/schouw/moment'
import { type QuickForm, quickFormOf, setPlace, standsInTheWay } from '@/schouw/quickForm'
import { isGood, placeNow } from '@/schouw/recorder'
import { AT_STOP_M, stopAt } from '@/schouw/stops'
import { countUse } from '@/schouw/uses'
import { db, type Walk } from '@/storage/db'
import { deleteDraft } from '@/storage/drafts'
import { isStorageFull } from '@/storage/full'
import type { FormRole } from '@/sync/wire'

export type Step = 'opening' | 'photo' | 'item' | 'score' | 'place'

/** Recording one thing on a walk. The answers go into the form itself, so what it says is what the form says. */
export function useCapture(walkId: string, draftId: string, locale: string) {
  const walk = shallowRef<Walk | null>(null)
  const session = shallowRef<FormSession | null>(null)
  const quick = shallowRef<QuickForm | null>(null)
  const step = ref<Step>('opening')
  const problem = ref<'full' | 'failed' | null>(null)
  let saved = false
  const stop = useStop(draftId, walk)
  const place = usePlace(quick, (point) => stop.standAt(point))
  const photo = usePhoto(session, quick, problem)

  /** `gone`: there is no such draft. `form`: it can only be filled in by the form itself. */
  async function open(): Promise<'quick' | 'form' | 'gone'> {
    const [found, opened] = await Promise.all([db.walks.get(walkId), openSession(draftId, locale)])
    if (!opened) return 'gone'
    session.value = opened
    walk.value = found ?? null
    await stop.read()
    quick.value = quickFormOf(opened.root as RootNode, await rolesOf(draftId))
    if (!quick.value) return 'form'
    start(quick.value, begun.value?.draftId === draftId ? begun.value : null)
    begun.value = null
    return 'quick'
  }

  function start(form: QuickForm, from: Begun | null): void {
    if (from?.photo) void photo.take(from.photo)
    place.start(from?.place ?? null)
    // Who came from the walk has chosen: with a photo or without.
    const hasPhoto = from !== null || photo.isTaken() || !form.photo
    step.value = hasPhoto ? afterPhoto(form) : 'photo'
  }

  /** What comes next: `saved`, `more` questions in the form itself, or `wait` for a person or the place. */
  async function save(): Promise<'saved' | 'more' | 'wait'> {
    const [form, opened] = [quick.value, session.value]
    if (!form || !opened || !(await photo.done())) return 'wait'
    const inTheWay = standsInTheWay(form)
    if (inTheWay === 'place') {
      step.value = 'place'
      return 'wait'
    }
    if (inTheWay === 'more') return 'more'
    place.end()
    await opened.finish()
    saved = true
    countUse(opened.form.id, form.item.currentState.value[0] ?? '')
    return 'saved'
  }

  /** Stops. What says nothing yet but where one stood is not kept, unless the form itself goes on with it. */
  async function leave(toForm: boolean): Promise<void> {
    place.end()
    await photo.done().catch(() => false)
    await session.value?.leave()
    const begunWith = photo.isTaken() || (quick.value?.item.currentState.value.length ?? 0) > 0
    if (!toForm && !saved && quick.value && !begunWith) await deleteDraft(draftId)
  }

  onUnmounted(() => {
    place.end()
    photo.forget()
    session.value?.saver?.stop()
  })
  return { walk, session, quick, step, problem, stop, place, photo, open, save, leave }
}

async function rolesOf(draftId: string): Promise<FormRole[]> {
  const draft = await db.drafts.get(draftId)
  const form = draft && (await db.forms.get([draft.formId, draft.formVersion]))
  return form?.roles ?? []
}

/** Where one goes on after a break: at the first question without an answer. */
function afterPhoto({ item }: QuickForm): Step {
  return item.currentState.value.length > 0 ? 'score' : 'item'
}

/** The stop that it belongs to: chosen, or the one where the phone is. */
function useStop(draftId: string, walk: { value: Walk | null }) {
  const id = ref<string | null>(null)
  let chosen = false
  async function set(stopId: string | null): Promise<void> {
    id.value = stopId
    await db.drafts.update(draftId, { stopId })
  }
  return {
    id,
    read: async () => {
      id.value = (await db.drafts.get(draftId))?.stopId ?? null
      chosen = id.value !== null
    },
    choose: (stopId: string | null) => {
      chosen = true
      return set(stopId)
    },
    standAt: ({ longitude, latitude }: GeoPoint) => {
      if (chosen || !walk.value) return
      const near = stopAt(walk.value.route.stops, { lon: longitude, lat: latitude })
      if ((near?.id ?? null) !== id.value) void set(near?.id ?? null)
    },
  }
}

/** The place comes by itself, from the walk or from a search of its own, and gets better until it is saved. */
function usePlace(quick: { value: QuickForm | null }, standAt: (point: GeoPoint) => void) {
  const point = shallowRef<GeoPoint | null>(null)
  const searching = ref(false)
  const error = ref<PlaceError | null>(null)
  let search: PlaceSearch | null = null

  function put(next: GeoPoint): void {
    point.value = next
    if (quick.value) setPlace(quick.value, next)
    standAt(next)
  }
  function look(): void {
    if (!quick.value?.place) return
    error.value = null
    searching.value = true
    search = findPlace({
      better: (coords) => put(pointOf(coords)),
      done: (problem) => {
        searching.value = false
        error.value = problem
      },
    })
  }
  function start(given: GeoPoint | null): void {
    const kept = given ?? quick.value?.place?.currentState.value
    if (kept) return put({ ...kept, altitude: kept.altitude ?? 0, accuracy: kept.accuracy ?? 0 })
    const here = placeNow()
    if (here)
      put({ latitude: here.lat, longitude: here.lon, altitude: here.altitudeM, accuracy: here.accuracyM })
    // A place that is less sure is there at once, and gets better while the person goes on.
    if (!here || !isGood(here)) look()
  }
  return {
    point,
    searching,
    error,
    start,
    look,
    end: () => search?.stop(),
    /** The place of a stop, when the phone does not find its own. */
    atStop: ({ lon, lat }: { lon: number; lat: number }) =>
      put({ latitude: lat, longitude: lon, altitude: 0, accuracy: AT_STOP_M }),
  }
}

/** The photo is made smaller and kept while the person goes on; only saving waits for it. */
function usePhoto(
  session: { value: FormSession | null },
  quick: { value: QuickForm | null },
  problem: { value: 'full' | 'failed' | null },
) {
  const url = ref<string | null>(null)
  const busy = ref(false)
  let work: Promise<boolean> = Promise.resolve(true)

  async function keep(file: File): Promise<boolean> {
    const files = session.value?.files
    const node = quick.value?.photo
    if (!files || !node) return true
    try {
      const before = node.currentState.instanceValue
      const made = await reducePhoto(file, node.maxPixels)
      await files.keep(made)
      node.setValue(made)
      show(made)
      if (before && before !== made.name) await files.drop(before)
      return true
    } catch (error) {
      if (!isStorageFull(error) && !(error instanceof UnusablePhoto)) throw error
      problem.value = isStorageFull(error) ? 'full' : 'failed'
      return false
    } finally {
      busy.value = false
    }
  }
  function show(file: File | null): void {
    if (url.value) URL.revokeObjectURL(url.value)
    url.value = file && URL.createObjectURL(file)
  }
  watch(quick as Ref<QuickForm | null>, async (form) => {
    const name = form?.photo?.currentState.instanceValue
    if (name) show((await session.value?.files.find(name)) ?? null)
  })
  return {
    url: computed(() => url.value),
    busy: computed(() => busy.value),
    take: (file: File) => {
      problem.value = null
      busy.value = true
      work = keep(file)
      return work
    },
    /** Whether it is kept, or there is none. */
    done: () => work,
    isTaken: () => Boolean(quick.value?.photo?.currentState.instanceValue),
    /** Goes on without. */
    skip: () => {
      problem.value = null
      work = Promise.resolve(true)
    },
    forget: () => show(null),
  }
}

// @vitest-environment jsdom
import type { GeopointInputNode, SelectNode, UploadNode } from '@getodk/xforms-engine'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type App, createApp, h, nextTick } from 'vue'
import { createMemoryHistory, createRouter, type Router, RouterView } from 'vue-router'
import CaptureScreen from '@/screens/CaptureScreen.vue'
import { i18n } from '@/i18n'
import { controlsAt } from '@/forms/engine'
import { openSession } from '@/forms/session'
import { pointOf } from '@/forms/walk'
import { beginCapture } from '@/schouw/begin'
import { justSaved } from '@/schouw/moment'
import { mostUsedFirst, splitScore } from '@/schouw/quickForm'
import { db, type Walk } from '@/storage/db'
import { startDraft } from '@/storage/drafts'
import { openText } from '@/storage/vault'
import { startWalk } from '@/storage/walks'
import type { ObservationPut } from '@/sync/wire'
import { accessibilityFaults } from '../questions/mount'
import { makePhoto, ROUND_ID } from '../factories'
import { makeRoute, makeSchouwForm, metresNorth } from './factories'

vi.mock('@/sync/queue', () => ({
  syncNow: () => Promise.resolve(),
  syncState: {},
  setSyncLanguage: () => undefined,
}))

/** The bytes of a file of jsdom are of another world, which the vault does not take. */
const bytesOf = Blob.prototype.arrayBuffer
Blob.prototype.arrayBuffer = async function () {
  const { buffer, byteOffset, length } = Buffer.from(new Uint8Array(await bytesOf.call(this)))
  return buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer
}

const HERE = { ...metresNorth(103), accuracy: 6, altitude: 14 }
let app: App | null = null
let router: Router
let walk: Walk

beforeEach(async () => {
  window.scrollTo = () => undefined
  URL.createObjectURL = () => 'blob:photo'
  URL.revokeObjectURL = () => undefined
  HTMLDialogElement.prototype.showModal ??= () => undefined
  localStorage.clear()
  await Promise.all(db.tables.filter(({ name }) => name !== 'keys').map((table) => table.clear()))
  await db.rounds.put({
    id: ROUND_ID,
    name: 'R',
    startsOn: '',
    endsOn: '',
    areaIds: ['nieuwlande'],
    forms: ['wijkschouw'],
  })
  await db.forms.put(makeSchouwForm())
  walk = (await db.walks.get(await startWalk(ROUND_ID, makeRoute()))) as Walk
  // jsdom draws no pictures: the photo is kept as the camera gave it.
  vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('no pictures')))
  phoneIsAt(HERE)
})
afterEach(() => {
  app?.unmount()
  app = null
  vi.unstubAllGlobals()
  document.body.innerHTML = ''
})

type Coords = typeof HERE
let answer: (coords: Coords) => void

/** The phone finds this place at once; without one it goes on looking until `answer` is called. */
function phoneIsAt(coords: Coords | null): void {
  const geolocation = {
    watchPosition: (found: PositionCallback) => {
      answer = ({ lon, lat, ...rest }) =>
        found({
          coords: { longitude: lon, latitude: lat, ...rest },
          timestamp: Date.now(),
        } as GeolocationPosition)
      if (coords) setTimeout(() => answer(coords))
      return 1
    },
    clearWatch: () => undefined,
  }
  Object.defineProperty(navigator, 'geolocation', { value: geolocation, configurable: true })
}

async function openApp(): Promise<void> {
  const nothing = { render: () => null }
  router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', name: 'today', component: nothing },
      { path: '/lopen/:walkId', name: 'walk', component: nothing },
      { path: '/lopen/:walkId/:draftId', name: 'capture', component: CaptureScreen, props: true },
      { path: '/formulier/:draftId', name: 'form', component: nothing },
      { path: '/verstuurd', name: 'sent', component: nothing },
    ],
  })
  document.body.innerHTML = '<main id="app"></main>'
  await router.push('/')
  app = createApp({ render: () => h(RouterView) })
    .use(i18n)
    .use(router)
  app.mount('#app')
}

const text = (): string => document.querySelector('#app')?.textContent ?? ''

async function shows(words: string): Promise<void> {
  await vi.waitFor(() => expect(text()).toContain(words), { timeout: 5000 })
}

async function tap(words: string): Promise<void> {
  await shows(words)
  const button = [...document.querySelectorAll('button')].find((each) => each.textContent?.includes(words))
  button?.click()
  await nextTick()
}

async function isAt(name: string): Promise<void> {
  await vi.waitFor(() => expect(router.currentRoute.value.name).toBe(name), { timeout: 5000 })
}

async function put(): Promise<ObservationPut> {
  const [item] = await db.queue.toArray()
  return JSON.parse((item?.sealedMutation && (await openText(item.sealedMutation))) ?? '') as ObservationPut
}

/** The same answers, given in the form itself. */
async function byTheForm(photo: File | null): Promise<ObservationPut> {
  const draftId = await startDraft({
    roundId: ROUND_ID,
    form: makeSchouwForm(),
    walkId: walk.id,
    stopId: 's-2',
  })
  const session = await openSession(draftId, 'nl')
  const at = (name: string) => controlsAt(session!.root as never, `/data/gezien/${name}`)[0]
  if (photo) {
    await session!.files.keep(photo)
    ;(at('foto') as UploadNode).setValue(photo)
  }
  ;(at('onderdeel') as SelectNode).selectValue('zwerfafval')
  ;(at('score') as SelectNode).selectValue('C')
  const { lon, lat, accuracy, altitude } = HERE
  const coords = { longitude: lon, latitude: lat, accuracy, altitude } as GeolocationCoordinates
  ;(at('plek') as GeopointInputNode).setValue(pointOf(coords))
  await session!.finish()
  const item = await db.queue.where('subjectId').equals(draftId).first()
  return JSON.parse(await openText(item!.sealedMutation!)) as ObservationPut
}

const alike = (xml: string): string => xml.replace(/uuid:[\w-]+/, 'uuid').replace(/\d{13}\.jpg/, 'foto.jpg')

describe('quick capture', () => {
  test('makes what the form makes of the same answers', async () => {
    await openApp()
    await beginCapture(router, walk, { photo: makePhoto('IMG_1.jpg') })
    await tap('Zwerfafval')
    await tap('matig')
    await isAt('walk')
    const quick = await put()
    await db.queue.clear()
    const whole = await byTheForm(makePhoto('1732280580000.jpg'))

    expect(alike(quick.instanceXml)).toBe(alike(whole.instanceXml))
    expect(quick.attachments.map(({ sha256 }) => sha256)).toEqual(
      whole.attachments.map(({ sha256 }) => sha256),
    )
    expect(quick).toMatchObject({
      form: whole.form,
      formVersion: whole.formVersion,
      position: whole.position,
    })
    expect(quick).toMatchObject({ walkId: walk.id, stopId: 's-2' })
    const { captures = [] } = (await db.walks.get(walk.id)) ?? {}
    expect(captures[0]).toEqual({ observationId: quick.observationId, stopId: 's-2' })
    expect(await db.drafts.count()).toBe(0)
    expect(justSaved.value).toMatchObject({ text: 'Zwerfafval, C', stopId: 's-2' })
  })
  test('is accessible at each step', async () => {
    await openApp()
    await beginCapture(router, walk, { photo: null })
    await shows('Zwerfafval')
    expect(await accessibilityFaults()).toEqual([])
    await tap('Zwerfafval')
    await shows('matig')
    expect(await accessibilityFaults()).toEqual([])
  })
  test('waits for the place when the form wants one, and is saved as soon as it is known', async () => {
    phoneIsAt(null)
    await openApp()
    await beginCapture(router, walk, { photo: null })
    await tap('Zwerfafval')
    await tap('matig')
    await shows('Zodra dat bekend is, wordt dit bewaard')
    expect(await db.queue.count()).toBe(0)
    answer(HERE)
    await isAt('walk')
    expect((await put()).position?.accuracyM).toBe(6)
  })
  test('takes the place of the stop when the phone finds none', async () => {
    phoneIsAt(null)
    await openApp()
    await beginCapture(router, walk, { photo: null, stopId: 's-3' })
    await tap('Zwerfafval')
    await tap('matig')
    await tap('Gebruik de plek van Stop 3')
    await isAt('walk')
    const { position, stopId } = await put()
    expect(stopId).toBe('s-3')
    expect(position?.lat).toBeCloseTo(metresNorth(200).lat, 6)
  })
  test('is saved without a place when the form allows that', async () => {
    phoneIsAt(null)
    const xform = makeSchouwForm().xform.replace('type="geopoint" required="true()"', 'type="geopoint"')
    await db.forms.put(makeSchouwForm({ xform }))
    await openApp()
    await beginCapture(router, walk, { photo: null })
    await tap('Zwerfafval')
    await tap('matig')
    await isAt('walk')
    expect((await put()).position).toBeNull()
  })
  test('goes on in the form, filled in, when the form must ask more', async () => {
    const more = makeSchouwForm().xform.replace(
      'nodeset="/data/gezien/toelichting" type="string"',
      'nodeset="/data/gezien/toelichting" type="string" required="true()"',
    )
    await db.forms.put(makeSchouwForm({ xform: more }))
    await openApp()
    await beginCapture(router, walk, { photo: null })
    await tap('Zwerfafval')
    await tap('matig')
    await isAt('form')
    const [draft] = await db.drafts.toArray()
    expect(draft && (await openText(draft.sealedXml!))).toContain(
      '<onderdeel>zwerfafval</onderdeel><score>C</score>',
    )
    expect(await db.queue.count()).toBe(0)
  })
  test('that was broken off goes on where it was, with its photo', async () => {
    await openApp()
    await beginCapture(router, walk, { photo: makePhoto('IMG_1.jpg') })
    await tap('Zwerfafval')
    await vi.waitFor(async () => {
      const [draft] = await db.drafts.toArray()
      expect(draft?.sealedXml && (await openText(draft.sealedXml))).toMatch(/jpg.*zwerfafval/)
    })
    const path = router.currentRoute.value.path
    app?.unmount()
    await openApp()
    await router.push(path)
    await tap('matig')
    await isAt('walk')
    expect((await put()).attachments).toHaveLength(1)
  })
  test('of which nothing was chosen leaves nothing behind', async () => {
    await openApp()
    await beginCapture(router, walk, { photo: null })
    await shows('Uw plek is bepaald')
    await router.push({ name: 'walk', params: { walkId: walk.id } })
    expect(await db.drafts.count()).toBe(0)
  })
  test('puts what was used most in front the next time', async () => {
    await openApp()
    await beginCapture(router, walk, { photo: null })
    await tap('Verlichting')
    await tap('goed')
    await isAt('walk')
    await beginCapture(router, walk, { photo: null })
    await shows('Verlichting')
    expect(document.querySelector('.rg-big button')?.textContent).toContain('Verlichting')
  })
})

test('choices that were used as often keep the order of the form', () => {
  const choices = ['a', 'b', 'c'].map((value) => ({ value, text: value }))
  expect(mostUsedFirst(choices, { c: 2, b: 2 }).map(({ value }) => value)).toEqual(['b', 'c', 'a'])
})
test('a score is a mark with words', () => {
  expect(splitScore({ value: 'A+', text: 'A+ · als nieuw: er is niets mis' })).toEqual({
    mark: 'A+',
    words: 'als nieuw: er is niets mis',
  })
  expect(splitScore({ value: 'C', text: 'Matig' })).toEqual({ mark: 'C', words: 'Matig' })
})

// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type App, createApp, h, nextTick } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import FormScreen from '@/screens/FormScreen.vue'
import { i18n } from '@/i18n'
import { db } from '@/storage/db'
import { draftXml, startDraft } from '@/storage/drafts'
import { makeAddress, makeForm, ROUND_ID } from '../factories'

let app: App | null = null

beforeEach(async () => {
  window.scrollTo = () => undefined
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
  await Promise.all(db.tables.filter(({ name }) => name !== 'keys').map((table) => table.clear()))
  await db.rounds.put({
    id: ROUND_ID,
    name: 'R',
    startsOn: '',
    endsOn: '',
    areaIds: ['nieuwlande'],
    forms: [],
  })
  await db.addresses.put(makeAddress())
})
afterEach(() => {
  app?.unmount()
  vi.unstubAllGlobals()
  document.body.innerHTML = ''
})

async function openScreen(name: string, draftId?: string): Promise<string> {
  await db.forms.put(makeForm(name))
  const id = draftId ?? (await startDraft({ roundId: ROUND_ID, form: makeForm(name), addressId: 'a-12' }))
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', name: 'today', component: { render: () => null } },
      { path: '/formulier/:draftId', component: FormScreen, props: true },
    ],
  })
  await router.push(`/formulier/${id}`)
  document.body.innerHTML = '<div id="app"></div>'
  app = createApp({ render: () => h(RouterView) })
    .use(i18n)
    .use(router)
  app.mount('#app')
  await vi.waitFor(() => expect(heading()).not.toBe(''), { timeout: 5000 })
  return id
}

const heading = (): string => document.querySelector('h1')?.textContent ?? ''

async function press(name: string): Promise<void> {
  const button = [...document.querySelectorAll('button')].find((each) => each.textContent?.includes(name))
  expect(button, `button "${name}"`).toBeDefined()
  button?.click()
  await nextTick()
  await nextTick()
}

async function pick(label: string): Promise<void> {
  const choice = [...document.querySelectorAll('label')].find((each) => each.textContent?.trim() === label)
  choice?.querySelector('input')?.click()
  await nextTick()
}

async function fill(label: string, value: string): Promise<void> {
  const found = [...document.querySelectorAll('label')].find((each) => each.textContent?.startsWith(label))
  const field = document.getElementById(found?.htmlFor ?? '') as HTMLInputElement
  field.value = value
  field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input'))
  await nextTick()
}

test('a page with a fault does not let go, says what is wrong and takes the focus', async () => {
  await openScreen('keukentafelgesprek')
  await press('Volgende')
  expect(heading()).toBe('Aan de deur')
  const field = document.querySelector('fieldset')
  const fault = document.getElementById(field?.getAttribute('aria-describedby') ?? '')
  expect(fault?.textContent).toBe('Kies een antwoord.')
  expect(document.activeElement?.hasAttribute('data-faults')).toBe(true)
})
test('a talk with two issues is filled in, saved while typing, and ends in the queue', async () => {
  const id = await openScreen('keukentafelgesprek')
  await pick('We hebben gepraat')
  await press('Volgende')
  await pick('Ja')
  await fill('Hoeveel mensen', '3')
  await press('Volgende')
  await fill('Wat speelt er?', 'De stoep ligt scheef')
  await fill('Waar gaat het over?', 'verkeer')
  await press('Nog een toevoegen: Wat speelt er?')
  expect(heading()).toBe('Wat speelt er? (2)')
  await fill('Wat speelt er?', 'Niets te doen')
  await fill('Waar gaat het over?', 'samenleven')
  await vi.waitFor(async () => {
    const draft = await db.drafts.get(id)
    expect(draft && (await draftXml(draft))).toContain('Niets te doen')
  })
  await press('Volgende')
  await press('Volgende')
  expect(heading()).toBe('Klaar')
  expect(document.querySelector('#app')?.textContent).toContain('De stoep ligt scheef')
  await press('Bewaren')
  await vi.waitFor(async () =>
    expect(await db.queue.toArray()).toMatchObject([{ subjectId: id, addressId: 'a-12' }]),
  )
  expect(await db.drafts.count()).toBe(0)
})
test('a draft opens at the page and with the answers where it was left', async () => {
  const id = await openScreen('keukentafelgesprek')
  await pick('We hebben gepraat')
  await press('Volgende')
  await pick('Ja')
  await fill('Hoeveel mensen', '3')
  await vi.waitFor(async () => {
    const draft = await db.drafts.get(id)
    expect(draft && (await draftXml(draft))).toContain('<deelnemers>3</deelnemers>')
  })
  app?.unmount()
  await openScreen('keukentafelgesprek', id)
  expect(heading()).toBe('Het gesprek')
  expect(document.querySelector<HTMLInputElement>('.rg-number')?.value).toBe('3')
})
test('a schouw asks everything on one page', async () => {
  await openScreen('wijkschouw')
  expect(heading()).toBe('Wat ziet u?')
  expect(document.querySelectorAll('.rg-question')).toHaveLength(6)
})
test('a question of a type we do not know says so and is not in the way', async () => {
  const xform = makeForm('wijkschouw').xform.replace('mediatype="image/*"', 'mediatype="osm/*"')
  await db.forms.put(makeForm('wijkschouw', { xform, version: 'osm' }))
  const form = makeForm('wijkschouw', { version: 'osm' })
  await openScreen('wijkschouw', await startDraft({ roundId: ROUND_ID, form }))
  expect(document.querySelector('#app')?.textContent).toContain('Deze vraag werkt nog niet in de app')
})

// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest'
import { type App, createApp, nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { showPreview } from '@/desk/preview'
import { controlsAt } from '@/forms/engine'
import { isPreviewMessage, openPreview } from '@/forms/preview'
import { i18n } from '@/i18n'
import PreviewScreen from '@/screens/PreviewScreen.vue'
import { db } from '@/storage/db'
import { makePhoto, readXForm } from '../factories'

let app: App | null = null

afterEach(() => {
  app?.unmount()
  app = null
  document.body.innerHTML = ''
  vi.unstubAllGlobals()
})

async function openScreen(): Promise<void> {
  window.scrollTo = () => undefined
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/', name: 'today', component: { render: () => null } }],
  })
  document.body.innerHTML = '<div id="app"></div>'
  app = createApp(PreviewScreen).use(i18n).use(router)
  app.mount('#app')
  await nextTick()
}

function send(data: unknown, origin = location.origin, source: Window = window): void {
  window.dispatchEvent(new MessageEvent('message', { data, origin, source }))
}

const text = (): string => document.body.textContent ?? ''
const message = { type: 'rondgang-preview', xform: readXForm('initiatiefenquete'), lists: {} }

test('a form that the desk sends is shown, and says that nothing is kept', async () => {
  await openScreen()
  expect(text()).toContain('Dit is een proef. Er wordt niets bewaard.')
  send(message)
  await vi.waitFor(() => expect(document.querySelector('h1')?.textContent).toBe('Aan de deur'))
  expect(text()).not.toContain('Bewaard op deze telefoon')
  expect(text()).not.toContain('Stoppen en later verder')
  expect(await Promise.all([db.drafts.count(), db.queue.count(), db.photos.count()])).toEqual([0, 0, 0])
})
test('a form from another page is not shown', async () => {
  await openScreen()
  send(message, 'https://elders.nl')
  const frame = document.body.appendChild(document.createElement('iframe'))
  send(message, location.origin, frame.contentWindow ?? undefined)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(document.querySelector('h1')).toBeNull()
})
test('only our own origin and the page around us are listened to', () => {
  const event = { origin: 'https://wij.nl', source: window, data: message } as unknown as MessageEvent
  expect(isPreviewMessage(event, window, 'https://wij.nl')).toBe(true)
  expect(isPreviewMessage(event, window, 'https://zij.nl')).toBe(false)
  expect(isPreviewMessage(event, {}, 'https://wij.nl')).toBe(false)
  expect(isPreviewMessage({ ...event, data: null } as MessageEvent, window, 'https://wij.nl')).toBe(false)
})
test('a form that the engine cannot read says why', async () => {
  await openScreen()
  send({ ...message, xform: '<geen formulier' })
  await vi.waitFor(() => expect(text()).toContain('Dit formulier werkt niet in de app:'))
})
test('addresses are made up when the desk sends none, and lists and files work', async () => {
  const session = await openPreview({ ...message, type: 'rondgang-preview' }, 'nl')
  const [address] = controlsAt(session.root, '/data/deur/adres')
  expect(
    address?.nodeType === 'select' && address.currentState.valueOptions.map((each) => each.label.asString),
  ).toEqual(['Voorbeeldstraat 1', 'Voorbeeldstraat 3', 'Dorpsweg 12'])
  await session.files.keep(makePhoto('a.jpg'))
  expect((await session.files.find('a.jpg'))?.name).toBe('a.jpg')
  await session.files.drop('a.jpg')
  expect(await session.files.find('a.jpg')).toBeNull()
})
test('the desk sends the form once the frame says that it is ready', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ xform: '<x/>', lists: { 'a.csv': 'name' } })))
  document.body.innerHTML = '<div data-xform-url="/formulieren/1/xform" data-label="Voorbeeld"></div>'
  showPreview(document.body.firstElementChild as HTMLElement)
  const frame = document.querySelector('iframe')
  expect([frame?.title, frame?.className]).toEqual(['Voorbeeld', 'rg-preview'])
  expect(frame?.src).toContain('/app/#/proef')
  const sent = vi.fn()
  vi.spyOn(frame!.contentWindow!, 'postMessage').mockImplementation(sent)
  send({ type: 'iets anders' }, location.origin, frame!.contentWindow!)
  send({ type: 'rondgang-preview-ready' }, location.origin, frame!.contentWindow!)
  await vi.waitFor(() =>
    expect(sent.mock.calls).toEqual([
      [{ type: 'rondgang-preview', xform: '<x/>', lists: { 'a.csv': 'name' } }, location.origin],
    ]),
  )
})
test('the desk says so when the form cannot be fetched', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 404 })))
  document.body.innerHTML = '<div data-xform-url="/x"></div>'
  showPreview(document.body.firstElementChild as HTMLElement)
  const frame = document.querySelector('iframe')
  send({ type: 'rondgang-preview-ready' }, location.origin, frame!.contentWindow!)
  await vi.waitFor(() =>
    expect(document.querySelector('[role="alert"]')?.textContent).toContain('kan nu niet'),
  )
})

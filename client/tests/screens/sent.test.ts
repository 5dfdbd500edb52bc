// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type App, createApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { i18n } from '@/i18n'
import SentScreen from '@/screens/SentScreen.vue'
import { db } from '@/storage/db'
import { makeDevice, makeForm, makeItem } from '../factories'
import { accessibilityFaults, named, press, textOf, type } from '../questions/mount'
import { emptyStore, queueTalk } from '../sync/server'

let app: App | null = null

beforeEach(async () => {
  window.scrollTo = () => undefined
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true
  }
  HTMLDialogElement.prototype.close = function () {
    this.open = false
  }
  // Axe measures colours on it, which jsdom cannot.
  HTMLCanvasElement.prototype.getContext = () => null
  URL.createObjectURL = () => 'blob:koffer'
  URL.revokeObjectURL = () => undefined
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
  await emptyStore()
  await db.device.put(makeDevice({ kofferKey: 'JX4DYcJ8y2jKd0zHLPAGcKfmuvhn8lWBk6GGBVGSeAY' }))
  await db.forms.put(makeForm('keukentafelgesprek'))
})
afterEach(() => {
  app?.unmount()
  vi.unstubAllGlobals()
})

async function openScreen(): Promise<void> {
  document.body.innerHTML = '<main id="app"></main>'
  const blank = { render: () => null }
  const routes = [
    { path: '/', component: blank },
    { path: '/verstuurd/:subjectId', name: 'sent-item', component: blank },
  ]
  app = createApp(SentScreen)
    .use(i18n)
    .use(createRouter({ history: createMemoryHistory(), routes }))
  app.mount('#app')
  await vi.waitFor(() => expect(textOf('li')).not.toBe(''))
}

function buttons(): string[] {
  return [...document.querySelectorAll('li button')].map((each) => each.textContent!.trim())
}

test('what was rejected says why, and goes again at the press of a button', async () => {
  const problem = { type: 'x', title: 'Onleesbaar', status: 400, detail: '' }
  await db.queue.put(makeItem({ state: 'rejected', problem, version: null }))
  await openScreen()
  expect(textOf('li')).toContain('Niet aangenomen: Onleesbaar')
  await press('Probeer opnieuw')
  await vi.waitFor(() => expect(textOf('li')).toContain('Wacht op internet'))
  expect(buttons()).toEqual([])
})

describe('withdrawing', () => {
  test('is offered for what has a version at the server, and for nothing else', async () => {
    await db.queue.bulkPut([
      makeItem({ id: 'm-1', subjectId: 'o-1', state: 'sent', safe: 1 }),
      makeItem({ id: 'm-2', subjectId: 'o-2', state: 'waiting', version: 'v' }),
      makeItem({ id: 'm-3', subjectId: 'o-3', kind: 'visit', outcome: 'later', state: 'sent', safe: 1 }),
      makeItem({ id: 'm-4', subjectId: 'o-4', state: 'sent', safe: 1, version: 'v' }),
    ])
    await openScreen()
    expect(buttons()).toEqual(['Trek in'])
  })
  test('asks first and why, and is then a thing to hand in', async () => {
    await db.queue.put(makeItem({ state: 'sent', safe: 1, version: 'm-1' }))
    await openScreen()
    await press('Trek in')
    expect(textOf('dialog[open]')).toContain('Wilt u dit intrekken?')
    expect(await accessibilityFaults()).toEqual([])
    await type('Waarom?', 'verkeerde plek')
    await press('Ja, trek in')
    await vi.waitFor(() => expect(textOf('li')).toContain('Wordt ingetrokken, wacht op internet'))
    expect(await db.queue.filter(({ kind }) => kind === 'withdrawal').count()).toBe(1)
    expect(buttons()).toEqual([])
  })
})

describe('a koffer', () => {
  test('is made of what has not arrived, without a network', async () => {
    await queueTalk()
    await openScreen()
    expect(await accessibilityFaults()).toEqual([])
    await press('Maak een koffer met uw werk')
    await vi.waitFor(() => expect(textOf()).toContain('De koffer is klaar'))
    const link = document.querySelector<HTMLAnchorElement>('a[download]')
    expect(link?.download).toMatch(/^rondgang-koffer-vrijwilliger-1-\d{4}-\d\d-\d\d\.txt$/)
  })
  test('is shared where the phone can do that', async () => {
    const share = vi.fn(() => Promise.resolve())
    Object.assign(navigator, { share, canShare: () => true })
    await queueTalk()
    await openScreen()
    await press('Maak een koffer met uw werk')
    await vi.waitFor(() => named('Delen'))
    await press('Delen')
    expect(share).toHaveBeenCalledOnce()
    Object.assign(navigator, { share: undefined, canShare: undefined })
  })
  test('is not offered when everything arrived', async () => {
    await db.queue.put(makeItem({ state: 'sent', safe: 1, version: null }))
    await openScreen()
    expect(textOf()).not.toContain('koffer')
  })
  test('says that it cannot be made by a phone that has no key yet', async () => {
    await db.device.put(makeDevice({ kofferKey: null }))
    await queueTalk()
    await openScreen()
    expect(textOf()).toContain('Dat kan nog niet op deze telefoon.')
  })
})

import type { AnyControlNode, RootNode } from '@getodk/xforms-engine'
import axe from 'axe-core'
import { expect } from 'vitest'
import { type App, createApp, h, nextTick, reactive } from 'vue'
import QuestionField from '@/components/questions/QuestionField.vue'
import { GO_ON } from '@/components/questions/props'
import { controlsAt, openForm } from '@/forms/engine'
import { MEDIA_FINDER } from '@/forms/media'
import { FILE_KEEPER } from '@/forms/session'
import { i18n } from '@/i18n'
import { readXForm } from '../factories'

const STREETS = Array.from({ length: 60 }, (_, index) => `s${index},Straat ${index}`)
const LISTS = { 'straten.csv': ['name,label', ...STREETS].join('\n') }

let app: App | null = null

export interface Mounted {
  root: RootNode
  node: AnyControlNode
  files: Map<string, File>
  wentOn: AnyControlNode[]
  /** What QuestionField is given from outside. */
  shown: { fault: string | null; alone: boolean }
}

export async function openEverything(lastSavedXml: string | null = null): Promise<RootNode> {
  return openForm(readXForm('alles'), { lists: LISTS, lastSavedXml }, null)
}

export function nodeAt(root: RootNode, name: string): AnyControlNode {
  const [node] = controlsAt(root, `/data/${name}`)
  if (!node) throw new Error(`no question ${name}`)
  return node
}

/** The question `name` of the form with every type, on a page, with the real engine behind it. */
export async function mountQuestion(name: string, root?: RootNode): Promise<Mounted> {
  unmountQuestion()
  const opened = root ?? (await openEverything())
  const node = nodeAt(opened, name)
  const files = new Map<string, File>()
  const wentOn: AnyControlNode[] = []
  const shown = reactive({ fault: null as string | null, alone: false })
  document.body.innerHTML = '<main id="app"></main>'
  app = createApp({ render: () => h(QuestionField, { node, ...shown }) })
    .use(i18n)
    .provide(GO_ON, (each) => void wentOn.push(each))
    .provide(MEDIA_FINDER, (file) => (file === 'stop.png' ? 'blob:stop' : null))
    .provide(FILE_KEEPER, {
      keep: (file) => Promise.resolve(void files.set(file.name, file)),
      drop: (file) => Promise.resolve(void files.delete(file)),
      find: (file) => Promise.resolve(files.get(file) ?? null),
    })
  app.mount('#app')
  await nextTick()
  return { root: opened, node, files, wentOn, shown }
}

export function unmountQuestion(): void {
  app?.unmount()
  app = null
}

export const valueOf = ({ node }: Pick<Mounted, 'node'>): string => node.currentState.instanceValue

export function textOf(selector = 'main'): string {
  return document.querySelector(selector)?.textContent?.replaceAll(/\s+/g, ' ').trim() ?? ''
}

/** The field or button that a person would call this. */
export function named<T extends HTMLElement = HTMLInputElement>(name: string): T {
  const all = [...document.querySelectorAll<HTMLElement>('input, select, textarea, button, summary')]
  const found = all.find((each) => nameOf(each).includes(name))
  expect(found, `"${name}" among ${all.map(nameOf).join(' | ')}`).toBeDefined()
  return found as T
}

function nameOf(element: HTMLElement): string {
  const labels = 'labels' in element ? [...((element.labels as NodeList | null) ?? [])] : []
  const text = labels.map((label) => label.textContent ?? '').join(' ')
  return (element.getAttribute('aria-label') ?? (text || element.textContent) ?? '').trim()
}

export async function press(name: string): Promise<void> {
  named(name).click()
  await settled()
}

export async function type(name: string, value: string, event = 'input'): Promise<void> {
  const field = named(name)
  field.value = value
  field.dispatchEvent(new Event(event, { bubbles: true }))
  if (event === 'input') field.dispatchEvent(new Event('change', { bubbles: true }))
  await settled()
}

export async function chooseFile(name: string, file: File): Promise<void> {
  const field = named(name)
  Object.defineProperty(field, 'files', { value: [file], configurable: true })
  field.dispatchEvent(new Event('change', { bubbles: true }))
  await settled()
}

export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTick()
  await new Promise((resolve) => setTimeout(resolve))
}

/** What axe finds wrong with what is on the page; it cannot see colours or sizes here, the browser test does. */
export async function accessibilityFaults(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    rules: { region: { enabled: false }, 'color-contrast': { enabled: false } },
  })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((each) => each.html).join(' ')}`)
}

import {
  type AnyControlNode,
  type AnyNode,
  type FormLanguage,
  loadForm,
  type RootNode,
  type UploadNode,
} from '@getodk/xforms-engine'
import { shallowReactive } from 'vue'
import { placeAtStart } from './findPlace'
import { LAST_SAVED_FILE, prepareXForm } from './prepareXForm'

/** Nodes are compared and called as they are, so only their state is made reactive, and not deeply. */
const INSTANCE_CONFIG = {
  stateFactory: shallowReactive,
  // Our photos have their own unique names already, which the store of photos knows them by.
  instanceAttachments: {
    fileNameFactory: ({ basename, extension }: { basename: string; extension: string | null }) =>
      `${basename}${extension ?? ''}`,
  },
  geolocationProvider: { getLocation: placeAtStart },
}

export interface SavedAnswers {
  xml: string
  /** Every photo that the XML names. The engine loses the ones that are not handed to it. */
  photos: File[]
}

/** The lists a form chooses from, by file name, as CSV; and the answers that were saved last, as instance XML. */
export interface FormSources {
  lists: Readonly<Record<string, string>>
  lastSavedXml?: string | null
}

/** The root node of a form, new or as it was saved. A form that asks for a list that is not there gets none, and
 * shows an empty choice. */
export async function openForm(
  xform: string,
  sources: FormSources,
  saved: SavedAnswers | null,
): Promise<RootNode> {
  const form = await loadForm(prepareXForm(xform), {
    fetchFormAttachment: (url) => Promise.resolve(sourceResponse(url, sources)),
    missingResourceBehavior: 'BLANK',
  })
  if (form.status === 'failure') throw form.error
  if (!saved) return form.createInstance(INSTANCE_CONFIG).root
  const data = new FormData()
  data.set('xml_submission_file', new File([saved.xml], 'xml_submission_file', { type: 'text/xml' }))
  for (const photo of saved.photos) data.set(photo.name, photo)
  const input = { data: [data] } as unknown as Parameters<typeof form.restoreInstance>[0]
  return (await form.restoreInstance(input, INSTANCE_CONFIG)).root
}

function sourceResponse(url: URL, { lists, lastSavedXml }: FormSources): Response {
  const name = decodeURIComponent(url.href.slice(url.href.lastIndexOf('/') + 1))
  if (name === LAST_SAVED_FILE && lastSavedXml) {
    return new Response(lastSavedXml, { headers: { 'Content-Type': 'text/xml' } })
  }
  const list = Object.hasOwn(lists, name) ? lists[name] : undefined
  if (list === undefined) return new Response('', { status: 404 })
  return new Response(list, { headers: { 'Content-Type': contentTypeOf(list) } })
}

/** Most lists are CSV; a form may also bring places (GeoJSON) or XML. */
function contentTypeOf(list: string): string {
  const begin = list.trimStart()
  if (begin.startsWith('{')) return 'application/geo+json'
  return begin.startsWith('<') ? 'text/xml' : 'text/csv'
}

/** Takes the file of a question away. The engine (0.22) falls back to the name that stood in the answers when they were
 * restored, so that has to go too. */
export function clearFile(node: UploadNode): void {
  const { instanceNode } = node as unknown as { instanceNode: object | null }
  if (instanceNode) Object.defineProperty(instanceNode, 'value', { value: null, configurable: true })
  node.setValue(null)
}

/** Shows the form in the language of the screen when it has that one; else it stays in its own default. */
export function setFormLanguage(root: RootNode, locale: string): void {
  const languages = root.languages.filter((each): each is FormLanguage => !each.isSyntheticDefault)
  const wanted =
    languages.find((each) => each.locale?.language === locale) ??
    languages.find((each) => each.language.endsWith(`(${locale})`) || each.language === locale) ??
    languages.find((each) => each.isDefault)
  if (wanted && wanted.language !== root.currentState.activeLanguage.language) root.setLanguage(wanted)
}

/** Every question of the form, relevant or not, in order. */
export function controlsOf(node: AnyNode): AnyControlNode[] {
  if (isControl(node)) return [node]
  return childrenOf(node).flatMap(controlsOf)
}

export function childrenOf(node: AnyNode): readonly AnyNode[] {
  return node.currentState.children ?? []
}

export function isControl(node: AnyNode): node is AnyControlNode {
  return node.currentState.children === null && node.nodeType !== 'model-value'
}

export function appearancesOf(node: AnyNode): string[] {
  return [...((node.appearances ?? []) as Iterable<string>)]
}

export function hasAppearance(node: AnyNode, name: string): boolean {
  return appearancesOf(node).includes(name)
}

/** The questions with a role. `path` is the path of the definition, without positions in repeats. */
export function controlsAt(root: RootNode, path: string): AnyControlNode[] {
  return controlsOf(root).filter((node) => node.currentState.reference.replaceAll(/\[\d+\]/g, '') === path)
}

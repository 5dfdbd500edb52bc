import { ref } from 'vue'
import { addressesCsv, ADDRESS_LIST, listsIn } from '@/domain/csv'
import { openForm, setFormLanguage } from './engine'
import { mediaShelf } from './media'
import type { FileKeeper, FormSession } from './session'

/** What the desk sends to the page that tries a form out. */
export interface PreviewMessage {
  type: 'rondgang-preview'
  xform: string
  lists?: Record<string, string>
  media?: Record<string, string>
}

export const READY_MESSAGE = { type: 'rondgang-preview-ready' }

/** Houses that do not exist, for a form that chooses an address. */
const EXAMPLES = ['Voorbeeldstraat 1', 'Voorbeeldstraat 3', 'Dorpsweg 12'].map((label, index) => ({
  id: `voorbeeld-${index + 1}`,
  areaId: 'voorbeeld',
  street: label.replace(/ \d+$/, ''),
  number: Number(label.split(' ').at(-1)),
  letter: '',
  addition: '',
  postcode: '1234 AB',
  place: 'Voorbeeld',
  lon: null,
  lat: null,
}))

/** Only the page around this one, of our own origin, may say what is shown. */
export function isPreviewMessage(event: MessageEvent, parent: unknown, origin: string): boolean {
  if (event.origin !== origin || event.source !== parent) return false
  const data = event.data as Partial<PreviewMessage> | null
  return data?.type === 'rondgang-preview' && typeof data.xform === 'string'
}

/** A form as volunteers see it, of which nothing is kept: files stay in memory until the page closes. */
export async function openPreview(message: PreviewMessage, locale: string): Promise<FormSession> {
  const { xform, lists = {}, media = {} } = message
  const withAddresses = { [ADDRESS_LIST]: addressesCsv(EXAMPLES), ...listsIn(lists, locale) }
  const root = await openForm(xform, { lists: withAddresses }, null)
  setFormLanguage(root, locale)
  const shelf = mediaShelf(media)
  return {
    form: { id: 'proef', title: { nl: titleIn(xform) } },
    root,
    page: ref(0),
    saver: null,
    files: inMemory(),
    media: shelf,
    finish: () => Promise.resolve(),
    leave: () => Promise.resolve(shelf.close()),
  }
}

function inMemory(): FileKeeper {
  const files = new Map<string, File>()
  return {
    keep: (file) => Promise.resolve(void files.set(file.name, file)),
    drop: (name) => Promise.resolve(void files.delete(name)),
    find: (name) => Promise.resolve(files.get(name) ?? null),
  }
}

function titleIn(xform: string): string {
  const parsed = new DOMParser().parseFromString(xform, 'text/xml')
  return parsed.getElementsByTagNameNS('*', 'title')[0]?.textContent?.trim() ?? ''
}

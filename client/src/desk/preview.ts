/** A phone on the desk's page: the app in a frame, with the form that the page names. The app says when it is ready
 * to receive (`rondgang-preview-ready`); until then a message would be lost. */
const PREVIEW_PAGE = '/app/#/proef'

interface PreviewData {
  xform: string
  lists: Record<string, string>
}

export function showPreview(element: HTMLElement): void {
  const { xformUrl, label = '', failed = 'Het voorbeeld kan nu niet worden getoond.' } = element.dataset
  if (!xformUrl) return
  const frame = document.createElement('iframe')
  frame.className = 'rg-preview'
  frame.title = label
  const loaded = loadPreview(xformUrl)
  window.addEventListener('message', (event) => {
    if (event.origin !== location.origin || event.source !== frame.contentWindow) return
    if ((event.data as { type?: unknown } | null)?.type !== 'rondgang-preview-ready') return
    void loaded.then((data) => {
      if (data) frame.contentWindow?.postMessage({ ...data, type: 'rondgang-preview' }, location.origin)
      else tellFailure(frame, failed)
    })
  })
  frame.src = PREVIEW_PAGE
  element.append(frame)
}

function tellFailure(frame: HTMLIFrameElement, text: string): void {
  const told = document.createElement('p')
  told.className = 'rg-alert rg-alert--error'
  told.setAttribute('role', 'alert')
  told.textContent = text
  frame.replaceWith(told)
}

/** The form and its lists; null when the server does not give them. */
async function loadPreview(url: string): Promise<PreviewData | null> {
  try {
    const response = await fetch(url, { headers: { Accept: 'application/json' } })
    return response.ok ? ((await response.json()) as PreviewData) : null
  } catch {
    return null
  }
}

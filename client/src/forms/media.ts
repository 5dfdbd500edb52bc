import type { InjectionKey } from 'vue'

/** The address of a picture or sound of the form for an <img> or <audio>; null when it is not on this phone. */
export type MediaFinder = (fileName: string) => string | null

export const MEDIA_FINDER: InjectionKey<MediaFinder> = Symbol('media-finder')

export interface MediaShelf {
  find: MediaFinder
  /** Gives back the memory of what was shown. */
  close: () => void
}

/** `media` holds data URLs by file name. The app's policy allows only blob: addresses, so they become those. */
export function mediaShelf(media: Readonly<Record<string, string>>): MediaShelf {
  const shown = new Map<string, string>()
  const find: MediaFinder = (fileName) => {
    const known = shown.get(fileName)
    if (known) return known
    const blob = Object.hasOwn(media, fileName) ? blobOf(media[fileName] ?? '') : null
    if (!blob) return null
    const url = URL.createObjectURL(blob)
    shown.set(fileName, url)
    return url
  }
  const close = (): void => {
    shown.forEach((url) => URL.revokeObjectURL(url))
    shown.clear()
  }
  return { find, close }
}

function blobOf(dataUrl: string): Blob | null {
  const [, type, base64] = /^data:([\w/+.-]+);base64,(.+)$/s.exec(dataUrl) ?? []
  if (!type || !base64) return null
  return new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], { type })
}

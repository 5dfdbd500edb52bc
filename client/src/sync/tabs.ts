import type { RoundEnd } from './round'

/** What a tab, or the service worker, tells the others, so that every screen says the same. */
export interface SyncNews extends RoundEnd {
  running: boolean
}

const NAME = 'rondgang-sync'

export interface Tabs {
  tell: (news: SyncNews) => void
  hear: (listener: (news: SyncNews) => void) => void
  close: () => void
}

/** Old browsers have no channel: there each tab only knows of its own rounds. */
export function openTabs(): Tabs {
  if (!('BroadcastChannel' in globalThis))
    return { tell: () => undefined, hear: () => undefined, close: () => undefined }
  const channel = new BroadcastChannel(NAME)
  return {
    tell: (news) => channel.postMessage(news),
    hear: (listener) => {
      channel.onmessage = ({ data }: MessageEvent<SyncNews>) => listener(data)
    },
    close: () => channel.close(),
  }
}

/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core'
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { handInText } from '@/sync/handInText'
import { WAKE_TAG } from '@/sync/wake'

/** The service worker: the whole app without a network, and unsent text handed in when the network is back. */
declare const self: ServiceWorkerGlobalScope

interface SyncEvent extends ExtendableEvent {
  tag: string
}

precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()
// The page that installed the service worker works offline at once, not only after it is opened again.
clientsClaim()
registerRoute(new NavigationRoute(createHandlerBoundToURL('/app/index.html'), { allowlist: [/^\/app\//] }))

self.addEventListener('message', ({ data }) => {
  if ((data as { type?: string } | null)?.type === 'SKIP_WAITING') void self.skipWaiting()
})
self.addEventListener('sync', (event) => {
  const { tag } = event as SyncEvent
  if (tag === WAKE_TAG) (event as SyncEvent).waitUntil(handInText())
})

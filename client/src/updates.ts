import { registerSW } from 'virtual:pwa-register'
import { ref } from 'vue'
import { router } from './router'

/** Just after the start nobody is in the middle of anything yet. */
const START_MS = 4_000

/** True when a new version waits. It never interrupts: a button on "Vandaag" opens it, or the next start. */
export const updateWaits = ref(false)

let applyUpdate: () => Promise<void> = () => Promise.resolve()

export function startUpdates(): void {
  const startedMs = Date.now()
  const update = registerSW({
    immediate: true,
    onNeedRefresh: () => {
      updateWaits.value = true
      const justStarted = Date.now() - startedMs < START_MS
      if (justStarted && router.currentRoute.value.name === 'today') void openUpdate()
    },
  })
  applyUpdate = () => update(true)
}

export async function openUpdate(): Promise<void> {
  // The page that took part first was open before there was a service worker: it is not reloaded by itself.
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  await applyUpdate()
}

/** Whether the app is completely on the phone, waiting at most this long for it. */
export async function isStoredOffline(longestMs = 60_000): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false
  const tooLong = new Promise<false>((resolve) => setTimeout(() => resolve(false), longestMs))
  const ready = navigator.serviceWorker.ready.then(controlsThisPage)
  return Promise.race([ready, tooLong])
}

/** Until it controls the page, parts of the app that were not opened yet still come from the network. */
function controlsThisPage(): Promise<true> {
  if (navigator.serviceWorker.controller) return Promise.resolve(true)
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(true), { once: true })
  })
}

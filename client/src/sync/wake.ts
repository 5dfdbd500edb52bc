/** Background Sync, which is not in every browser and not in TypeScript's own list. */
interface WithSync extends ServiceWorkerRegistration {
  sync?: { register: (tag: string) => Promise<void> }
}

export const WAKE_TAG = 'rondgang'

/** Asks the browser to wake the service worker when there is a network, also after the app was closed. Where that cannot
 * be, or is not allowed, the work goes when the app is opened again. */
export async function askToBeWoken(): Promise<void> {
  try {
    const registration: WithSync | undefined = await navigator.serviceWorker?.getRegistration()
    await registration?.sync?.register(WAKE_TAG)
  } catch {
    // Not allowed by the person or the browser.
  }
}

/** Long enough after the first screen that nobody notices. */
const LONGEST_WAIT_MS = 2_000

let warm = false

/** Loads the form screen and lets the engine read a tiny form while nobody waits: the first form that somebody
 * opens then starts with the code compiled and the engine's parser in memory. */
export function warmUp(): void {
  if (warm) return
  warm = true
  const work = (): void =>
    void Promise.all([import('@/screens/FormScreen.vue'), import('@/forms/tinyForm')])
      .then(([, { readTinyForm }]) => readTinyForm())
      // Without the network and not stored yet: the form screen tells, when somebody asks for it.
      .catch(() => (warm = false))
  if ('requestIdleCallback' in window) window.requestIdleCallback(work, { timeout: LONGEST_WAIT_MS })
  else setTimeout(work, LONGEST_WAIT_MS)
}

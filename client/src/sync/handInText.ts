import { settle } from './ledger'
import { push } from './push'
import { goRound } from './round'
import { openTabs } from './tabs'
import { takeTurn } from './turn'

/** The worker does not know which language the screen has; Dutch is what most have. */
const LANGUAGE = 'nl'

/**
 * What the service worker does when the browser wakes it with a network: it hands in what is text. Photos wait until the
 * app is opened: a worker lives for seconds and has no XMLHttpRequest. Throws when it did not get through, so that
 * the browser wakes it again. When a tab is at work already there is nothing to do here.
 */
export async function handInText(): Promise<void> {
  const tabs = openTabs()
  let reached = true
  await takeTurn(async (turn) => {
    const end = await goRound(turn, LANGUAGE, [(errand) => push(errand, Date.now()), settle])
    if (!end) return
    tabs.tell({ ...end, running: false })
    reached = end.contact === 'reached'
  })
  tabs.close()
  if (!reached) throw new Error('The server was not reached.')
}

import { useI18n } from 'vue-i18n'
import type { RouteData, RouteStop } from '@/sync/wire'

/** "Stop 3 · Speeltuin", or "Vak 3" on a walk along measuring squares. */
export function useStopName(route: () => Pick<RouteData, 'kind'>): (stop: RouteStop) => string {
  const { t } = useI18n()
  return ({ number, name }) => {
    const numbered = t(route().kind === 'vakken' ? 'schouw.square' : 'schouw.stop', { n: number })
    return name ? `${numbered} · ${name}` : numbered
  }
}

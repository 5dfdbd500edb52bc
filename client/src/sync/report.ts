import { toRfc3339Exact } from '@/domain/time'
import { db } from '@/storage/db'
import { photosWaiting } from '@/storage/photos'
import { madeCount } from '@/storage/queue'

/** The phone's account of itself, as the header `Rondgang-Report` carries it (docs/protocol.md, section 2.3). */
export async function reportNow(now = new Date()): Promise<string> {
  const clock = `clock="${toRfc3339Exact(now)}"`
  try {
    const [made, unsent, photos] = await Promise.all([
      madeCount(),
      db.queue.where('state').equals('waiting').count(),
      photosWaiting(),
    ])
    return `made=${made}, unsent=${unsent}, photos=${photos.length}, ${clock}`
  } catch {
    // A store that cannot be read now must not keep a call from being made.
    return clock
  }
}

import type { Device } from '@/storage/db'
import type { Turn } from './turn'

/** What every step of a round needs: whose work it is, in whose turn, and in which language the server answers. */
export interface Errand {
  turn: Turn
  device: Device
  language: string
}

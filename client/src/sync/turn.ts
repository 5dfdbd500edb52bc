import type { Table } from 'dexie'
import { uuidv7 } from '@/domain/ids'
import { db, type TurnRow } from '@/storage/db'
import { writeFromReserve } from '@/storage/full'

/**
 * One tab, or the service worker, hands in and fetches at a time. Assumptions: a tab can be closed at any moment (the
 * browser then gives its lock to another), and it can be suspended with the lock in its hands and wake up much later,
 * in the middle of its round. Therefore whoever has the turn gives a sign of life with everything it stores; after
 * STALLED_MS without one another takes the turn away; and every write of a round checks, in its own transaction, that
 * the turn is still its own. So one that wakes up late stores nothing any more. What it sent is no harm: every call
 * of the protocol can be made twice.
 */
export const STALLED_MS = 3 * 60_000
const LOCK = 'rondgang-sync'

/** Another has the turn now. */
export class TurnLost extends Error {}

export interface Turn {
  /** Tells that it is alive; throws TurnLost. */
  beat: () => Promise<void>
  /** Runs the work as one transaction over these tables, in which the turn is ours; throws TurnLost. */
  write: <T>(tables: Table[], work: () => Promise<T>) => Promise<T>
}

/** Whether it was our turn, and the work was done or taken away from us. `byForce`: a person asked for something that
 * makes the round of another senseless, such as a new enrolment. */
export async function takeTurn(
  work: (turn: Turn) => Promise<void>,
  { byForce = false } = {},
): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager }
  const other = await db.turns.get('sync')
  const free = other === undefined || hasStalled(other, Date.now())
  // A browser without locks: the row alone tells, and a tab that was closed is waited for.
  if (!locks) return free || byForce ? run(work) : false
  const how = byForce || (other && free) ? { steal: true } : { ifAvailable: true }
  try {
    return await locks.request(LOCK, how, (lock) => (lock ? run(work) : false))
  } catch (error) {
    if (isStolen(error)) return true
    throw error
  }
}

/** A clock that was put back must not keep a turn alive for ever. */
export function hasStalled({ beatMs }: TurnRow, nowMs: number): boolean {
  return Math.abs(nowMs - beatMs) > STALLED_MS
}

async function run(work: (turn: Turn) => Promise<void>): Promise<boolean> {
  const holder = uuidv7()
  await writeFromReserve(() => sign(holder))
  try {
    await work(turnOf(holder))
  } catch (error) {
    if (!(error instanceof TurnLost)) throw error
  } finally {
    await giveBack(holder)
  }
  return true
}

function turnOf(holder: string): Turn {
  const write = <T>(tables: Table[], work: () => Promise<T>): Promise<T> =>
    writeFromReserve(() =>
      db.transaction('rw', [...tables, db.turns], async () => {
        if ((await db.turns.get('sync'))?.holder !== holder) throw new TurnLost()
        await sign(holder)
        return work()
      }),
    )
  return { write, beat: () => write([], () => Promise.resolve()) }
}

async function sign(holder: string): Promise<void> {
  await db.turns.put({ key: 'sync', holder, beatMs: Date.now() })
}

async function giveBack(holder: string): Promise<void> {
  await db.turns.filter((row) => row.holder === holder).delete()
}

function isStolen(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

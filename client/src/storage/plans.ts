import type { DayPart } from '@/domain/doors'
import { db, type Plan } from './db'

async function change(addressId: string, changed: (plan: Plan) => Partial<Plan>): Promise<void> {
  await db.transaction('rw', db.plans, async () => {
    const plan = (await db.plans.get(addressId)) ?? { addressId, comeBack: null, letters: 0 }
    await db.plans.put({ ...plan, ...changed(plan) })
  })
}

/** When to try this door again; the same choice once more takes it back. */
export async function planReturn(addressId: string, part: DayPart): Promise<void> {
  await change(addressId, ({ comeBack }) => ({ comeBack: comeBack === part ? null : part }))
}

/** One more note was left in the letter box, or one less. */
export async function countLetter(addressId: string, step: 1 | -1): Promise<void> {
  await change(addressId, ({ letters }) => ({ letters: Math.max(0, letters + step) }))
}

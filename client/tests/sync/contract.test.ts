import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { db } from '@/storage/db'
import { openText } from '@/storage/vault'
import { recordVisit } from '@/storage/visits'
import { withdraw } from '@/storage/withdrawals'
import {
  isChange,
  isEnrolAnswer,
  isLedgerAnswer,
  isProblem,
  isPullAnswer,
  isPushAnswer,
  type Mutation,
  type PullAnswer,
} from '@/sync/wire'
import { ROUND_ID } from '../factories'
import { emptyStore, queueTalk } from './server'

/** The examples of docs/protocol.md are the contract: every JSON block is a request or an answer. */
const text = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8')
const blocks = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, json]) => JSON.parse(json ?? '') as object,
)

function blocksWith(key: string): object[] {
  return blocks.filter((block) => key in block)
}

describe('the answers in docs/protocol.md are understood', () => {
  test.each([
    ['enrolment', 'municipality', isEnrolAnswer],
    ['pull', 'changes', isPullAnswer],
    ['push', 'receipts', isPushAnswer],
    ['ledger', 'account', isLedgerAnswer],
  ])('%s', (_name, key, guard) => {
    expect(blocksWith(key).length).toBeGreaterThan(0)
    for (const block of blocksWith(key)) expect(guard(block)).toBe(true)
  })
  test('every change of the example is of a kind we store', () => {
    const changes = blocksWith('changes').flatMap((block) => (block as PullAnswer).changes)
    expect(changes.map((change) => [change.entity, isChange(change)])).toEqual([
      ['round', true],
      ['area', true],
      ['address', true],
      ['form', true],
      ['route', true],
      ['map', true],
      ['observation', true],
    ])
  })
})

test('the mutations we make have the fields of the examples', async () => {
  await emptyStore()
  const id = await queueTalk()
  await recordVisit(ROUND_ID, 'a-12', 'niet_thuis')
  await db.queue.update(`m-${id}`, { state: 'sent', version: 'v-1' })
  await withdraw((await db.queue.get(`m-${id}`))!, '')
  const examples = blocksWith('mutations').flatMap((block) => (block as { mutations: Mutation[] }).mutations)
  const fields = new Map(examples.map((example) => [example.type, Object.keys(example)]))
  const optional = ['baseVersion', 'reason']
  for (const { sealedMutation } of await db.queue.toArray()) {
    const made = JSON.parse(await openText(sealedMutation!)) as Mutation
    const wanted = fields.get(made.type)?.filter((field) => field in made || !optional.includes(field))
    expect(Object.keys(made).sort()).toEqual(wanted?.sort())
  }
})

test('an answer of another kind is not taken for one of ours', () => {
  expect(isPullAnswer({ html: 'Welkom op ons wifi' })).toBe(false)
  expect(isPushAnswer([])).toBe(false)
  expect(isChange({ entity: 'route', id: 'x', deleted: false, data: {} })).toBe(false)
  expect(isProblem({ type: 'urn:rondgang:problem:x', title: 'X', status: 400 })).toBe(true)
})

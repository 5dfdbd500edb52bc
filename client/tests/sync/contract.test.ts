import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
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
    ['ledger', 'observations', isLedgerAnswer],
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
    ])
  })
})

test('the mutations we make have the fields of the example', () => {
  const [example] = blocksWith('mutations') as { mutations: Mutation[] }[]
  const fields = example?.mutations.map((mutation) => Object.keys(mutation).sort())
  expect(fields?.[0]).toEqual(
    [
      'id',
      'type',
      'observationId',
      'roundId',
      'form',
      'formVersion',
      'instanceXml',
      'capturedAt',
      'position',
      'addressId',
      'attachments',
    ].sort(),
  )
  expect(fields?.[1]).toEqual(
    ['id', 'type', 'visitId', 'roundId', 'addressId', 'outcome', 'visitedAt'].sort(),
  )
})

test('an answer of another kind is not taken for one of ours', () => {
  expect(isPullAnswer({ html: 'Welkom op ons wifi' })).toBe(false)
  expect(isPushAnswer([])).toBe(false)
  expect(isChange({ entity: 'route', id: 'x', deleted: false, data: {} })).toBe(false)
  expect(isProblem({ type: 'urn:rondgang:problem:x', title: 'X', status: 400 })).toBe(true)
})

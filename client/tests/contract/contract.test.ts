// @vitest-environment jsdom
import type { AnyNode, RootNode, SelectNode } from '@getodk/xforms-engine'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { childrenOf, openForm } from '@/forms/engine'

/** The cases of tests/contract, which the server's checks meet as well (tests/contract/test_contract.py). */
interface Expectation {
  values?: Record<string, string | null>
  relevant?: Record<string, boolean>
  required?: Record<string, boolean>
  faults?: Record<string, 'required' | 'constraint'>
  messages?: Record<string, string>
  choices?: Record<string, string[]>
}
interface Case {
  name: string
  xform: string
  answers: string
  expect: Expectation
  now?: string
  lists?: Record<string, string>
  /** Where the engine differs from the specification, and how; `unsupported` where it cannot do it at all. */
  engine?: Expectation & { why?: string; unsupported?: string }
}

vi.hoisted(() => {
  process.env.TZ = 'Europe/Amsterdam'
})

const folder = join(import.meta.dirname, '../../../tests/contract')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const casesIn = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Case[]
const cases = files.flatMap(casesIn)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** The form as it is with these answers, every calculation made. */
async function opened({ xform, answers, lists, now }: Case): Promise<RootNode> {
  vi.setSystemTime(new Date(now ?? '2026-11-22T14:03:00+01:00'))
  const id = /<data id="([^"]*)"/.exec(xform)?.[1] ?? ''
  const meta = '<meta><instanceID>uuid:01931f5e-0000-7000-8000-000000000001</instanceID></meta>'
  const xml = `<data id="${id}">${answers}${meta}</data>`
  return openForm(xform, { lists: lists ?? {} }, { xml, photos: [] })
}

function nodesOf(node: AnyNode): AnyNode[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)]
}

/** What `see` sees of each node, for the references that are expected. */
function seen<T>(
  root: RootNode,
  expected: Record<string, unknown>,
  see: (node: AnyNode) => T,
): Record<string, T> {
  const nodes = new Map(
    nodesOf(root)
      .filter(({ nodeType }) => !nodeType.startsWith('repeat-range'))
      .map((node) => [node.currentState.reference, node]),
  )
  return Object.fromEntries(
    Object.keys(expected).map((reference) => {
      const node = nodes.get(reference)
      if (!node) throw new Error(`no node at ${reference}`)
      return [reference, see(node)]
    }),
  )
}

function valueOf(node: AnyNode): string {
  return 'instanceValue' in node.currentState ? node.currentState.instanceValue : ''
}

function violationOf(node: AnyNode): { condition: string; message: string | null } | null {
  if (!('violation' in node.validationState)) return null
  const { violation } = node.validationState
  return violation && { condition: violation.condition, message: violation.message?.asString ?? null }
}

function faultsOf(root: RootNode): Record<string, string> {
  return Object.fromEntries(
    nodesOf(root).flatMap((node) => {
      const violation = violationOf(node)
      return violation ? [[node.currentState.reference, violation.condition]] : []
    }),
  )
}

describe.each(files)('%s', (file) => {
  test.each(casesIn(file).filter(({ engine }) => !engine?.unsupported))('$name', async (one) => {
    const root = await opened(one)
    const expected = { ...one.expect, ...one.engine }
    const { values = {}, relevant = {}, required = {}, messages = {}, choices = {} } = expected
    expect(seen(root, values, valueOf)).toEqual(values)
    expect(seen(root, relevant, (node) => node.currentState.relevant)).toEqual(relevant)
    expect(seen(root, required, (node) => node.currentState.required)).toEqual(required)
    expect(seen(root, messages, (node) => violationOf(node)?.message)).toEqual(messages)
    expect(
      seen(root, choices, (node) => (node as SelectNode).currentState.valueOptions.map(({ value }) => value)),
    ).toEqual(choices)
    if (expected.faults) expect(faultsOf(root)).toEqual(expected.faults)
  })
})

test('what the engine cannot do is named with its reason', () => {
  const unsupported = cases.filter(({ engine }) => engine?.unsupported)
  expect(unsupported.map(({ name }) => name)).toEqual(['a union has the nodes of both paths'])
})

test('where the engine differs, the case says why', () => {
  for (const { engine } of cases) if (engine) expect(engine.why ?? engine.unsupported).toMatch(/\w/)
})

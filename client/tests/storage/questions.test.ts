import { beforeEach, describe, expect, test } from 'vitest'
import { db, type StoredQuestion } from '@/storage/db'
import {
  answerQuestion,
  applyQuestions,
  keepTyped,
  openQuestions,
  questionsAbout,
  typedAnswer,
} from '@/storage/questions'
import { openText } from '@/storage/vault'
import { pull } from '@/sync/pull'
import type { QuestionState } from '@/sync/wire'
import { makeDevice, makeItem } from '../factories'
import { emptyStore, inTurn, pageOf, serverAnswers } from '../sync/server'

beforeEach(async () => {
  await emptyStore()
  await db.device.put(makeDevice())
})

function told(over: Partial<QuestionState> = {}): QuestionState {
  const rest = { answer: null, answeredAt: null, closedAt: null }
  return { id: 'q-1', text: 'Welke bank?', askedAt: '2026-11-23T09:00:00+00:00', ...rest, ...over }
}

async function asked(over: Partial<QuestionState> = {}): Promise<StoredQuestion> {
  await applyQuestions('o-1', [told(over)], 1000)
  return (await db.questions.get('q-1'))!
}

async function openIds(): Promise<string[]> {
  return (await openQuestions()).map(({ id }) => id)
}

describe('a question of the desk', () => {
  test('comes with a pull, and one that cannot be read takes no other with it', async () => {
    const data = { status: 'applied', version: null, photosMissing: [], problem: null }
    const questions = [told(), { id: 'q-2' }]
    serverAnswers(() =>
      pageOf([{ entity: 'observation', id: 'o-1', deleted: false, data: { ...data, questions } }]),
    )
    await inTurn(pull)
    expect((await questionsAbout('o-1')).map(({ id }) => id)).toEqual(['q-1'])
    expect(await openIds()).toEqual(['q-1'])
  })
  test('waits no more once it is closed at the desk, and what was being typed is still there', async () => {
    await asked()
    await keepTyped('q-1', 'Ik denk de')
    const closed = await asked({ closedAt: '2026-11-24T09:00:00+00:00' })
    expect(await openIds()).toEqual([])
    expect(await typedAnswer(closed)).toBe('Ik denk de')
  })
  test('waits no more once the observation was improved after it came', async () => {
    await asked()
    await db.queue.put(makeItem({ madeMs: 999 }))
    expect(await openIds()).toEqual(['q-1'])
    await db.queue.put(makeItem({ id: 'm-2', madeMs: 1001, corrects: true }))
    expect(await openIds()).toEqual([])
  })
})

describe('an answer', () => {
  test('is kept sealed while it is typed', async () => {
    await asked()
    await keepTyped('q-1', 'bij de vaart')
    const stored = await db.questions.get('q-1')
    expect(new TextDecoder().decode(stored!.sealedTyped!.bytes)).not.toContain('vaart')
    expect(await typedAnswer(stored!)).toBe('bij de vaart')
  })
  test('is a thing to hand in, and no draft any more', async () => {
    const question = await asked()
    await keepTyped('q-1', ' De rode ')
    await answerQuestion(question, ' De rode ')
    const [item] = await db.queue.toArray()
    expect(item).toMatchObject({ kind: 'answer', subjectId: 'q-1', aboutId: 'o-1', state: 'waiting' })
    const mutation: unknown = JSON.parse(await openText(item!.sealedMutation!))
    expect(mutation).toMatchObject({ type: 'question.answer', questionId: 'q-1', text: 'De rode' })
    expect((await db.questions.get('q-1'))?.sealedTyped).toBeNull()
    expect(await openIds()).toEqual([])
  })
  test('stays given when the server has not heard it yet', async () => {
    await answerQuestion(await asked(), 'De rode')
    const { answeredMs } = await asked()
    expect(answeredMs).not.toBeNull()
    expect(await openIds()).toEqual([])
  })
  test('is not a draft again when a letter is kept late', async () => {
    await answerQuestion(await asked(), 'De rode')
    await keepTyped('q-1', 'De rod')
    expect((await db.questions.get('q-1'))?.sealedTyped).toBeNull()
  })
})

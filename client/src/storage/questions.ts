import { uuidv7 } from '@/domain/ids'
import { toRfc3339 } from '@/domain/time'
import { isQuestion, type QuestionAnswer, type QuestionState } from '@/sync/wire'
import { db, type QueueItem, type StoredQuestion } from './db'
import { addToQueue, newItem } from './queue'
import { openText, readable, sealText } from './vault'

/** What the server tells of the questions about an observation, in the caller's transaction. An answer that is on its way
 * stays given, and one that is being typed stays as it is. */
export async function applyQuestions(
  observationId: string,
  told: readonly QuestionState[],
  nowMs = Date.now(),
): Promise<void> {
  for (const { id, text, askedAt, answeredAt, closedAt } of told.filter(isQuestion)) {
    const known = await db.questions.get(id)
    await db.questions.put({
      id,
      observationId,
      text,
      askedMs: momentMs(askedAt) ?? nowMs,
      heardMs: known?.heardMs ?? nowMs,
      answeredMs: momentMs(answeredAt) ?? known?.answeredMs ?? null,
      closedMs: momentMs(closedAt),
      sealedTyped: known?.sealedTyped ?? null,
    })
  }
}

function momentMs(moment: string | null | undefined): number | null {
  const atMs = Date.parse(moment ?? '')
  return Number.isNaN(atMs) ? null : atMs
}

/** The questions about an observation, the oldest first. */
export async function questionsAbout(observationId: string): Promise<StoredQuestion[]> {
  return db.questions.where('observationId').equals(observationId).sortBy('askedMs')
}

/** Those that wait for whoever has this phone. An observation that was improved since is an answer too. */
export async function openQuestions(): Promise<StoredQuestion[]> {
  const questions = await db.questions.toArray()
  const ids = questions.map(({ observationId }) => observationId)
  const items = await db.queue.where('subjectId').anyOf(ids).toArray()
  return questions.filter((question) => isOpen(question, items))
}

export function isOpen(question: StoredQuestion, items: readonly QueueItem[]): boolean {
  return question.closedMs === null && question.answeredMs === null && !isImproved(question, items)
}

/** Whether the observation was changed on this phone, or taken back, after the question came. */
export function isImproved({ observationId, heardMs }: StoredQuestion, items: readonly QueueItem[]): boolean {
  return items.some(
    (item) => item.subjectId === observationId && item.kind !== 'visit' && item.madeMs > heardMs,
  )
}

/** Keeps an answer while it is typed; resolves when it is on the disk. */
export async function keepTyped(questionId: string, text: string): Promise<void> {
  const sealedTyped = text ? await sealText(text) : null
  await db.questions
    .where('id')
    .equals(questionId)
    .modify((question) => {
      // What was handed in meanwhile is no draft any more.
      if (question.answeredMs === null) question.sealedTyped = sealedTyped
    })
}

export async function typedAnswer({ sealedTyped }: StoredQuestion): Promise<string> {
  return (sealedTyped && (await readable(openText(sealedTyped)))) ?? ''
}

/** The answer becomes a thing to hand in, and is no draft any more: both or neither. */
export async function answerQuestion(question: StoredQuestion, text: string): Promise<void> {
  const now = new Date()
  const mutation: QuestionAnswer = {
    id: uuidv7(now.getTime()),
    type: 'question.answer',
    questionId: question.id,
    answeredAt: toRfc3339(now),
    text: text.trim(),
  }
  const item = await newItem(mutation, {
    kind: 'answer',
    subjectId: question.id,
    aboutId: question.observationId,
  })
  await db.transaction('rw', db.queue, db.counts, db.questions, async () => {
    await addToQueue(item)
    await db.questions.update(question.id, { answeredMs: now.getTime(), sealedTyped: null })
  })
}

import { vi } from 'vitest'
import { db } from '@/storage/db'
import { finishDraft, startDraft } from '@/storage/drafts'
import { keepPhoto } from '@/storage/photos'
import type { Errand } from '@/sync/errand'
import { takeTurn } from '@/sync/turn'
import type { LedgerLine, Mutation, PullAnswer } from '@/sync/wire'
import { makeDevice, makeForm, makeObservation, makePhoto, ROUND_ID } from '../factories'

/** A server of a few lines: what was asked of it, and answers as docs/protocol.md tells. */
export interface Asked {
  url: string
  body: unknown
  headers: Record<string, string>
}

type Responder = (url: string, body: unknown) => Response | Promise<Response>

export const json = (body: unknown, status = 200, headers = {}): Response =>
  Response.json(body, { status, headers })

export const problem = (slug: string, status: number, headers = {}): Response =>
  json({ type: `urn:rondgang:problem:${slug}`, title: slug, status }, status, headers)

export function serverAnswers(respond: Responder): Asked[] {
  const calls: Asked[] = []
  vi.stubGlobal(
    'fetch',
    async (url: string, request: { body: BodyInit | null; headers: Asked['headers'] }) => {
      const body = await read(request)
      calls.push({ url, body, headers: request.headers })
      return respond(url, body)
    },
  )
  return calls
}

async function read({
  body,
  headers,
}: {
  body: BodyInit | null
  headers: Asked['headers']
}): Promise<unknown> {
  if (body === null) return null
  if (headers['Content-Encoding'] !== 'gzip') return JSON.parse(body as string)
  const plain = new Blob([body as ArrayBuffer]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(plain).json()
}

/** One receipt for each mutation, in the same order, and all photos missing. */
export function receiptsFor(body: unknown, status: string): Response {
  const { mutations } = body as { mutations: Mutation[] }
  return json({
    receipts: mutations.map((each) => ({
      mutationId: each.id,
      status,
      version: versionOf(each),
      problem: null,
    })),
    missingPhotos: mutations.flatMap((each) =>
      each.type === 'observation.put' ? each.attachments.map(({ sha256 }) => sha256) : [],
    ),
  })
}

function versionOf({ id, type }: Mutation): string | null {
  return type === 'visit.put' ? null : id
}

export function ledgerOf(...lines: Partial<LedgerLine>[]): Response {
  const rest = { subjectId: '', status: 'applied', receivedAt: '', photosMissing: [] }
  return json({ account: {}, mutations: lines.map((line) => ({ ...rest, ...line })) })
}

/** The ledger's answer in which all that is asked for is safe. */
export function everythingSafe(url: string): Response {
  const asked = new URL(url, 'http://x').searchParams.get('mutations') ?? ''
  return ledgerOf(...asked.split(',').map((mutationId) => ({ mutationId })))
}

export function pageOf(changes: unknown[], over: Partial<PullAnswer> = {}): Response {
  return json({ cursor: 'C', complete: true, reset: false, kofferKey: null, changes, ...over })
}

/** Does the step as a round does it: in its own turn, for the phone as it is stored. */
export async function inTurn<T>(step: (errand: Errand) => Promise<T>): Promise<T> {
  const device = (await db.device.get('device')) ?? makeDevice()
  let result: T | undefined
  const mine = await takeTurn(async (turn) => {
    result = await step({ turn, device, language: 'nl' })
  })
  if (!mine) throw new Error('another has the turn')
  return result as T
}

export async function emptyStore(): Promise<void> {
  await Promise.all(db.tables.filter(({ name }) => name !== 'keys').map((table) => table.clear()))
}

/** A finished talk that waits, with a photo for each name; returns the id of the observation. */
export async function queueTalk(...photos: string[]): Promise<string> {
  const id = await startDraft({ roundId: ROUND_ID, form: makeForm('keukentafelgesprek') })
  for (const [at, name] of photos.entries()) await keepPhoto(id, makePhoto(name, [255, 216, at]))
  const stored = await db.photos.where('observationId').equals(id).toArray()
  const attachments = stored.map(({ name, size, mediaType, sha256 }) => ({ name, size, mediaType, sha256 }))
  await finishDraft(makeObservation({ id: `m-${id}`, observationId: id, attachments }), true)
  return id
}

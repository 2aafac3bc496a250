/*
 * `POST /$batch` (graph-api.md 1.6): up to twenty requests in one, answered one by one, each as if it had come alone. Those that
 * depend on another wait for it, and are not made when it failed.
 */
import { z } from 'zod'
import type { JsonObject, JsonValue } from '../../vocabulary/index.ts'
import { badRequest } from './graph-problem.ts'

export interface BatchPart {
  readonly method: string
  /** Below the version, with its query: `/users?$top=5`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** As it would have come; `undefined` without one. */
  readonly body: string | undefined
}

export interface PartAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonValue | undefined
}

const partsMax = 20

const part = z.object({
  id: z.string().min(1).max(100),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string().min(1).max(16_000),
  headers: z.record(z.string().max(200), z.string().max(8000)).nullish(),
  body: z.unknown().optional(),
  dependsOn: z.array(z.string()).max(partsMax).nullish(),
})

type Part = z.infer<typeof part>

const batch = z.object({ requests: z.array(part).min(1).max(partsMax) })

export const isBatch = (method: string, path: string): boolean =>
  method === 'POST' && /^\/(?:\$|%24)batch\/?$/i.test(path)

/** `answer` answers one part, whatever becomes of it. */
export async function answerBatch(
  body: unknown,
  answer: (part: BatchPart) => Promise<PartAnswer>,
): Promise<JsonObject> {
  const parts = readParts(body)
  const answered = new Map<string, PartAnswer>()
  for (const each of inOrder(parts)) {
    const failed = (each.dependsOn ?? []).find((id) => (answered.get(id)?.status ?? 0) >= 400)
    answered.set(each.id, failed === undefined ? await answerPart(each, answer) : notMade(failed))
  }
  return {
    responses: [...answered].map(([id, { status, headers, body: answerBody }]) => ({
      id,
      status,
      headers,
      ...(answerBody === undefined ? {} : { body: answerBody }),
    })),
  }
}

function readParts(body: unknown): readonly Part[] {
  const read = batch.safeParse(body)
  if (!read.success) {
    const [issue] = read.error.issues
    throw badRequest(
      `Invalid batch payload: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'cannot be read'}. It holds "requests", at most ${String(partsMax)} of them, each with id, method and url.`,
    )
  }
  const { requests } = read.data
  const ids = new Set(requests.map(({ id }) => id))
  if (ids.size < requests.length) throw badRequest('Invalid batch payload: an id is given to two requests.')
  for (const { id, dependsOn } of requests)
    if (dependsOn?.some((other) => !ids.has(other) || other === id) === true)
      throw badRequest(`Invalid batch payload: request '${id}' depends on one that is not there, or on itself.`)
  return requests
}

/** Each behind those it depends on, otherwise as they were sent. */
function inOrder(parts: readonly Part[]): readonly Part[] {
  const ordered: Part[] = []
  const placed = new Set<string>()
  while (ordered.length < parts.length) {
    const next = parts.find(
      ({ id, dependsOn }) => !placed.has(id) && (dependsOn ?? []).every((other) => placed.has(other)),
    )
    if (next === undefined) throw badRequest('Invalid batch payload: requests depend on each other in a circle.')
    placed.add(next.id)
    ordered.push(next)
  }
  return ordered
}

const refusal = (status: number, code: string, message: string): PartAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: { error: { code, message } },
})

const notMade = (on: string): PartAnswer =>
  refusal(424, 'FailedDependency', `It depends on request '${on}', which failed, so it was not made.`)

async function answerPart(
  { method, url, headers, body }: Part,
  answer: (part: BatchPart) => Promise<PartAnswer>,
): Promise<PartAnswer> {
  const given = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  if (body !== undefined && given['content-type'] === undefined)
    return refusal(400, 'Request_BadRequest', 'A request with a body names its Content-Type in its headers.')
  // Some clients write the slash before the address, others leave it out.
  const address = url.startsWith('/') ? url : `/${url}`
  return await answer({
    method,
    url: address,
    headers: given,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
}

/*
 * Tokens of pages and delta links: where a list goes on, and with which options it began. They hold everything themselves, so
 * that they survive a restart; they open nothing that their bearer could not ask for anyway.
 */
import { z } from 'zod'
import { badRequest } from './graph-problem.ts'

const tokenLengthMax = 16_000

const listToken = z.object({
  kind: z.literal('list'),
  path: z.string(),
  query: z.record(z.string(), z.string()),
  after: z.string(),
})

const deltaToken = z.object({
  kind: z.literal('delta'),
  tenant: z.string(),
  set: z.enum(['users', 'groups']),
  /** Names in `$select`; `null` when there was none. */
  select: z.array(z.string()).nullable(),
  /** The only objects told of; `null`: all. */
  ids: z.array(z.string()).nullable(),
  /** Everything up to here in the journal has been told, or is being told by the state. */
  since: z.number().int().min(0),
  /** When the last delta link was given; `null` on a round that goes through the state. */
  issuedAt: z.number().int(),
  state: z
    .object({
      after: z.string().nullable(),
      /** The group whose members go on, after the one named. */
      within: z.object({ groupId: z.string(), after: z.string().nullable() }).nullable(),
    })
    .nullable(),
})

export type ListToken = z.infer<typeof listToken>
export type DeltaToken = z.infer<typeof deltaToken>

export const writeToken = (token: ListToken | DeltaToken): string =>
  Buffer.from(JSON.stringify(token), 'utf8').toString('base64url')

export const readListToken = (text: string): ListToken => readToken(listToken, text)
export const readDeltaToken = (text: string): DeltaToken => readToken(deltaToken, text)

function readToken<T>(schema: z.ZodType<T>, text: string): T {
  if (text.length <= tokenLengthMax && /^[A-Za-z0-9_-]+$/.test(text)) {
    const decoded = Buffer.from(text, 'base64url').toString('utf8')
    const result = schema.safeParse(parsed(decoded))
    if (result.success && !decoded.includes('\\u0000')) return result.data
  }
  throw malformed()
}

const malformed = (): ReturnType<typeof badRequest> =>
  badRequest('Badly formed token. A token is taken as it was given; begin again without it.')

/** Reads a list from the place a token names; a place that is not of this list makes the token a bad one. */
export async function fromPlace<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof RangeError) throw malformed()
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/* One thing that can be asked of Graph's part of the API: a method, an address with places for keys, and what is done. */
import type { Asker } from '../access/asker.ts'
import type { Sight } from '../access/sight.ts'
import type { Caller, JsonObject } from '../../vocabulary/index.ts'
import type { Query } from './odata/query-string.ts'
import type { Key } from './path.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

export interface GraphRequest {
  /** `https://host:port/v1.0`, as the client called it. */
  readonly root: string
  /** Below the root, in the table's spelling, with the keys in their places: `/groups/{id}/members`. */
  readonly path: string
  readonly keys: readonly Key[]
  readonly query: Query
  /** `undefined` when there was none. */
  readonly body: unknown
  /** `Prefer`, in lower case and without blanks. */
  readonly preferences: ReadonlySet<string>
  /** Never nobody: the door lets only known callers in. */
  readonly caller: Caller
  /** What the caller may. */
  readonly asker: Asker
  /** What the caller may see of an answer. */
  readonly sight: Sight
  /** Of the network. */
  readonly address: string
  /** Ends what takes long when nobody waits for it any more. */
  readonly gone: () => AbortSignal
  /** Nobody waits for the answer any more. */
  readonly isGone: () => boolean
}

export interface Answer {
  readonly status: number
  readonly body?: JsonObject
  /** A plain text instead of a body (`/$count`). */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Operation {
  readonly method: Method
  /** `/users/{id}/manager/$ref`; every `{id}` is a key. */
  readonly template: string
  /** Bytes a body may have here, where it is more than usual. */
  readonly bodyBytesMax?: number
  readonly handle: (request: GraphRequest) => Promise<Answer>
}

export const noContent: Answer = { status: 204 }

/** The key at that place. */
export function keyAt(request: GraphRequest, at = 0): Key {
  const key = request.keys[at]
  if (key === undefined) throw new Error(`The address ${request.path} has no key ${String(at)}.`)
  return key
}

/*
 * How one request leaves and its answer comes back: the port that a bench or a test can replace, and the pool that
 * production uses (stack.md: undici's pool sends eight times as many requests as the global fetch).
 */
import { Pool, type Dispatcher } from 'undici'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface TransportRequest {
  readonly method: HttpMethod
  /** With the query, e.g. `/scim/v1/Users?count=1000`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface TransportAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/**
 * Sends one request and gives its whole answer. Rejects with an Error that carries a `code` (`ECONNRESET`, `ECONNREFUSED`,
 * `UND_ERR_SOCKET`, ...) when no answer arrived; rejects in any way once `signal` is aborted.
 */
export type Send = (request: TransportRequest, options: { readonly signal: AbortSignal }) => Promise<TransportAnswer>

export interface Transport {
  readonly send: Send
  close(): Promise<void>
}

/** One pool of keep-alive connections to one target. Time-outs are the caller's, so undici's own are off. */
export function createPoolTransport(origin: string, connectionsMax: number): Transport {
  const pool = new Pool(origin, { connections: connectionsMax, headersTimeout: 0, bodyTimeout: 0 })
  return {
    send: ({ method, path, headers, body }, { signal }) =>
      new Promise((resolve, reject) => {
        pool.dispatch({ method, path, headers, body: body ?? null }, collect(signal, resolve, reject))
      }),
    // A request that still runs when the connector is closed has been given up by its caller.
    close: () => pool.destroy(),
  }
}

/** Leaves a byte order mark out. */
const text = new TextDecoder()

/** An answer is wanted whole, so it needs no stream of its own: that would cost as much as sending the request. */
function collect(
  signal: AbortSignal,
  resolve: (answer: TransportAnswer) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let status = 0
  let headers: TransportAnswer['headers'] = {}
  const parts: Buffer[] = []
  let stop = (): void => undefined
  const end = (): void => signal.removeEventListener('abort', stop)
  return {
    onRequestStart(controller) {
      stop = () => controller.abort(signal.reason as Error)
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop)
    },
    onResponseStart(_controller, answered, given) {
      status = answered
      headers = given
    },
    onResponseData(_controller, part) {
      parts.push(part)
    },
    onResponseEnd() {
      end()
      const [first] = parts
      const bytes = parts.length === 1 ? first : Buffer.concat(parts)
      resolve({ status, headers, body: text.decode(bytes) })
    },
    onResponseError(_controller, error) {
      end()
      reject(error)
    },
  }
}

/* How a request leaves for a tenant and its answer comes back: one pool an origin; nothing goes to any other. */
import { rootCertificates } from 'node:tls'
import { Pool } from 'undici'

export interface GraphRequest {
  readonly method: 'GET' | 'POST'
  /** Absolute. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface GraphAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/** Rejects with an Error that carries a `code` when no answer came, and in any way once `signal` is aborted. */
export type SendToGraph = (request: GraphRequest, signal: AbortSignal) => Promise<GraphAnswer>

export interface GraphTransport {
  readonly send: SendToGraph
  close(): Promise<void>
}

const answerWithinMs = 60_000

/** `ca`: certificates of the authority the tenant's servers are signed by, besides those Node trusts. */
export function createGraphTransport(connectionsMax: number, ca?: string): GraphTransport {
  const pools = new Map<string, Pool>()
  function poolOf(origin: string): Pool {
    const known = pools.get(origin)
    if (known !== undefined) return known
    const pool = new Pool(origin, {
      connections: connectionsMax,
      headersTimeout: answerWithinMs,
      bodyTimeout: answerWithinMs,
      ...(ca === undefined ? {} : { connect: { ca: [...rootCertificates, ca] } }),
    })
    pools.set(origin, pool)
    return pool
  }
  return {
    async send({ method, url, headers, body }, signal) {
      const { origin } = new URL(url)
      // The rest as it came: links are opaque.
      const path = url.slice(url.indexOf('/', url.indexOf('//') + 2))
      const answer = await poolOf(origin).request({ method, path, headers, body: body ?? null, signal })
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

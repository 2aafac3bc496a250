/*
 * A caller that overdoes it is told when to come again (429, graph-api.md 1.4, 1.5), so that the others are served. Whoever
 * holds the operator key works on the machine itself and is not counted.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Caller, Clock } from '../vocabulary/index.ts'
import { GraphProblem } from './graph/graph-problem.ts'
import { ApiProblem } from './problems.ts'

/** What a caller may ask in this time, in one burst or spread over it. */
const windowMs = 10_000

/** From this share on, answers tell how far the caller has gone, as Graph's do. */
const toldFrom = 0.8

/** Callers remembered; those who have been quiet are forgotten first. */
const callersMax = 10_000

interface Bucket {
  left: number
  filledAt: number
}

export type Take = (
  caller: string,
) =>
  { readonly isTaken: true; readonly share: number } | { readonly isTaken: false; readonly retryAfterSeconds: number }

/** `limit`: requests in ten seconds. */
export function createTakes(limit: number, clock: Pick<Clock, 'now'>): Take {
  const perMs = limit / windowMs
  const buckets = new Map<string, Bucket>()

  function bucketOf(caller: string, now: number): Bucket {
    const known = buckets.get(caller)
    if (known !== undefined) {
      known.left = Math.min(limit, known.left + Math.max(0, now - known.filledAt) * perMs)
      known.filledAt = now
      // The order of the map is that of the last request.
      buckets.delete(caller)
      buckets.set(caller, known)
      return known
    }
    const made = { left: limit, filledAt: now }
    buckets.set(caller, made)
    if (buckets.size > callersMax) {
      const [quietest] = buckets.keys()
      if (quietest !== undefined) buckets.delete(quietest)
    }
    return made
  }

  return (caller) => {
    const bucket = bucketOf(caller, clock.now())
    if (bucket.left < 1)
      return { isTaken: false, retryAfterSeconds: Math.max(1, Math.ceil((1 - bucket.left) / perMs / 1000)) }
    bucket.left -= 1
    return { isTaken: true, share: 1 - bucket.left / limit }
  }
}

/** Who is counted together: a program, a person, or whoever is not known at one address; `null` for the operator. */
function countedAs(caller: Caller, request: FastifyRequest): string | null {
  switch (caller.kind) {
    case 'operator':
      return null
    case 'application':
    case 'person':
      return caller.objectId
    case 'anonymous':
      return `anonymous ${request.ip}`
    default:
      return caller satisfies never
  }
}

/** Stands behind whatever finds out who calls. Without `limit` nobody is counted. */
export function throttle(app: FastifyInstance, clock: Pick<Clock, 'now'>, limit: number): void {
  if (limit === 0) return
  const take = createTakes(limit, clock)
  app.addHook('onRequest', (request, reply, done) => {
    const caller = countedAs(request.caller, request)
    const taken = caller === null ? null : take(caller)
    if (taken === null) return void done()
    if (taken.isTaken) {
      if (taken.share >= toldFrom) void reply.header('x-ms-throttle-limit-percentage', taken.share.toFixed(2))
      return void done()
    }
    const { retryAfterSeconds } = taken
    void reply.headers({
      'retry-after': String(retryAfterSeconds),
      'x-ms-throttle-scope': 'Application',
      'x-ms-throttle-information': 'RequestLimitExceeded',
    })
    const message = `Too many requests: this caller may make ${String(limit)} in ten seconds, and has. Nothing was done; repeat it in ${String(retryAfterSeconds)} s.`
    const url = request.routeOptions.url
    throw url === '/v1.0' || url === '/beta'
      ? new GraphProblem(429, 'TooManyRequests', message)
      : new ApiProblem(429, 'tooManyRequests', message, { retryAfterSeconds })
  })
}

/*
 * Keeps a connector below a target's published limits: a token bucket for each endpoint and one for all reads and all
 * writes (slack.md 6.2). A request leaves when both have a token; among those that wait, the one that came first.
 */
import type { Clock } from '../../vocabulary/index.ts'
import { ConnectorClosed } from './deadlines.ts'

/** What a request does, as limits tell them apart. */
export type Endpoint =
  | 'listUsers'
  | 'readUser'
  | 'createUser'
  | 'updateUser'
  | 'deleteUser'
  | 'listGroups'
  | 'readGroup'
  | 'createGroup'
  | 'updateGroup'
  | 'deleteGroup'
  | 'readConfiguration'

export interface RateLimit {
  readonly perMinute: number
  readonly burst: number
}

export interface RateLimits {
  readonly allReads: RateLimit
  readonly allWrites: RateLimit
  /** Endpoints without a row are limited by the sum of reads or writes alone. */
  readonly endpoints: Readonly<Partial<Record<Endpoint, RateLimit>>>
}

export interface RateLimiter {
  /** Resolves when a request to the endpoint may leave; `undefined` when it may at once. */
  acquire(endpoint: Endpoint): Promise<void> | undefined
  /** The target answered 429: nothing goes to the endpoint before `at`, and its bucket is empty (slack.md 6.1). */
  blockUntil(endpoint: Endpoint, at: number): void
  /** Until when the endpoint is blocked; in the past when it is not. */
  blockedUntil(endpoint: Endpoint): number
  close(): void
}

const readEndpoints: ReadonlySet<Endpoint> = new Set([
  'listUsers',
  'readUser',
  'listGroups',
  'readGroup',
  'readConfiguration',
])

export function isRead(endpoint: Endpoint): boolean {
  return readEndpoints.has(endpoint)
}

interface Bucket {
  readonly capacity: number
  readonly perMs: number
  tokens: number
  filledAt: number
}

interface Waiting {
  readonly number: number
  readonly leave: () => void
  readonly fail: (error: Error) => void
}

interface Lane {
  readonly bucket: Bucket | null
  readonly shared: Bucket | null
  readonly queue: Waiting[]
  blockedUntil: number
}

/** `share` is the part of every limit this connector may use; `limits: null` switches the buckets off, not the 429 waits. */
export function createRateLimiter(options: {
  readonly clock: Clock
  readonly limits: RateLimits | null
  readonly share: number
}): RateLimiter {
  const { clock, limits, share } = options
  const lanes = new Map<Endpoint, Lane>()
  const stop = new AbortController()
  const reads = limits === null ? null : bucketOf(limits.allReads)
  const writes = limits === null ? null : bucketOf(limits.allWrites)
  let arrivals = 0
  let waitingCount = 0
  let wakesAt = Number.POSITIVE_INFINITY

  function bucketOf(limit: RateLimit): Bucket {
    const capacity = Math.max(1, Math.floor(limit.burst * share))
    return { capacity, perMs: (limit.perMinute * share) / 60_000, tokens: capacity, filledAt: clock.now() }
  }

  function laneOf(endpoint: Endpoint): Lane {
    const known = lanes.get(endpoint)
    if (known !== undefined) return known
    const limit = limits?.endpoints[endpoint]
    const bucket = limit === undefined ? null : bucketOf(limit)
    const lane: Lane = { bucket, shared: isRead(endpoint) ? reads : writes, queue: [], blockedUntil: 0 }
    lanes.set(endpoint, lane)
    return lane
  }

  /** When the next request of the lane may leave, if nobody else takes the tokens. */
  function readyAt(lane: Lane, now: number): number {
    return Math.max(lane.blockedUntil, tokenAt(lane.bucket, now), tokenAt(lane.shared, now))
  }

  function take(lane: Lane): void {
    if (lane.bucket !== null) lane.bucket.tokens -= 1
    if (lane.shared !== null) lane.shared.tokens -= 1
  }

  function release(): void {
    const now = clock.now()
    for (;;) {
      let first: Lane | null = null
      let earliest = Number.POSITIVE_INFINITY
      for (const lane of lanes.values()) {
        const head = lane.queue[0]
        if (head === undefined) continue
        const at = readyAt(lane, now)
        earliest = Math.min(earliest, at)
        if (at <= now && (first === null || head.number < (first.queue[0]?.number ?? 0))) first = lane
      }
      if (first === null) {
        if (earliest < Number.POSITIVE_INFINITY) wakeAt(earliest, now)
        return
      }
      take(first)
      waitingCount -= 1
      first.queue.shift()?.leave()
    }
  }

  function wakeAt(at: number, now: number): void {
    // An earlier waking looks at all lanes anyway and then arranges the next one.
    if (at >= wakesAt) return
    wakesAt = at
    clock.sleep(Math.max(1, Math.ceil(at - now)), stop.signal).then(
      () => {
        if (wakesAt === at) wakesAt = Number.POSITIVE_INFINITY
        release()
      },
      (error: unknown) => {
        failAll(
          error instanceof Error && !stop.signal.aborted ? error : new ConnectorClosed('The connector was closed.'),
        )
      },
    )
  }

  function failAll(error: Error): void {
    for (const lane of lanes.values()) {
      waitingCount -= lane.queue.length
      for (const waiting of lane.queue.splice(0)) waiting.fail(error)
    }
  }

  return {
    acquire: (endpoint) => {
      const lane = laneOf(endpoint)
      if (limits === null && lane.blockedUntil === 0 && lane.queue.length === 0) return undefined
      const now = clock.now()
      // Nobody waits, or only lanes that this one cannot overtake: without waiting ones the order is kept by itself.
      if (waitingCount === 0 && readyAt(lane, now) <= now) {
        take(lane)
        return undefined
      }
      return new Promise((resolve, reject) => {
        arrivals += 1
        waitingCount += 1
        lane.queue.push({ number: arrivals, leave: resolve, fail: reject })
        release()
      })
    },
    blockUntil: (endpoint, at) => {
      const lane = laneOf(endpoint)
      lane.blockedUntil = Math.max(lane.blockedUntil, at)
      if (lane.bucket === null) return
      tokenAt(lane.bucket, clock.now())
      lane.bucket.tokens = Math.min(lane.bucket.tokens, 0)
    },
    blockedUntil: (endpoint) => lanes.get(endpoint)?.blockedUntil ?? 0,
    close: () => {
      stop.abort()
      failAll(new ConnectorClosed('The connector was closed.'))
    },
  }
}

/** Refills the bucket up to `now` and says when it holds a whole token. */
function tokenAt(bucket: Bucket | null, now: number): number {
  if (bucket === null) return 0
  bucket.tokens = Math.min(bucket.capacity, bucket.tokens + (now - bucket.filledAt) * bucket.perMs)
  bucket.filledAt = now
  return bucket.tokens >= 1 ? now : now + (1 - bucket.tokens) / bucket.perMs
}

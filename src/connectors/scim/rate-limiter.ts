/*
 * Keeps a connector below a target's published limits: a token bucket for each endpoint and one for all reads and all
 * writes (slack.md 6.2). A request leaves when both have a token; among those that wait, removals first, then who came
 * first. Others share the limits, so the pace falls when the target refuses and rises again while it does not.
 */
import type { Clock, TargetBudget } from '../../vocabulary/index.ts'
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
  /** Resolves when a request to the endpoint may leave; `undefined` when it may at once. Urgent ones overtake the others. */
  acquire(endpoint: Endpoint, isUrgent?: boolean): Promise<void> | undefined
  /**
   * The target answered 429 to the endpoint: nothing at all is sent before `at` (acceptance 95), its bucket is empty
   * (slack.md 6.1), and from then on it is used at a slower pace.
   */
  pauseUntil(endpoint: Endpoint, at: number): void
  /** Until when nothing is sent; in the past when there is no pause. */
  pausedUntil(): number
  /** The limits in use as they stand now. */
  budgets(): readonly TargetBudget[]
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

/** A refusal takes this much of the pace away; each second without one gives a little back (docs/decisions/0019). */
const paceAfterRefusal = 0.8
const paceMin = 0.05
const paceBackPerMs = 0.0005 / 1000

/** The part of a bucket's limit that is used, after what the target refused. */
interface Pace {
  part: number
  since: number
}

interface Bucket {
  readonly capacity: number
  readonly perMs: number
  tokens: number
  filledAt: number
  spent: number
}

interface Waiting {
  readonly number: number
  readonly leave: () => void
  readonly fail: (error: Error) => void
}

interface Lane {
  readonly bucket: Bucket | null
  readonly shared: Bucket | null
  readonly pace: Pace
  /** Removals go before everything else. */
  readonly urgent: Waiting[]
  readonly queue: Waiting[]
}

const firstOf = (lane: Lane): Waiting | undefined => lane.urgent[0] ?? lane.queue[0]

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
  let pausedUntil = 0

  function bucketOf(limit: RateLimit): Bucket {
    const capacity = Math.max(1, Math.floor(limit.burst * share))
    return { capacity, perMs: (limit.perMinute * share) / 60_000, tokens: capacity, filledAt: clock.now(), spent: 0 }
  }

  function laneOf(endpoint: Endpoint): Lane {
    const known = lanes.get(endpoint)
    if (known !== undefined) return known
    const limit = limits?.endpoints[endpoint]
    const bucket = limit === undefined ? null : bucketOf(limit)
    const shared = isRead(endpoint) ? reads : writes
    const lane: Lane = { bucket, shared, pace: { part: 1, since: clock.now() }, urgent: [], queue: [] }
    lanes.set(endpoint, lane)
    return lane
  }

  /** When the next request of the lane may leave, if nobody else takes the tokens. */
  function readyAt(lane: Lane, now: number): number {
    return Math.max(pausedUntil, tokenAt(lane.bucket, now, paceAt(lane.pace, now)), tokenAt(lane.shared, now, 1))
  }

  function take(lane: Lane): void {
    for (const bucket of [lane.bucket, lane.shared]) {
      if (bucket === null) continue
      bucket.tokens -= 1
      bucket.spent += 1
    }
  }

  function release(): void {
    const now = clock.now()
    for (;;) {
      let first: Lane | null = null
      let earliest = Number.POSITIVE_INFINITY
      for (const lane of lanes.values()) {
        if (firstOf(lane) === undefined) continue
        const at = readyAt(lane, now)
        earliest = Math.min(earliest, at)
        if (at <= now && (first === null || goesBefore(lane, first))) first = lane
      }
      if (first === null) {
        if (earliest < Number.POSITIVE_INFINITY) wakeAt(earliest, now)
        return
      }
      take(first)
      waitingCount -= 1
      const waiting = first.urgent.shift() ?? first.queue.shift()
      waiting?.leave()
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
      for (const waiting of [...lane.urgent.splice(0), ...lane.queue.splice(0)]) {
        waitingCount -= 1
        waiting.fail(error)
      }
    }
  }

  return {
    acquire: (endpoint, isUrgent = false) => {
      const now = clock.now()
      if (limits === null && pausedUntil <= now && waitingCount === 0) return undefined
      const lane = laneOf(endpoint)
      // Nobody waits, or only lanes that this one cannot overtake: without waiting ones the order is kept by itself.
      if (waitingCount === 0 && readyAt(lane, now) <= now) {
        take(lane)
        return undefined
      }
      return new Promise((resolve, reject) => {
        arrivals += 1
        waitingCount += 1
        const waiting = { number: arrivals, leave: resolve, fail: reject }
        if (isUrgent) lane.urgent.push(waiting)
        else lane.queue.push(waiting)
        release()
      })
    },
    pauseUntil: (endpoint, at) => {
      const now = clock.now()
      pausedUntil = Math.max(pausedUntil, at)
      const { bucket, pace } = laneOf(endpoint)
      if (bucket === null) return
      tokenAt(bucket, now, paceAt(pace, now))
      bucket.tokens = Math.min(bucket.tokens, 0)
      pace.part = Math.max(paceMin, paceAt(pace, now) * paceAfterRefusal)
      pace.since = Math.max(now, at)
    },
    pausedUntil: () => pausedUntil,
    budgets() {
      const now = clock.now()
      const opensInMs = Math.max(0, pausedUntil - now)
      const budgetOf = (name: string, bucket: Bucket, pace: number, users: readonly Lane[]): TargetBudget => {
        tokenAt(bucket, now, pace)
        return {
          name,
          spent: bucket.spent,
          available: Math.max(0, Math.floor(bucket.tokens)),
          perSecond: bucket.perMs * pace * 1000,
          waiting: users.reduce((sum, { urgent, queue }) => sum + urgent.length + queue.length, 0),
          opensInMs,
        }
      }
      const used = [...lanes]
      const sharedBy = (shared: Bucket | null): readonly Lane[] =>
        used.flatMap(([, lane]) => (lane.shared === shared ? [lane] : []))
      return [
        ...used.flatMap(([name, lane]) =>
          lane.bucket === null ? [] : [budgetOf(name, lane.bucket, paceAt(lane.pace, now), [lane])],
        ),
        ...(reads === null ? [] : [budgetOf('allReads', reads, 1, sharedBy(reads))]),
        ...(writes === null ? [] : [budgetOf('allWrites', writes, 1, sharedBy(writes))]),
      ]
    },
    close: () => {
      stop.abort()
      failAll(new ConnectorClosed('The connector was closed.'))
    },
  }
}

function goesBefore(lane: Lane, other: Lane): boolean {
  const isUrgent = lane.urgent.length > 0
  if (isUrgent !== other.urgent.length > 0) return isUrgent
  return (firstOf(lane)?.number ?? 0) < (firstOf(other)?.number ?? 0)
}

function paceAt({ part, since }: Pace, now: number): number {
  return Math.min(1, part + Math.max(0, now - since) * paceBackPerMs)
}

/** Refills the bucket up to `now`, at the given part of its pace, and says when it holds a whole token. */
function tokenAt(bucket: Bucket | null, now: number, pace: number): number {
  if (bucket === null) return 0
  const perMs = bucket.perMs * pace
  const capacity = Math.max(1, bucket.capacity * pace)
  bucket.tokens = Math.min(capacity, bucket.tokens + (now - bucket.filledAt) * perMs)
  bucket.filledAt = now
  return bucket.tokens >= 1 ? now : now + (1 - bucket.tokens) / perMs
}

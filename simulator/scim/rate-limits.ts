/*
 * Whether a request is within Slack's limits: two levels of token buckets (slack.md 6.1 and 6.2),
 * and the lock that lets one write at a time touch a person or a group.
 */

export type Endpoint =
  | 'GET /Users'
  | 'GET /Users/{id}'
  | 'POST /Users'
  | 'PATCH /Users/{id}'
  | 'DELETE /Users/{id}'
  | 'GET /Groups'
  | 'GET /Groups/{id}'
  | 'POST /Groups'
  | 'PATCH /Groups/{id}'
  | 'DELETE /Groups/{id}'
  | 'GET configuration'

export interface Limit {
  readonly perMinute: number
  readonly burst: number
}

const organisationLimits = {
  writes: { perMinute: 600, burst: 180 },
  reads: { perMinute: 1000, burst: 1000 },
} as const

/** PUT counts as PATCH. Lists and the configuration endpoints have no limit of their own. */
const endpointLimits: Readonly<Record<Endpoint, Limit | null>> = {
  'GET /Users': null,
  'GET /Users/{id}': { perMinute: 300, burst: 300 },
  'POST /Users': { perMinute: 180, burst: 20 },
  'PATCH /Users/{id}': { perMinute: 180, burst: 20 },
  'DELETE /Users/{id}': { perMinute: 180, burst: 20 },
  'GET /Groups': null,
  'GET /Groups/{id}': { perMinute: 300, burst: 300 },
  'POST /Groups': { perMinute: 180, burst: 20 },
  'PATCH /Groups/{id}': { perMinute: 180, burst: 80 },
  'DELETE /Groups/{id}': { perMinute: 180, burst: 20 },
  'GET configuration': null,
}

interface Bucket {
  tokens: number
  filledAt: number
}

export interface BucketLevel {
  readonly name: string
  readonly tokens: number
  readonly capacity: number
  readonly perSecond: number
}

export interface RateLimits {
  /** Null when the request may pass, else the seconds to wait. */
  take(endpoint: Endpoint, now: number, knobs: RateKnobs): number | null
  /** For what has a limit of its own and shares none. */
  takeAlone(name: string, limit: Limit, now: number, knobs: RateKnobs): number | null
  levels(now: number, knobs: RateKnobs): readonly BucketLevel[]
  refill(): void
}

export interface RateKnobs {
  readonly rateScale: number
  readonly rejectedCostsToken: boolean
}

/** A rounding error of the refill may not refuse the token that is due at this very instant. */
const almostOne = 1 - 1e-9

function missingSeconds({ tokens }: Bucket, { perMinute }: Limit, scale: number): number {
  return tokens >= almostOne ? 0 : (1 - tokens) / ((perMinute * scale) / 60)
}

export function createRateLimits(): RateLimits {
  const buckets = new Map<string, Bucket>()

  function filled(name: string, limit: Limit, scale: number, now: number): Bucket {
    const capacity = limit.burst * scale
    const bucket = buckets.get(name)
    if (bucket === undefined) {
      const full = { tokens: capacity, filledAt: now }
      buckets.set(name, full)
      return full
    }
    const passedSeconds = Math.max(0, now - bucket.filledAt) / 1000
    bucket.tokens = Math.min(capacity, bucket.tokens + (passedSeconds * limit.perMinute * scale) / 60)
    bucket.filledAt = now
    return bucket
  }

  return {
    take(endpoint, now, { rateScale, rejectedCostsToken }) {
      if (rateScale === 0) return null
      const kind = endpoint.startsWith('GET') ? 'reads' : 'writes'
      const organisationLimit = organisationLimits[kind]
      const organisation = filled(kind, organisationLimit, rateScale, now)
      const endpointLimit = endpointLimits[endpoint]
      const own = endpointLimit === null ? null : filled(endpoint, endpointLimit, rateScale, now)
      const seconds = Math.max(
        missingSeconds(organisation, organisationLimit, rateScale),
        own === null || endpointLimit === null ? 0 : missingSeconds(own, endpointLimit, rateScale),
      )
      if (seconds === 0 || rejectedCostsToken) {
        organisation.tokens = Math.max(0, organisation.tokens - 1)
        if (own !== null) own.tokens = Math.max(0, own.tokens - 1)
      }
      return seconds === 0 ? null : Math.max(1, Math.ceil(seconds))
    },
    takeAlone(name, limit, now, { rateScale, rejectedCostsToken }) {
      if (rateScale === 0) return null
      const bucket = filled(name, limit, rateScale, now)
      const seconds = missingSeconds(bucket, limit, rateScale)
      if (seconds === 0 || rejectedCostsToken) bucket.tokens = Math.max(0, bucket.tokens - 1)
      return seconds === 0 ? null : Math.max(1, Math.ceil(seconds))
    },
    levels(now, { rateScale }) {
      const limits: readonly (readonly [string, Limit | null])[] = [
        ...Object.entries(organisationLimits),
        ...Object.entries(endpointLimits),
      ]
      return limits.flatMap(([name, limit]) =>
        limit === null
          ? []
          : {
              name,
              tokens: rateScale === 0 ? limit.burst : filled(name, limit, rateScale, now).tokens,
              capacity: limit.burst * rateScale,
              perSecond: (limit.perMinute * rateScale) / 60,
            },
      )
    },
    refill() {
      buckets.clear()
    },
  }
}

/*
 * How often somebody may fail to prove who he is, and assertions that have been used. Both are remembered by this process
 * alone, and never without a bound.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../../vocabulary/index.ts'

const failuresMax = 10
const windowMs = 60_000
const rememberedMax = 10_000

export interface Attempts {
  /** Seconds to wait when there were too many failures; `null` when the next may be tried. */
  mustWaitSeconds(client: string, address: string): number | null
  failed(client: string, address: string): void
}

/**
 * Counted by client and address, so that nobody can lock a client out from elsewhere. Secrets are too long to be guessed; the
 * bound keeps the guessing from costing anything.
 */
export function createAttempts(clock: Pick<Clock, 'now'>): Attempts {
  const windows = new Map<string, { readonly began: number; failures: number }>()
  const keyOf = (client: string, address: string): string => `${address} ${client.toLowerCase().slice(0, 100)}`
  return {
    mustWaitSeconds(client, address) {
      const window = windows.get(keyOf(client, address))
      if (window === undefined) return null
      const leftMs = window.began + windowMs - clock.now()
      return leftMs > 0 && window.failures >= failuresMax ? Math.ceil(leftMs / 1000) : null
    },
    failed(client, address) {
      const key = keyOf(client, address)
      const now = clock.now()
      const window = windows.get(key)
      if (window !== undefined && now < window.began + windowMs) {
        window.failures += 1
        return
      }
      windows.delete(key)
      forgetOldest(windows)
      windows.set(key, { began: now, failures: 1 })
    },
  }
}

export interface UsedAssertions {
  /** `false` when this id was used before by another assertion, or the assertion comes from another address now. */
  mayUse(use: {
    readonly client: string
    readonly jti: string
    readonly assertion: string
    readonly address: string
    readonly expiresAt: number
  }): boolean
}

/**
 * MSAL sends one assertion again and again while it is valid, so the same one from the same address is no replay
 * (docs/decisions); anything else with its id is.
 */
export function createUsedAssertions(clock: Pick<Clock, 'now'>): UsedAssertions {
  const used = new Map<string, { readonly by: string; readonly expiresAt: number }>()
  return {
    mayUse({ client, jti, assertion, address, expiresAt }) {
      const key = digest(`${client} ${jti}`)
      const by = digest(`${address} ${assertion}`)
      const before = used.get(key)
      if (before !== undefined && before.expiresAt > clock.now()) return before.by === by
      used.delete(key)
      forgetOldest(used)
      used.set(key, { by, expiresAt })
      return true
    },
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')

function forgetOldest(map: Map<string, unknown>): void {
  if (map.size < rememberedMax) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/*
 * One rate limiter for each workspace, or for each token as long as the workspace is unknown: connections that meet the same
 * limits share them, whoever's they are (slack.md 6.1).
 */
import { createHash } from 'node:crypto'
import type { RateLimiter, SharedBudget } from '../connectors/scim/index.ts'

export interface SharedBudgets {
  /** `key` is asked for every request, because the workspace may become known in between. */
  under(key: () => string): SharedBudget
  close(): void
}

export const tokenKey = (baseUrl: string, token: string): string =>
  `${new URL(baseUrl).origin} ${createHash('sha256').update(token).digest('base64url')}`

export const workspaceKey = (baseUrl: string, teamId: string): string => `${new URL(baseUrl).origin} team ${teamId}`

export function createSharedBudgets(): SharedBudgets {
  const limiters = new Map<string, RateLimiter>()
  return {
    under: (key) => (make) => {
      const name = key()
      const known = limiters.get(name)
      if (known !== undefined) return known
      const made = make()
      limiters.set(name, made)
      return made
    },
    close: () => {
      for (const limiter of limiters.values()) limiter.close()
      limiters.clear()
    },
  }
}

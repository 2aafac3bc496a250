/*
 * Hands out tokens the way an installation does (slack.md 1.2, 1.5): whether the installer may is noted in the token.
 */
import { tokenOf } from './ids.ts'
import type { Person, Token } from './model.ts'
import { mayGrantAdmin } from './rights.ts'
import type { Store } from './store.ts'

export interface TokenRequest {
  readonly installer: Person
  readonly kind?: 'user' | 'bot'
  readonly scopes?: readonly string[]
  readonly isOrgWide?: boolean
  readonly clientId?: string
  readonly allowedAddresses?: readonly string[]
  /** With rotation a token lives twelve hours and has a refresh token. */
  readonly hasRotation?: boolean
}

export const rotatedLifeMs = 12 * 60 * 60 * 1000

export function newToken(request: TokenRequest, store: Store, seed: number, now: number): Token {
  const { installer, kind = 'user', scopes = ['admin'], isOrgWide = false, hasRotation = false } = request
  const { clientId = null, allowedAddresses = null } = request
  const prefix = kind === 'bot' ? 'xoxb' : 'xoxp'
  let number = 0
  const value = store.freeId('token', (next) => {
    number = next
    return tokenOf(hasRotation ? `xoxe.${prefix}` : prefix, seed, next)
  })
  return {
    value,
    kind,
    installerId: installer.id,
    scopes,
    isOrgWide,
    isGranted: kind === 'user' && mayGrantAdmin(installer, store.settings.plan, isOrgWide),
    isRevoked: false,
    expiresAt: hasRotation ? now + rotatedLifeMs : null,
    refreshToken: hasRotation ? tokenOf('xoxe-1', seed, number) : null,
    clientId,
    allowedAddresses,
  }
}

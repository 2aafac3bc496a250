/*
 * What a program gets that acts for a person who has signed in: a code, once (RFC 6749 section 4.1, RFC 7636), then refresh
 * tokens one after the other (RFC 9700 section 4.14). Whatever is shown twice ends everything that came of the same sign-in.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Account } from '../vocabulary/index.ts'
import { handOut, hashSecret, readHanded, useHanded } from './handed-secrets.ts'
import type { AccountPorts } from './ports.ts'
import type { SignInMethod } from './sessions.ts'

export interface Grant {
  readonly clientId: string
  /** The program keeps a secret and has to show it, each time. */
  readonly isConfidential: boolean
  /** As asked for, without what is not known. */
  readonly scopes: readonly string[]
  readonly method: SignInMethod
  readonly signedInAt: number
}

interface CodeContent extends Grant {
  readonly redirectUri: string
  readonly codeChallenge: string
  readonly nonce: string | null
}

interface RefreshContent extends Grant {
  readonly epoch: number
}

/** What was shown is worth nothing: why, in words for the program that hold nothing of it. */
export class GrantRefused extends Error {
  override readonly name = 'GrantRefused'
}

export interface RedeemedGrant {
  readonly account: Account
  readonly grant: Grant
  readonly familyId: string
  readonly nonce: string | null
}

export async function issueCode(ports: AccountPorts, account: Account, content: CodeContent): Promise<string> {
  const { secret } = await handOut(ports, { kind: 'code', objectId: account.objectId, content })
  return secret
}

/** Base64url of SHA-256, the only transformation that is taken (RFC 7636 section 4.2). */
export const codeChallengePattern = /^[A-Za-z0-9_-]{43}$/
const codeVerifierPattern = /^[A-Za-z0-9\-._~]{43,128}$/

function isVerifiedBy(codeChallenge: string, verifier: string): boolean {
  const made = Buffer.from(createHash('sha256').update(verifier).digest('base64url'))
  const wanted = Buffer.from(codeChallenge)
  return codeVerifierPattern.test(verifier) && made.length === wanted.length && timingSafeEqual(made, wanted)
}

/** Throws `GrantRefused`. A code that is shown a second time, or by anybody else, is void with all that came of it. */
export async function redeemCode(
  ports: AccountPorts,
  shown: {
    readonly code: string
    readonly clientId: string
    /** The program has shown its secret. */
    readonly isProven: boolean
    readonly redirectUri: string
    readonly codeVerifier: string
  },
): Promise<RedeemedGrant> {
  const used = await useHanded(ports, 'code', shown.code)
  if (used === null) throw new GrantRefused('The code is unknown or has expired: it lasts a minute.')
  const { familyId } = used
  const refuse = async (reason: string): Promise<never> => {
    await ports.store.accounts.endFamily(familyId)
    throw new GrantRefused(reason)
  }
  if (used.usedAt !== null)
    return await refuse('The code was used before. Whatever was got with it has ended; sign in again.')
  const { redirectUri, codeChallenge, nonce, ...grant } = JSON.parse(used.content) as CodeContent
  if (grant.clientId !== shown.clientId) return await refuse('The code was issued to another application.')
  if (grant.isConfidential && !shown.isProven) return await refuse('The application has to show its secret.')
  if (redirectUri !== shown.redirectUri)
    return await refuse('The redirect_uri is another than the one the code was sent to.')
  if (!isVerifiedBy(codeChallenge, shown.codeVerifier))
    return await refuse('The code_verifier does not belong to the code_challenge that was sent (PKCE, S256).')
  const account = await ports.store.accounts.get(used.objectId)
  if (account === null || account.isDisabled) return await refuse('The account is disabled or deleted.')
  return { account, grant, familyId, nonce }
}

/** Throws `GrantRefused` when the sign-in it belongs to has ended meanwhile. */
export async function issueRefreshToken(ports: AccountPorts, redeemed: RedeemedGrant, before: string): Promise<string> {
  const { account, grant, familyId } = redeemed
  const content: RefreshContent = { ...grant, epoch: account.epoch }
  const { secret } = await handOut(ports, { kind: 'refresh', objectId: account.objectId, familyId, content })
  // Somebody may have shown the former secret again in between: then nothing may come of it any more.
  if ((await ports.store.accounts.handed(hashSecret(before))) === null) {
    await ports.store.accounts.endFamily(familyId)
    throw new GrantRefused('The sign-in has ended; sign in again.')
  }
  return secret
}

/** Throws `GrantRefused`. A refresh token counts once; shown again, it ends the sign-in it belongs to. */
export async function redeemRefreshToken(
  ports: AccountPorts,
  shown: { readonly refreshToken: string; readonly clientId: string; readonly isProven: boolean },
): Promise<RedeemedGrant> {
  const { accounts } = ports.store
  const used = await useHanded(ports, 'refresh', shown.refreshToken)
  if (used === null) throw new GrantRefused('The refresh token is unknown, has expired or was revoked; sign in again.')
  const { epoch, ...grant } = JSON.parse(used.content) as RefreshContent
  const account = await accounts.get(used.objectId)
  const reason =
    used.usedAt !== null
      ? 'The refresh token was used before: somebody else may have it. The sign-in has ended; sign in again.'
      : grant.clientId !== shown.clientId || (grant.isConfidential && !shown.isProven)
        ? 'The refresh token was issued to another application, or one that has to show its secret. The sign-in has ended; sign in again.'
        : account === null || account.isDisabled || account.epoch !== epoch
          ? 'The account is disabled, deleted or has another password since; sign in again.'
          : null
  if (reason === null && account !== null) return { account, grant, familyId: used.familyId, nonce: null }
  await accounts.endFamily(used.familyId)
  throw new GrantRefused(reason ?? 'The account is gone.')
}

/** Ends the sign-in a refresh token belongs to; unknown ones are passed over (RFC 7009 section 2.2). */
export async function revokeRefreshToken(
  ports: AccountPorts,
  shown: { readonly refreshToken: string; readonly clientId: string },
): Promise<void> {
  const handed = await readHanded(ports, 'refresh', shown.refreshToken)
  if (handed === null) return
  const { clientId } = JSON.parse(handed.content) as RefreshContent
  if (clientId === shown.clientId) await ports.store.accounts.endFamily(handed.familyId)
}

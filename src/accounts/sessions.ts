/* Who is signed in in a browser: a session begins at a sign-in, never before, and ends with the account's rights to it. */
import type { Account } from '../vocabulary/index.ts'
import { handOut, hashSecret, readHanded } from './handed-secrets.ts'
import type { AccountPorts } from './ports.ts'

/** How somebody proved who they are, as `amr` of RFC 8176 says it; `fed`: another provider vouched. */
export type SignInMethod = 'pwd' | 'hwk' | 'fed'

export interface BrowserSession {
  readonly account: Account
  readonly method: SignInMethod
  /** Milliseconds since 1970. */
  readonly signedInAt: number
}

/** Answers the secret for the browser's cookie. */
export async function beginSession(
  ports: AccountPorts,
  account: Account,
  method: SignInMethod,
): Promise<{ readonly secret: string; readonly expiresAt: number }> {
  const content = { method, signedInAt: ports.clock.now() }
  return await handOut(ports, { kind: 'session', objectId: account.objectId, content })
}

export async function sessionOf(ports: AccountPorts, secret: string): Promise<BrowserSession | null> {
  const handed = await readHanded(ports, 'session', secret)
  if (handed === null) return null
  const account = await ports.store.accounts.get(handed.objectId)
  if (account === null || account.isDisabled) return null
  return { account, ...(JSON.parse(handed.content) as Pick<BrowserSession, 'method' | 'signedInAt'>) }
}

export async function endSession({ store }: AccountPorts, secret: string): Promise<void> {
  const handed = await store.accounts.handed(hashSecret(secret))
  if (handed?.kind === 'session') await store.accounts.endFamily(handed.familyId)
}

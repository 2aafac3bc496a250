/*
 * Whether somebody who gives a name and a password may come in. An unknown name, a disabled account and a wrong password get
 * one answer in one time; wrong ones wait longer and longer, by name, whether or not there is such an account.
 */
import { createHash } from 'node:crypto'
import { foldText, type Account } from '../vocabulary/index.ts'
import { isRightPassword } from './password.ts'
import type { AccountPorts } from './ports.ts'

/** Wrong passwords before the first wait. */
const freeAttempts = 5
/** Nobody waits longer, so that nobody is locked out for good. */
const waitMaxMs = 15 * 60_000

/** When the next password for a name is looked at, after so many wrong ones in a row: 2 s, 4 s, 8 s, ... 15 minutes. */
export function passwordsWaitUntil(failures: number, now: number): number {
  if (failures < freeAttempts) return now
  return now + Math.min(2 ** Math.min(failures - freeAttempts + 1, 20) * 1000, waitMaxMs)
}

/** Not the name itself: people type their password into the wrong field. */
export const attemptKey = (name: string): string => createHash('sha256').update(foldText(name)).digest('base64url')

export type PasswordSignIn =
  | { readonly kind: 'signedIn'; readonly account: Account }
  | { readonly kind: 'refused' }
  | { readonly kind: 'waits'; readonly until: number }

export async function signInByPassword(
  { store, clock }: AccountPorts,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<PasswordSignIn> {
  const { accounts } = store
  const key = attemptKey(name)
  const now = clock.now()
  const begun = await accounts.beginAttempt(key, now, (failures) => passwordsWaitUntil(failures, now))
  if (begun === null) return { kind: 'waits', until: (await accounts.attempts(key))?.waitsUntil ?? now }
  const account = await accounts.byPrincipalName(name)
  const isRight = await isRightPassword(password, account?.passwordHash ?? null)
  if (account === null || !isRight || account.isDisabled) return { kind: 'refused' }
  await accounts.forgetAttempts(key)
  await accounts.change(account.objectId, { lastSignInAt: now })
  return { kind: 'signedIn', account }
}

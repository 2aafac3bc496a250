/*
 * Access tokens of programs that act for a person (graph-api.md 2.4: `scp` instead of `roles`): what they say, and whether they
 * still count. Account and program are looked up at each request, so that whoever is disabled is out at once.
 */
import type { JWTPayload } from 'jose'
import type { BrowserSession } from '../../accounts/index.ts'
import type { Store } from '../../store/store.ts'
import type { Account, Caller } from '../../vocabulary/index.ts'
import { commandLineClient } from '../sign-in/redirects.ts'
import { TokenRefused } from './access-tokens.ts'
import { clientOf } from './clients.ts'
import { delegatedScope } from './scope.ts'

/** Which state of the account it was issued in: it changes with the password, and when the account is disabled. */
const epochClaim = 'muster_epoch'

export function claimsOfPerson(
  { objectId, userPrincipalName, displayName, epoch }: Account,
  client: { readonly appId: string; readonly displayName: string; readonly isConfidential: boolean },
  { method, signedInAt }: Pick<BrowserSession, 'method' | 'signedInAt'>,
): JWTPayload {
  return {
    oid: objectId,
    sub: objectId,
    appid: client.appId,
    azp: client.appId,
    azpacr: client.isConfidential ? '1' : '0',
    app_displayname: client.displayName,
    idtyp: 'user',
    scp: delegatedScope,
    name: displayName,
    preferred_username: userPrincipalName,
    upn: userPrincipalName,
    amr: [method],
    auth_time: Math.floor(signedInAt / 1000),
    [epochClaim]: epoch,
  }
}

/** Throws `TokenRefused`. */
export async function callerOfPerson(
  { accounts, directory }: Pick<Store, 'accounts' | 'directory'>,
  { oid, azp, [epochClaim]: epoch }: JWTPayload,
): Promise<Caller> {
  const refuse = (reason: string): never => {
    throw new TokenRefused(`Access token validation failure. ${reason} Sign in again.`)
  }
  const account = typeof oid === 'string' ? await accounts.get(oid) : null
  if (account === null) return refuse('The account it was issued for is deleted.')
  if (account.isDisabled) return refuse('The account it was issued for is disabled.')
  if (account.epoch !== epoch) return refuse('The account has another password, or was disabled, since it was issued.')
  if (azp !== commandLineClient.appId) {
    const client = typeof azp === 'string' ? await clientOf(directory, azp) : null
    if (client?.isEnabled !== true) return refuse('The application it was issued to is deleted or disabled.')
  }
  const { objectId, displayName, userPrincipalName } = account
  return { kind: 'person', objectId, displayName, userPrincipalName }
}

/*
 * Passkeys (WebAuthn level 3): one proves device and owner at once, so it signs in by itself. A challenge counts once; the page
 * that asks decides to which host the key belongs.
 */
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { isIP } from 'node:net'
import type { Account, Passkey } from '../vocabulary/index.ts'
import { handOut, newSecret, useHanded } from './handed-secrets.ts'
import type { AccountPorts } from './ports.ts'

/** Loaded with the first passkey: it takes a tenth of a second, which no start should wait for. */
const webAuthn = () => import('@simplewebauthn/server')

/** Where the page is: `https://muster.example.com`. The key belongs to the host name in it. */
const hostOf = (origin: string): string => new URL(origin).hostname

/** Browsers make passkeys for names only, over HTTPS or on `localhost`. */
export function canHavePasskeys(origin: string): boolean {
  const { hostname, protocol } = new URL(origin)
  if (isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) return false
  return protocol === 'https:' || hostname === 'localhost'
}

/** What the browser sent is no passkey that counts here; the message is for the person. */
export class PasskeyRefused extends Error {
  override readonly name = 'PasskeyRefused'
}

const transportsOf = (passkey: Passkey): AuthenticatorTransport[] => passkey.transports as AuthenticatorTransport[]

export async function askForNewPasskey(
  ports: AccountPorts,
  account: Account,
  origin: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { secret } = await handOut(ports, { kind: 'challenge', objectId: account.objectId, secret: newSecret() })
  const known = (await ports.store.accounts.passkeys([account.objectId])).get(account.objectId) ?? []
  const { generateRegistrationOptions } = await webAuthn()
  return await generateRegistrationOptions({
    rpName: 'Muster',
    rpID: hostOf(origin),
    userID: Uint8Array.from(Buffer.from(account.objectId)),
    userName: account.userPrincipalName,
    userDisplayName: account.displayName,
    challenge: Uint8Array.from(Buffer.from(secret, 'base64url')),
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: known.map((each) => ({ id: each.credentialId, transports: transportsOf(each) })),
  })
}

export async function askForPasskey(
  ports: AccountPorts,
  origin: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { secret } = await handOut(ports, { kind: 'challenge', objectId: '' })
  const { generateAuthenticationOptions } = await webAuthn()
  return await generateAuthenticationOptions({
    rpID: hostOf(origin),
    challenge: Uint8Array.from(Buffer.from(secret, 'base64url')),
    userVerification: 'required',
  })
}

/** A challenge counts once, for whom it was made. */
const isChallengeFor =
  (ports: AccountPorts, objectId: string) =>
  async (challenge: string): Promise<boolean> => {
    const used = await useHanded(ports, 'challenge', challenge)
    return used !== null && used.usedAt === null && used.objectId === objectId
  }

/** The answer comes from a form: it may be anything. */
function answerOf<T extends { readonly id: string }>(text: string): T {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw new PasskeyRefused('The browser sent no passkey. Try again.')
    throw error
  }
  if (typeof answer !== 'object' || answer === null || !('id' in answer) || typeof answer.id !== 'string')
    throw new PasskeyRefused('The browser sent no passkey. Try again.')
  return answer as unknown as T
}

/** The library throws plain errors about whatever is wrong with an answer: to a person they are one. */
async function judged<T extends { readonly verified: boolean }>(check: () => Promise<T>): Promise<T> {
  const refusal =
    'The passkey was not accepted: it belongs to another address, or it was asked for too long ago. Try again.'
  let result: T
  try {
    result = await check()
  } catch (error) {
    if (error instanceof Error) throw new PasskeyRefused(refusal, { cause: error })
    throw error
  }
  if (!result.verified) throw new PasskeyRefused(refusal)
  return result
}

/** Answers its id. Throws `PasskeyRefused`. */
export async function addPasskey(
  ports: AccountPorts,
  account: Account,
  given: { readonly answer: string; readonly name: string; readonly origin: string },
): Promise<string> {
  const response = answerOf<RegistrationResponseJSON>(given.answer)
  const { verifyRegistrationResponse } = await webAuthn()
  const { registrationInfo } = await judged(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: isChallengeFor(ports, account.objectId),
      expectedOrigin: given.origin,
      expectedRPID: hostOf(given.origin),
      requireUserVerification: true,
    }),
  )
  if (registrationInfo === undefined) throw new PasskeyRefused('The passkey was not accepted. Try again.')
  const { id, publicKey, counter, transports = [] } = registrationInfo.credential
  const isNew = await ports.store.accounts.addPasskey({
    credentialId: id,
    objectId: account.objectId,
    publicKey: Buffer.from(publicKey).toString('base64url'),
    counter,
    transports,
    name: given.name,
    createdAt: ports.clock.now(),
    lastUsedAt: null,
  })
  if (!isNew) throw new PasskeyRefused('This passkey is known already.')
  return id
}

/** Throws `PasskeyRefused`; an unknown key and one of a disabled account get the same answer. */
export async function signInByPasskey(
  ports: AccountPorts,
  given: { readonly answer: string; readonly origin: string },
): Promise<Account> {
  const { accounts } = ports.store
  const response = answerOf<AuthenticationResponseJSON>(given.answer)
  const passkey = await accounts.passkey(response.id)
  const account = passkey === null ? null : await accounts.get(passkey.objectId)
  if (passkey === null || account === null || account.isDisabled)
    throw new PasskeyRefused('No account here has this passkey. Use another one, or your password.')
  const { verifyAuthenticationResponse } = await webAuthn()
  const { authenticationInfo } = await judged(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: isChallengeFor(ports, ''),
      expectedOrigin: given.origin,
      expectedRPID: hostOf(given.origin),
      credential: {
        id: passkey.credentialId,
        publicKey: Uint8Array.from(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
        transports: transportsOf(passkey),
      },
      requireUserVerification: true,
    }),
  )
  const now = ports.clock.now()
  await accounts.notePasskeyUse(passkey.credentialId, { counter: authenticationInfo.newCounter, at: now })
  await accounts.change(account.objectId, { lastSignInAt: now })
  return account
}

/* Making accounts, and the links that let their owners choose a password or a passkey. */
import { randomUUID } from 'node:crypto'
import { foldText, type Account, type AccountReport } from '../vocabulary/index.ts'
import { handOut, readHanded, useHanded } from './handed-secrets.ts'
import { hashPassword, passwordFault } from './password.ts'
import type { AccountPorts } from './ports.ts'
import { attemptKey } from './sign-in.ts'

/** What was asked for cannot be done to an account; the message says why and what to do. */
export class AccountRefusal extends Error {
  override readonly name = 'AccountRefusal'
  readonly code: 'nameTaken' | 'passwordRefused' | 'invitationUsed'
  constructor(code: AccountRefusal['code'], message: string) {
    super(message)
    this.code = code
  }
}

export interface NewAccount {
  readonly userPrincipalName: string
  readonly displayName: string
  readonly password?: string
  readonly externalIdentity?: Account['externalIdentity']
}

/** The directory's user of that name lends its id, so that roles of the one are roles of the other. */
async function objectIdFor({ store }: AccountPorts, name: string): Promise<string> {
  const users = (await store.directory.lookUp(name)).filter(
    ({ objectType, presence, attributes }) =>
      objectType === 'User' &&
      presence === 'present' &&
      typeof attributes['userPrincipalName'] === 'string' &&
      foldText(attributes['userPrincipalName']) === foldText(name),
  )
  const [only] = users
  if (users.length !== 1 || only === undefined) return randomUUID()
  return (await store.accounts.get(only.objectId)) === null ? only.objectId : randomUUID()
}

/** Throws `AccountRefusal`. */
export async function createAccount(ports: AccountPorts, given: NewAccount): Promise<Account> {
  const { store, clock } = ports
  if (given.password !== undefined) refusePassword(given.password, given)
  const account: Account = {
    objectId: await objectIdFor(ports, given.userPrincipalName),
    userPrincipalName: given.userPrincipalName,
    displayName: given.displayName,
    isDisabled: false,
    passwordHash: given.password === undefined ? null : await hashPassword(given.password),
    externalIdentity: given.externalIdentity ?? null,
    createdAt: clock.now(),
    lastSignInAt: null,
    epoch: 0,
  }
  if (await store.accounts.create(account)) return account
  throw new AccountRefusal(
    'nameTaken',
    `There is an account "${given.userPrincipalName}" already, or another one has this external identity: nothing was made. Look with muster account list.`,
  )
}

/** Throws `AccountRefusal` when the password is not taken. */
export function refusePassword(password: string, account: Pick<Account, 'userPrincipalName' | 'displayName'>): void {
  const fault = passwordFault(password, account)
  if (fault !== null) throw new AccountRefusal('passwordRefused', fault)
}

/** Ends every session and token of the account, and the waiting after wrong passwords. Throws `AccountRefusal`. */
export async function setPassword({ store }: AccountPorts, account: Account, password: string): Promise<void> {
  refusePassword(password, account)
  const passwordHash = await hashPassword(password)
  await store.accounts.change(account.objectId, { passwordHash }, { endsSessions: true })
  await store.accounts.forgetAttempts(attemptKey(account.userPrincipalName))
}

export interface Invitation {
  readonly secret: string
  readonly expiresAt: number
}

export async function invite(ports: AccountPorts, account: Account): Promise<Invitation> {
  return await handOut(ports, { kind: 'invitation', objectId: account.objectId })
}

/** Whom the invitation is for; `null`: it is unknown, used, or has expired. */
export async function invitedAccount(ports: AccountPorts, secret: string): Promise<Account | null> {
  const handed = await readHanded(ports, 'invitation', secret)
  if (handed === null || handed.usedAt !== null) return null
  const account = await ports.store.accounts.get(handed.objectId)
  return account === null || account.isDisabled ? null : account
}

/** Uses the invitation up; of two that come at once one gets the account. */
export async function acceptInvitation(ports: AccountPorts, secret: string): Promise<Account | null> {
  const account = await invitedAccount(ports, secret)
  if (account === null) return null
  const used = await useHanded(ports, 'invitation', secret)
  return used?.usedAt === null ? account : null
}

export async function reportsOf(
  { store, clock }: AccountPorts,
  accounts: readonly Account[],
): Promise<AccountReport[]> {
  const passkeys = await store.accounts.passkeys(accounts.map((each) => each.objectId))
  return await Promise.all(
    accounts.map(async ({ passwordHash, epoch: _, ...account }) => {
      const attempts = await store.accounts.attempts(attemptKey(account.userPrincipalName))
      const waits = attempts !== null && attempts.waitsUntil > clock.now()
      return {
        ...account,
        hasPassword: passwordHash !== null,
        passkeys: (passkeys.get(account.objectId) ?? []).map(
          ({ objectId: _owner, publicKey: _key, counter: _counter, ...shown }) => shown,
        ),
        passwordsWaitUntil: waits ? attempts.waitsUntil : null,
      }
    }),
  )
}

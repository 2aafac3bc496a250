/*
 * `/muster/v1/accounts`: administrators and auditors who sign in to Muster. Passwords come in a body only, and never leave; an
 * invitation is told once.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { createAccount, invite, reportsOf, setPassword } from '../../accounts/index.ts'
import type { Account, AccountReport, AccountsPage, InvitationReport, WhoAmI } from '../../vocabulary/index.ts'
import { parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { given } from './log-filter.ts'

const name = z.string().trim().min(1).max(256)
const password = z.string().min(1).max(1024)
const externalIdentity = z.object({ issuer: z.url(), subject: z.string().min(1).max(255) })

const created = z.strictObject({
  userPrincipalName: z
    .string()
    .trim()
    .max(256)
    .regex(/^[^\s@]+@[^\s@]+$/, 'must be a name such as mira@example.com'),
  displayName: name.optional(),
  password: password.optional(),
  externalIdentity: externalIdentity.optional(),
})

const changed = z.strictObject({
  displayName: name.optional(),
  isDisabled: z.boolean().optional(),
  externalIdentity: externalIdentity.nullable().optional(),
})

const listed = z.object({
  text: z.string().max(256).default(''),
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** Where an invitation is accepted, below the address of the service. */
export const invitationPath = (secret: string): string => `/account/invitation?code=${encodeURIComponent(secret)}`

export function accountRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock } = ports.cycle
  const { accounts } = store
  const accountPorts = { store, clock }

  async function accountNamed(text: string): Promise<Account> {
    const found = (await accounts.get(text)) ?? (await accounts.byPrincipalName(text))
    if (found !== null) return found
    throw new ApiProblem(
      404,
      'itemNotFound',
      `There is no account "${text}". Accounts of administrators are apart from the people of the directory: look with muster account list, or make one with muster account create.`,
    )
  }

  async function reportOf(objectId: string): Promise<AccountReport> {
    const [report] = await reportsOf(accountPorts, [await accountNamed(objectId)])
    if (report === undefined) throw new Error('An account that was just found has no report.')
    return report
  }

  app.get('/whoami', ({ caller }): WhoAmI => {
    if (caller.kind === 'anonymous') throw new Error('Nobody known came past the check of callers.')
    return {
      kind: caller.kind,
      displayName: caller.displayName,
      userPrincipalName: caller.kind === 'person' ? caller.userPrincipalName : null,
      objectId: caller.kind === 'operator' ? null : caller.objectId,
    }
  })

  app.get('/accounts', async (request): Promise<AccountsPage> => {
    const { text, cursor, limit } = parse(listed, request.query)
    const page = await accounts.list({ text, after: cursor ?? null, limit })
    return { ...page, accounts: await reportsOf(accountPorts, page.accounts) }
  })

  app.post('/accounts', async (request, reply): Promise<AccountReport> => {
    const body = parse(created, request.body)
    const account = await createAccount(accountPorts, {
      ...given(body),
      userPrincipalName: body.userPrincipalName,
      displayName: body.displayName ?? body.userPrincipalName,
    })
    void reply.status(201)
    return await reportOf(account.objectId)
  })

  app.get<{ Params: { account: string } }>('/accounts/:account', async (request) => {
    const { objectId } = await accountNamed(request.params.account)
    return await reportOf(objectId)
  })

  app.patch<{ Params: { account: string } }>('/accounts/:account', async (request) => {
    const { objectId, isDisabled } = await accountNamed(request.params.account)
    const change = given(parse(changed, request.body))
    // Who comes back signs in anew, too.
    const endsSessions = change.isDisabled !== undefined && change.isDisabled !== isDisabled
    if (change.externalIdentity !== undefined && change.externalIdentity !== null) {
      const { issuer, subject } = change.externalIdentity
      const other = await accounts.byExternalIdentity(issuer, subject)
      if (other !== null && other.objectId !== objectId)
        throw new ApiProblem(
          409,
          'nameTaken',
          `${other.userPrincipalName} has this external identity already, and it can lead to one account only. Nothing was changed.`,
        )
    }
    await accounts.change(objectId, change, { endsSessions })
    return await reportOf(objectId)
  })

  app.delete<{ Params: { account: string } }>('/accounts/:account', async (request) => {
    const { objectId, userPrincipalName } = await accountNamed(request.params.account)
    await accounts.delete(objectId)
    return { deleted: userPrincipalName }
  })

  app.put<{ Params: { account: string } }>('/accounts/:account/password', async (request) => {
    const account = await accountNamed(request.params.account)
    await setPassword(accountPorts, account, parse(z.strictObject({ password }), request.body).password)
    return await reportOf(account.objectId)
  })

  app.post<{ Params: { account: string } }>(
    '/accounts/:account/invitation',
    async (request): Promise<InvitationReport> => {
      const account = await accountNamed(request.params.account)
      if (account.isDisabled)
        throw new ApiProblem(
          409,
          'accountDisabled',
          `${account.userPrincipalName} is disabled, so the invitation could not be used: muster account enable ${account.userPrincipalName} first.`,
        )
      const { secret, expiresAt } = await invite(accountPorts, account)
      return { account: await reportOf(account.objectId), path: invitationPath(secret), expiresAt }
    },
  )

  app.delete<{ Params: { account: string; passkey: string } }>(
    '/accounts/:account/passkeys/:passkey',
    async (request) => {
      const { objectId, userPrincipalName } = await accountNamed(request.params.account)
      if (await accounts.removePasskey(objectId, request.params.passkey)) return await reportOf(objectId)
      throw new ApiProblem(
        404,
        'itemNotFound',
        `${userPrincipalName} has no passkey ${request.params.passkey}. muster account show ${userPrincipalName} lists them.`,
      )
    },
  )
}

/*
 * `/account`: what somebody who is signed in in a browser does about their own account: password, passkeys, signing out.
 * `/account/invitation`: the first time, or when everything was lost.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  acceptInvitation,
  AccountRefusal,
  addPasskey,
  askForNewPasskey,
  askForPasskey,
  canHavePasskeys,
  invitedAccount,
  PasskeyRefused,
  refusePassword,
  setPassword,
  signInByPassword,
  type AccountPorts,
} from '../../accounts/index.ts'
import { auditEntry } from '../../cycle/index.ts'
import type { Account, AuditActivity, AuditOperation } from '../../vocabulary/index.ts'
import { invitationPath } from '../muster/accounts.ts'
import type { ApiPorts } from '../ports.ts'
import type { Browser } from './browser.ts'
import { alertOf, html, sendPage, type Markup } from './html.ts'
import type { WayIn } from './way-in.ts'

export const accountPath = '/account'
export const acceptPath = '/account/invitation'
export const signOutPath = '/account/sign-out'
export const passkeyOptionsPath = '/sign-in/passkey-options'

interface FormRequest {
  readonly Body: string
}

export interface AccountPagePorts {
  readonly accountPorts: AccountPorts
  readonly browser: Browser
  readonly wayIn: WayIn
}

const usedInvitation =
  'This link was used before, has expired, or is not whole. Whoever runs Muster can make another: muster account invite NAME.'

const newPasswordFields = html`<label for="new-password">New password</label>
  <input
    id="new-password"
    name="newPassword"
    type="password"
    autocomplete="new-password"
    required
    minlength="12"
    aria-describedby="password-hint"
  />
  <p id="password-hint" class="hint">
    At least 12 characters; four words that have nothing to do with each other are good.
  </p>
  <label for="repeated">New password once more</label>
  <input id="repeated" name="repeated" type="password" autocomplete="new-password" required />`

function passkeyFields(label: string, invitation: string): Markup {
  return html`<input type="hidden" name="passkey" value="" />
    <label for="passkey-name">Name of the device</label>
    <input id="passkey-name" name="passkeyName" type="text" maxlength="60" value="This device" />
    <button type="button" class="other" data-passkey="create" data-invitation="${invitation}" hidden>${label}</button>
    <noscript><p class="hint">Passkeys need JavaScript.</p></noscript>`
}

const noPasskeysHere = html`<p class="hint">
  Browsers make passkeys only for a host name over HTTPS, or for localhost, and not for an address of numbers.
</p>`

export function accountPageRoutes(
  app: FastifyInstance,
  { cycle }: ApiPorts,
  { accountPorts, browser, wayIn }: AccountPagePorts,
): void {
  async function tell(
    request: FastifyRequest,
    account: Account,
    activity: AuditActivity,
    operation: AuditOperation,
  ): Promise<void> {
    const { objectId: id, displayName, userPrincipalName } = account
    await cycle.store.audit.append(
      auditEntry(
        cycle,
        {
          activity,
          operation,
          initiatedBy: { user: { id, displayName, userPrincipalName, ipAddress: request.ip }, app: null },
          correlationId: cycle.newId(),
          job: null,
          targets: [{ id, displayName: userPrincipalName, type: 'Account', modifiedProperties: [] }],
        },
        { after: null },
      ),
    )
  }

  /** Throws `AccountRefusal`. */
  function newPasswordOf(account: Account, form: URLSearchParams): string {
    const password = form.get('newPassword') ?? ''
    if (password !== form.get('repeated'))
      throw new AccountRefusal('passwordRefused', 'The two passwords differ. Type the same one twice.')
    refusePassword(password, account)
    return password
  }

  // -------------------------------------------------------------- the account of whoever is signed in

  async function showAccount(
    request: FastifyRequest,
    reply: FastifyReply,
    account: Account,
    alert: string | null = null,
  ): Promise<FastifyReply> {
    const token = browser.formToken(request, reply)
    const passkeys = (await cycle.store.accounts.passkeys([account.objectId])).get(account.objectId) ?? []
    const csrf = html`<input type="hidden" name="csrf" value="${token}" />`
    const kept = passkeys.map(
      (each) =>
        html`<li>
          ${each.name}
          <form method="post" action="${accountPath}/passkeys/remove">
            ${csrf}<input type="hidden" name="credentialId" value="${each.credentialId}" />
            <button type="submit" class="other">Remove ${each.name}</button>
          </form>
        </li>`,
    )
    const current =
      account.passwordHash === null
        ? null
        : html`<label for="current">Password so far</label>
            <input id="current" name="currentPassword" type="password" autocomplete="current-password" required />`
    return await sendPage(reply, {
      title: 'Your account',
      ...(alert === null ? {} : { status: 422 }),
      main: html`<p>You are signed in as <strong>${account.displayName}</strong> (${account.userPrincipalName}).</p>
        ${alertOf(alert)}
        <form method="post" action="${signOutPath}">${csrf}<button type="submit" class="other">Sign out</button></form>
        <h2>Passkeys</h2>
        ${
          kept.length === 0
            ? html`<p>None yet.</p>`
            : html`<ul>
                ${kept}
              </ul>`
        }
        ${
          canHavePasskeys(request.serviceOrigin)
            ? html`<form method="post" action="${accountPath}/passkeys">
                ${csrf}${passkeyFields('Add a passkey', '')}
              </form>`
            : noPasskeysHere
        }
        <h2>Password</h2>
        <form method="post" action="${accountPath}/password">
          ${csrf}
          <input type="text" name="name" value="${account.userPrincipalName}" autocomplete="username" hidden />
          ${current} ${newPasswordFields}
          <button type="submit">Change the password</button>
        </form>`,
    })
  }

  /** Does something for whoever is signed in and has sent a form of ours; what is refused is said on the page. */
  const forOwner =
    (work: (request: FastifyRequest, reply: FastifyReply, account: Account, form: URLSearchParams) => Promise<void>) =>
    async (request: FastifyRequest<{ Body: string }>, reply: FastifyReply): Promise<FastifyReply> => {
      const form = new URLSearchParams(request.body)
      const session = await browser.session(request)
      if (session === null || !browser.isOwnForm(request, form)) return reply.redirect(accountPath, 303)
      try {
        await work(request, reply, session.account, form)
      } catch (error) {
        if (error instanceof AccountRefusal || error instanceof PasskeyRefused)
          return await showAccount(request, reply, session.account, error.message)
        throw error
      }
      return reply.redirect(accountPath, 303)
    }

  app.get(accountPath, async (request, reply) => {
    const session = await browser.session(request)
    return session === null
      ? await wayIn.show(request, reply, { purpose: null })
      : await showAccount(request, reply, session.account)
  })

  app.post<FormRequest>(accountPath, async (request, reply) => {
    const outcome = await wayIn.attempt(request, reply, new URLSearchParams(request.body))
    return outcome.kind === 'refused'
      ? await wayIn.show(request, reply, { purpose: null, ...outcome })
      : reply.redirect(accountPath, 303)
  })

  app.post<FormRequest>(
    `${accountPath}/password`,
    forOwner(async (request, reply, account, form) => {
      if (account.passwordHash !== null) {
        const password = form.get('currentPassword') ?? ''
        const { kind } = await signInByPassword(accountPorts, { name: account.userPrincipalName, password })
        if (kind !== 'signedIn')
          throw new AccountRefusal(
            'passwordRefused',
            kind === 'waits'
              ? 'Too many wrong passwords. Wait a little and try again.'
              : 'The password so far is not right.',
          )
      }
      await setPassword(accountPorts, account, newPasswordOf(account, form))
      await tell(request, account, 'Set account password', 'Update')
      await browser.signIn(request, reply, account, 'pwd')
    }),
  )

  app.post<FormRequest>(
    `${accountPath}/passkeys`,
    forOwner(async (request, _reply, account, form) => {
      await addPasskey(accountPorts, account, passkeyOf(request, form))
      await tell(request, account, 'Add passkey', 'Add')
    }),
  )

  app.post<FormRequest>(
    `${accountPath}/passkeys/remove`,
    forOwner(async (request, _reply, account, form) => {
      const isGone = await cycle.store.accounts.removePasskey(account.objectId, form.get('credentialId') ?? '')
      if (isGone) await tell(request, account, 'Remove passkey', 'Delete')
    }),
  )

  app.post<FormRequest>(signOutPath, async (request, reply) => {
    if (browser.isOwnForm(request, new URLSearchParams(request.body))) await browser.signOut(request, reply)
    return await sendPage(reply, {
      title: 'Signed out',
      main: html`<p>You are signed out in this browser.</p>
        <p><a class="button other" href="${accountPath}">Sign in again</a></p>`,
    })
  })

  // -------------------------------------------------------------- an invitation

  const codeOf = (request: FastifyRequest): string =>
    new URLSearchParams(request.originalUrl.split('?')[1] ?? '').get('code') ?? ''

  const refuseInvitation = (reply: FastifyReply): Promise<FastifyReply> =>
    sendPage(reply, { title: 'This link does not work', status: 410, main: alertOf(usedInvitation) })

  async function showInvitation(
    request: FastifyRequest,
    reply: FastifyReply,
    account: Account,
    alert: string | null = null,
  ): Promise<FastifyReply> {
    const code = codeOf(request)
    const csrf = html`<input type="hidden" name="csrf" value="${browser.formToken(request, reply)}" />`
    return await sendPage(reply, {
      title: 'Welcome to Muster',
      ...(alert === null ? {} : { status: 422 }),
      main: html`<p>
          This link is for <strong>${account.displayName}</strong> (${account.userPrincipalName}). Choose how you sign
          in from now on.
        </p>
        ${alertOf(alert)}
        <h2>By a password</h2>
        <form method="post" action="${invitationPath(code)}">
          ${csrf}
          <input type="text" name="name" value="${account.userPrincipalName}" autocomplete="username" hidden />
          ${newPasswordFields}
          <button type="submit">Set the password and sign in</button>
        </form>
        <h2>By a passkey</h2>
        ${
          canHavePasskeys(request.serviceOrigin)
            ? html`<form method="post" action="${invitationPath(code)}">
                ${csrf}${passkeyFields('Make a passkey and sign in', code)}
              </form>`
            : noPasskeysHere
        }`,
    })
  }

  app.get(acceptPath, async (request, reply) => {
    const account = await invitedAccount(accountPorts, codeOf(request))
    return account === null ? await refuseInvitation(reply) : await showInvitation(request, reply, account)
  })

  app.post<FormRequest>(acceptPath, async (request, reply) => {
    const form = new URLSearchParams(request.body)
    const account = await invitedAccount(accountPorts, codeOf(request))
    if (account === null) return await refuseInvitation(reply)
    if (!browser.isOwnForm(request, form))
      return await showInvitation(request, reply, account, 'This page was open for too long. Try once more.')
    const byPasskey = (form.get('passkey') ?? '') !== ''
    try {
      // What may be refused comes first: only what is taken uses the link up.
      const password = byPasskey ? null : newPasswordOf(account, form)
      const passkey = byPasskey ? await addPasskey(accountPorts, account, passkeyOf(request, form)) : null
      if ((await acceptInvitation(accountPorts, codeOf(request))) === null) {
        if (passkey !== null) await cycle.store.accounts.removePasskey(account.objectId, passkey)
        return await refuseInvitation(reply)
      }
      if (password !== null) await setPassword(accountPorts, account, password)
    } catch (error) {
      if (error instanceof AccountRefusal || error instanceof PasskeyRefused)
        return await showInvitation(request, reply, account, error.message)
      throw error
    }
    await tell(request, account, byPasskey ? 'Add passkey' : 'Set account password', byPasskey ? 'Add' : 'Update')
    await browser.signIn(request, reply, account, byPasskey ? 'hwk' : 'pwd')
    return reply.redirect(accountPath, 303)
  })

  // -------------------------------------------------------------- what a browser is asked for a passkey with

  app.post<FormRequest>(passkeyOptionsPath, async (request, reply) => {
    const form = new URLSearchParams(request.body)
    const origin = request.serviceOrigin
    if (!browser.isOwnForm(request, form) || !canHavePasskeys(origin)) return await reply.status(403).send({})
    if (form.get('for') === 'get') return await askForPasskey(accountPorts, origin)
    const invitation = form.get('invitation') ?? ''
    const account =
      invitation === ''
        ? ((await browser.session(request))?.account ?? null)
        : await invitedAccount(accountPorts, invitation)
    return account === null ? await reply.status(403).send({}) : await askForNewPasskey(accountPorts, account, origin)
  })
}

function passkeyOf(
  request: FastifyRequest,
  form: URLSearchParams,
): { readonly answer: string; readonly name: string; readonly origin: string } {
  const name = (form.get('passkeyName') ?? '').trim().slice(0, 60)
  return { answer: form.get('passkey') ?? '', name: name === '' ? 'Passkey' : name, origin: request.serviceOrigin }
}

/*
 * `/{tenant}/oauth2/v2.0/authorize` (RFC 6749 section 4.1, OpenID Connect Core 3.1.2): signs a person in and sends them back to the
 * program with a code. Every visit, and every form, is judged anew by its address: nothing of it is remembered in between.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { issueCode, type AccountPorts, type BrowserSession } from '../../accounts/index.ts'
import { issuerOf, type Tenant } from '../token/index.ts'
import {
  answerAddress,
  AuthorizeRefused,
  readAuthorizeRequest,
  type AuthorizeError,
  type AuthorizeRequest,
} from './authorize-request.ts'
import type { Browser } from './browser.ts'
import { html, sendPage, type Markup } from './html.ts'
import { placeOf, type SignInClient } from './redirects.ts'
import type { WayIn } from './way-in.ts'

export const authorizePath = '/:tenant/oauth2/v2.0/authorize'

interface OfTenant {
  readonly Params: { readonly tenant: string }
}

export interface AuthorizePorts {
  readonly accountPorts: AccountPorts
  readonly browser: Browser
  readonly wayIn: WayIn
  readonly tenant: Tenant
  readonly clientNamed: (appId: string) => Promise<SignInClient | null>
  readonly isOwnScope: (scope: string, request: FastifyRequest) => boolean
}

const isError = (asked: AuthorizeRequest | AuthorizeError): asked is AuthorizeError => 'error' in asked

function purposeOf({ client, isNative }: AuthorizeRequest): Markup {
  return isNative
    ? html`<p>
        A program on this computer says it is <strong>${client.displayName}</strong> and asks to act as you. Go on only
        if you have just started it.
      </p>`
    : html`<p>You go on to <strong>${client.displayName}</strong>, which then acts as you.</p>`
}

export function authorizeRoutes(app: FastifyInstance, ports: AuthorizePorts): void {
  const { accountPorts, browser, wayIn, tenant } = ports

  async function asked(request: FastifyRequest<OfTenant>): Promise<AuthorizeRequest | AuthorizeError> {
    if (!(await tenant.isNamed(request.params.tenant)))
      throw new AuthorizeRefused(`AADSTS90002: There is no tenant ${request.params.tenant.slice(0, 100)} here.`)
    const [, query = ''] = request.originalUrl.split('?')
    return await readAuthorizeRequest(new URLSearchParams(query), {
      clientNamed: ports.clientNamed,
      isOwnScope: (scope) => ports.isOwnScope(scope, request),
    })
  }

  const issuer = (request: FastifyRequest): string => issuerOf(request.serviceOrigin, tenant.tenantId)

  /** 303: the browser asks by GET, whatever it came with, and sends no password on (RFC 9700 section 4.12). */
  const sendBack = (
    request: FastifyRequest,
    reply: FastifyReply,
    where: Pick<AuthorizeRequest, 'redirectUri' | 'responseMode' | 'state'>,
    answer: Readonly<Record<string, string>>,
  ): FastifyReply =>
    reply
      .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .redirect(answerAddress(where, answer, issuer(request)), 303)

  const sendError = (request: FastifyRequest, reply: FastifyReply, fault: AuthorizeError): FastifyReply =>
    sendBack(request, reply, fault, { error: fault.error, error_description: fault.description })

  async function sendCode(
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: AuthorizeRequest,
    { account, method, signedInAt }: BrowserSession,
  ): Promise<FastifyReply> {
    const code = await issueCode(accountPorts, account, {
      clientId: wanted.client.appId,
      isConfidential: wanted.isConfidential,
      redirectUri: wanted.redirectUri,
      codeChallenge: wanted.codeChallenge,
      nonce: wanted.nonce,
      scopes: wanted.scopes,
      method,
      signedInAt,
    })
    return sendBack(request, reply, wanted, { code })
  }

  const signInView = (wanted: AuthorizeRequest) => ({
    purpose: purposeOf(wanted),
    leadsTo: placeOf(wanted.redirectUri),
  })

  async function askWhetherToGoOn(
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: AuthorizeRequest,
    { account }: BrowserSession,
  ): Promise<FastifyReply> {
    return await sendPage(reply, {
      title: 'Go on?',
      leadsTo: placeOf(wanted.redirectUri),
      main: html`${purposeOf(wanted)}
        <p>You are signed in as <strong>${account.displayName}</strong> (${account.userPrincipalName}).</p>
        <form method="post" action="${request.originalUrl}">
          <input type="hidden" name="csrf" value="${browser.formToken(request, reply)}" />
          <button type="submit" name="choice" value="goOn">Go on as ${account.displayName}</button>
          <button type="submit" name="choice" value="other" class="other">Use another account</button>
          <button type="submit" name="choice" value="cancel" class="other">Cancel</button>
        </form>`,
    })
  }

  const isFresh = ({ signedInAt }: BrowserSession, { prompt, maxAgeSeconds }: AuthorizeRequest): boolean =>
    !prompt.has('login') && (maxAgeSeconds === null || accountPorts.clock.now() - signedInAt <= maxAgeSeconds * 1000)

  app.get<OfTenant>(authorizePath, async (request, reply) => {
    const wanted = await asked(request)
    if (isError(wanted)) return sendError(request, reply, wanted)
    const session = await browser.session(request)
    const usable = session !== null && isFresh(session, wanted) ? session : null
    const mustAsk = wanted.isNative || wanted.prompt.has('select_account') || wanted.prompt.has('consent')
    if (wanted.prompt.has('none')) {
      if (usable !== null && !wanted.isNative) return await sendCode(request, reply, wanted, usable)
      const { redirectUri, responseMode, state } = wanted
      return sendError(request, reply, {
        redirectUri,
        responseMode,
        state,
        error: usable === null ? 'login_required' : 'interaction_required',
        description: 'AADSTS50058: The person has to be asked first, which prompt=none forbids.',
      })
    }
    if (usable === null)
      return await wayIn.show(request, reply, {
        ...signInView(wanted),
        name: wanted.loginHint === '' ? (session?.account.userPrincipalName ?? '') : wanted.loginHint,
      })
    return mustAsk
      ? await askWhetherToGoOn(request, reply, wanted, usable)
      : await sendCode(request, reply, wanted, usable)
  })

  app.post<OfTenant & { readonly Body: string }>(authorizePath, async (request, reply) => {
    const wanted = await asked(request)
    if (isError(wanted)) return sendError(request, reply, wanted)
    const form = new URLSearchParams(request.body)
    const choice = form.get('choice')
    if (choice === null) {
      const outcome = await wayIn.attempt(request, reply, form)
      if (outcome.kind === 'refused') return await wayIn.show(request, reply, { ...signInView(wanted), ...outcome })
      const { account } = outcome
      const method = (form.get('passkey') ?? '') === '' ? 'pwd' : 'hwk'
      return await sendCode(request, reply, wanted, { account, method, signedInAt: accountPorts.clock.now() })
    }
    const session = await browser.session(request)
    if (!browser.isOwnForm(request, form) || session === null || choice === 'other' || !isFresh(session, wanted))
      return await wayIn.show(request, reply, signInView(wanted))
    if (choice === 'goOn') return await sendCode(request, reply, wanted, session)
    const { redirectUri, responseMode, state } = wanted
    return sendError(request, reply, {
      redirectUri,
      responseMode,
      state,
      error: 'access_denied',
      description: 'AADSTS65004: The person declined.',
    })
  })
}

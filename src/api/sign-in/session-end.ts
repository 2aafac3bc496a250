/*
 * Signing out: of a browser (OpenID Connect RP-Initiated Logout 1.0, which asks first), and of a program that gives its refresh
 * token back (RFC 7009).
 */
import type { FastifyInstance } from 'fastify'
import { revokeRefreshToken, type AccountPorts } from '../../accounts/index.ts'
import type { Browser } from './browser.ts'
import { html, sendPage } from './html.ts'
import { placeOf, redirectKind, type SignInClient } from './redirects.ts'

export const endSessionPath = '/:tenant/oauth2/v2.0/logout'
export const revokePath = '/:tenant/oauth2/v2.0/revoke'

interface Visit {
  readonly Body: string
}

export function sessionEndRoutes(
  app: FastifyInstance,
  {
    accountPorts,
    browser,
    clientNamed,
  }: {
    readonly accountPorts: AccountPorts
    readonly browser: Browser
    readonly clientNamed: (appId: string) => Promise<SignInClient | null>
  },
): void {
  /** Back to the program only at an address that is registered for it. */
  async function returnAddress(query: URLSearchParams): Promise<string | null> {
    const [wanted, clientId] = [query.get('post_logout_redirect_uri'), query.get('client_id')]
    if (wanted === null || clientId === null) return null
    const client = await clientNamed(clientId)
    if (client === null || redirectKind(client, wanted) === null) return null
    const url = new URL(wanted)
    const state = query.get('state')
    if (state !== null) url.searchParams.set('state', state)
    return url.href
  }

  const queryOf = (address: string): URLSearchParams => new URLSearchParams(address.split('?')[1] ?? '')

  app.get(endSessionPath, async (request, reply) => {
    const back = await returnAddress(queryOf(request.originalUrl))
    return await sendPage(reply, {
      title: 'Sign out?',
      ...(back === null ? {} : { leadsTo: placeOf(back) }),
      main: html`<form method="post" action="${request.originalUrl}">
        <input type="hidden" name="csrf" value="${browser.formToken(request, reply)}" />
        <button type="submit">Sign out of Muster in this browser</button>
      </form>`,
    })
  })

  app.post<Visit>(endSessionPath, async (request, reply) => {
    if (!browser.isOwnForm(request, new URLSearchParams(request.body))) return reply.redirect(request.originalUrl, 303)
    await browser.signOut(request, reply)
    const back = await returnAddress(queryOf(request.originalUrl))
    if (back !== null) return reply.redirect(back, 303)
    return await sendPage(reply, { title: 'Signed out', main: html`<p>You are signed out in this browser.</p>` })
  })

  app.post<Visit>(revokePath, async (request, reply) => {
    const form = new URLSearchParams(request.body)
    const [refreshToken, clientId] = [form.get('token'), form.get('client_id')]
    if (refreshToken !== null && clientId !== null) await revokeRefreshToken(accountPorts, { refreshToken, clientId })
    return await reply.headers({ 'cache-control': 'no-store' }).status(200).send()
  })
}

/* The way to another provider and back: what a browser is sent there with, and that it comes back to a page of ours. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ExternalRefused, type ExternalProvider } from '../../accounts/index.ts'
import { accountPath } from './account-pages.ts'
import type { Browser } from './browser.ts'
import { alertOf, html, sendPage } from './html.ts'

export const externalPath = '/sign-in/external'
export const externalCallbackPath = '/sign-in/external/callback'

export const externalHref = (next: string): string => `${externalPath}?${new URLSearchParams({ next }).toString()}`

/** Only pages that ask for a sign-in; and not once more for a new one. */
function placeAfter(next: string | null): string {
  if (next === null || !next.startsWith('/')) return accountPath
  const base = 'http://service'
  if (!URL.canParse(next, base)) return accountPath
  const url = new URL(next, base)
  if (url.origin !== base || !/^\/[^/]+\/oauth2\/v2\.0\/authorize$/.test(url.pathname)) return accountPath
  url.searchParams.delete('prompt')
  return `${url.pathname}${url.search}`
}

export function externalRoutes(app: FastifyInstance, browser: Browser, provider: ExternalProvider): void {
  const queryOf = (address: string): URLSearchParams => new URLSearchParams(address.split('?')[1] ?? '')

  const refuse = (reply: FastifyReply, error: unknown): Promise<FastifyReply> => {
    if (!(error instanceof ExternalRefused)) throw error
    return sendPage(reply, {
      title: 'You are not signed in',
      status: 403,
      main: html`${alertOf(error.message)}
        <p><a class="button other" href="${accountPath}">Sign in another way</a></p>`,
    })
  }

  app.get(externalPath, async (request, reply) => {
    try {
      const where = await provider.begin({
        callback: `${request.serviceOrigin}${externalCallbackPath}`,
        next: placeAfter(queryOf(request.originalUrl).get('next')),
        mark: browser.formToken(request, reply),
      })
      return await reply.headers(onItsWay).redirect(where.href, 303)
    } catch (error) {
      return await refuse(reply, error)
    }
  })

  app.get(externalCallbackPath, async (request, reply) => {
    try {
      const answer = new URL(request.originalUrl, request.serviceOrigin)
      const { account, next } = await provider.finish(answer, browser.formToken(request, reply))
      await browser.signIn(request, reply, account, 'fed')
      return await reply.headers(onItsWay).redirect(next, 303)
    } catch (error) {
      return await refuse(reply, error)
    }
  })
}

const onItsWay = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }

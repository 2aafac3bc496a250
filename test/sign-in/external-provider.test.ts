/* Signing in at another provider, an independent one out of a package: only accounts that exist come in, and only from this browser. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  aSignInWorld,
  createTestBrowser,
  type PageAnswer,
  type SignInWorld,
  type TestBrowser,
} from '../builders/sign-in-world.ts'

interface Elsewhere {
  readonly issuer: string
  /** Whom the next sign-in there is for. */
  person: { readonly sub: string; readonly claims: Readonly<Record<string, unknown>> }
  /** Where people are sent back to, once it is known. */
  allow(redirectUri: string): void
  close(): Promise<void>
}

/** A provider at which everybody is signed in at once as the person of the moment. */
async function aProvider(): Promise<Elsewhere> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
  const server = createServer((request, response) => {
    handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const elsewhere: Elsewhere = {
    issuer,
    person: { sub: 'mira-there', claims: { preferred_username: 'Mira@example.com' } },
    allow(redirectUri) {
      const provider: Provider = new Provider(issuer, {
        clients: [{ client_id: 'muster', client_secret: 'a secret between the two', redirect_uris: [redirectUri] }],
        claims: { profile: ['preferred_username', 'name'], email: ['email', 'email_verified'] },
        conformIdTokenClaims: false,
        features: { devInteractions: { enabled: false } },
        pkce: { required: () => true },
        cookies: { keys: ['of a test'] },
        findAccount: (_context, accountId) => ({
          accountId,
          claims: () => ({ ...elsewhere.person.claims, sub: accountId }),
        }),
        interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
        async loadExistingGrant(context): Promise<InstanceType<Provider['Grant']>> {
          const { client, session } = context.oidc
          const grant: InstanceType<Provider['Grant']> = new provider.Grant({
            clientId: client?.clientId ?? '',
            ...(session?.accountId === undefined ? {} : { accountId: session.accountId }),
          })
          grant.addOIDCScope('openid profile email')
          await grant.save()
          return grant
        },
      })
      const answer = provider.callback()
      handle = (request, response) => {
        if (request.url?.startsWith('/interaction/') === true)
          void provider.interactionFinished(request, response, { login: { accountId: elsewhere.person.sub } })
        else void answer(request, response)
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
  return elsewhere
}

let elsewhere: Elsewhere
let world: SignInWorld
let browser: TestBrowser

beforeEach(async () => {
  elsewhere = await aProvider()
  world = await aSignInWorld({
    externalSignIn: {
      issuer: elsewhere.issuer,
      clientId: 'muster',
      clientSecret: 'a secret between the two',
      accountClaim: 'preferred_username',
    },
  })
  elsewhere.allow(`${world.root}/sign-in/external/callback`)
  browser = world.browser()
})
afterEach(async () => {
  await world.close()
  await elsewhere.close()
})

/** Follows redirects of the provider, with cookies of its own, until it sends the browser back. */
async function throughProvider(begun: PageAnswer): Promise<URL> {
  const there = createTestBrowser(elsewhere.issuer)
  let at = begun.location
  for (let steps = 0; at !== null && at.origin === elsewhere.issuer && steps < 9; steps += 1)
    at = (await there.get(at.href)).location
  if (at === null) throw new Error('The provider sends nobody back.')
  return at
}

async function signIn(next = '/account'): Promise<PageAnswer> {
  await browser.get('/account')
  const back = await throughProvider(await browser.get(`/sign-in/external?${new URLSearchParams({ next }).toString()}`))
  expect(back.origin).toBe(world.root)
  return await browser.get(back.href, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })
}

describe('another provider', () => {
  it('is offered on the page, and signs in the account its claim names; from then on the subject counts', async () => {
    const page = await browser.get('/account')
    expect(page.text).toContain(`Sign in at ${new URL(elsewhere.issuer).host}`)
    expect((await signIn()).location?.pathname).toBe('/account')
    expect((await browser.get('/account')).text).toContain('You are signed in as <strong>Mira Okafor</strong>')
    expect((await world.ports.store.accounts.get(world.mira.objectId))?.externalIdentity).toEqual({
      issuer: elsewhere.issuer,
      subject: 'mira-there',
    })
    elsewhere.person = { sub: 'mira-there', claims: { preferred_username: 'mira.renamed@example.com' } }
    browser = world.browser()
    expect((await signIn()).location?.pathname).toBe('/account')
    elsewhere.person = { sub: 'somebody-else', claims: { preferred_username: 'mira@example.com' } }
    browser = world.browser()
    const refused = await signIn()
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('there is no account of that name here that may sign in by it')
    expect(browser.cookies.has('muster-session')).toBe(false)
  })

  it('nobody without an account comes in, nor anybody disabled', async () => {
    elsewhere.person = { sub: 'x', claims: { preferred_username: 'nobody@example.com' } }
    expect((await signIn()).text).toContain('muster account create NAME')
    await world.ports.store.accounts.change(world.mira.objectId, { isDisabled: true })
    elsewhere.person = { sub: 'mira-there', claims: { preferred_username: 'mira@example.com' } }
    expect((await signIn()).text).toContain('This account is disabled')
  })

  it('an answer counts in the browser that asked, and once', async () => {
    await browser.get('/account')
    const back = await throughProvider(await browser.get('/sign-in/external?next=/account'))
    const victim = world.browser()
    await victim.get('/account')
    expect((await victim.get(back.href)).text).toContain('not begun in this browser')
    expect(victim.cookies.has('muster-session')).toBe(false)
    expect((await browser.get(back.href)).status).toBe(403)
    const second = await throughProvider(await browser.get('/sign-in/external?next=/account'))
    expect((await browser.get(second.href)).status).toBe(303)
    expect((await browser.get(second.href)).status).toBe(403)
  })

  it('leads on to the program that asked, and nowhere else', async () => {
    const next = `/${world.tenantId}/oauth2/v2.0/authorize?client_id=x&prompt=login`
    expect((await signIn(next)).location?.href).toBe(
      `${world.root}/${world.tenantId}/oauth2/v2.0/authorize?client_id=x`,
    )
    for (const evil of ['https://evil.example.com/', '//evil.example.com/', '/\\evil.example.com', '/v1.0/users'])
      expect((await signIn(evil)).location?.href).toBe(`${world.root}/account`)
  })

  it('that does not answer is said', async () => {
    await elsewhere.close()
    const page = await browser.get('/sign-in/external?next=/account')
    expect(page.status).toBe(403)
    expect(page.text).toContain('does not answer as an OpenID Connect provider')
  })
})

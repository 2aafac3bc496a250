/*
 * The sign-in pages in a real browser: with a password and without script, with a passkey of a virtual authenticator, read by axe,
 * and back to the program that asked.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { commandLineClient } from '../../src/api/sign-in/redirects.ts'
import { invite } from '../../src/accounts/index.ts'
import { aSignInWorld, rightPassword, type SignInWorld } from '../builders/sign-in-world.ts'
import { newPage, startChromium } from './start-chromium.ts'

vi.setConfig({ testTimeout: 60_000 })

const waitMs = 10_000
let browser: Browser
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await startChromium()
}, 120_000)

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

afterAll(async () => {
  await browser.close()
})

interface Opened {
  readonly page: Page
  readonly world: SignInWorld
  /** By name: passkeys need one. */
  readonly root: string
  readonly problems: readonly string[]
}

async function opened(options: BrowserContextOptions = {}): Promise<Opened> {
  const world = await aSignInWorld()
  closing.push(() => world.close())
  const { page, problems } = await newPage(browser, options)
  page.setDefaultTimeout(waitMs)
  closing.push(() => page.context().close())
  return { page, world, problems, root: world.root.replace('127.0.0.1', 'localhost') }
}

/** A phone or a security key that says yes. */
async function withAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

/** A program on this machine that waits for its code. */
async function aProgram(): Promise<{ readonly redirectUri: string; readonly code: Promise<URLSearchParams> }> {
  let arrived: (query: URLSearchParams) => void = () => undefined
  const code = new Promise<URLSearchParams>((resolve) => (arrived = resolve))
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname === '/') arrived(url.searchParams)
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Done</title>Back at the program')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return { redirectUri: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, code }
}

function addressFor(root: string, tenantId: string, redirectUri: string): string {
  const query = new URLSearchParams({
    client_id: commandLineClient.appId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid offline_access',
    state: 'x',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  return `${root}/${tenantId}/oauth2/v2.0/authorize?${query.toString()}`
}

async function hasNoBarriers(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')

test('a person signs in by password with the keyboard, and the browser goes back to the program with a code', async () => {
  const { page, world, root, problems } = await opened()
  const program = await aProgram()
  await page.goto(addressFor(root, world.tenantId, program.redirectUri))
  await hasNoBarriers(page)
  await page.getByLabel('Name').fill('mira@example.com')
  await page.getByLabel('Password').fill('not the right one')
  await page.keyboard.press('Enter')
  expect(await page.getByRole('alert').textContent()).toContain('The name or the password is wrong')
  await hasNoBarriers(page)
  expect(await page.getByLabel('Name').inputValue()).toBe('mira@example.com')
  await page.getByLabel('Password').fill(rightPassword)
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Sign in')
  await page.keyboard.press('Enter')
  await page.getByText('Back at the program').waitFor()
  const query = await program.code
  expect(query.get('code')).toMatch(/^[\w-]{43}$/)
  expect(query.get('state')).toBe('x')
  // The refusal itself is noted by the browser, nothing else is.
  expect(problems.filter((problem) => !problem.includes('403'))).toEqual([])
})

test('without script passwords work, and an invitation is accepted', async () => {
  const { page, world, root } = await opened({ javaScriptEnabled: false })
  const { secret } = await invite(world.ports, world.mira)
  await page.goto(`${root}/account/invitation?code=${secret}`)
  expect(await page.getByRole('button', { name: 'Make a passkey' }).count()).toBe(0)
  await page.getByLabel('New password', { exact: true }).fill('four other words')
  await page.getByLabel('New password once more').fill('four other words')
  await page.getByRole('button', { name: 'Set the password and sign in' }).click()
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Signed out' }).waitFor()
})

test('a passkey is made by invitation, signs in by itself, and is worth nothing once it is removed', async () => {
  const { page, world, root, problems } = await opened()
  await withAuthenticator(page)
  const { secret } = await invite(world.ports, world.mira)
  await page.goto(`${root}/account/invitation?code=${secret}`)
  await hasNoBarriers(page)
  await page.getByLabel('Name of the device').fill('Ship laptop')
  await page.getByRole('button', { name: 'Make a passkey and sign in' }).click()
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  await hasNoBarriers(page)
  const [passkey] = (await world.ports.store.accounts.passkeys([world.mira.objectId])).get(world.mira.objectId) ?? []
  expect(passkey).toMatchObject({ name: 'Ship laptop', lastUsedAt: null })

  await page.getByRole('button', { name: 'Sign out' }).click()
  const program = await aProgram()
  await page.goto(addressFor(root, world.tenantId, program.redirectUri))
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('Back at the program').waitFor()
  expect((await program.code).get('code')).toMatch(/^[\w-]{43}$/)
  expect(await world.ports.store.accounts.passkey(passkey?.credentialId ?? '')).toMatchObject({
    lastUsedAt: world.clock.now(),
  })

  await page.goto(`${root}/account`)
  await page.getByRole('button', { name: 'Remove Ship laptop' }).click()
  await page.getByText('None yet.').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto(`${root}/account`)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  expect(await page.getByRole('alert').textContent()).toContain('No account here has this passkey')
  expect(problems.filter((problem) => !problem.includes('403'))).toEqual([])
  const told = (await world.ports.store.audit.query({ limit: 9 })).entries.map(({ entry }) => [
    entry.activityDisplayName,
    entry.initiatedBy.user?.userPrincipalName,
  ])
  expect(told).toEqual([
    ['Remove passkey', 'mira@example.com'],
    ['Add passkey', 'mira@example.com'],
  ])
})

test('an answer of a passkey counts once: sent again it signs nobody in', async () => {
  const { page, world, root } = await opened()
  await withAuthenticator(page)
  await page.goto(`${root}/account`)
  await page.getByLabel('Name').fill('mira@example.com')
  await page.getByLabel('Password').fill(rightPassword)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('button', { name: 'Remove This device' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto(`${root}/account`)
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url() === `${root}/account`)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  const fields = Object.fromEntries(new URLSearchParams((await sent).postData() ?? ''))
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  const again = world.browser()
  await again.get(`${root}/account`)
  const refused = await again.submit({ passkey: fields['passkey'] ?? '' })
  expect(refused.status).toBe(403)
  expect(refused.text).toContain('was not accepted')
})

test('at an address of numbers the page says that there are no passkeys', async () => {
  const { page, world } = await opened()
  const { secret } = await invite(world.ports, world.mira)
  await page.goto(`${world.root}/account/invitation?code=${secret}`)
  await page.getByText('not for an address of numbers').waitFor()
  expect(await page.getByRole('button', { name: 'Make a passkey' }).count()).toBe(0)
})

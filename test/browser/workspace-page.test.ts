/* The workspace page and the consent page of the simulated Slack in a real browser: what a person sees and does. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSimulator, usualSaml } from '../../simulator/index.ts'
import type { Listening, Simulator, SimulatorOptions } from '../../simulator/index.ts'
import { createIdentityProvider } from '../vectors/slack-scim-saml.ts'
import { newPage, startChromium } from './start-chromium.ts'

const waitMs = 10_000
const core = 'urn:scim:schemas:core:1.0'
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
  readonly simulator: Simulator
  readonly url: string
  readonly problems: readonly string[]
  scim(method: string, path: string, body?: unknown): Promise<Response>
}

async function opened(
  where = '/',
  options: SimulatorOptions = {},
  browserOptions: BrowserContextOptions = {},
): Promise<Opened> {
  const company = { groups: 10, guests: 4, deactivated: 3, bots: 1 }
  const simulator = createSimulator({ users: 60, seed: 7, company, latencyMs: 0, latencyJitterMs: 0, ...options })
  const listening: Listening = await simulator.listen()
  closing.push(() => listening.close())
  const { page, problems } = await newPage(browser, browserOptions)
  page.setDefaultTimeout(waitMs)
  closing.push(() => page.context().close())
  await page.goto(listening.url + where)
  return {
    page,
    simulator,
    url: listening.url,
    problems,
    scim: (method, path, body) =>
      fetch(`${listening.url}/scim/${path}`, {
        method,
        headers: { authorization: `Bearer ${simulator.token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  }
}

/** The page looks every second, so a second is not enough. */
function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: waitMs })
}

/** The name of the row button that has the focus. */
const focusedText = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '')

async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

describe('members', () => {
  test('are listed, counted by state, searched and filtered', async () => {
    const { page, simulator, problems } = await opened()
    const table = page.getByRole('table', { name: 'Members' })
    await table.getByRole('button', { name: 'Olga Olsen' }).waitFor()
    await page.getByRole('button', { name: `All ${simulator.people().length}` }).waitFor()
    await page.getByRole('button', { name: 'Guests 4' }).click()
    await eventually(() => table.locator('tbody tr').count()).toBe(4)
    await page.getByRole('button', { name: 'Deactivated 3' }).click()
    await eventually(() => table.getByText('Deactivated', { exact: true }).count()).toBe(3)
    await page.getByRole('button', { name: /^All/ }).click()
    await page.getByRole('searchbox').fill('ADAM@acme')
    await eventually(() => table.locator('tbody tr').count()).toBe(1)
    await page.getByRole('searchbox').fill('nobody at all')
    await shows(page, 'Nobody found')
    expect(problems).toEqual([])
  })

  test('come in pages', async () => {
    const { page } = await opened()
    await shows(page, /^1 to 50 of /)
    await page.getByRole('button', { name: 'Next' }).click()
    await shows(page, /^51 to /)
    await page.getByRole('button', { name: 'Previous' }).click()
    await shows(page, /^1 to 50 of /)
  })

  test('appear the moment SCIM makes them', async () => {
    const { page, scim } = await opened()
    await page.getByRole('searchbox').fill('nina')
    await shows(page, 'Nobody found')
    await scim('POST', 'v1/Users', { schemas: [core], userName: 'nina', emails: [{ value: 'nina@acme.example' }] })
    await page.getByRole('table').getByRole('button', { name: 'nina' }).waitFor()
  })

  test('show their profile with locks, manager, groups, history and SCIM’s view', async () => {
    const { page, simulator, scim } = await opened()
    const [person] = simulator.people().filter(({ profile }) => profile?.managerId !== null && profile !== null)
    await scim('PATCH', `v1/Users/${person?.id}`, { schemas: [core], title: 'Captain' })
    await page.getByRole('button', { name: `${person?.givenName} ${person?.familyName}`, exact: true }).click()
    const drawer = page.getByRole('dialog')
    const field = (name: string): ReturnType<Page['locator']> =>
      drawer.locator('dl > div', { has: page.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) }) })
    await field('Title').getByText('Captain').waitFor()
    await field('Title').getByText('Provisioned by SCIM').waitFor()
    await field('Full name').getByText('Profile sync overwrites it').waitFor()
    await field('Display name').getByText('Members may not change their display name').waitFor()
    await drawer.getByText('user_profile_updated').waitFor()
    simulator.setSettings({ profileSync: false, allowDisplayNameChange: true, hiddenFields: ['department'] })
    await field('Department').getByText('Hidden in profiles').waitFor()
    await eventually(() => field('Full name').getByText('Profile sync').count()).toBe(0)
    await drawer.getByText('SCIM v2').click()
    await drawer.getByLabel('SCIM v2').getByText('urn:ietf:params:scim:schemas:core:2.0:User').first().waitFor()
    const manager = simulator.person(person?.profile?.managerId ?? '')
    await drawer.getByRole('link', { name: `${manager?.givenName} ${manager?.familyName}` }).click()
    await drawer.getByRole('heading', { name: `${manager?.givenName} ${manager?.familyName}` }).waitFor()
    expect(page.url()).toContain(manager?.id)
  })

  test('are deactivated after a question, and reactivated', async () => {
    const { page, simulator } = await opened()
    await page.getByRole('button', { name: 'Adam Abbot' }).click()
    const drawer = page.locator('dialog.drawer')
    await drawer.getByRole('button', { name: 'Deactivate' }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(simulator.person('adam')?.active).toBe(true)
    await drawer.getByRole('button', { name: 'Deactivate' }).click()
    await page.locator('dialog.confirm').getByRole('button', { name: 'Deactivate' }).click()
    await drawer.getByRole('button', { name: 'Reactivate' }).click()
    await drawer.getByRole('button', { name: 'Deactivate' }).waitFor()
    expect(
      simulator
        .audit()
        .slice(-2)
        .map(({ action }) => action),
    ).toEqual(['user_deactivated', 'user_reactivated'])
  })
})

test('a fault armed by the page hits the next request, and the request log shows both sides of it', async () => {
  const { page, scim, simulator } = await opened('/#/faults')
  const form = page.getByRole('form', { name: 'Arm a fault' })
  await form.getByLabel('What happens').selectOption({ label: 'Error status' })
  await form.getByLabel('Method').selectOption('POST')
  await form.getByRole('combobox', { name: 'Requests' }).selectOption({ label: 'People' })
  await form.getByRole('spinbutton', { name: 'Status' }).fill('507')
  await form.getByRole('button', { name: 'Arm' }).click()
  await shows(page, 'Has not struck yet.')
  const user = { schemas: [core], userName: 'nina', emails: [{ value: 'nina@acme.example' }] }
  expect((await scim('GET', 'v1/Users')).status).toBe(200)
  expect((await scim('POST', 'v1/Users', user)).status).toBe(507)
  expect((await scim('POST', 'v1/Users', user)).status).toBe(201)
  await shows(page, 'Used up: struck once.')
  await page.getByRole('link', { name: 'Requests' }).click()
  const table = page.getByRole('table', { name: 'Requests' })
  await eventually(() => table.locator('tbody tr').count()).toBe(3)
  await page.getByLabel('Outcome').selectOption('failed')
  await eventually(() => table.locator('tbody tr').count()).toBe(1)
  await table.getByText('507').waitFor()
  await page.getByLabel('Outcome').selectOption('ok')
  await page.getByLabel('Method').selectOption('POST')
  await eventually(() => table.locator('tbody tr').count()).toBe(1)
  await table.getByRole('button', { name: '/scim/v1/Users' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('Bearer xoxp-••••').waitFor()
  await drawer.getByLabel('Body of the request').getByText('"userName": "nina"').waitFor()
  await drawer
    .getByLabel('Body of the answer')
    .getByText(/"id": "U0/)
    .waitFor()
  expect(await drawer.innerText()).not.toContain(simulator.token)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Faults' }).click()
  await page.getByRole('button', { name: 'Disarm Error status, number 1' }).click()
  await shows(page, 'No fault is armed.')
  expect(simulator.faults()).toEqual([])
})

test('a token issued by the page opens SCIM, with the rights of its installer', async () => {
  const { page, url } = await opened('/#/connect')
  const form = page.getByRole('form', { name: 'Issue another token' })
  await form.getByLabel('Installer').fill('nobody')
  await form.getByRole('button', { name: 'Issue' }).click()
  await page.getByRole('status').getByText('Nobody is called nobody').waitFor()
  await form.getByLabel('Installer').fill('olga')
  await form.getByRole('button', { name: 'Issue' }).click()
  const token = await form.getByLabel('Token of olga', { exact: true }).inputValue()
  const headers = { authorization: `Bearer ${token}` }
  expect((await fetch(`${url}/scim/v2/Users?count=1`, { headers })).status).toBe(200)
})

test('rate gauges go down with requests, and are filled up', async () => {
  const { page, scim, simulator } = await opened('/#/rates')
  const meter = page.getByRole('meter', { name: 'POST /Users' })
  await eventually(() => meter.getAttribute('aria-valuenow')).toBe('20')
  simulator.freezeClock()
  for (let count = 0; count < 5; count++) {
    const userName = `n${count}`
    await scim('POST', 'v1/Users', { schemas: [core], userName, emails: [{ value: `${userName}@acme.example` }] })
  }
  await eventually(() => meter.getAttribute('aria-valuenow')).toBe('15')
  await page.getByRole('button', { name: 'Fill up all' }).click()
  await eventually(() => meter.getAttribute('aria-valuenow')).toBe('20')
})

test('groups show how full they are, user groups on Business+, IDP groups in an organisation', async () => {
  const { page, simulator } = await opened('/#/groups')
  await page.getByRole('heading', { name: 'User groups' }).waitFor()
  const [group] = simulator.groups()
  const meter = page.getByRole('meter', { name: `Members of ${group?.displayName}` })
  await meter.first().waitFor()
  expect([await meter.getAttribute('aria-valuenow'), await meter.getAttribute('aria-valuemax')]).toEqual([
    String(group?.memberIds.length),
    '5000',
  ])
  await page.getByRole('button', { name: group?.displayName ?? '', exact: true }).click()
  await eventually(() => page.getByRole('dialog').locator('.people li').count()).toBe(group?.memberIds.length)
  await page.getByRole('button', { name: 'Close' }).click()
  simulator.setSettings({ plan: 'enterprise' })
  await page.getByRole('heading', { name: 'IDP groups' }).waitFor()
  await eventually(() => meter.getAttribute('aria-valuemax')).toBe('15000')
})

test('settings, knobs and single sign-on take effect at once', async () => {
  const { page, scim, simulator } = await opened('/#/settings')
  await page.getByLabel('Members may change their display name').check()
  await eventually(() => simulator.settings.allowDisplayNameChange).toBe(true)
  const delay = page.getByLabel('A changed group shows after (ms)')
  await delay.fill('5')
  await delay.press('Tab')
  await page.getByLabel('Status of email_taken and username_taken').selectOption('400')
  await eventually(() => simulator.knobs.conflictStatus).toBe(400)
  expect(simulator.knobs.consistency).toEqual({ deactivateMs: 1000, groupMs: 5, photoMs: 3000 })
  const user = { schemas: [core], userName: 'adam', emails: [{ value: 'x@acme.example' }] }
  expect((await scim('POST', 'v1/Users', user)).status).toBe(400)
  await page.getByText('SAML is not set up').click()
  const form = page.getByRole('form', { name: 'SAML single sign-on' })
  await form.getByLabel('SAML SSO URL').fill('https://idp.example/sso')
  await form.getByLabel('Identity provider issuer').fill('https://idp.example')
  await form.getByLabel('X.509 certificate').fill('not a certificate')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').getByText('certificate').waitFor()
  expect(simulator.settings.saml).toBeNull()
  await form.getByLabel('X.509 certificate').fill('-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----')
  await form.getByLabel('Sign the AuthnRequest').check()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('SAML with https://idp.example').waitFor()
  expect(simulator.settings.saml).toMatchObject({ signsRequests: true, jit: true })
})

test('the clock is frozen and stepped; a snapshot is taken, restored and kept as a file; a reset begins anew', async () => {
  const { page, simulator, scim } = await opened('/#/state')
  await page.getByRole('button', { name: 'Freeze' }).click()
  await shows(page, 'Frozen')
  const at = simulator.now()
  await page.getByRole('button', { name: '+ 1 hour' }).click()
  await eventually(() => simulator.now()).toBe(at + 3_600_000)
  await page.getByRole('button', { name: 'Let it run again' }).click()
  await shows(page, 'Running')
  await page.getByRole('button', { name: 'Take a snapshot' }).click()
  await shows(page, /^Snapshot 1/)
  const user = { schemas: [core], userName: 'nina', emails: [{ value: 'nina@acme.example' }] }
  await scim('POST', 'v1/Users', user)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download Snapshot 1' }).click()
  const file = await (await download).path()
  await page.getByRole('button', { name: 'Go back to Snapshot 1' }).click()
  await page.locator('dialog.confirm').getByRole('button', { name: 'Go back' }).click()
  await eventually(() => simulator.person('nina')).toBeUndefined()
  await scim('POST', 'v1/Users', user)
  await page.getByLabel('Restore from a file').setInputFiles({
    name: 'wrong.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"store":{}}'),
  })
  await page.getByRole('status').getByText('Invalid input').first().waitFor()
  expect(simulator.person('nina')).toBeDefined()
  await page.getByLabel('Restore from a file').setInputFiles(file)
  await eventually(() => simulator.person('nina')).toBeUndefined()
  simulator.addFault({ kind: 'reset' })
  await page.getByRole('button', { name: 'Reset' }).click()
  await page.locator('dialog.confirm').getByRole('button', { name: 'Reset' }).click()
  await eventually(() => simulator.faults()).toEqual([])
})

describe('by keyboard alone', () => {
  test('search, rows, drawer and back again', async () => {
    const { page } = await opened()
    await page.getByRole('button', { name: 'Olga Olsen' }).waitFor()
    await page.keyboard.press('Tab')
    expect(await focusedText(page)).toBe('Skip to content')
    await page.keyboard.press('/')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('member-search')
    await page.keyboard.type('acme')
    await shows(page, /^1 to 50/)
    await page.keyboard.press('Escape')
    await eventually(() => page.getByRole('searchbox').inputValue()).toBe('')
    // Through the six filters to the first row.
    for (let count = 0; count < 7; count++) await page.keyboard.press('Tab')
    expect(await focusedText(page)).toBe('Olga Olsen')
    await page.keyboard.press('ArrowDown')
    expect(await focusedText(page)).toBe('Adam Abbot')
    const outline = await page.evaluate(() => {
      const active = document.activeElement
      return active === null ? '' : getComputedStyle(active, '::after').outlineStyle
    })
    expect(outline).toBe('solid')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('heading', { name: 'Adam Abbot' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Close')
    await page.keyboard.press('Escape')
    await eventually(() => page.getByRole('dialog').count()).toBe(0)
    await eventually(() => focusedText(page)).toBe('Adam Abbot')
  })

  test('a fault is armed', async () => {
    const { page, simulator } = await opened()
    await page.getByRole('link', { name: 'Faults' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Faults' }).waitFor()
    // Past "Disarm all" to what happens, how and how often.
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Silent')
    for (let count = 0; count < 3; count++) await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('3')
    await page.keyboard.press('Enter')
    await eventually(() => simulator.faults()).toMatchObject([{ kind: 'silent200', next: 3 }])
  })

  test('every screen is reached from the navigation, and has its heading', async () => {
    const { page } = await opened()
    const links = page.getByRole('navigation', { name: 'Workspace' }).getByRole('link')
    await links.first().waitFor()
    for (let index = 0; index < (await links.count()); index++) {
      await links.nth(index).focus()
      await page.keyboard.press('Enter')
      await eventually(() => links.nth(index).getAttribute('aria-current')).toBe('page')
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
    }
  })
})

const screens = ['members', 'groups', 'audit', 'requests', 'rates', 'faults', 'settings', 'state', 'connect']

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('no screen, drawer or page has an accessibility problem that axe knows', async () => {
    // Few rows, since axe looks at every one.
    const company = { groups: 2, guests: 2, deactivated: 2, bots: 1 }
    const { page, url, simulator, scim } = await opened('/', { users: 8, company }, { colorScheme })
    await scim('GET', 'v1/Users?filter=foo')
    simulator.addFault({ kind: 'slow', next: 1 })
    simulator.setSettings({ teamName: 'Acme <b>& Sons</b>' })
    const problems: string[] = []
    const look = async (place: string): Promise<void> => {
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
      for (const { id, nodes } of violations) {
        problems.push(`${place}: ${id}: ${nodes.map(({ html, target }) => `${target.join(' ')} ${html}`).join('; ')}`)
      }
    }
    for (const screen of screens) {
      await page.goto(`${url}/#/${screen}`)
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
      if (screen === 'members') await page.getByRole('button', { name: 'Olga Olsen' }).waitFor()
      if (screen === 'settings') await page.getByText('SAML is not set up').click()
      await look(screen)
    }
    const member = simulator.people().at(-6)
    await page.goto(`${url}/#/members/${member?.id}`)
    await page.getByRole('dialog').getByText('SCIM v1').click()
    await look('member')
    await page.keyboard.press('Escape')
    await page.goto(`${url}/#/requests/0`)
    await page.getByRole('dialog').waitFor()
    await look('request')
    await page.goto(`${url}/oauth/v2/authorize?client_id=111.222&user_scope=admin`)
    await look('sign-in')
    await page.getByRole('link', { name: /Adam Abbot/ }).click()
    await page.getByRole('button', { name: 'Allow' }).waitFor()
    await look('consent')
    expect(problems).toEqual([])
  }, 180_000)
})

test('at 360 pixels nothing sticks out', async () => {
  const { page, url, simulator } = await opened('/', {}, { viewport: { width: 360, height: 740 } })
  const member = simulator.people().at(-5)
  for (const screen of [...screens, `members/${member?.id}`]) {
    await page.goto(`${url}/#/${screen}`)
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
    if (screen.includes('/')) await page.getByRole('dialog').waitFor()
    const widest = await page.evaluate(() =>
      Math.max(
        document.documentElement.scrollWidth,
        ...[...document.querySelectorAll('main, main *, dialog, dialog *')]
          .filter((element) => element.closest('pre, .unseen, .table') === null && element.checkVisibility())
          .map((element) => element.getBoundingClientRect().right),
      ),
    )
    expect(widest, screen).toBeLessThanOrEqual(360)
  }
})

test('nothing jumps while a screen fills or what it shows changes', async () => {
  const { page, url, scim } = await opened()
  await page.addInitScript(() => {
    const shifts: string[] = []
    Object.assign(globalThis, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, sources } = entry as PerformanceEntry & { value: number; sources: { node: Element | null }[] }
        shifts.push(`${value.toFixed(3)} ${sources.map(({ node }) => node?.className).join()}`)
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  for (const screen of screens) {
    await page.goto('about:blank')
    await page.goto(`${url}/#/${screen}`)
    await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    await scim('GET', 'v1/Users?count=1')
    const asked = page.waitForResponse(/_sim\/pulse/)
    await asked
    const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts)
    const sum = shifts.reduce((total, shift) => total + Number.parseFloat(shift), 0)
    expect(sum, `${screen}: ${shifts.join('; ')}`).toBeLessThan(0.05)
  }
})

test('a name that looks like markup stays a name', async () => {
  const { page, simulator, problems } = await opened()
  simulator.addPerson({
    userName: 'mallory',
    email: 'm@acme.example',
    givenName: '<img src=x onerror="document.title=1">',
    familyName: '</script>',
  })
  await page.getByRole('searchbox').fill('mallory')
  await page.getByRole('button', { name: '<img src=x' }).click()
  await page.getByRole('dialog').getByRole('heading', { name: '</script>' }).waitFor()
  expect(await page.locator('img').count()).toBe(0)
  expect(problems).toEqual([])
})

describe('OAuth in the browser', () => {
  /** The address the browser was sent to. It leads nowhere: the browser resolves no names. */
  async function decided(button: 'Allow' | 'Cancel', place?: string): Promise<{ target: URL; simulator: Simulator }> {
    const plan = place === undefined ? 'business_plus' : 'enterprise'
    const query = new URLSearchParams({ client_id: '111.222', user_scope: 'admin', state: 'a state' })
    const { page, simulator } = await opened(`/oauth/v2/authorize?${query.toString()}`, { plan })
    await page.getByLabel('User name, e-mail address or id').fill(plan === 'enterprise' ? 'orla' : 'adam@acme.example')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Muster is requesting permission' }).waitFor()
    if (place !== undefined) await page.getByLabel('Workspace or organisation').selectOption({ label: place })
    const sent = page.waitForRequest('https://idp.example/**')
    await page.getByRole('button', { name: button }).click()
    return { target: new URL((await sent).url()), simulator }
  }

  async function tokenFor(code: string, simulator: Simulator): Promise<unknown> {
    const body = new URLSearchParams({ code, client_id: '111.222', client_secret: 'shh' }).toString()
    const answer = await simulator.handle({ method: 'POST', url: '/api/oauth.v2.access', headers: {}, body })
    return JSON.parse(answer.body)
  }

  test('Allow gives a code that becomes a token', async () => {
    const { target, simulator } = await decided('Allow')
    expect(target.searchParams.get('state')).toBe('a state')
    const answer = await tokenFor(target.searchParams.get('code') ?? '', simulator)
    expect(answer).toMatchObject({ ok: true, authed_user: { id: simulator.person('adam')?.id, scope: 'admin' } })
  })

  test('Cancel gives access_denied', async () => {
    const { target } = await decided('Cancel')
    expect(Object.fromEntries(target.searchParams)).toEqual({ error: 'access_denied', state: 'a state' })
  })

  test('in an organisation the picker stands on the workspace; chosen by hand, the organisation is installed', async () => {
    const { target, simulator } = await decided('Allow', 'Acme (organisation)')
    const code = target.searchParams.get('code') ?? ''
    expect(await tokenFor(code, simulator)).toMatchObject({ is_enterprise_install: true, team: null })
    const left = await decided('Allow', 'Acme')
    const leftCode = left.target.searchParams.get('code') ?? ''
    expect(await tokenFor(leftCode, left.simulator)).toMatchObject({ is_enterprise_install: false })
  })

  test('who may not install is told so', async () => {
    const { page, url, simulator } = await opened('/oauth/v2/authorize?client_id=111.222&user_scope=admin')
    const member = simulator.people().find(({ role }) => role === 'member')
    await page.getByLabel('User name').fill(member?.id ?? '')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'You may not install this app' }).waitFor()
    await page.goto(url)
    await page.getByText(`Signed in as ${member?.userName}`).waitFor()
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
  })
})

test('single sign-on from the button to the signed-in page and back to the deep link', async () => {
  const { page, simulator, url, problems } = await opened()
  const acsUrl = `${url}/sso/saml`
  const identityProvider = createIdentityProvider()
  // An identity provider at its smallest: it knows one person, and sends the browser back with a signed answer.
  const server = createServer((request, response) => {
    const relayState = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('RelayState') ?? ''
    const { saml } = simulator.settings
    if (saml === null) throw new Error('Single sign-on is not set up.')
    const attributes = { 'User.Email': 'vera@acme.example', 'User.Username': 'vera', first_name: 'Vera' }
    const answer = { nameId: 'v-1', attributes, sign: 'both' } as const
    const encoded = identityProvider.respond(answer, saml, acsUrl, simulator.now())
    response.setHeader('content-type', 'text/html')
    response.end(`<form method="post" action="${acsUrl}"><input name="SAMLResponse" value="${encoded}">
<input name="RelayState" value="${relayState}"><button>Continue as Vera</button></form>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  const { port } = server.address() as AddressInfo
  simulator.setSettings({
    saml: {
      ...usualSaml,
      ssoUrl: `http://127.0.0.1:${port}/sso`,
      idpIssuer: 'https://idp.example/entity',
      certificate: identityProvider.certificate,
      acsUrl,
      areResponsesSigned: true,
      areAssertionsSigned: true,
      signsRequests: true,
    },
  })
  await page.goto(`${url}/archives/C123`)
  await page.getByRole('link', { name: 'Sign in with SAML' }).click()
  await page.getByRole('button', { name: 'Continue as Vera' }).click()
  await page.getByText('Signed in as vera').waitFor()
  await page.getByText('/archives/C123').waitFor()
  await page.getByRole('link', { name: 'Workspace page' }).click()
  await page.getByText('Signed in as vera').waitFor()
  const vera = simulator.person('vera@acme.example')
  await page.goto(`${url}/#/members/${vera?.id}`)
  await page.getByRole('dialog').getByText('user_login').waitFor()
  await page.getByRole('dialog').getByText('v-1').waitFor()
  simulator.deactivate('vera')
  await page.goto(`${url}/archives/C123`)
  await page.getByRole('link', { name: 'Sign in with SAML' }).click()
  await page.getByRole('button', { name: 'Continue as Vera' }).click()
  await page.getByText('account_inactive').waitFor()
  expect(problems.filter((problem) => !problem.includes('403'))).toEqual([])
})

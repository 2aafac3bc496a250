/* Signing in in a browser: cookies, forms that only this service can send, sessions nobody can plant, and waits for guessers. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { invite } from '../../src/accounts/index.ts'
import { aSignInWorld, rightPassword, type SignInWorld, type TestBrowser } from '../builders/sign-in-world.ts'

const byPassword = { name: 'mira@example.com', password: rightPassword }
let world: SignInWorld
let browser: TestBrowser

beforeEach(async () => {
  world = await aSignInWorld()
  browser = world.browser()
})
afterEach(() => world.close())

describe('a page', () => {
  it('loads nothing from elsewhere, is not framed, and is not kept', async () => {
    const { headers } = await browser.get('/account')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('same-origin')
  })

  it('is reached from another site, which can send no form to it', async () => {
    const fromElsewhere = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect((await browser.get('/account', fromElsewhere)).status).toBe(200)
    const sent = await browser.submit(byPassword, { origin: 'https://evil.example.com' })
    expect(sent.status).toBe(403)
    expect(browser.cookies.has('muster-session')).toBe(false)
  })
})

describe('the session', () => {
  it('is a cookie no script reads and no other site sends; over HTTPS it has a name no other host can set', async () => {
    await browser.get('/account')
    const { setCookies, status } = await browser.submit(byPassword)
    expect(status).toBe(303)
    expect(setCookies).toHaveLength(1)
    expect(setCookies[0]).toMatch(/^muster-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  it('is new at every sign-in: one that was planted stays worthless, the former one ends', async () => {
    browser.cookies.set('muster-session', 'planted-by-somebody-else-0000000000000000000')
    await browser.get('/account')
    await browser.submit(byPassword)
    const first = browser.cookies.get('muster-session') ?? ''
    expect(first).not.toContain('planted')
    const other = world.browser()
    other.cookies.set('muster-session', first)
    expect((await other.get('/account')).text).toContain('Mira Okafor')
    await browser.get('/account')
    await browser.post('/account', {
      ...byPassword,
      csrf: (/name="csrf" value="([^"]*)"/.exec((await browser.get('/account')).text) ?? [])[1] ?? '',
    })
    expect(browser.cookies.get('muster-session')).not.toBe(first)
    expect((await other.get('/account')).text).not.toContain('Mira Okafor')
  })

  it('ends after half a day, and when the person signs out', async () => {
    await browser.get('/account')
    await browser.submit(byPassword)
    expect((await browser.get('/account')).text).toContain('Your account')
    const kept = browser.cookies.get('muster-session') ?? ''
    expect((await browser.submit({})).text).toContain('You are signed out')
    browser.cookies.set('muster-session', kept)
    expect((await browser.get('/account')).text).toContain('Password')
    await browser.submit(byPassword)
    await world.clock.advance(12 * 3_600_000)
    expect((await browser.get('/account')).text).not.toContain('Your account')
  })
})

describe('the form', () => {
  it('is refused without its mark, with that of another browser, and without the cookie', async () => {
    const stranger = world.browser()
    const page = await stranger.get('/account')
    const [, csrf = ''] = /name="csrf" value="([^"]*)"/.exec(page.text) ?? []
    await browser.get('/account')
    for (const fields of [byPassword, { ...byPassword, csrf }]) {
      const answer = await browser.post('/account', fields)
      expect(answer.status).toBe(403)
      expect(answer.text).toContain('open for too long')
    }
    const bare = world.browser()
    expect((await bare.post('/account', { ...byPassword, csrf })).status).toBe(403)
  })

  it('an unknown name and a wrong password read alike', async () => {
    const pages: string[] = []
    for (const name of ['mira@example.com', 'nobody@example.com']) {
      await browser.get('/account')
      const answer = await browser.submit({ name, password: 'wrong words of chance' })
      expect(answer.status).toBe(403)
      pages.push(answer.text.replace(`value="${name}"`, ''))
    }
    expect(pages[0]).toBe(pages[1])
    expect(pages[0]).not.toContain('wrong words')
  })

  it('after five wrong passwords one waits, and the page says how long', async () => {
    await browser.get('/account')
    for (let at = 0; at < 5; at += 1) await browser.submit({ ...byPassword, password: 'wrong' })
    const answer = await browser.submit(byPassword)
    expect(answer.status).toBe(429)
    expect(answer.text).toContain('Wait 2 s')
    await world.clock.advance(2000)
    expect((await browser.submit(byPassword)).status).toBe(303)
  })
})

describe('an invitation', () => {
  it('lets its owner choose a password once, and signs in', async () => {
    const { secret } = await invite(world.ports, world.mira)
    const address = `/account/invitation?code=${secret}`
    expect((await browser.get(address)).text).toContain('This link is for <strong>Mira Okafor</strong>')
    const short = await browser.submit({ newPassword: 'short', repeated: 'short' })
    expect(short).toMatchObject({ status: 422 })
    expect(short.text).toContain('short ones can be guessed')
    const different = await browser.submit({ newPassword: 'four other words', repeated: 'four more words' })
    expect(different.text).toContain('The two passwords differ')
    expect(await browser.submit({ newPassword: 'four other words', repeated: 'four other words' })).toMatchObject({
      status: 303,
    })
    expect((await browser.get('/account')).text).toContain('Your account')
    expect((await browser.get(address)).status).toBe(410)
    const other = world.browser()
    await other.get('/account')
    expect((await other.submit(byPassword)).status).toBe(403)
    expect((await other.submit({ ...byPassword, password: 'four other words' })).status).toBe(303)
  })

  it('ends after three days, and with the account', async () => {
    const { secret } = await invite(world.ports, world.mira)
    const later = await invite(world.ports, world.mira)
    await world.clock.advance(72 * 3_600_000)
    expect((await browser.get(`/account/invitation?code=${secret}`)).status).toBe(410)
    const fresh = await invite(world.ports, world.mira)
    await world.ports.store.accounts.change(world.mira.objectId, { isDisabled: true })
    for (const each of [later, fresh])
      expect((await browser.get(`/account/invitation?code=${each.secret}`)).status).toBe(410)
    expect((await browser.get('/account/invitation')).status).toBe(410)
  })
})

describe('a password is changed', () => {
  it('with the one so far; every other session ends', async () => {
    const other = world.browser()
    for (const each of [browser, other]) {
      await each.get('/account')
      await each.submit(byPassword)
    }
    const { text } = await browser.get('/account')
    const [, csrf = ''] = /name="csrf" value="([^"]*)"/.exec(text) ?? []
    const fields = { csrf, newPassword: 'four other words', repeated: 'four other words' }
    const refused = await browser.post('/account/password', { ...fields, currentPassword: 'wrong' })
    expect(refused.text).toContain('The password so far is not right')
    expect(await browser.post('/account/password', { ...fields, currentPassword: rightPassword })).toMatchObject({
      status: 303,
    })
    expect((await browser.get('/account')).text).toContain('Your account')
    expect((await other.get('/account')).text).not.toContain('Your account')
  })
})

/* Slack as service provider (slack.md section 9): what is judged, who is bound, who is made. */
import { expect, test } from 'vitest'
import { createIdentityProvider } from '../../test/vectors/slack-scim-saml.ts'
import type { SamlResponse } from '../../test/vectors/slack-scim-saml.ts'
import { aUser, aWorkspace } from '../../test/builders/slack-workspace.ts'
import type { Workspace } from '../../test/builders/slack-workspace.ts'
import { usualSaml } from '../index.ts'
import type { SamlSettings } from '../index.ts'

const identityProvider = createIdentityProvider()
const acs = 'http://127.0.0.1:8471/sso/saml'

const saml: SamlSettings = {
  ...usualSaml,
  ssoUrl: 'https://idp.example/sso',
  idpIssuer: 'https://idp.example/entity',
  certificate: identityProvider.certificate,
  acsUrl: acs,
}

function aTrustingWorkspace(more: Partial<SamlSettings> = {}): Workspace {
  const workspace = aWorkspace()
  workspace.simulator.setSettings({ saml: { ...saml, ...more } })
  return workspace
}

const nina: SamlResponse = { nameId: 'n-1', attributes: { 'User.Email': 'nina@acme.example' }, sign: 'response' }

interface SignIn {
  readonly status: number
  readonly code: string | undefined
  readonly location: string | undefined
  readonly cookie: string | undefined
}

function respond({ simulator }: Workspace, response: SamlResponse): string {
  return identityProvider.respond(response, simulator.settings.saml ?? saml, acs, simulator.now())
}

async function deliver({ simulator }: Workspace, encoded: string, relayState = ''): Promise<SignIn> {
  const response = await simulator.handle({
    method: 'POST',
    url: '/sso/saml',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ SAMLResponse: encoded, RelayState: relayState }).toString(),
  })
  return {
    status: response.status,
    code: /<code>(\w+)<\/code>/.exec(response.body)?.[1],
    location: response.headers['location'],
    cookie: response.headers['set-cookie'],
  }
}

function signIn(workspace: Workspace, response: SamlResponse, relayState?: string): Promise<SignIn> {
  return deliver(workspace, respond(workspace, response), relayState)
}

test('the request asks the configured identity provider, in the configured form', async () => {
  const request = async (workspace: Workspace): Promise<string> => {
    const { headers } = await workspace.simulator.handle({ method: 'GET', url: '/sso/saml/start?to=/a', headers: {} })
    const url = new URL(headers['location'] ?? '')
    expect([url.origin + url.pathname, url.searchParams.get('RelayState')]).toEqual(['https://idp.example/sso', '/a'])
    const { inflateRawSync } = await import('node:zlib')
    return inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64')).toString('utf8')
  }
  const usual = await request(aTrustingWorkspace())
  expect(usual).toContain('PasswordProtectedTransport')
  expect(usual).toContain(`AssertionConsumerServiceURL="${acs}"`)
  expect(usual).toContain('nameid-format:persistent')
  expect(await request(aTrustingWorkspace({ authnContext: null }))).not.toContain('RequestedAuthnContext')
})

test('somebody unknown is made, bound, signed in, and known the next time by the NameID', async () => {
  const workspace = aTrustingWorkspace()
  const { simulator } = workspace
  const attributes = { 'User.Email': 'Nina@Acme.example', 'User.Username': 'Nina North!', first_name: 'Nina' }
  const first = await signIn(workspace, { ...nina, attributes }, '/archives/C1')
  expect(first).toMatchObject({ status: 302, location: 'http://127.0.0.1:8471/archives/C1' })
  const person = simulator.person('nina@acme.example')
  expect(person).toMatchObject({ userName: 'nina_north_', givenName: 'Nina', samlNameId: 'n-1', role: 'member' })
  expect(first.cookie).toContain(person?.id)
  const home = await simulator.handle({ method: 'GET', url: '/archives/C1', headers: { cookie: first.cookie ?? '' } })
  expect(home.body).toContain('Signed in as <strong>nina_north_</strong>')
  const moved = await signIn(workspace, { ...nina, attributes: { 'User.Email': 'n.north@acme.example' } })
  expect(moved.cookie).toContain(person?.id)
  expect(simulator.person(person?.id ?? '')).toMatchObject({ email: 'n.north@acme.example' })
  expect(simulator.audit().filter(({ action }) => action === 'user_login')).toHaveLength(2)
})

test('without profile sync a sign-in changes nothing but the binding', async () => {
  const workspace = aTrustingWorkspace()
  await workspace.send('POST', '/scim/v1/Users', aUser('nina', { name: { givenName: 'Nina', familyName: 'N' } }))
  workspace.simulator.setSettings({ profileSync: false })
  const attributes = { 'User.Email': 'nina@acme.example', first_name: 'Other' }
  const before = workspace.simulator.person('nina')
  expect((await signIn(workspace, { ...nina, attributes })).status).toBe(302)
  expect(workspace.simulator.person('nina')).toEqual({ ...before, samlNameId: 'n-1' })
})

test('an address bound to another identity is refused, and so is an unknown one without creation', async () => {
  const workspace = aTrustingWorkspace()
  await signIn(workspace, nina)
  expect(await signIn(workspace, { ...nina, nameId: 'n-2' })).toMatchObject({
    status: 403,
    code: 'saml_bound_to_another',
  })
  const closed = aTrustingWorkspace({ jit: false })
  expect(await signIn(closed, nina)).toMatchObject({ status: 403, code: 'saml_no_account' })
  expect(closed.simulator.person('nina')).toBeUndefined()
  expect(closed.simulator.audit().at(-1)).toMatchObject({ action: 'user_login_failed' })
})

test('signatures: which has to be there, and that it has to be right', async () => {
  const sign = (code: SamlResponse['sign']): SamlResponse => ({ ...nina, sign: code })
  const both = { areResponsesSigned: true, areAssertionsSigned: true }
  const tries: readonly (readonly [Partial<SamlSettings>, SamlResponse, string | undefined])[] = [
    [{}, sign('response'), undefined],
    [{}, sign('assertion'), undefined],
    [{}, sign('both'), undefined],
    [{}, sign('none'), 'saml_unsigned'],
    [{ areResponsesSigned: true }, sign('assertion'), 'saml_response_unsigned'],
    [{ areAssertionsSigned: true }, sign('response'), 'saml_assertion_unsigned'],
    [both, sign('both'), undefined],
    [{}, { ...nina, key: 'other' }, 'saml_bad_signature'],
  ]
  for (const [settings, response, code] of tries) {
    const { status, code: found } = await signIn(aTrustingWorkspace(settings), response)
    expect([status, found], response.sign).toEqual([code === undefined ? 302 : 400, code])
  }
})

test('what was signed cannot be changed or wrapped', async () => {
  const workspace = aTrustingWorkspace()
  const xmlOf = (response: SamlResponse): string => Buffer.from(respond(workspace, response), 'base64').toString('utf8')
  const encoded = (xml: string): string => Buffer.from(xml).toString('base64')
  const changed = xmlOf(nina).replace('nina@acme.example', 'olga@acme.example')
  expect(await deliver(workspace, encoded(changed))).toMatchObject({ code: 'saml_bad_signature' })
  // A forged assertion in front of, or around, the signed one.
  const signed = xmlOf({ ...nina, sign: 'assertion' })
  const [assertion = ''] = /<saml:Assertion.*<\/saml:Assertion>/s.exec(signed) ?? []
  const forged = assertion
    .replace(/<(ds:)?Signature .*<\/(ds:)?Signature>/s, '')
    .replace(/ID="_assertion\d+"/, 'ID="_forged"')
    .replace('nina@acme.example', 'olga@acme.example')
  const wrappers = [
    signed.replace(assertion, forged + assertion),
    signed.replace(assertion, assertion + forged),
    signed.replace(
      assertion,
      forged.replace('</saml:Assertion>', `<saml:Advice>${assertion}</saml:Advice></saml:Assertion>`),
    ),
    signed.replace(assertion, `<samlp:Extensions>${assertion}</samlp:Extensions>${forged}`),
  ]
  for (const xml of wrappers) {
    const { status, cookie } = await deliver(workspace, encoded(xml))
    expect([status, cookie]).toEqual([400, undefined])
  }
  expect(workspace.simulator.audit().some(({ action }) => action === 'user_login')).toBe(false)
})

test('an assertion is good for its time, once, and for this place', async () => {
  const workspace = aTrustingWorkspace()
  const once = respond(workspace, nina)
  expect((await deliver(workspace, once)).status).toBe(302)
  expect((await deliver(workspace, once)).code).toBe('saml_replayed')
  const twice = respond(workspace, nina)
  const together = await Promise.all([deliver(workspace, twice), deliver(workspace, twice)])
  expect(together.map(({ code }) => code).toSorted()).toEqual(['saml_replayed', undefined])
  const codes: readonly (readonly [Partial<SamlResponse>, string])[] = [
    [{ notOnOrAfter: -200 }, 'saml_expired'],
    [{ notBefore: 200 }, 'saml_expired'],
    [{ recipient: 'https://other.example/sso/saml' }, 'saml_wrong_destination'],
    [{ version: '1.1' }, 'saml_wrong_version'],
    [{ nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress' }, 'saml_missing_id'],
  ]
  for (const [more, code] of codes) expect((await signIn(workspace, { ...nina, ...more })).code, code).toBe(code)
})

test('RelayState leads only inside', async () => {
  const workspace = aTrustingWorkspace()
  for (const away of ['https://evil.example/', '//evil.example', '\\\\evil.example', 'javascript:alert(1)', '']) {
    expect((await signIn(workspace, nina, away)).location, away).toMatch(/^http:\/\/127\.0\.0\.1:8471\//)
  }
})

test('what is no response is refused, document types above all', async () => {
  const workspace = aTrustingWorkspace()
  const texts = [
    '',
    'nonsense',
    '<a/>',
    '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>',
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"',
  ]
  for (const text of texts) {
    const { status, code } = await deliver(workspace, Buffer.from(text).toString('base64'))
    expect([status, code], text).toEqual([400, 'saml_unreadable'])
  }
})

test('without set-up, or on a plan without it, there is no sign-on', async () => {
  const workspace = aTrustingWorkspace()
  workspace.simulator.setSettings({ plan: 'pro' })
  expect((await signIn(workspace, nina)).code).toBe('saml_plan_too_low')
  workspace.simulator.setSettings({ plan: 'business_plus', saml: null })
  expect((await signIn(workspace, nina)).code).toBe('saml_not_configured')
})

test('a signed request can be checked with the certificate that an administrator is shown', async () => {
  const { createVerify } = await import('node:crypto')
  const { simulator } = aTrustingWorkspace({ signsRequests: true })
  const { headers } = await simulator.handle({ method: 'GET', url: '/sso/saml/start?to=/a', headers: {} })
  const query = new URL(headers['location'] ?? '').search.slice(1)
  const [signed = '', signature = ''] = query.split('&Signature=')
  expect(signed).toMatch(/^SAMLRequest=.+&RelayState=%2Fa&SigAlg=/)
  const shown = await simulator.handle({ method: 'GET', url: '/_sim/saml-certificate', headers: {} })
  const { certificate } = JSON.parse(shown.body) as { certificate: string }
  const isGood = (text: string): boolean =>
    createVerify('RSA-SHA256').update(text).verify(certificate, decodeURIComponent(signature), 'base64')
  expect([isGood(signed), isGood(`${signed}x`)]).toEqual([true, false])
})

test('where single sign-on is required, only owners come in without it; partly leaves guests out', async () => {
  const workspace = aTrustingWorkspace()
  const { simulator } = workspace
  simulator.addPerson({ userName: 'gus', email: 'gus@acme.example', role: 'multi_channel_guest' })
  const statusOf = async (name: string): Promise<number> =>
    (await simulator.handle({ method: 'GET', url: `/signin?as=${name}&to=/`, headers: {} })).status
  const statuses = async (): Promise<readonly number[]> =>
    Promise.all(['olga', 'adam', 'gus'].map((name) => statusOf(name)))
  expect(await statuses()).toEqual([302, 302, 302])
  simulator.setSettings({ ssoMode: 'partly' })
  expect(await statuses()).toEqual([302, 403, 302])
  simulator.setSettings({ ssoMode: 'required' })
  expect(await statuses()).toEqual([302, 403, 403])
  const failed = simulator.audit().filter(({ action }) => action === 'user_login_failed')
  expect(failed.map(({ entityId }) => entityId)).toEqual(['adam', 'adam', 'gus'].map((name) => workspace.idOf(name)))
})

test('a session lasts as long as Slack says, whatever the identity provider says', async () => {
  const workspace = aTrustingWorkspace()
  expect((await signIn(workspace, nina)).cookie).not.toContain('Max-Age')
  workspace.simulator.setSettings({ sessionDurationHours: 12 })
  expect((await signIn(workspace, { ...nina, notOnOrAfter: 60 })).cookie).toContain('Max-Age=43200')
})

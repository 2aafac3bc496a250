/*
 * Slack as SAML service provider (slack.md section 9): sends people to the identity provider, judges the response,
 * binds the identity to an account or makes one. The signature is judged by node-saml, which the identity provider of
 * Muster does not use: two hands, one standard.
 */
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import { pageAnswer, readForm, redirectAnswer } from '../answer.ts'
import type { Answer, PageRequest } from '../answer.ts'
import { sessionCookie } from '../oauth/sign-in.ts'
import { cleanUserName, userNameLengthMax } from '../scim/user-name.ts'
import { workspaceUrl } from '../scim/user-shape.ts'
import type { Person, SamlSettings } from '../workspace/model.ts'
import { hasScim } from '../workspace/rights.ts'
import { personOf } from '../workspace/seed.ts'
import type { Change, Store } from '../workspace/store.ts'
import { readAssertion, readUnverified } from './read-response.ts'
import type { Assertion } from './read-response.ts'
import { SamlFailure, samlFailureStatus, samlFailures } from './saml-failure.ts'
import { serviceProviderKey } from './signing-key.ts'

export interface SamlWorld {
  readonly store: Store
  readonly seed: number
  readonly now: number
}

/** Answered in two steps: judging a signature takes time, acting on it must not be interrupted. */
export type LateAnswer = Promise<() => Answer>

const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const contextPrefix = 'urn:oasis:names:tc:SAML:2.0:ac:classes:'
const skewMs = 3 * 60 * 1000
/** An assertion without an end is remembered for this long. */
const rememberedMs = 24 * 60 * 60 * 1000

export function answerWrongBinding(): Answer {
  return failurePage(new SamlFailure('saml_wrong_binding'))
}

export function startSignIn({ query }: PageRequest, world: SamlWorld): LateAnswer {
  return orFailurePage(async () => {
    const settings = samlOf(world.store)
    const location = await providerOf(settings, world.store).getAuthorizeUrlAsync(query.get('to') ?? '', undefined, {})
    return () => redirectAnswer(location)
  })
}

export function receiveResponse({ body, headers }: PageRequest, world: SamlWorld): LateAnswer {
  return orFailurePage(async () => {
    const settings = samlOf(world.store)
    const form = readForm(body, headers)
    const encoded = form.get('SAMLResponse') ?? ''
    const assertion = await verify(encoded, settings, world.store)
    return () => {
      refuseAssertion(assertion, settings, world)
      return signIn(assertion, form.get('RelayState') ?? '', settings, world)
    }
  })
}

async function orFailurePage(act: () => Promise<() => Answer>): LateAnswer {
  const late = await caught(act)
  return typeof late === 'function' ? () => withoutThrowing(late) : () => late
}

async function caught(act: () => Promise<() => Answer>): Promise<(() => Answer) | Answer> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof SamlFailure) return failurePage(error)
    throw error
  }
}

function withoutThrowing(act: () => Answer): Answer {
  try {
    return act()
  } catch (error) {
    if (error instanceof SamlFailure) return failurePage(error)
    throw error
  }
}

function failurePage({ code }: SamlFailure): Answer {
  return pageAnswer(
    samlFailureStatus(code),
    'You could not be signed in',
    `<p>${samlFailures[code]}</p>\n<p><code>${code}</code></p>`,
    { changes: [{ kind: 'note', action: 'user_login_failed', entityId: '' }] },
  )
}

function samlOf({ settings }: Store): SamlSettings {
  if (settings.saml === null) throw new SamlFailure('saml_not_configured')
  // The same plans as SCIM (slack.md 9.1).
  if (!hasScim(settings)) throw new SamlFailure('saml_plan_too_low')
  return settings.saml
}

function acsOf({ acsUrl }: SamlSettings, store: Store): string {
  return acsUrl ?? `${workspaceUrl(store)}/sso/saml`
}

function providerOf(settings: SamlSettings, store: Store): SAML {
  const { ssoUrl, idpIssuer, certificate, spIssuer, areResponsesSigned, areAssertionsSigned, authnContext } = settings
  const signing = { privateKey: serviceProviderKey(), signatureAlgorithm: 'sha256', digestAlgorithm: 'sha256' } as const
  return new SAML({
    entryPoint: ssoUrl,
    idpIssuer,
    idpCert: certificate,
    issuer: spIssuer,
    callbackUrl: acsOf(settings, store),
    identifierFormat: persistent,
    wantAuthnResponseSigned: areResponsesSigned,
    wantAssertionsSigned: areAssertionsSigned,
    disableRequestedAuthnContext: authnContext === null,
    ...(authnContext === null ? {} : { authnContext: [contextPrefix + authnContext] }),
    ...(settings.signsRequests ? signing : {}),
    // Audience, issuer and times are judged here, with codes of their own and on the simulator's clock.
    audience: false,
    acceptedClockSkewMs: -1,
    validateInResponseTo: ValidateInResponseTo.never,
  })
}

/** The assertion a signature covers. What is looked at before only chooses the code of a refusal. */
async function verify(encoded: string, settings: SamlSettings, store: Store): Promise<Assertion> {
  const response = readUnverified(Buffer.from(encoded, 'base64').toString('utf8'))
  const { issuers, destination } = response
  if (response.version !== '2.0') throw new SamlFailure('saml_wrong_version')
  if (destination !== null && destination !== '' && destination !== acsOf(settings, store)) {
    throw new SamlFailure('saml_wrong_destination')
  }
  if (issuers.length === 0 || issuers.some((issuer) => issuer !== settings.idpIssuer)) {
    throw new SamlFailure('saml_wrong_issuer')
  }
  if (response.isEncrypted) throw new SamlFailure('saml_unsupported_encryption')
  if (settings.areResponsesSigned && !response.isResponseSigned) throw new SamlFailure('saml_response_unsigned')
  if (settings.areAssertionsSigned && !response.isAssertionSigned) throw new SamlFailure('saml_assertion_unsigned')
  if (!response.isResponseSigned && !response.isAssertionSigned) throw new SamlFailure('saml_unsigned')
  return readAssertion(await verifiedXml(encoded, settings, store))
}

async function verifiedXml(encoded: string, settings: SamlSettings, store: Store): Promise<string> {
  try {
    const { profile } = await providerOf(settings, store).validatePostResponseAsync({ SAMLResponse: encoded })
    const xml = profile?.getAssertionXml?.()
    if (xml !== undefined) return xml
  } catch (error) {
    // node-saml names its refusals by plain errors only.
    if (!(error instanceof Error)) throw error
  }
  throw new SamlFailure('saml_bad_signature')
}

function refuseAssertion(assertion: Assertion, settings: SamlSettings, { store, now }: SamlWorld): void {
  if (assertion.version !== '2.0') throw new SamlFailure('saml_wrong_version')
  if (assertion.issuer !== settings.idpIssuer) throw new SamlFailure('saml_wrong_issuer')
  if (!assertion.audiences.includes(settings.spIssuer)) throw new SamlFailure('saml_wrong_audience')
  if (assertion.recipients.some((recipient) => recipient !== acsOf(settings, store))) {
    throw new SamlFailure('saml_wrong_destination')
  }
  if (assertion.nameId === '' || assertion.nameIdFormat !== persistent) throw new SamlFailure('saml_missing_id')
  if (now + skewMs < assertion.notBefore || now - skewMs >= assertion.notOnOrAfter) {
    throw new SamlFailure('saml_expired')
  }
  if ((store.assertions.get(assertion.id) ?? 0) > now) throw new SamlFailure('saml_replayed')
}

/** Without User.Email Slack shows the sign-in page again, without a message (slack.md 9.3). */
function signIn(assertion: Assertion, relayState: string, settings: SamlSettings, world: SamlWorld): Answer {
  const origin = new URL(acsOf(settings, world.store)).origin
  const email = (assertion.attributes.get('User.Email') ?? '').trim().toLowerCase()
  if (email === '') return redirectAnswer(`${origin}/signin`)
  const { person, changes } = accountOf(assertion, email, settings, world)
  const end = Number.isFinite(assertion.notOnOrAfter) ? assertion.notOnOrAfter + skewMs : world.now + rememberedMs
  return redirectAnswer(landing(relayState, origin), {
    headers: { 'set-cookie': sessionCookie(person.id, world.store) },
    changes: [
      ...changes,
      { kind: 'assertion', id: assertion.id, expiresAt: end },
      { kind: 'note', action: 'user_login', entityId: person.id },
    ],
    actorId: person.id,
  })
}

/** RelayState is a path inside Slack (slack.md 9.4), never a way out of it. Without one the client opens. */
function landing(relayState: string, origin: string): string {
  const url = URL.parse(relayState, `${origin}/`)
  return relayState !== '' && url?.origin === origin ? url.href : `${origin}/client`
}

interface Account {
  readonly person: Person
  readonly changes: readonly Change[]
}

/** The NameID is the key; at first sign-in the e-mail binds it to an account (slack.md 9.4). */
function accountOf(assertion: Assertion, email: string, settings: SamlSettings, world: SamlWorld): Account {
  const { store } = world
  const { nameId } = assertion
  const known = store.personByNameId(nameId) ?? store.personByEmail(email)
  if (known === undefined) {
    if (!settings.jit) throw new SamlFailure('saml_no_account')
    const created = createPerson(assertion, email, world)
    return { person: created, changes: [{ kind: 'person', person: created }] }
  }
  if (!known.active || known.role === 'bot') throw new SamlFailure('account_inactive')
  if (known.samlNameId !== null && known.samlNameId !== nameId) throw new SamlFailure('saml_bound_to_another')
  const bound: Person = { ...known, samlNameId: nameId, ...synced(known, assertion, email, store) }
  const isChanged = (Object.keys(bound) as (keyof Person)[]).some((key) => bound[key] !== known[key])
  return { person: bound, changes: isChanged ? [{ kind: 'person', person: bound }] : [] }
}

/** With profile sync a sign-in overwrites name, e-mail and display name (slack.md section 7). */
function synced(known: Person, { attributes }: Assertion, email: string, store: Store): Partial<Person> {
  if (!store.settings.profileSync) return {}
  const isFree = store.personByEmail(email) === undefined
  return {
    givenName: attributes.get('first_name') ?? known.givenName,
    familyName: attributes.get('last_name') ?? known.familyName,
    displayName: attributes.get('User.Username') ?? known.displayName,
    email: isFree ? email : known.email,
  }
}

function createPerson({ attributes, nameId }: Assertion, email: string, { store, seed, now }: SamlWorld): Person {
  const userName = freeName(cleanUserName(attributes.get('User.Username') ?? email), store)
  const familyName = attributes.get('last_name')
  const givenName = attributes.get('first_name')
  const person = {
    userName,
    email,
    samlNameId: nameId,
    ...(givenName === undefined ? {} : { givenName }),
    ...(familyName === undefined ? {} : { familyName }),
  }
  return personOf(person, store, seed, now)
}

function freeName(wanted: string, store: Store): string {
  const base = /[a-z0-9]/.test(wanted) ? wanted.slice(0, userNameLengthMax) : 'member'
  let name = base
  for (let number = 1; store.personByUserName(name) !== undefined || store.channels.has(name); number++) {
    const ending = String(number)
    name = base.slice(0, userNameLengthMax - ending.length) + ending
  }
  return name
}

/*
 * The consent page of OAuth v2 and what pressing Allow or Cancel does (slack.md 1.3): who is asked, which workspace or
 * organisation, which refusal page.
 */
import { escapeHtml, headerOf, pageAnswer, readForm, redirectAnswer } from '../answer.ts'
import type { Answer, PageRequest } from '../answer.ts'
import { tokenOf } from '../workspace/ids.ts'
import type { OauthApp, OauthCode, Person } from '../workspace/model.ts'
import { mayGrantAdmin } from '../workspace/rights.ts'
import type { Store } from '../workspace/store.ts'
import { isAllowedRedirect, withQuery } from './redirect-address.ts'

export interface OauthWorld {
  readonly store: Store
  readonly seed: number
  readonly now: number
  /** Whom tests made the browser's person; a cookie of the sign-in page comes first. */
  readonly browserUserId: string | null
}

/** User scopes an app here may ask for. Only `admin` opens SCIM. */
const knownUserScopes: ReadonlySet<string> = new Set(['admin', 'users:read', 'users:read.email', 'team:read'])
const cookieName = 'sim_user'
const peopleShownMax = 50

interface Wish {
  readonly app: OauthApp
  readonly scopes: readonly string[]
  readonly redirectUri: string | null
  readonly state: string | null
  readonly codeChallenge: string | null
}

export function answerConsentPage(request: PageRequest, world: OauthWorld): Answer {
  const wish = readWish(request.query, world.store)
  if (typeof wish === 'string') return refusalPage(wish)
  const person = browserPerson(request, world)
  if (person === undefined) return signInPage(`${request.path}?${request.query.toString()}`, world.store)
  const { settings } = world.store
  const isOrg = settings.plan === 'enterprise'
  if (asksForAdmin(wish) && !mayGrantAdmin(person, settings.plan, false) && !isOrg) return notAllowedPage(person)
  // On an organisation the picker stands on a workspace; the organisation has to be chosen by hand (slack.md 1.3).
  const asked = request.query.get('team')
  const places = [
    { id: settings.teamId, name: settings.teamName },
    ...(settings.enterpriseId === null
      ? []
      : [{ id: settings.enterpriseId, name: `${settings.teamName} (organisation)` }]),
  ]
  const options = places.map(
    ({ id, name }) =>
      `<option value="${escapeHtml(id)}"${id === asked ? ' selected' : ''}>${escapeHtml(name)}</option>`,
  )
  const hidden = {
    client_id: wish.app.clientId,
    user_scope: wish.scopes.join(','),
    redirect_uri: wish.redirectUri,
    state: wish.state,
    code_challenge: wish.codeChallenge,
  }
  const fields = Object.entries(hidden).flatMap(([name, value]) =>
    value === null ? [] : `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  )
  return pageAnswer(
    200,
    `${wish.app.name} is requesting permission`,
    `<p>Signed in as ${escapeHtml(person.userName)} (${escapeHtml(person.email)}).</p>
<form method="post" action="/oauth/v2/authorize/decision">
${fields.join('\n')}
<label>Workspace <select name="team">${options.join('')}</select></label>
<p>What will ${escapeHtml(wish.app.name)} be able to do?</p>
<ul>${wish.scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('')}</ul>
<button name="decision" value="deny">Cancel</button>
<button name="decision" value="allow">Allow</button>
</form>`,
  )
}

export function answerDecision(request: PageRequest, world: OauthWorld): Answer {
  const form = readForm(request.body, request.headers)
  if (!form.has('user_scope')) form.set('user_scope', 'admin')
  const wish = readWish(form, world.store)
  if (typeof wish === 'string') return refusalPage(wish)
  const target = wish.redirectUri ?? wish.app.redirectUrls[0]
  if (target === undefined) return refusalPage('bad_redirect_uri')
  if (form.get('decision') !== 'allow') {
    return redirectAnswer(withQuery(target, { error: 'access_denied', state: wish.state }))
  }
  const person = browserPerson(request, world)
  if (person === undefined) return signInPage('/oauth/v2/authorize', world.store)
  const { settings } = world.store
  const isOrgWide = settings.enterpriseId !== null && form.get('team') === settings.enterpriseId
  if (asksForAdmin(wish) && !mayGrantAdmin(person, settings.plan, isOrgWide)) return notAllowedPage(person)
  const code = newCode({ ...wish, clientId: wish.app.clientId, userId: person.id, isOrgWide }, world)
  return redirectAnswer(withQuery(target, { code: code.value, state: wish.state }), {
    changes: [{ kind: 'code', code }],
    actorId: person.id,
  })
}

/** Signs a browser in as anybody of the workspace, without a password: this is a simulator. */
export function answerSignIn(request: PageRequest, { store }: OauthWorld): Answer {
  const name = request.query.get('as')
  const person = name === null ? undefined : (store.people.get(name) ?? store.personByUserName(name.toLowerCase()))
  const target = localTarget(request.query.get('to'))
  if (person === undefined) return signInPage(target, store)
  if (!person.active) return pageAnswer(403, 'This account is deactivated', '<p>account_inactive</p>')
  return redirectAnswer(target, { headers: { 'set-cookie': sessionCookie(person.id) } })
}

/** What makes a browser belong to somebody. Only ids go in, and only this simulator believes it. */
export function sessionCookie(personId: string): string {
  return `${cookieName}=${personId}; Path=/; HttpOnly; SameSite=Lax`
}

/** A small page that says who is signed in, so that a person sees how a sign-in ended. */
export function answerHome(request: PageRequest, world: OauthWorld): Answer {
  const person = browserPerson(request, world)
  if (person === undefined) return signInPage('/', world.store)
  return pageAnswer(
    200,
    world.store.settings.teamName,
    `<p>Signed in as ${escapeHtml(person.userName)} (${escapeHtml(person.email)}).</p>`,
  )
}

/** Only addresses of the simulator itself. */
function localTarget(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : '/'
}

export function newCode(wish: Omit<OauthCode, 'value' | 'issuedAt' | 'isUsed'>, world: OauthWorld): OauthCode {
  const { clientId, userId, scopes, redirectUri, codeChallenge, isOrgWide } = wish
  const number = world.store.codes.size
  return {
    value: tokenOf('simcode', world.seed, number),
    clientId,
    userId,
    scopes,
    redirectUri,
    codeChallenge,
    isOrgWide,
    issuedAt: world.now,
    isUsed: false,
  }
}

/** The name of Slack's consent-page error when something is wrong. */
function readWish(values: URLSearchParams, { apps }: Store): Wish | string {
  const app = apps.get(values.get('client_id') ?? '')
  if (app === undefined) return 'invalid_client_id'
  const redirectUri = values.get('redirect_uri')
  if (redirectUri !== null && !isAllowedRedirect(redirectUri, app)) return 'bad_redirect_uri'
  const scopes = (values.get('user_scope') ?? '').split(',').filter((scope) => scope !== '')
  // `admin` is a user scope only (slack.md 1.2); bot scopes do not exist here.
  const hasBotScopes = (values.get('scope') ?? '') !== ''
  if (scopes.length === 0 || hasBotScopes || scopes.some((scope) => !knownUserScopes.has(scope))) return 'invalid_scope'
  return { app, scopes, redirectUri, state: values.get('state'), codeChallenge: values.get('code_challenge') }
}

function asksForAdmin({ scopes }: Wish): boolean {
  return scopes.includes('admin')
}

function browserPerson({ headers }: PageRequest, { store, browserUserId }: OauthWorld): Person | undefined {
  const cookie = headerOf(headers, 'cookie') ?? ''
  const fromCookie = new RegExp(`(?:^|;\\s*)${cookieName}=([A-Z0-9]+)`).exec(cookie)?.[1]
  const person = store.people.get(fromCookie ?? browserUserId ?? '')
  return person?.active === true ? person : undefined
}

function signInPage(target: string, store: Store): Answer {
  const ids = store.peopleOrder.slice(0, peopleShownMax)
  const links = ids.flatMap((id) => {
    const person = store.people.get(id)
    if (person === undefined || person.role === 'bot' || !person.active) return []
    const query = new URLSearchParams({ as: person.userName, to: target })
    return `<li><a href="/signin?${escapeHtml(query.toString())}">${escapeHtml(person.userName)} (${person.role})</a></li>`
  })
  return pageAnswer(
    200,
    'Sign in to the simulated Slack',
    `<p><a href="/sso/saml/start">Sign in with SAML</a>, or choose who you are:</p>\n<ul>${links.join('\n')}</ul>`,
  )
}

function refusalPage(error: string): Answer {
  return pageAnswer(200, 'Something went wrong', `<p>Slack cannot go on with this request: <code>${error}</code></p>`)
}

function notAllowedPage({ userName }: Person): Answer {
  return pageAnswer(
    403,
    'You may not install this app',
    `<p>${escapeHtml(userName)} is neither an administrator nor an owner, and the scope admin needs one. ` +
      'On an Enterprise organisation only an Org Owner may install it for all workspaces.</p>',
  )
}

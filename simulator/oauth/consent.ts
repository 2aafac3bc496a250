/*
 * The consent page of OAuth v2 and what pressing Allow or Cancel does (slack.md 1.3): who is asked, which workspace or
 * organisation, which refusal page.
 */
import { escapeHtml, pageAnswer, readForm, redirectAnswer } from '../answer.ts'
import type { Answer, PageRequest } from '../answer.ts'
import { tokenOf } from '../workspace/ids.ts'
import type { OauthApp, OauthCode, Person } from '../workspace/model.ts'
import { mayGrantAdmin } from '../workspace/rights.ts'
import type { Store } from '../workspace/store.ts'
import { isAllowedRedirect, withQuery } from './redirect-address.ts'
import { browserPerson, signInPage } from './sign-in.ts'
import type { SignInWorld } from './sign-in.ts'

export interface OauthWorld extends SignInWorld {
  readonly seed: number
  readonly now: number
}

/** User scopes an app here may ask for, in the words of the page. Only `admin` opens SCIM. */
const userScopes: ReadonlyMap<string, string> = new Map([
  ['admin', 'Administer the workspace: create, change and deactivate people and groups'],
  ['users:read', 'View people in the workspace'],
  ['users:read.email', 'View email addresses of people in the workspace'],
  ['team:read', 'View the name, email domain and icon of the workspace'],
])

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
  const name = escapeHtml(wish.app.name)
  return pageAnswer(
    200,
    `${wish.app.name} is requesting permission`,
    `<form method="post" action="/oauth/v2/authorize/decision">
${hiddenFields(wish)}
<p class="place"><label for="team">${isOrg ? 'Workspace or organisation' : 'Workspace'}</label>
<select id="team" name="team">${placeOptions(request.query.get('team'), world.store)}</select></p>
<p>${name} asks to access ${escapeHtml(settings.teamName)} as
<strong>${escapeHtml(person.userName)}</strong> (${escapeHtml(person.email)}).</p>
<h2>What will ${name} be able to do?</h2>
<ul class="scopes">${wish.scopes
      .map((scope) => `<li><span>${userScopes.get(scope) ?? ''}</span> <code>${escapeHtml(scope)}</code></li>`)
      .join('')}</ul>
<p class="actions">
<button name="decision" value="deny">Cancel</button>
<button class="primary" name="decision" value="allow">Allow</button>
</p>
</form>
<p class="small"><a href="/signin?${escapeHtml(
      new URLSearchParams({ to: `${request.path}?${request.query.toString()}` }).toString(),
    )}">Sign in as somebody else</a></p>`,
  )
}

/** On an organisation the picker stands on a workspace; the organisation has to be chosen by hand (slack.md 1.3). */
function placeOptions(asked: string | null, { settings }: Store): string {
  const { teamId, teamName, enterpriseId } = settings
  const places = [
    { id: teamId, name: teamName },
    ...(enterpriseId === null ? [] : [{ id: enterpriseId, name: `${teamName} (organisation)` }]),
  ]
  return places
    .map(
      ({ id, name }) =>
        `<option value="${escapeHtml(id)}"${id === asked ? ' selected' : ''}>${escapeHtml(name)}</option>`,
    )
    .join('')
}

function wishFields(wish: Wish): Readonly<Record<string, string | null>> {
  return {
    client_id: wish.app.clientId,
    user_scope: wish.scopes.join(','),
    redirect_uri: wish.redirectUri,
    state: wish.state,
    code_challenge: wish.codeChallenge,
  }
}

function hiddenFields(wish: Wish): string {
  return Object.entries(wishFields(wish))
    .flatMap(([name, value]) =>
      value === null ? [] : `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
    )
    .join('\n')
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
  if (person === undefined) return signInPage(withQuery('/oauth/v2/authorize', wishFields(wish)), world.store)
  const { settings } = world.store
  const isOrgWide = settings.enterpriseId !== null && form.get('team') === settings.enterpriseId
  // An app without public distribution stays in the workspace it was made in (slack.md 1.3).
  if (isOrgWide && wish.app.isDistributed === false) return refusalPage('invalid_team_for_non_distributed_app')
  if (asksForAdmin(wish) && !mayGrantAdmin(person, settings.plan, isOrgWide)) return notAllowedPage(person)
  const code = newCode({ ...wish, clientId: wish.app.clientId, userId: person.id, isOrgWide }, world)
  return redirectAnswer(withQuery(target, { code: code.value, state: wish.state }), {
    changes: [{ kind: 'code', code }],
    actorId: person.id,
  })
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
  if (scopes.length === 0 || hasBotScopes || scopes.some((scope) => !userScopes.has(scope))) return 'invalid_scope'
  return { app, scopes, redirectUri, state: values.get('state'), codeChallenge: values.get('code_challenge') }
}

function asksForAdmin({ scopes }: Wish): boolean {
  return scopes.includes('admin')
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

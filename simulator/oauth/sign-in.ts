/*
 * Who a browser belongs to (slack.md 9.5, 10.1): the sign-in page, where anybody of the workspace signs in without a
 * password unless single sign-on is required, the session's cookie, and the small page of somebody signed in.
 */
import { escapeHtml, headerOf, pageAnswer, redirectAnswer } from '../answer.ts'
import type { Answer, PageRequest } from '../answer.ts'
import type { Person, WorkspaceSettings } from '../workspace/model.ts'
import { isGuest, isOwner, rankOf, roleNames } from '../workspace/rights.ts'
import type { Store } from '../workspace/store.ts'

export interface SignInWorld {
  readonly store: Store
  /** Whom tests made the browser's person; a cookie of the sign-in page comes first. */
  readonly browserUserId: string | null
}

const cookieName = 'sim_user'
const peopleShownMax = 12

/** Signs a browser in as anybody of the workspace, without a password: this is a simulator. */
export function answerSignIn({ query }: PageRequest, { store }: SignInWorld): Answer {
  const name = query.get('as')?.trim().toLowerCase() ?? ''
  const target = localTarget(query.get('to'))
  if (name === '') return signInPage(target, store)
  const person =
    store.people.get(name.toUpperCase()) ?? store.personByUserName(name) ?? store.personByEmail(name) ?? null
  if (person === null || person.role === 'bot') {
    return signInPage(target, store, `Nobody here is called ${name}. Give a user name, an e-mail address or an id.`)
  }
  const failed = { changes: [{ kind: 'note', action: 'user_login_failed', entityId: person.id } as const] }
  if (!person.active) {
    return pageAnswer(403, 'This account is deactivated', '<p><code>account_inactive</code></p>', failed)
  }
  if (!maySignInWithPassword(person, store.settings)) {
    const start = `/sso/saml/start?${new URLSearchParams({ to: target }).toString()}`
    const content = `<p>${escapeHtml(store.settings.teamName)} wants ${escapeHtml(person.userName)} to sign in with SAML.</p>
<p><a class="button" href="${escapeHtml(start)}">Sign in with SAML</a></p>`
    return pageAnswer(403, 'Single sign-on is required', content, failed)
  }
  return redirectAnswer(target, {
    headers: { 'set-cookie': sessionCookie(person.id, store) },
    changes: [{ kind: 'note', action: 'user_login', entityId: person.id }],
    actorId: person.id,
  })
}

export function answerSignOut(): Answer {
  return redirectAnswer('/', { headers: { 'set-cookie': `${cookieName}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax` } })
}

/** Owners keep a way round single sign-on; "partly" leaves guests out (slack.md section 7). */
function maySignInWithPassword({ role }: Person, { saml, ssoMode }: WorkspaceSettings): boolean {
  return saml === null || ssoMode === 'optional' || isOwner(role) || (ssoMode === 'partly' && isGuest(role))
}

/** What makes a browser belong to somebody. Only ids go in, and only this simulator believes it. */
export function sessionCookie(personId: string, { settings }: Store): string {
  const seconds = Math.round(settings.sessionDurationHours * 3600)
  return `${cookieName}=${personId}; Path=/;${seconds > 0 ? ` Max-Age=${seconds};` : ''} HttpOnly; SameSite=Lax`
}

export function browserPerson({ headers }: PageRequest, { store, browserUserId }: SignInWorld): Person | undefined {
  const cookie = headerOf(headers, 'cookie') ?? ''
  const fromCookie = new RegExp(`(?:^|;\\s*)${cookieName}=([A-Z0-9]+)`).exec(cookie)?.[1]
  const person = store.people.get(fromCookie ?? browserUserId ?? '')
  return person?.active === true ? person : undefined
}

/** Where Slack itself would be: says who is signed in, and which address was asked for. */
export function answerInside(request: PageRequest, world: SignInWorld): Answer {
  const person = browserPerson(request, world)
  if (person === undefined) return signInPage(request.path, world.store)
  return pageAnswer(
    200,
    world.store.settings.teamName,
    `<p>Signed in as <strong>${escapeHtml(person.userName)}</strong> (${escapeHtml(person.email)}).</p>
<p>Slack would show <code>${escapeHtml(request.path)}</code> here.</p>
<p class="actions"><a class="button" href="/signout">Sign out</a> <a class="button" href="/">Workspace page</a></p>`,
  )
}

/** Only addresses of the simulator itself. */
function localTarget(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : '/client'
}

export function signInPage(target: string, store: Store, mistake = ''): Answer {
  const { settings } = store
  const links = offered(store).map((person) => {
    const query = new URLSearchParams({ as: person.userName, to: target })
    const name = `${person.givenName} ${person.familyName}`.trim()
    return `<li><a href="/signin?${escapeHtml(query.toString())}"><strong>${escapeHtml(name)}</strong>
<span>${escapeHtml(person.userName)}, ${escapeHtml(roleNames[person.role])}</span></a></li>`
  })
  const saml = new URLSearchParams({ to: target })
  const samlButton =
    settings.saml === null
      ? ''
      : `<p><a class="button primary" href="/sso/saml/start?${escapeHtml(saml.toString())}">Sign in with SAML</a></p>`
  return pageAnswer(
    200,
    `Sign in to ${settings.teamName}`,
    `${mistake === '' ? '' : `<p class="mistake" role="alert">${escapeHtml(mistake)}</p>`}
${samlButton}
<form method="get" action="/signin">
<input type="hidden" name="to" value="${escapeHtml(target)}">
<label for="as">User name, e-mail address or id</label>
<div class="row"><input id="as" name="as" autocomplete="off" required><button>Sign in</button></div>
</form>
<p>This is a simulated Slack without passwords, so you can also choose who you are:</p>
<ul class="choices">${links.join('\n')}</ul>`,
  )
}

/** Those who can install an app first. */
function offered(store: Store): readonly Person[] {
  const people = store.peopleOrder.flatMap((id) => store.people.get(id) ?? [])
  const rank = ({ role }: Person): number => rankOf(role, store.settings.plan)
  return people
    .filter(({ active, role }) => active && role !== 'bot')
    .toSorted((left, right) => rank(right) - rank(left))
    .slice(0, peopleShownMax)
}

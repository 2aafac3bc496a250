/*
 * `users.info` of the Web API: who somebody is in the workspace, for a token with the scope `users:read`. The fields are
 * those of Slack's user object that tell a member from an owner, a guest or a bot.
 */
import { jsonAnswer, type Answer } from '../answer.ts'
import type { Person, Role, Token } from '../workspace/model.ts'
import type { Store } from '../workspace/store.ts'

const owners: ReadonlySet<Role> = new Set(['primary_owner', 'owner', 'org_owner'])
const admins: ReadonlySet<Role> = new Set([...owners, 'admin', 'org_admin'])
const guests: ReadonlySet<Role> = new Set(['multi_channel_guest', 'single_channel_guest'])

export function usersInfo(token: Token, userId: string, store: Store): Answer {
  if (!token.scopes.includes('users:read'))
    return jsonAnswer(200, {
      ok: false,
      error: 'missing_scope',
      needed: 'users:read',
      provided: token.scopes.join(','),
    })
  const person = store.people.get(userId)
  return person === undefined
    ? jsonAnswer(200, { ok: false, error: 'user_not_found' })
    : jsonAnswer(200, { ok: true, user: userShape(person, token, store) })
}

function userShape(person: Person, token: Token, store: Store): Readonly<Record<string, unknown>> {
  const { id, role, userName, displayName, givenName, familyName, title, email, timezone } = person
  const realName = [givenName, familyName].filter((part) => part !== '').join(' ') || userName
  return {
    id,
    team_id: store.settings.teamId,
    name: userName,
    deleted: !person.active,
    real_name: realName,
    tz: timezone,
    profile: {
      title,
      real_name: realName,
      display_name: displayName,
      // Addresses have a scope of their own.
      ...(token.scopes.includes('users:read.email') ? { email } : {}),
    },
    is_admin: admins.has(role),
    is_owner: owners.has(role),
    is_primary_owner: role === 'primary_owner',
    is_restricted: guests.has(role),
    is_ultra_restricted: role === 'single_channel_guest',
    is_bot: role === 'bot',
  }
}

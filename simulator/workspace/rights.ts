/*
 * Who outranks whom (slack.md 1.5, 3.6): a token acts only on accounts with the same or fewer rights.
 */
import type { Person, Plan, Role, Token, WorkspaceSettings } from './model.ts'

const ranks: Readonly<Record<Role, number>> = {
  bot: 0,
  single_channel_guest: 0,
  multi_channel_guest: 0,
  member: 1,
  admin: 2,
  owner: 3,
  // A primary owner counts as an owner here; what only they are protected from has names of its own.
  primary_owner: 3,
  org_admin: 4,
  org_owner: 5,
}

export function rankOf(role: Role, plan: Plan): number {
  return role === 'primary_owner' && plan === 'enterprise' ? ranks.org_owner : ranks[role]
}

/** As Slack's pages call them. */
export const roleNames: Readonly<Record<Role, string>> = {
  primary_owner: 'Primary Owner',
  owner: 'Workspace Owner',
  admin: 'Workspace Admin',
  member: 'Full member',
  multi_channel_guest: 'Multi-channel guest',
  single_channel_guest: 'Single-channel guest',
  bot: 'Bot',
  org_owner: 'Org Owner',
  org_admin: 'Org Admin',
}

export function isOwner(role: Role): boolean {
  return role === 'owner' || role === 'primary_owner' || role === 'org_owner'
}

export function isGuest(role: Role): boolean {
  return role === 'multi_channel_guest' || role === 'single_channel_guest'
}

/** May this person install an app with the scope admin (slack.md 1.5)? */
export function mayGrantAdmin({ role, active }: Person, plan: Plan, isOrgWide: boolean): boolean {
  const rank = rankOf(role, plan)
  return active && (isOrgWide ? plan === 'enterprise' && rank >= ranks.org_owner : rank >= ranks.admin)
}

/** May the token still write? Its installer has to stay admin or owner (slack.md 1.5). */
export function mayWrite(installer: Person, token: Token, plan: Plan): boolean {
  return rankOf(installer.role, plan) >= (token.isOrgWide ? ranks.org_admin : ranks.admin)
}

/** Free and Pro have SCIM only with a connected Salesforce org (slack.md 1.5). */
export function hasScim({ plan, salesforceOrgConnected }: WorkspaceSettings): boolean {
  return plan === 'business_plus' || plan === 'enterprise' || salesforceOrgConnected
}

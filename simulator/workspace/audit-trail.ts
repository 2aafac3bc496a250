/*
 * What the audit trail says of a change to a person: Slack's action names and the fields (slack.md 10.1, item 7).
 */
import { emptyProfile, profileKeys } from './model.ts'
import type { Person, Role } from './model.ts'

export interface AuditEntry {
  readonly at: number
  readonly action: string
  readonly actorId: string | null
  /** A person; '' when it is not known who. */
  readonly entityId: string
  /** The fields that changed, or the group it is about. */
  readonly details: readonly string[]
}

/** Slack's names for what happened (slack.md 10.1, item 7), and the fields it happened to. */
export function* auditActions(
  before: Person | undefined,
  after: Person,
): Generator<readonly [string, readonly string[]]> {
  if (before === undefined) {
    yield ['user_created', []]
    return
  }
  if (before.active && !after.active) yield ['user_deactivated', []]
  if (!before.active && after.active) yield ['user_reactivated', []]
  if (before.role !== after.role) yield [roleActions[after.role], []]
  if (before.email !== after.email) yield ['user_email_updated', []]
  if (before.userName !== after.userName) yield ['user_username_updated', []]
  const fields = changedFields(before, after)
  if (fields.length > 0) yield ['user_profile_updated', fields]
}

const roleActions: Readonly<Record<Role, string>> = {
  primary_owner: 'role_change_to_owner',
  owner: 'role_change_to_owner',
  org_owner: 'role_change_to_owner',
  admin: 'role_change_to_admin',
  org_admin: 'role_change_to_admin',
  member: 'role_change_to_user',
  bot: 'role_change_to_user',
  multi_channel_guest: 'role_change_to_guest',
  single_channel_guest: 'role_change_to_guest',
}

const shownFields = [
  'displayName',
  'givenName',
  'familyName',
  'title',
  'timezone',
  'profileUrl',
  'secondaryEmail',
] as const

function changedFields(before: Person, after: Person): readonly string[] {
  const known = before.profile ?? emptyProfile
  const profile = after.profile ?? emptyProfile
  const isNewPhoto = after.nextPhoto !== null && before.nextPhoto?.value !== after.nextPhoto.value
  return [
    ...shownFields.filter((field) => before[field] !== after[field]),
    ...profileKeys.filter((key) => known[key] !== profile[key]),
    ...(isNewPhoto ? ['photo'] : []),
  ]
}

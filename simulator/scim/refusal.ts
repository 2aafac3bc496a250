/*
 * Slack's error names with their HTTP status, and the two bodies they travel in (slack.md section 5).
 * Slack publishes no status per name; what is inferred there can be changed by a knob.
 */
import type { Knobs } from '../knobs.ts'

export type ScimVersion = 'v1' | 'v2'

const statuses = {
  missing_authentication: 401,
  invalid_authentication: 401,
  plus_teams_only: 400,
  non_org_teams_only: 400,
  permission_denied: 403,
  unsupported_version: 400,
  bad_endpoint: 404,
  method_not_allowed: 405,
  too_many_requests: 429,
  resource_locked: 429,
  missing_schema_element: 400,
  invalid_request_payload: 400,
  invalid_attribute_format: 400,
  invalid_reserved_word: 400,
  invalid_emoji_not_allowed: 400,
  username_empty: 400,
  username_invalid: 400,
  username_too_long: 400,
  long_username: 400,
  username_not_allowed: 400,
  username_taken: 409,
  truncation_error: 400,
  long_nickname: 400,
  email_empty: 400,
  emails_invalid: 400,
  bad_email_address: 400,
  email_taken: 409,
  missing_primary_email: 400,
  invalid_display_name: 400,
  invalid_name_specials: 400,
  invalid_starts_with_at: 400,
  invalid_name_maxlength: 400,
  invalid_name_required: 400,
  addresses_invalid: 400,
  phoneNumbers_invalid: 400,
  photos_invalid: 400,
  roles_invalid: 400,
  groups_invalid: 400,
  improper_enterprise_schema_format: 400,
  password_change_not_allowed: 403,
  unable_to_create_team_profile_fields: 400,
  cannot_make_user_guest: 400,
  cannot_modify_owner: 403,
  cannot_disable_primary_owner: 403,
  primary_owner_check_failure: 403,
  cannot_disable_bot_user_with_scim: 403,
  cannot_modify_gdpr: 403,
  no_such_user: 404,
  cannot_decode_user_id: 400,
  missing_user_id: 400,
  no_such_group: 404,
  missing_group_id: 400,
  no_such_group_members: 400,
  unable_to_add_deleted_or_guest_to_group: 400,
  too_many_users: 400,
  group_member_max_exceeded: 400,
  group_creation_failed: 500,
  idp_group_linked_to_channels: 400,
  no_filters: 400,
  incomplete_filter: 400,
  invalid_filter_group: 400,
  invalid_query: 400,
  query_building_failed: 400,
  database_query_failure: 500,
  invalid_sort_order: 400,
} as const

export type RefusalName = keyof typeof statuses

/** Ends the handling of one request; caught where the answer is made, and nowhere else. */
export class Refusal extends Error {
  readonly refusal: RefusalName
  readonly retryAfterSeconds: number | null

  /** `detail` is what Slack puts in brackets behind the name, e.g. `user=U0123`. */
  constructor(refusal: RefusalName, detail?: string, retryAfterSeconds?: number) {
    super(detail === undefined ? refusal : `${refusal} (${detail})`)
    this.refusal = refusal
    this.retryAfterSeconds = retryAfterSeconds ?? null
  }
}

/** These say the same in both versions: they are decided before the version matters (slack.md 1.6, 2.6). */
const alwaysV1: ReadonlySet<RefusalName> = new Set([
  'missing_authentication',
  'invalid_authentication',
  'unsupported_version',
])

export function refusalStatus({ refusal }: Refusal, knobs: Knobs): number {
  switch (refusal) {
    case 'email_taken':
    case 'username_taken':
      return knobs.conflictStatus
    case 'plus_teams_only':
      return knobs.planGateStatus
    case 'no_such_user':
    case 'no_such_group':
      return knobs.notFoundStatus
    case 'permission_denied':
      return knobs.forbiddenStatus
    default:
      return statuses[refusal]
  }
}

export function refusalBody(refusal: Refusal, version: ScimVersion, status: number): unknown {
  if (version === 'v1' || alwaysV1.has(refusal.refusal)) {
    return { Errors: { description: refusal.message, code: status } }
  }
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], detail: refusal.message, status }
}

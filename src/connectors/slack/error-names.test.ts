import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readAnswer } from '../scim/error-body.ts'
import { slackErrorNames } from './error-names.ts'

/** slack.md 5.2, by its column retry. */
const catalogue: Readonly<Record<'A' | 'W' | 'R' | 'L' | 'N', string>> = {
  A: 'missing_authentication invalid_authentication plus_teams_only non_org_teams_only unsupported_version bad_endpoint method_not_allowed',
  W: 'too_many_requests resource_locked',
  R: 'invited_user_not_created group_creation_failed group_members_create_failed failed_to_remove_users_for_linked_subteam database_query_failure',
  L: 'username_taken email_taken user_creation_failed no_such_user unknown_user cannot_decode_user_id missing_user_id no_such_group no_such_group_members unable_to_add_deleted_or_guest_to_group',
  N: `permission_denied missing_schema_element invalid_request_payload invalid_attribute_format invalid_reserved_word
    invalid_emoji_not_allowed username_empty username_required username_invalid username_too_long long_username
    username_not_allowed truncation_error long_nickname email_empty email_invalid emails_invalid bad_email_address
    missing_primary_email invalid_display_name invalid_name_specials invalid_starts_with_at invalid_name_maxlength
    invalid_name_required addresses_invalid phoneNumbers_invalid photos_invalid roles_invalid groups_invalid
    improper_enterprise_schema_format password_change_not_allowed unable_to_create_team_profile_fields
    cannot_make_user_guest cannot_modify_owner cannot_disable_primary_owner primary_owner_check_failure
    cannot_disable_bot_user_with_scim cannot_modify_gdpr missing_group_id too_many_users group_member_max_exceeded
    idp_group_linked_to_channels no_filters incomplete_filter invalid_filter_group invalid_query query_building_failed
    invalid_sort_order`,
}

/** provisioning-service.md 12.4. */
const codes =
  `Conflict EntryConflict TooManyRequests InternalServerError InsufficientRights MethodNotAllowed NotPermitted
  Unauthorized UnprocessableEntity WebExceptionProtocolError InvalidAnchor NotImplemented MandatoryFieldsMissing MissingValues
  SchemaAttributeNotFound InternalError InvalidDomain Timeout LicenseLimitExceeded DuplicateTargetEntries DuplicateSourceEntries
  SystemForCrossDomainIdentityManagementMultipleEntriesInResponse SystemForCrossDomainIdentityManagementServiceIncompatible
  SystemForCrossDomainIdentityManagementCredentialValidationFailure SchemaPropertyCanOnlyAcceptValue`.split(/\s+/)

const rows = Object.entries(catalogue).flatMap(([letter, names]) =>
  names.split(/\s+/).map((name) => ({ letter, name })),
)

test.each(rows)('$name has a meaning that fits its column ($letter)', ({ letter, name }) => {
  const meaning = slackErrorNames.get(name)
  expect(meaning?.scope).toBe(letter === 'A' ? 'job' : 'object')
  expect(meaning?.handling).toBe(letter === 'W' ? 'wait' : letter === 'R' ? 'repeat' : 'report')
})

test('every meaning uses a code of the provisioning log and says what to do', () => {
  for (const [name, meaning] of slackErrorNames) {
    expect(codes, name).toContain(meaning.code)
    expect(meaning.advice, name).toMatch(/\.$/)
  }
})

interface VectorFile {
  readonly checks: readonly {
    readonly id: string
    readonly request: { readonly path: string }
    readonly expect: { readonly bodyIncludes: unknown }
  }[]
}

test('every error the recorded checks expect of SCIM is known', () => {
  const file = new URL('../../../test/vectors/slack-scim.json', import.meta.url)
  const { checks } = JSON.parse(readFileSync(file, 'utf8')) as VectorFile
  const unknown: string[] = []
  let errors = 0
  for (const check of checks) {
    if (!check.request.path.startsWith('/scim/')) continue
    const body = JSON.stringify(check.expect.bodyIncludes)
      .replaceAll(
        /\{"\$(?:startsWith|oneOf)":("[^"]*"|\["([^"]*)"[^\]]*\])\}/g,
        (_all, text: string, first?: string) => (first === undefined ? text : JSON.stringify(first)),
      )
      .replaceAll(/\{"\$regex":"\^?(\w+)[^"]*"\}/g, '"$1"')
    const reading = readAnswer({ status: 400, headers: {}, body })
    if (reading.kind !== 'refused') continue
    errors += 1
    if (!slackErrorNames.has(reading.name)) unknown.push(`${check.id} ${reading.name}`)
  }
  expect(unknown).toEqual([])
  expect(errors).toBeGreaterThan(40)
})

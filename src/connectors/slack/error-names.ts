/*
 * Slack's error names and what they mean to us: the table of slack.md 5.2 as data. The name decides, never the status,
 * because Slack publishes none (slack.md, "How to read this file").
 */
import { credentialFailureCode } from '../../vocabulary/index.ts'
import type { ErrorMeaning, ErrorNames } from '../scim/index.ts'

type Row = readonly [names: string, code: string, advice: string]

/** Wrong credentials, plan or address: nothing else will work either (column retry: A). */
const wholeJob: readonly Row[] = [
  ['missing_authentication', credentialFailureCode, 'No token was sent; enter one in the connection settings.'],
  [
    'invalid_authentication invalid_auth not_authed token_revoked token_expired account_inactive',
    credentialFailureCode,
    'The token is wrong or revoked, lacks the scope "admin", or its owner is no admin any more; authorize again.',
  ],
  ['plus_teams_only', 'NotPermitted', "The workspace's plan has no SCIM; it needs Business+ or Enterprise."],
  ['non_org_teams_only', 'NotPermitted', 'The app is installed on one workspace of an org; install it on the org.'],
  [
    'unsupported_version',
    'NotImplemented',
    'This workspace does not offer this version of the API; choose the other one.',
  ],
  [
    'bad_endpoint',
    'SystemForCrossDomainIdentityManagementServiceIncompatible',
    'The address is not that of the SCIM API.',
  ],
  ['method_not_allowed', 'MethodNotAllowed', 'The address does not accept this kind of request.'],
]

/** Waited out and repeated (W). */
const waited: readonly Row[] = [
  ['too_many_requests ratelimited', 'TooManyRequests', 'Slack is throttling; nothing has to be done.'],
  ['resource_locked', 'TooManyRequests', 'Another write to this object is running; nothing has to be done.'],
]

/** Slack's own trouble: repeated a few times, then left to the next cycle (R). */
const repeated: readonly Row[] = [
  ['invited_user_not_created', 'InternalServerError', 'Slack could not make the account; it is tried again.'],
  [
    'group_creation_failed',
    'InternalServerError',
    'Slack could not make or rename the group, perhaps because another one has the name; it is tried again.',
  ],
  [
    'group_members_create_failed failed_to_remove_users_for_linked_subteam',
    'InternalServerError',
    'Slack could not change the members; it is tried again.',
  ],
  [
    'database_query_failure internal_error fatal_error service_unavailable',
    'InternalServerError',
    'Slack has a problem of its own; it is tried again.',
  ],
]

/** This object only, until the data, the mapping or Slack's settings change (N, and what is left of L). */
const objectOnly: readonly Row[] = [
  [
    'permission_denied',
    'InsufficientRights',
    'The token may not change this account; an owner has to authorize the app.',
  ],
  ['cannot_modify_owner', 'InsufficientRights', 'An owner of the workspace can only be changed by an owner.'],
  [
    'cannot_disable_primary_owner primary_owner_check_failure',
    'NotPermitted',
    'The primary owner cannot be disabled; hand the ownership over in Slack first.',
  ],
  [
    'cannot_disable_bot_user_with_scim',
    'NotPermitted',
    'Bots cannot be disabled by provisioning; leave the account alone.',
  ],
  ['cannot_modify_gdpr', 'NotPermitted', "The person's data was erased in Slack; remove the link."],
  ['cannot_make_user_guest', 'NotPermitted', 'Admins and owners cannot become guests.'],
  [
    'password_change_not_allowed',
    'NotPermitted',
    'Passwords cannot be changed by provisioning; remove them from the mapping.',
  ],
  ['idp_group_linked_to_channels', 'NotPermitted', 'The group is linked to channels; unlink it in Slack first.'],
  [
    'username_taken',
    'Conflict',
    'Another account or a channel has the userName; change the expression for userName or the other name.',
  ],
  [
    'email_taken',
    'Conflict',
    'Another account, perhaps a deactivated one, has the e-mail address; match by e-mail or change the address there.',
  ],
  ['user_creation_failed', 'Conflict', 'The account probably exists already; check the matching attributes.'],
  [
    'no_such_user unknown_user',
    'InvalidAnchor',
    'The linked account is gone; remove the link or restart with cleared links.',
  ],
  [
    'cannot_decode_user_id missing_user_id',
    'InvalidAnchor',
    'The linked id is none of Slack; remove the link or restart with cleared links.',
  ],
  ['no_such_group', 'InvalidAnchor', 'The linked group is gone; remove the link or restart with cleared links.'],
  ['no_such_group_members', 'InvalidAnchor', 'A member is unknown to Slack; its link has to be cleared.'],
  [
    'unable_to_add_deleted_or_guest_to_group',
    'NotPermitted',
    'Deactivated accounts and single-channel guests cannot be members of a group.',
  ],
  ['group_member_max_exceeded', 'UnprocessableEntity', 'The group is full; split it in the source.'],
  ['too_many_users', 'UnprocessableEntity', 'One call may carry 15,000 members; send fewer.'],
  [
    'username_empty username_required',
    'MandatoryFieldsMissing',
    'The userName is missing; check its mapping and the source value.',
  ],
  [
    'email_empty missing_primary_email',
    'MandatoryFieldsMissing',
    'The e-mail address is missing; check its mapping and the source value.',
  ],
  ['invalid_name_required', 'MandatoryFieldsMissing', 'Both names are blank; map name.givenName or name.familyName.'],
  [
    'missing_schema_element',
    'UnprocessableEntity',
    'The request carried no schemas; report this as a fault of Muster.',
  ],
  [
    'invalid_request_payload',
    'SchemaAttributeNotFound',
    'Slack does not know an attribute that was sent; check the mapping.',
  ],
  [
    'invalid_attribute_format',
    'SchemaPropertyCanOnlyAcceptValue',
    'A single value was sent for a list or the reverse.',
  ],
  ['username_invalid', 'UnprocessableEntity', 'The userName cannot be made valid; change its expression.'],
  [
    'username_too_long long_username long_nickname',
    'UnprocessableEntity',
    'userName and nickName may have 21 characters; cut them in the mapping.',
  ],
  ['username_not_allowed', 'UnprocessableEntity', 'The userName is a reserved word; change its expression.'],
  [
    'truncation_error',
    'UnprocessableEntity',
    'Slack could not shorten the userName to a free one; change its expression.',
  ],
  [
    'email_invalid emails_invalid bad_email_address',
    'UnprocessableEntity',
    'The e-mail address is malformed; correct it in the source.',
  ],
  [
    'invalid_display_name',
    'UnprocessableEntity',
    'Members may change their display name, so Slack refuses an update; map it on creation only or switch that off in Slack.',
  ],
  [
    'invalid_name_specials invalid_starts_with_at',
    'UnprocessableEntity',
    'The display name holds a character Slack refuses, such as @; replace it in the mapping.',
  ],
  ['invalid_name_maxlength', 'UnprocessableEntity', 'The display name may have 80 characters; cut it in the mapping.'],
  [
    'invalid_reserved_word',
    'UnprocessableEntity',
    'A value is a reserved word; change it in the source or the mapping.',
  ],
  [
    'invalid_emoji_not_allowed',
    'UnprocessableEntity',
    'A value holds an emoji; remove it in the source or the mapping.',
  ],
  [
    'addresses_invalid phoneNumbers_invalid photos_invalid roles_invalid groups_invalid',
    'UnprocessableEntity',
    'A list has a form Slack does not accept; check the mapping of this attribute.',
  ],
  [
    'improper_enterprise_schema_format',
    'UnprocessableEntity',
    'The manager was sent without an id; check its mapping.',
  ],
  [
    'unable_to_create_team_profile_fields',
    'UnprocessableEntity',
    'Slack allows 50 custom profile fields; remove some there or map fewer attributes.',
  ],
]

/** Requests that only a fault of ours can make. */
const ourFault: readonly Row[] = [
  ['missing_group_id', 'InternalError', 'The request named no group; report this as a fault of Muster.'],
  [
    'no_filters incomplete_filter invalid_filter_group invalid_query query_building_failed',
    'InternalError',
    'Slack could not read the filter; report this as a fault of Muster.',
  ],
  ['invalid_sort_order', 'InternalError', 'Slack could not read the sort order; report this as a fault of Muster.'],
]

/** It is the userName that Slack refuses: another one may do (slack.md 3.6 and 5.2). */
const userNameRefusals: ReadonlySet<string> = new Set(['username_taken', 'username_not_allowed', 'truncation_error'])

export const slackErrorNames: ErrorNames = new Map<string, ErrorMeaning>([
  ...meanings(wholeJob, { scope: 'job', retry: 'backoff', handling: 'report' }),
  ...meanings(waited, { scope: 'object', retry: 'nextCycle', handling: 'wait' }),
  ...meanings(repeated, { scope: 'object', retry: 'nextCycle', handling: 'repeat' }),
  ...meanings(objectOnly, { scope: 'object', retry: 'backoff', handling: 'report' }),
  ...meanings(ourFault, { scope: 'object', retry: 'nextCycle', handling: 'report' }),
])

/** Slack cannot be asked for this, so the whole list has to be read instead (slack.md 12, point 5). */
export const filterRefusals: ReadonlySet<string> = new Set([
  'no_filters',
  'incomplete_filter',
  'invalid_filter_group',
  'invalid_query',
  'query_building_failed',
])

/** One of the members in the call is the culprit, or there are too many of them (slack.md 5.2). */
export const memberRefusals: ReadonlySet<string> = new Set([
  'no_such_group_members',
  'unable_to_add_deleted_or_guest_to_group',
  'too_many_users',
])

function meanings(
  rows: readonly Row[],
  handling: Omit<ErrorMeaning, 'code' | 'advice'>,
): readonly [string, ErrorMeaning][] {
  return rows.flatMap(([names, code, advice]) =>
    names.split(' ').map((name): [string, ErrorMeaning] => [name, { ...handling, code, advice, ...refusedBy(name) }]),
  )
}

function refusedBy(name: string): Pick<ErrorMeaning, 'refusedAttribute'> {
  return userNameRefusals.has(name) ? { refusedAttribute: 'userName' } : {}
}

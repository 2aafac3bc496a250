/*
 * What Slack says about its own SCIM service (slack.md 2.4, 2.5), quirks included: filtering is called unsupported
 * although it works, `active` is typed string, `caseExact` is false everywhere.
 */
import type { Knobs } from '../knobs.ts'
import type { Dialect } from './dialect.ts'

export function serviceProviderConfigs({ patchSupportedFlag, filterSupportedFlag }: Knobs): unknown {
  return {
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description: 'Authentication scheme using the OAuth Bearer Token standard',
        specUrl: 'https://datatracker.ietf.org/doc/html/rfc6750',
        primary: true,
      },
    ],
    patch: { supported: patchSupportedFlag },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: filterSupportedFlag, maxResults: 0 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    xmlDataFormat: { supported: false },
  }
}

interface AttributeOptions {
  readonly type?: string
  readonly child?: string
  readonly isReadOnly?: boolean
  readonly isRequired?: boolean
}

function attribute(
  schema: string,
  name: string,
  description: string,
  { type = 'string', child, isReadOnly = false, isRequired = false }: AttributeOptions = {},
): Record<string, unknown> {
  return {
    name,
    type,
    multiValued: child !== undefined,
    multiValuedAttributeChildName: child ?? '',
    description,
    schema,
    readOnly: isReadOnly,
    required: isRequired,
    caseExact: false,
  }
}

export function usersSchema(dialect: Dialect, hasGuests: boolean): unknown {
  const { coreUser: core, enterprise, profile, guest } = dialect
  const sub = (name: string, schema = core): unknown => attribute(schema, name, '')
  const list = (name: string, child: string, subs: readonly string[], options: AttributeOptions = {}): unknown => ({
    ...attribute(core, name, '', { type: 'complex', child, ...options }),
    subAttributes: subs.map((subName) => sub(subName)),
  })
  const extension = (schema: string, name: string, subAttributes: readonly unknown[]): unknown => ({
    ...attribute(schema, name, '', { type: 'complex', child: name }),
    subAttributes,
  })
  return {
    id: dialect.version === 'v1' ? `${core}:User` : core,
    name: 'User',
    description: 'Core User',
    schema: [core, enterprise],
    endpoint: '/Users',
    attributes: [
      attribute(core, 'id', 'Unique identifier issued by Slack', { isReadOnly: true, isRequired: true }),
      attribute(core, 'userName', 'Unique name, at most 21 characters', { isRequired: true }),
      attribute(core, 'nickName', 'Another name of userName'),
      {
        ...attribute(core, 'name', 'Full name', { type: 'complex' }),
        subAttributes: ['givenName', 'familyName', 'honorificPrefix'].map((name) => sub(name)),
      },
      attribute(core, 'displayName', 'Display name, at most 80 characters'),
      attribute(core, 'profileUrl', 'Address of the profile page'),
      list('emails', 'email', ['value', 'type', 'primary'], { isRequired: true }),
      list('addresses', 'address', ['streetAddress', 'locality', 'region', 'postalCode', 'country', 'primary']),
      list('phoneNumbers', 'phoneNumber', ['value', 'type', 'primary']),
      list('photos', 'photo', ['value', 'type', 'primary']),
      list('roles', 'role', ['value', 'primary']),
      // The key is spelled in lower case here, and only here (slack.md 2.5).
      {
        ...attribute(core, 'groups', 'Groups of the person', { type: 'complex', child: 'group', isReadOnly: true }),
        subattributes: [sub('value'), sub('display')],
      },
      attribute(core, 'userType', 'Free text, e.g. Employee'),
      attribute(core, 'title', 'Job title'),
      attribute(core, 'preferredLanguage', 'For example en_US'),
      attribute(core, 'locale', 'For example en_US'),
      attribute(core, 'timezone', 'Name of the IANA database, e.g. America/Chicago'),
      attribute(core, 'active', 'Whether the account is active'),
      attribute(core, 'password', 'On creation only'),
      extension(enterprise, enterprise, [
        ...['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) =>
          sub(name, enterprise),
        ),
        // An object, not a list (slack.md 2.5).
        { ...attribute(enterprise, 'manager', '', { type: 'complex' }), subAttributes: sub('managerId', enterprise) },
      ]),
      extension(profile, profile, [sub('startDate', profile)]),
      ...(hasGuests ? [extension(guest, guest, [sub('type', guest), sub('expiration', guest)])] : []),
    ],
  }
}

export function groupsSchema({ coreGroup: core }: Dialect): unknown {
  return {
    name: 'Group',
    description: 'Core Group',
    schema: core,
    endpoint: '/Groups',
    attributes: [
      attribute(core, 'id', 'Unique identifier issued by Slack', { isReadOnly: true, isRequired: true }),
      // Marked read-only although it can be changed (slack.md 2.5).
      attribute(core, 'displayName', 'Name of the group', { isReadOnly: true, isRequired: true }),
      {
        ...attribute(core, 'members', 'Members of the group', { type: 'complex', child: 'member', isRequired: true }),
        subAttributes: [attribute(core, 'value', ''), attribute(core, 'display', '', { isReadOnly: true })],
      },
    ],
  }
}

export function resourceTypes({ coreUser, coreGroup, enterprise }: Dialect): readonly unknown[] {
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:ResourceType']
  const location = (name: string): unknown => ({
    resourceType: 'ResourceType',
    location: `https://api.slack.com/scim/v2/ResourceTypes/${name}`,
  })
  return [
    {
      schemas,
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      description: 'User Account',
      schema: coreUser,
      schemaExtensions: [{ schema: enterprise, required: false }],
      meta: location('User'),
    },
    {
      schemas,
      id: 'Group',
      name: 'Group',
      endpoint: '/Groups',
      description: 'Group',
      schema: coreGroup,
      meta: location('Group'),
    },
  ]
}

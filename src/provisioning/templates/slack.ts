/*
 * The Slack template: 30 user attributes and 2 group attributes of Slack's gallery application with Muster's default
 * sources (spec section 18, slack.md section 8, the wire form of graph-api.md 4.6).
 */
import { withVersion } from '../schema-version.ts'
import type {
  AttributeDefinition,
  AttributeMapping,
  AttributeType,
  FlowType,
  ObjectDefinition,
  ObjectMapping,
  SynchronizationSchema,
} from '../../vocabulary/index.ts'
import { sourceOf } from '../read-mapping-source.ts'
import { mappedUserName, withUserNames, type UserNamesMode } from '../user-names-mode.ts'

export const slackTemplateId = 'Slack'
/** Well known per engine: scripts carry it (graph-api.md 3.9). */
export const userGroupRuleId = '03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8'
export const sourceDirectoryId = '66e4a8cc-1b7b-435e-95f8-f06cea133828'
export const slackDirectoryId = '5f0d4b7e-9a41-4c38-b0c6-2d9e8a6f7b13'
export const sourceDirectoryName = 'Azure Active Directory'
export const slackDirectoryName = 'Slack'

const enterprise = 'urn:scim:schemas:extension:enterprise:1.0'

interface Row {
  readonly target: string
  readonly expression: string | null
  readonly type?: AttributeType
  readonly flowType?: FlowType
  readonly matchingPriority?: number
  readonly defaultValue?: string
  readonly required?: boolean
  /** Whether a change of case alone is a change worth sending. Names and titles: yes. Addresses for look-up: no. */
  readonly caseExact?: boolean
}

/** In the order of slack.md section 8. A row without expression is listed for the administrator and unmapped. */
const userRows: readonly Row[] = [
  { target: 'active', type: 'Boolean', expression: 'Not([IsSoftDeleted])' },
  { target: 'externalId', expression: '[objectId]', flowType: 'ObjectAddOnly' },
  { target: 'displayName', expression: 'Replace([displayName], "@", , , "", , )', flowType: 'ObjectAddOnly' },
  { target: 'name.familyName', expression: '[surname]' },
  { target: 'name.givenName', expression: '[givenName]' },
  { target: 'title', expression: '[jobTitle]' },
  {
    target: 'emails[type eq "work"].value',
    expression: 'Coalesce([mail], [userPrincipalName])',
    matchingPriority: 1,
    required: true,
    caseExact: false,
  },
  {
    target: 'userName',
    expression: mappedUserName,
    matchingPriority: 2,
    flowType: 'ObjectAddOnly',
    required: true,
    caseExact: false,
  },
  { target: 'nickName', expression: null },
  { target: 'addresses[type eq "untyped"].streetAddress', expression: '[streetAddress]' },
  { target: 'addresses[type eq "untyped"].locality', expression: '[city]' },
  { target: 'addresses[type eq "untyped"].region', expression: '[state]' },
  { target: 'addresses[type eq "untyped"].postalCode', expression: '[postalCode]' },
  { target: 'addresses[type eq "untyped"].country', expression: '[country]' },
  { target: 'phoneNumbers[type eq "mobile"].value', expression: '[mobile]' },
  { target: 'phoneNumbers[type eq "work"].value', expression: '[telephoneNumber]' },
  { target: 'roles[primary eq "True"].value', expression: null },
  { target: 'locale', expression: 'Replace([preferredLanguage], "-", , , "_", , )' },
  { target: 'name.honorificPrefix', expression: null },
  { target: 'photos[type eq "photo"].value', expression: null },
  { target: 'profileUrl', expression: null },
  { target: 'timezone', expression: null },
  { target: 'userType', expression: null },
  { target: 'preferredLanguage', expression: 'Replace([preferredLanguage], "-", , , "_", , )' },
  { target: `${enterprise}.department`, expression: '[department]' },
  { target: `${enterprise}.manager`, type: 'Reference', expression: '[manager]' },
  { target: `${enterprise}.employeeNumber`, expression: '[employeeId]' },
  { target: `${enterprise}.costCenter`, expression: '[employeeOrgData.costCenter]' },
  { target: `${enterprise}.organization`, expression: '[companyName]' },
  { target: `${enterprise}.division`, expression: '[employeeOrgData.division]' },
]

const groupRows: readonly Row[] = [
  { target: 'displayName', expression: '[displayName]', matchingPriority: 1, required: true },
  { target: 'members', type: 'Reference', expression: '[members]' },
]

/** A text of which nothing else is known, unless it is said. */
export function plainAttribute(name: string, settings: Partial<AttributeDefinition> = {}): AttributeDefinition {
  return {
    name,
    type: 'String',
    anchor: false,
    caseExact: true,
    defaultValue: null,
    flowNullValues: false,
    multivalued: false,
    mutability: 'ReadWrite',
    required: false,
    apiExpressions: [],
    metadata: [],
    referencedObjects: [],
    ...settings,
  }
}

function definitionOf(row: Row): AttributeDefinition {
  return plainAttribute(row.target, {
    ...(row.type === undefined ? {} : { type: row.type }),
    ...(row.required === true ? { required: true } : {}),
    ...(row.caseExact === false ? { caseExact: false } : {}),
    ...(row.target === 'members' ? { multivalued: true } : {}),
    ...(row.type === 'Reference'
      ? { referencedObjects: [{ referencedObjectName: 'User', referencedProperty: null }] }
      : {}),
  })
}

function mappingOf(row: Row & { readonly expression: string }): AttributeMapping {
  return {
    targetAttributeName: row.target,
    source: sourceOf(row.expression),
    defaultValue: row.defaultValue ?? null,
    matchingPriority: row.matchingPriority ?? 0,
    flowType: row.flowType ?? 'Always',
    flowBehavior: 'FlowWhenChanged',
    exportMissingReferences: false,
  }
}

const isMapped = (row: Row): row is Row & { readonly expression: string } => row.expression !== null

const objectMetadata = (softDeletion: boolean): ObjectDefinition['metadata'] => [
  { key: 'IsSoftDeletionSupported', value: softDeletion ? 'true' : 'false' },
  { key: 'ConnectorDataStorageRequired', value: 'true' },
  { key: 'IsSynchronizeAllSupported', value: 'true' },
]

const mappingMetadata: ObjectMapping['metadata'] = [
  { key: 'IsCustomerDefined', value: 'false' },
  { key: 'DisableMonitoringForChanges', value: 'false' },
  { key: 'Disposition', value: '"Normal"' },
  { key: 'ExcludeFromReporting', value: 'false' },
  { key: 'EscrowBehavior', value: '"Default"' },
  { key: 'Unsynchronized', value: 'false' },
]

const sourceStrings = [
  'userPrincipalName',
  'originalUserPrincipalName',
  'displayName',
  'givenName',
  'surname',
  'mail',
  'mailNickname',
  'jobTitle',
  'department',
  'companyName',
  'employeeId',
  'employeeType',
  'employeeOrgData.costCenter',
  'employeeOrgData.division',
  'streetAddress',
  'city',
  'state',
  'postalCode',
  'country',
  'usageLocation',
  'telephoneNumber',
  'mobile',
  'facsimileTelephoneNumber',
  'physicalDeliveryOfficeName',
  'preferredLanguage',
  'userType',
  'onPremisesSamAccountName',
  'onPremisesDistinguishedName',
  ...Array.from({ length: 15 }, (_, index) => `extensionAttribute${String(index + 1)}`),
]

const sourceUser: ObjectDefinition = {
  name: 'User',
  supportedApis: [],
  metadata: [
    ...objectMetadata(true),
    { key: 'PropertyNameAccountEnabled', value: 'accountEnabled' },
    { key: 'PropertyNameSoftDeleted', value: 'IsSoftDeleted' },
  ],
  attributes: [
    plainAttribute('objectId', { anchor: true, mutability: 'ReadOnly' }),
    plainAttribute('IsSoftDeleted', { type: 'Boolean' }),
    plainAttribute('accountEnabled', { type: 'Boolean' }),
    ...sourceStrings.map((name) => plainAttribute(name)),
    plainAttribute('employeeHireDate', { type: 'DateTime' }),
    plainAttribute('createdDateTime', { type: 'DateTime' }),
    plainAttribute('proxyAddresses', { multivalued: true }),
    plainAttribute('otherMails', { multivalued: true }),
    plainAttribute('manager', {
      type: 'Reference',
      referencedObjects: [{ referencedObjectName: 'User', referencedProperty: null }],
    }),
    plainAttribute('appRoleAssignments', { type: 'Reference', multivalued: true }),
  ],
}

const sourceGroup: ObjectDefinition = {
  name: 'Group',
  supportedApis: [],
  metadata: objectMetadata(false),
  attributes: [
    plainAttribute('objectId', { anchor: true, mutability: 'ReadOnly' }),
    plainAttribute('displayName', { required: true }),
    plainAttribute('description'),
    plainAttribute('mail'),
    plainAttribute('mailNickname'),
    plainAttribute('mailEnabled', { type: 'Boolean' }),
    plainAttribute('securityEnabled', { type: 'Boolean' }),
    plainAttribute('members', {
      type: 'Reference',
      multivalued: true,
      referencedObjects: [{ referencedObjectName: 'User', referencedProperty: null }],
    }),
  ],
}

/**
 * The schema of a new Slack job. `id` is the job's; the group mapping may start switched off, as Microsoft's does. User names
 * are as mapped unless they are to be allotted.
 */
export function slackSchema(options: {
  readonly id: string
  readonly version: string
  readonly provisionGroups: boolean
  readonly userNames?: UserNamesMode['mode']
}): SynchronizationSchema {
  const schema = plainSchema(options)
  return options.userNames === 'allotted' ? withUserNames(schema, { mode: 'allotted', avoided: [] }) : schema
}

function plainSchema(options: {
  readonly id: string
  readonly version: string
  readonly provisionGroups: boolean
}): SynchronizationSchema {
  return {
    id: options.id,
    version: options.version,
    synchronizationRules: [
      {
        id: userGroupRuleId,
        name: 'USERGROUP_OUTBOUND_USERGROUP',
        priority: 1,
        editable: true,
        sourceDirectoryName,
        targetDirectoryName: slackDirectoryName,
        containerFilter: null,
        groupFilter: null,
        metadata: [{ key: 'supportsProvisionOnDemand', value: 'true' }],
        objectMappings: [
          {
            name: 'Provision Azure Active Directory Users',
            enabled: true,
            flowTypes: 'Add,Update,Delete',
            sourceObjectName: 'User',
            targetObjectName: 'User',
            scope: null,
            attributeMappings: userRows.filter(isMapped).map(mappingOf),
            metadata: mappingMetadata,
          },
          {
            name: 'Provision Azure Active Directory Groups',
            enabled: options.provisionGroups,
            flowTypes: 'Add,Update,Delete',
            sourceObjectName: 'Group',
            targetObjectName: 'Group',
            scope: null,
            attributeMappings: groupRows.filter(isMapped).map(mappingOf),
            metadata: mappingMetadata,
          },
        ],
      },
    ],
    directories: [
      {
        id: sourceDirectoryId,
        name: sourceDirectoryName,
        readOnly: true,
        version: null,
        discoverabilities: 'AttributeNames,AttributeDataTypes',
        discoveryDateTime: null,
        objects: [sourceUser, sourceGroup],
      },
      {
        id: slackDirectoryId,
        name: slackDirectoryName,
        readOnly: false,
        version: null,
        discoverabilities: 'AttributeNames,AttributeDataTypes',
        discoveryDateTime: null,
        objects: [
          {
            name: 'User',
            supportedApis: [],
            metadata: [
              ...objectMetadata(true),
              { key: 'PropertyNameAccountEnabled', value: 'active' },
              { key: 'PropertyNameSoftDeleted', value: 'active' },
            ],
            attributes: [plainAttribute('id', { anchor: true, mutability: 'ReadOnly' }), ...userRows.map(definitionOf)],
          },
          {
            name: 'Group',
            supportedApis: [],
            metadata: objectMetadata(false),
            attributes: [
              plainAttribute('id', { anchor: true, mutability: 'ReadOnly' }),
              ...groupRows.map(definitionOf),
            ],
          },
        ],
      },
    ],
  }
}

/** What a new job begins with, and what restoring the defaults brings back (spec 5.8). */
export function defaultSlackSchema(jobId: string, userNames: UserNamesMode['mode']): SynchronizationSchema {
  return withVersion(slackSchema({ id: jobId, version: '', provisionGroups: true, userNames }), jobId)
}

/*
 * Under which name the audit log tells of each route that changes something (spec 12.6). A route that is missing here keeps
 * the service from starting: whoever adds one says what it is called, or why there is nothing to tell.
 */
import type { FastifyRequest } from 'fastify'
import type { AuditActivity, AuditOperation } from '../vocabulary/index.ts'

export interface AuditedRoute {
  readonly activity: AuditActivity
  readonly operation: AuditOperation
  /** It changes something outside the store: told of when it has succeeded, unless a change in the store was told of already. */
  readonly isOutside?: true
  /** A person or group it names. */
  readonly principal?: (request: FastifyRequest) => unknown
  /** An account it names: administrators and auditors are not people of the directory. */
  readonly account?: (request: FastifyRequest) => unknown
  /** Members of the request that say what was asked for; never a secret. */
  readonly told?: readonly string[]
}

export interface UnauditedRoute {
  readonly changesNothing: string
}

const onlyEvaluates: UnauditedRoute = { changesNothing: 'it evaluates what it is given and stores nothing' }
const onlyTests: UnauditedRoute = { changesNothing: 'it asks the target a harmless question and stores nothing' }

const onlyReads: UnauditedRoute = {
  changesNothing: 'it reads the target and compares; what it found is kept in memory',
}

const alwaysRefused: UnauditedRoute = { changesNothing: 'it is refused, whoever asks' }

const bodyMember = (name: string) => (request: FastifyRequest) => memberOf(request.body, name)

export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

const clientSecrets = {
  activity: 'Update application – Certificates and secrets management',
  operation: 'Update',
} as const

const credentials = {
  activity: 'Update provisioning setting or credentials',
  operation: 'Update',
  isOutside: true,
} as const satisfies AuditedRoute

const settings = {
  activity: 'Update provisioning setting or credentials',
  operation: 'Update',
} as const satisfies AuditedRoute

const schema = { activity: 'Update attribute mappings or scope', operation: 'Update' } as const satisfies AuditedRoute

const accountOfPath = (request: FastifyRequest): unknown => memberOf(request.params, 'account')

export const auditedRoutes: Readonly<Record<string, AuditedRoute | UnauditedRoute>> = {
  'POST /jobs': { activity: 'Add provisioning configuration', operation: 'Add', told: ['name', 'userNames'] },
  'DELETE /jobs/:job': { activity: 'Delete provisioning configuration', operation: 'Delete' },
  'POST /jobs/:job/start': { activity: 'Enable/start provisioning configuration', operation: 'Update' },
  'POST /jobs/:job/pause': { activity: 'Disable/pause provisioning configuration', operation: 'Update' },
  'POST /jobs/:job/restart': {
    activity: 'Enable/restart provisioning configuration',
    operation: 'Update',
    told: ['criteria'],
  },
  'POST /jobs/:job/run': { activity: 'Run provisioning cycle', operation: 'Run' },
  'PATCH /jobs/:job/settings': settings,
  'PUT /jobs/:job/credentials': credentials,
  'PATCH /jobs/:job/connection': { ...settings, told: ['sharesWorkspace'] },
  'POST /slack/answer': credentials,
  'GET /slack/callback': credentials,
  'POST /slack/authorize': { changesNothing: 'it asks for consent; the answer is what changes something' },
  'POST /slack/probe': { activity: 'Probe target', operation: 'Run', isOutside: true, told: ['testUser'] },
  'POST /jobs/:job/validateCredentials': onlyTests,
  'POST /jobs/:job/discovery': onlyReads,
  'POST /jobs/:job/drift': onlyReads,
  'PUT /jobs/:job/schema': schema,
  'POST /jobs/:job/schema/restoreDefaults': schema,
  'POST /jobs/:job/schema/check': onlyEvaluates,
  'POST /jobs/:job/schema/populationDiff': onlyEvaluates,
  'PATCH /jobs/:job/names': schema,
  'POST /jobs/:job/expressions/try': onlyEvaluates,
  'POST /jobs/:job/assignments': {
    activity: 'Add app role assignment',
    operation: 'Assign',
    principal: bodyMember('name'),
  },
  'DELETE /jobs/:job/assignments': {
    activity: 'Remove app role assignment',
    operation: 'Unassign',
    principal: (request) => memberOf(request.query, 'name'),
  },
  'POST /jobs/:job/roles': { ...settings, told: ['displayName', 'value'] },
  'DELETE /jobs/:job/roles/:role': settings,
  'POST /jobs/:job/quarantine': { activity: 'Quarantine', operation: 'Update', told: ['because'] },
  'DELETE /jobs/:job/quarantine': { activity: 'Quarantine', operation: 'Update' },
  'POST /jobs/:job/links': alwaysRefused,
  'PUT /jobs/:job/links': alwaysRefused,
  'PATCH /jobs/:job/links': alwaysRefused,
  'POST /jobs/:job/links/:id': alwaysRefused,
  'PUT /jobs/:job/links/:id': alwaysRefused,
  'PATCH /jobs/:job/links/:id': alwaysRefused,
  'POST /jobs/:job/removals/allow': { activity: 'Allow deletes', operation: 'Update' },
  'DELETE /jobs/:job/links/:id': {
    activity: 'Remove object connection',
    operation: 'Delete',
    principal: (request) => memberOf(request.params, 'id'),
  },
  'POST /jobs/:job/provisionOnDemand': {
    activity: 'Provision on demand',
    operation: 'Run',
    isOutside: true,
    principal: bodyMember('name'),
    told: ['members', 'removals', 'parameters'],
  },
  // It is made while the answer is on its way: told of when it begins.
  'POST /jobs/:job/plans': { activity: 'Save plan', operation: 'Add', isOutside: true, told: ['kind', 'by'] },
  'POST /jobs/:job/plans/:plan/apply': { activity: 'Apply plan', operation: 'Run', told: ['plan', 'by'] },
  'POST /jobs/:job/plans/:plan/reject': { activity: 'Reject plan', operation: 'Update', told: ['plan', 'by'] },
  'POST /jobs/:job/undo': {
    activity: 'Plan undo',
    operation: 'Add',
    isOutside: true,
    told: ['cycle', 'person', 'since', 'by'],
  },
  'POST /jobs/:job/notifications/test': { activity: 'Send test notification', operation: 'Run', isOutside: true },
  'PUT /secrets/:name': { ...settings, told: ['name'] },
  'DELETE /secrets/:name': { ...settings, told: ['name'] },
  'POST /keys/rotate': { activity: 'Rotate master key', operation: 'Update', isOutside: true, told: ['keepOld'] },
  'POST /accounts': { activity: 'Add account', operation: 'Add', account: bodyMember('userPrincipalName') },
  'PATCH /accounts/:account': {
    activity: 'Update account',
    operation: 'Update',
    account: accountOfPath,
    told: ['displayName', 'isDisabled', 'externalIdentity'],
  },
  'DELETE /accounts/:account': { activity: 'Delete account', operation: 'Delete', account: accountOfPath },
  'PUT /accounts/:account/password': {
    activity: 'Set account password',
    operation: 'Update',
    account: accountOfPath,
  },
  'POST /accounts/:account/invitation': {
    activity: 'Invite account',
    operation: 'Update',
    account: accountOfPath,
    isOutside: true,
  },
  'DELETE /accounts/:account/passkeys/:passkey': {
    activity: 'Remove passkey',
    operation: 'Delete',
    account: accountOfPath,
    told: ['passkey'],
  },
  'POST /access': { activity: 'Add member to role', operation: 'Assign', told: ['name', 'role', 'app'] },
  'DELETE /access': { activity: 'Remove member from role', operation: 'Unassign', told: ['name', 'role', 'app'] },
  'POST /source/test': { changesNothing: 'it asks the tenant harmless questions and stores nothing' },
  'POST /source/confirm': { ...settings, told: ['missing'] },
  'POST /clients': { activity: 'Add client', operation: 'Add', told: ['displayName', 'permissions', 'expiresAt'] },
  'DELETE /clients/:client': { activity: 'Delete client', operation: 'Delete', told: ['client'] },
  'POST /signingKeys/replace': { activity: 'Replace signing key', operation: 'Update', isOutside: true },
  'POST /clients/:client/secrets': { ...clientSecrets, told: ['client', 'displayName', 'expiresAt'] },
  'DELETE /clients/:client/secrets/:key': { ...clientSecrets, told: ['client', 'key'] },
  'POST /clients/:client/permissions': {
    activity: 'Add app role assignment',
    operation: 'Assign',
    told: ['client', 'permissions'],
  },
  'DELETE /clients/:client/permissions/:permission': {
    activity: 'Remove app role assignment',
    operation: 'Unassign',
    told: ['client', 'permission'],
  },
  'POST /directory/import': { activity: 'Import directory', operation: 'Update', told: ['full', 'allowRemovals'] },
}

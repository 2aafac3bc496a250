/*
 * What every operation of Graph's part requires (graph-api.md 2.5 and 4.1). An operation that is missing here keeps the service
 * from starting. A list that is counted, narrowed to a type or answered as references requires what the list requires.
 */
import type { Action } from '../../access/index.ts'
import type { Store } from '../../store/store.ts'
import { byAssignment, byCredentials, byProgram } from './handed-on.ts'
import type { GraphRequest, Operation } from '../graph/operation.ts'

type Also = (request: GraphRequest, store: Store) => readonly Action[] | Promise<readonly Action[]>

/**
 * What is required, on the whole directory or on one object: the application or service principal of the first key, the
 * service principal that an assignment is for (named by the body, or by the assignment of the second key).
 */
export interface OperationAccess {
  readonly needs: readonly Action[]
  readonly on: 'everything' | 'application' | 'servicePrincipal' | 'assignedResource'
  /** One of these besides, on any application: the answer holds only what the caller may see. */
  readonly oneOf?: readonly Action[]
  /** What this request requires besides. */
  readonly also?: Also
  /** What the change would hand on to somebody else: held everywhere by whoever may make it. */
  readonly handsOn?: (request: GraphRequest, store: Store) => Promise<readonly Action[]>
}

/**
 * What an object of each type requires. Whoever may do it with some type is answered as if those of the others were not there;
 * with nothing of it, whatever is asked for is refused.
 */
export interface AccessByType {
  readonly byType: Readonly<Record<'User' | 'Group' | 'Application' | 'ServicePrincipal', readonly Action[]>>
}

const users = (rest: 'standard/read' | 'create' | 'delete' | 'basic/update' | 'manager/update'): Action =>
  `microsoft.directory/users/${rest}`
const groups = (
  rest: 'standard/read' | 'members/read' | 'create' | 'delete' | 'basic/update' | 'members/update' | 'owners/update',
): Action => `microsoft.directory/groups/${rest}`
const readAssignments: Action = 'microsoft.directory/servicePrincipals/appRoleAssignedTo/read'
const assign: Action = 'microsoft.directory/servicePrincipals/appRoleAssignedTo/update'
const readConfiguration: Action = 'microsoft.directory/servicePrincipals/synchronization/standard/read'
const manageJob: Action = 'microsoft.directory/servicePrincipals/synchronizationJobs/manage'
const manageSchema: Action = 'microsoft.directory/servicePrincipals/synchronizationSchema/manage'
const manageCredentials: Action = 'microsoft.directory/servicePrincipals/synchronizationCredentials/manage'

const manageRoles: Action = 'microsoft.directory/roleDefinitions/allProperties/allTasks'
const giveRoles: Action = 'microsoft.directory/roleAssignments/allProperties/allTasks'

const onEverything = (...needs: readonly Action[]): OperationAccess => ({ needs, on: 'everything' })
const onPrincipal = (...needs: readonly Action[]): OperationAccess => ({ needs, on: 'servicePrincipal' })
const onApplication = (...needs: readonly Action[]): OperationAccess => ({ needs, on: 'application' })
const seesOneOf = (...oneOf: readonly Action[]): OperationAccess => ({ needs: [], on: 'everything', oneOf })

/** Whoever is known may read it: the gallery, who the tenant is, who he is himself. */
const anybody: OperationAccess = { needs: [], on: 'everything' }

const readsByType: AccessByType['byType'] = {
  User: [users('standard/read')],
  Group: [groups('standard/read')],
  Application: ['microsoft.directory/applications/standard/read'],
  ServicePrincipal: ['microsoft.directory/servicePrincipals/standard/read'],
}

/** Names of a body's members, without case and without annotations. */
const names = (body: unknown): readonly string[] =>
  typeof body === 'object' && body !== null
    ? Object.keys(body).map((name) => name.toLowerCase().replace(/@.*$/, ''))
    : []

const whenBody =
  (named: readonly string[], needs: readonly Action[]): Also =>
  ({ body }) =>
    names(body).some((name) => named.includes(name)) ? needs : []

const credentials = ['passwordcredentials', 'keycredentials']

/** `$expand=members` tells who is in a group. */
const whenMembersExpanded: Also = ({ query }) => (/member/i.test(query.expand ?? '') ? [groups('members/read')] : [])

/** A scope that was narrowed takes effect with the restart, and setting the scope needs both permissions (acceptance 91). */
const whenScopeWaits: Also = async ({ keys }, { jobs }) => {
  const job = await jobs.get(keys[1]?.value ?? '')
  return job?.settings.scopeWaitsForRestart === true ? [manageCredentials] : []
}

/** Among the secrets are settings of the job, and the scope with them (acceptance 91). */
const whenSettingsAreSent: Also = ({ body }) =>
  /"(?:SyncAll|SyncNotificationSettings|SkipOutOfScopeDeletions)"/i.test(JSON.stringify(body ?? null))
    ? [manageJob]
    : []

const ofPrincipal = (set: 'users' | 'groups'): Readonly<Record<string, OperationAccess>> => {
  const assignments = `/${set}/{id}/appRoleAssignments`
  const onResource = (...needs: readonly Action[]): OperationAccess => ({ needs, on: 'assignedResource' })
  return {
    [`GET ${assignments}`]: onEverything(readAssignments),
    [`GET ${assignments}/{id}`]: onResource(readAssignments),
    [`POST ${assignments}`]: { ...onResource(assign), handsOn: byAssignment },
    [`DELETE ${assignments}/{id}`]: onResource(assign),
  }
}

const ofApplications = (
  set: 'applications' | 'servicePrincipals',
  onOne: typeof onApplication,
): Readonly<Record<string, OperationAccess>> => {
  const action = (
    rest: 'standard/read' | 'create' | 'delete' | 'basic/update' | 'credentials/update' | 'owners/update',
  ) => `microsoft.directory/${set}/${rest}` as const
  return {
    [`GET /${set}`]: seesOneOf(action('standard/read')),
    [`POST /${set}`]: onEverything(action('create')),
    [`GET /${set}/{id}`]: onOne(action('standard/read')),
    [`PATCH /${set}/{id}`]: {
      ...onOne(action('basic/update')),
      also: whenBody(credentials, [action('credentials/update')]),
      handsOn: byCredentials,
    },
    [`DELETE /${set}/{id}`]: onOne(action('delete')),
    [`POST /${set}/{id}/addPassword`]: { ...onOne(action('credentials/update')), handsOn: byProgram },
    [`POST /${set}/{id}/removePassword`]: onOne(action('credentials/update')),
    [`GET /${set}/{id}/owners`]: onOne(action('standard/read')),
    [`POST /${set}/{id}/owners/$ref`]: { ...onOne(action('owners/update')), handsOn: byProgram },
    [`DELETE /${set}/{id}/owners/{id}/$ref`]: onOne(action('owners/update')),
    [`DELETE /${set}/{id}/owners/{id}`]: onOne(action('owners/update')),
  }
}

const templates = (set: string, on: typeof onApplication): Readonly<Record<string, OperationAccess>> => ({
  [`GET /${set}/{id}/synchronization/templates`]: on(readConfiguration),
  [`GET /${set}/{id}/synchronization/templates/{id}`]: on(readConfiguration),
  [`GET /${set}/{id}/synchronization/templates/{id}/schema`]: on(readConfiguration),
})

/** Nothing is stored by it, and no secret is read: whoever reads mappings may ask what they mean. */
const language = (path: string): Readonly<Record<string, OperationAccess>> => ({
  [`GET ${path}/schema/filterOperators`]: onPrincipal(readConfiguration),
  [`GET ${path}/schema/functions`]: onPrincipal(readConfiguration),
  [`POST ${path}/schema/parseExpression`]: onPrincipal(readConfiguration),
})

const jobs = '/servicePrincipals/{id}/synchronization/jobs'

export const operationAccess: Readonly<Record<string, OperationAccess | AccessByType>> = {
  'GET /users': onEverything(users('standard/read')),
  'GET /users/delta': onEverything(users('standard/read')),
  'POST /users': onEverything(users('create')),
  'GET /users/{id}': onEverything(users('standard/read')),
  'PATCH /users/{id}': {
    ...onEverything(users('basic/update')),
    also: whenBody(['manager'], [users('manager/update')]),
  },
  'DELETE /users/{id}': onEverything(users('delete')),
  'GET /users/{id}/directReports': onEverything(users('standard/read')),
  'GET /users/{id}/manager': onEverything(users('standard/read')),
  'PUT /users/{id}/manager/$ref': onEverything(users('manager/update')),
  'DELETE /users/{id}/manager/$ref': onEverything(users('manager/update')),
  'GET /users/{id}/memberOf': onEverything(users('standard/read'), groups('members/read')),
  'GET /users/{id}/transitiveMemberOf': onEverything(users('standard/read'), groups('members/read')),
  'GET /users/{id}/ownedObjects': onEverything(users('standard/read')),
  ...ofPrincipal('users'),

  'GET /groups': { ...onEverything(groups('standard/read')), also: whenMembersExpanded },
  'GET /groups/delta': onEverything(groups('standard/read'), groups('members/read')),
  'POST /groups': onEverything(groups('create')),
  'GET /groups/{id}': { ...onEverything(groups('standard/read')), also: whenMembersExpanded },
  'PATCH /groups/{id}': {
    ...onEverything(groups('basic/update')),
    also: whenBody(['members'], [groups('members/update')]),
  },
  'DELETE /groups/{id}': onEverything(groups('delete')),
  'GET /groups/{id}/members': onEverything(groups('members/read')),
  'GET /groups/{id}/transitiveMembers': onEverything(groups('members/read')),
  'GET /groups/{id}/memberOf': onEverything(groups('members/read')),
  'GET /groups/{id}/transitiveMemberOf': onEverything(groups('members/read')),
  'GET /groups/{id}/owners': onEverything(groups('standard/read')),
  'POST /groups/{id}/members/$ref': onEverything(groups('members/update')),
  'DELETE /groups/{id}/members/{id}/$ref': onEverything(groups('members/update')),
  'DELETE /groups/{id}/members/{id}': onEverything(groups('members/update')),
  'POST /groups/{id}/owners/$ref': onEverything(groups('owners/update')),
  'DELETE /groups/{id}/owners/{id}/$ref': onEverything(groups('owners/update')),
  'DELETE /groups/{id}/owners/{id}': onEverything(groups('owners/update')),
  ...ofPrincipal('groups'),

  ...ofApplications('applications', onApplication),
  ...ofApplications('servicePrincipals', onPrincipal),
  'GET /servicePrincipals/{id}/appRoleAssignedTo': onPrincipal(readAssignments),
  'GET /servicePrincipals/{id}/appRoleAssignedTo/{id}': onPrincipal(readAssignments),
  'POST /servicePrincipals/{id}/appRoleAssignedTo': { ...onPrincipal(assign), handsOn: byAssignment },
  'DELETE /servicePrincipals/{id}/appRoleAssignedTo/{id}': onPrincipal(assign),
  'GET /servicePrincipals/{id}/appRoleAssignments/{id}': onPrincipal(
    'microsoft.directory/servicePrincipals/standard/read',
  ),
  'POST /servicePrincipals/{id}/appRoleAssignments': {
    needs: [assign],
    on: 'assignedResource',
    handsOn: byAssignment,
  },
  'DELETE /servicePrincipals/{id}/appRoleAssignments/{id}': {
    needs: [assign],
    on: 'assignedResource',
  },
  'GET /servicePrincipals/{id}/appRoleAssignments': onPrincipal('microsoft.directory/servicePrincipals/standard/read'),
  'GET /applicationTemplates': anybody,
  'GET /applicationTemplates/{id}': anybody,
  'POST /applicationTemplates/{id}/instantiate': onEverything('microsoft.directory/applicationTemplates/instantiate'),

  'GET /organization': anybody,
  'GET /organization/{id}': anybody,
  'GET /domains': anybody,
  'GET /domains/{id}': anybody,
  'GET /me': anybody,
  'GET /directory/deletedItems': anybody,
  'GET /directory/deletedItems/microsoft.graph.User': onEverything(users('standard/read')),
  'GET /directory/deletedItems/microsoft.graph.Group': onEverything(groups('standard/read')),
  'GET /directory/deletedItems/microsoft.graph.Application': seesOneOf(
    'microsoft.directory/applications/standard/read',
  ),
  'GET /directory/deletedItems/microsoft.graph.ServicePrincipal': seesOneOf(
    'microsoft.directory/servicePrincipals/standard/read',
  ),
  'GET /directory/deletedItems/{id}': { byType: readsByType },
  'POST /directory/deletedItems/{id}/restore': {
    byType: {
      User: ['microsoft.directory/deletedItems.users/restore'],
      Group: ['microsoft.directory/deletedItems.groups/restore'],
      Application: ['microsoft.directory/deletedItems.applications/restore'],
      ServicePrincipal: ['microsoft.directory/deletedItems.applications/restore'],
    },
  },
  'DELETE /directory/deletedItems/{id}': {
    byType: {
      User: ['microsoft.directory/deletedItems.users/delete'],
      Group: ['microsoft.directory/deletedItems.groups/delete'],
      Application: ['microsoft.directory/deletedItems.applications/delete'],
      ServicePrincipal: ['microsoft.directory/deletedItems.applications/delete'],
    },
  },
  'GET /directoryObjects/{id}': { byType: readsByType },
  'GET /roleManagement/directory/roleDefinitions': onEverything('microsoft.directory/roleDefinitions/standard/read'),
  'GET /roleManagement/directory/roleDefinitions/{id}': onEverything(
    'microsoft.directory/roleDefinitions/standard/read',
  ),
  'POST /roleManagement/directory/roleDefinitions': onEverything(manageRoles),
  'PATCH /roleManagement/directory/roleDefinitions/{id}': onEverything(manageRoles),
  'DELETE /roleManagement/directory/roleDefinitions/{id}': onEverything(manageRoles),
  'GET /roleManagement/directory/roleAssignments': onEverything('microsoft.directory/roleAssignments/standard/read'),
  'GET /roleManagement/directory/roleAssignments/{id}': onEverything(
    'microsoft.directory/roleAssignments/standard/read',
  ),
  'POST /roleManagement/directory/roleAssignments': onEverything(giveRoles),
  'DELETE /roleManagement/directory/roleAssignments/{id}': onEverything(giveRoles),
  'POST /directoryObjects/getByIds': seesOneOf(...new Set(Object.values(readsByType).flat())),

  ...templates('servicePrincipals', onPrincipal),
  ...templates('applications', onApplication),
  [`GET ${jobs}`]: onPrincipal(readConfiguration),
  [`POST ${jobs}`]: onPrincipal(manageSchema),
  [`GET ${jobs}/{id}`]: onPrincipal(readConfiguration),
  [`DELETE ${jobs}/{id}`]: onPrincipal(manageSchema, manageJob),
  [`POST ${jobs}/{id}/start`]: onPrincipal(manageJob),
  [`POST ${jobs}/{id}/pause`]: onPrincipal(manageJob),
  [`POST ${jobs}/{id}/restart`]: { ...onPrincipal(manageJob), also: whenScopeWaits },
  [`GET ${jobs}/{id}/schema`]: onPrincipal(readConfiguration),
  [`PUT ${jobs}/{id}/schema`]: onPrincipal(manageSchema),
  [`PATCH ${jobs}/{id}/schema`]: onPrincipal(manageSchema),
  [`DELETE ${jobs}/{id}/schema`]: onPrincipal(manageSchema),
  [`POST ${jobs}/{id}/schema/directories/{id}/discover`]: onPrincipal(manageSchema),
  'GET /servicePrincipals/{id}/synchronization': onPrincipal(readConfiguration),
  'PUT /servicePrincipals/{id}/synchronization': { ...onPrincipal(manageCredentials), also: whenSettingsAreSent },
  'GET /servicePrincipals/{id}/synchronization/secrets': onPrincipal(readConfiguration),
  'PUT /servicePrincipals/{id}/synchronization/secrets': {
    ...onPrincipal(manageCredentials),
    also: whenSettingsAreSent,
  },
  'POST /servicePrincipals/{id}/synchronization/acquireAccessToken': onPrincipal(manageCredentials),
  [`POST ${jobs}/validateCredentials`]: onPrincipal(manageCredentials),
  [`POST ${jobs}/{id}/validateCredentials`]: onPrincipal(manageCredentials),
  [`POST ${jobs}/{id}/provisionOnDemand`]: onPrincipal(manageJob),
  ...language(`${jobs}/{id}`),
  ...language('/servicePrincipals/{id}/synchronization/templates/{id}'),

  'GET /auditLogs/provisioning': seesOneOf('microsoft.directory/provisioningLogs/allProperties/read'),
  'GET /auditLogs/provisioning/{id}': seesOneOf('microsoft.directory/provisioningLogs/allProperties/read'),
  'GET /auditLogs/directoryAudits': onEverything('microsoft.directory/auditLogs/allProperties/read'),
  'GET /auditLogs/directoryAudits/{id}': onEverything('microsoft.directory/auditLogs/allProperties/read'),
}

/** The line of the table that an operation goes by. */
export function accessKey({ method, template }: Pick<Operation, 'method' | 'template'>): string {
  if (method !== 'GET') return `${method} ${template}`
  const list = template.replace(/\/\$(?:count|ref)$/, '').replace(/(\{id\}\/\w+)\/microsoft\.graph\.\w+$/, '$1')
  return `GET ${list}`
}

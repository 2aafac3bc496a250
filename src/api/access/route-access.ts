/*
 * What every route of `/muster/v1` requires (issue 6 item 4); operation-access.ts has Graph's operations. A route that is
 * missing here keeps the service from starting: whoever adds one says what it requires, and on what. docs/roles.md shows which
 * role has it.
 */
import type { FastifyRequest } from 'fastify'
import type { Action } from '../../access/index.ts'
import type { SynchronizationJob } from '../../vocabulary/index.ts'

/** Where nobody need be known, and why. */
export interface OpenAccess {
  readonly isOpen: string
}

export interface MusterAccess {
  /** All of these. */
  readonly needs: readonly Action[]
  /**
   * On the whole directory; on the application of the job that the path names; or on some application: then the answer
   * holds only what the caller may see, or refuses itself.
   */
  readonly on: 'everything' | 'job' | 'visible'
  /** What this request requires besides, when its body or the job says so. */
  readonly also?: (request: FastifyRequest, job: SynchronizationJob | null) => readonly Action[]
}

const synchronization = <Rest extends string>(rest: Rest): `microsoft.directory/servicePrincipals/${Rest}` =>
  `microsoft.directory/servicePrincipals/${rest}`

const readConfiguration: readonly Action[] = [synchronization('synchronization/standard/read')]
const manageJob: readonly Action[] = [synchronization('synchronizationJobs/manage')]
const manageSchema: readonly Action[] = [synchronization('synchronizationSchema/manage')]
const manageCredentials: readonly Action[] = [synchronization('synchronizationCredentials/manage')]
const readLog: readonly Action[] = ['microsoft.directory/provisioningLogs/allProperties/read']
const readAudit: readonly Action[] = ['microsoft.directory/auditLogs/allProperties/read']
const readAssignments: readonly Action[] = [synchronization('appRoleAssignedTo/read')]
const assign: readonly Action[] = [synchronization('appRoleAssignedTo/update')]
const readRoles: readonly Action[] = [
  'microsoft.directory/roleAssignments/standard/read',
  'microsoft.directory/roleDefinitions/standard/read',
]
const giveRoles: readonly Action[] = ['microsoft.directory/roleAssignments/allProperties/allTasks']
const readAccounts: readonly Action[] = ['muster/accounts/standard/read']
const manageAccounts: readonly Action[] = ['muster/accounts/manage']
const readTarget: readonly Action[] = ['muster/targetAccounts/read']

// What a client or a secret of it would hand on is asked besides (muster/clients.ts).
const readClients: readonly Action[] = [
  'microsoft.directory/applications/standard/read',
  'microsoft.directory/servicePrincipals/standard/read',
]
const manageClientSecrets: readonly Action[] = ['microsoft.directory/applications/credentials/update']

const onJob = (needs: readonly Action[], also?: MusterAccess['also']): MusterAccess => ({
  needs,
  on: 'job',
  ...(also === undefined ? {} : { also }),
})
const onEverything = (needs: readonly Action[]): MusterAccess => ({ needs, on: 'everything' })
const whereVisible = (needs: readonly Action[]): MusterAccess => ({ needs, on: 'visible' })

const has = (body: unknown, name: string): boolean => typeof body === 'object' && body !== null && name in body

/** Settings that say who is in scope at all. */
const scopeSettings = ['syncAll', 'defaultAccessIsEntitled']

/** Setting the scope needs the job and the credentials permission, by whatever route (spec section 16, acceptance 91). */
const whenScopeIsSet: MusterAccess['also'] = ({ body }) =>
  scopeSettings.some((name) => has(body, name)) ? manageCredentials : []

/** A scope that was narrowed takes effect with the restart. */
const whenScopeWaits: MusterAccess['also'] = (_, job) =>
  job?.settings.scopeWaitsForRestart === true ? manageCredentials : []

export const routeAccess: Readonly<Record<string, MusterAccess | OpenAccess>> = {
  'GET /health': { isOpen: 'it says only that the service answers' },
  'GET /openapi.json': { isOpen: 'it describes the routes, and nothing of this installation' },
  'GET /graph-openapi.json': { isOpen: 'it describes the operations, and nothing of this installation' },
  'GET /docs': { isOpen: 'it describes routes and operations, and nothing of this installation' },
  'GET /slack/callback': { isOpen: 'a browser comes from Slack; the state it brings along says whose consent it is' },

  // Who is known may know as whom.
  'GET /whoami': onEverything([]),
  'GET /status': whereVisible(readConfiguration),
  'GET /jobs/:job': onJob(readConfiguration),
  'GET /jobs/:job/progress': onJob(readConfiguration),
  'POST /jobs': onEverything([...manageSchema, 'microsoft.directory/applicationTemplates/instantiate']),
  'DELETE /jobs/:job': onJob([...manageSchema, ...manageJob]),
  'POST /jobs/:job/start': onJob(manageJob),
  'POST /jobs/:job/pause': onJob(manageJob),
  'POST /jobs/:job/restart': onJob(manageJob, whenScopeWaits),
  'POST /jobs/:job/run': onJob(manageJob),
  'POST /jobs/:job/provisionOnDemand': onJob(manageJob),
  'PATCH /jobs/:job/settings': onJob(manageJob, whenScopeIsSet),
  'GET /jobs/:job/quarantine': onJob(readConfiguration),
  'POST /jobs/:job/quarantine': onJob(manageJob),
  'DELETE /jobs/:job/quarantine': onJob(manageJob),
  'GET /jobs/:job/notifications': onJob(readConfiguration),
  'POST /jobs/:job/notifications/test': onJob(manageJob),
  'GET /jobs/:job/removals': onJob(readConfiguration),
  'POST /jobs/:job/removals/allow': onJob(['muster/removals/allow']),

  'GET /jobs/:job/credentials': onJob(readConfiguration),
  'PUT /jobs/:job/credentials': onJob(manageCredentials),
  'POST /jobs/:job/validateCredentials': onJob(manageCredentials),
  'PATCH /jobs/:job/connection': onJob(manageCredentials),
  'POST /slack/authorize': onEverything(manageCredentials),
  'GET /slack/authorize/:state': onEverything(manageCredentials),
  'POST /slack/answer': onEverything(manageCredentials),
  'POST /slack/probe': onEverything(manageCredentials),

  'GET /source': onEverything(readConfiguration),
  'POST /source/test': onEverything(manageCredentials),
  'POST /source/confirm': onEverything(['muster/removals/allow']),

  'GET /jobs/:job/schema': onJob(readConfiguration),
  'PUT /jobs/:job/schema': onJob(manageSchema),
  'POST /jobs/:job/schema/check': onJob(readConfiguration),
  'POST /jobs/:job/schema/restoreDefaults': onJob(manageSchema),
  'POST /jobs/:job/schema/populationDiff': onJob(readConfiguration),
  'GET /jobs/:job/names': onJob(readConfiguration),
  'PATCH /jobs/:job/names': onJob(manageSchema),
  'GET /jobs/:job/completion': onJob(readConfiguration),
  'POST /jobs/:job/expressions/try': onJob(readConfiguration),

  'GET /jobs/:job/assignments': onJob(readAssignments),
  'POST /jobs/:job/assignments': onJob(assign),
  'DELETE /jobs/:job/assignments': onJob(assign),
  'GET /jobs/:job/roles': onJob(readAssignments),
  'POST /jobs/:job/roles': onJob([synchronization('basic/update')]),
  'DELETE /jobs/:job/roles/:role': onJob([synchronization('basic/update')]),

  'GET /jobs/:job/why': onJob(readConfiguration),
  'GET /jobs/:job/links': onJob(readConfiguration),
  'GET /jobs/:job/links/:id': onJob(readConfiguration),
  'DELETE /jobs/:job/links/:id': onJob(['muster/links/delete']),
  'POST /jobs/:job/links': onJob(['muster/links/delete']),
  'PUT /jobs/:job/links': onJob(['muster/links/delete']),
  'PATCH /jobs/:job/links': onJob(['muster/links/delete']),
  'POST /jobs/:job/links/:id': onJob(['muster/links/delete']),
  'PUT /jobs/:job/links/:id': onJob(['muster/links/delete']),
  'PATCH /jobs/:job/links/:id': onJob(['muster/links/delete']),
  'GET /jobs/:job/discovery': onJob(readTarget),
  'POST /jobs/:job/discovery': onJob(readTarget),
  'GET /jobs/:job/drift': onJob(readTarget),
  'POST /jobs/:job/drift': onJob(readTarget),

  'GET /jobs/:job/plan': onJob(readConfiguration),
  'GET /jobs/:job/plans': onJob(readConfiguration),
  'GET /jobs/:job/plans/:plan': onJob(readConfiguration),
  'GET /jobs/:job/plans/:plan/writes': onJob(readConfiguration),
  'GET /jobs/:job/plans/:plan/clusters': onJob(readConfiguration),
  'POST /jobs/:job/plans': onJob(['muster/plans/create']),
  'POST /jobs/:job/plans/:plan/apply': onJob(['muster/plans/apply']),
  'POST /jobs/:job/plans/:plan/reject': onJob(['muster/plans/apply']),
  'POST /jobs/:job/undo': onJob(['muster/undo/create']),

  'GET /log': whereVisible(readLog),
  'GET /log/position': whereVisible(readLog),
  'GET /log/export': whereVisible(readLog),
  'GET /log/stream': whereVisible(readLog),
  'GET /log/:id': whereVisible(readLog),
  'GET /audit': onEverything(readAudit),
  'GET /audit/verify': onEverything(readAudit),
  'GET /audit/export': onEverything(readAudit),
  'GET /audit/:id': onEverything(readAudit),

  'GET /directory/objects': onEverything([
    'microsoft.directory/users/standard/read',
    'microsoft.directory/groups/standard/read',
  ]),
  // Of the jobs it tells only those the caller may see.
  'GET /people': onEverything([
    'microsoft.directory/users/standard/read',
    'microsoft.directory/groups/standard/read',
    'microsoft.directory/groups/members/read',
  ]),
  'POST /directory/import': onEverything(['muster/directory/import']),

  'GET /access': onEverything(readRoles),
  'GET /access/roles': onEverything(readRoles),
  'GET /access/of/:principal': onEverything(readRoles),
  'POST /access': onEverything(giveRoles),
  'DELETE /access': onEverything(giveRoles),
  'GET /accounts': onEverything(readAccounts),
  'GET /accounts/:account': onEverything(readAccounts),
  'POST /accounts': onEverything(manageAccounts),
  'PATCH /accounts/:account': onEverything(manageAccounts),
  'DELETE /accounts/:account': onEverything(manageAccounts),
  'PUT /accounts/:account/password': onEverything(manageAccounts),
  'POST /accounts/:account/invitation': onEverything(manageAccounts),
  'DELETE /accounts/:account/passkeys/:passkey': onEverything(manageAccounts),
  'GET /secrets': onEverything(readConfiguration),
  'PUT /secrets/:name': onEverything(manageCredentials),
  'DELETE /secrets/:name': onEverything(manageCredentials),
  'GET /clients': onEverything(readClients),
  'GET /clients/:client': onEverything(readClients),
  'POST /clients': onEverything([
    'microsoft.directory/applications/create',
    'microsoft.directory/servicePrincipals/create',
    ...manageClientSecrets,
  ]),
  'DELETE /clients/:client': onEverything([
    'microsoft.directory/applications/delete',
    'microsoft.directory/servicePrincipals/delete',
  ]),
  'POST /clients/:client/secrets': onEverything(manageClientSecrets),
  'DELETE /clients/:client/secrets/:key': onEverything(manageClientSecrets),
  'POST /clients/:client/permissions': onEverything(assign),
  'DELETE /clients/:client/permissions/:permission': onEverything(assign),
  'POST /signingKeys/replace': onEverything(['muster/keys/rotate']),
  'GET /keys': onEverything(['muster/keys/standard/read']),
  'POST /keys/rotate': onEverything(['muster/keys/rotate']),
}

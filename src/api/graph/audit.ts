/*
 * Under which name the audit log tells of each operation that changes something: Entra's own names. An operation that is
 * missing here keeps the service from starting.
 */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { auditEntry, audited } from '../../cycle/index.ts'
import type { AuditActivity, AuditOperation, AuditTarget, SynchronizationJob } from '../../vocabulary/index.ts'
import { identifiedBy, initiatorOf } from '../caller.ts'
import type { ApiPorts } from '../ports.ts'
import { idOfLink } from './bodies.ts'
import type { Answer, GraphRequest, Operation } from './operation.ts'

/** `outside`: it changes something beyond the store, and is told of when it has succeeded. */
type Told = readonly [activity: AuditActivity, operation: AuditOperation, where?: 'outside']

const changesNothing = null

const ofSet = (set: string, noun: string): readonly (readonly [string, Told])[] => [
  [`POST /${set}`, [`Add ${noun}` as AuditActivity, 'Add']],
  [`PATCH /${set}/{id}`, [`Update ${noun}` as AuditActivity, 'Update']],
  [`DELETE /${set}/{id}`, [`Delete ${noun}` as AuditActivity, 'Delete']],
]

const ofLinks = (
  set: string,
  relation: 'member' | 'owner',
  noun: string,
): readonly (readonly [string, Told | null])[] => [
  [`POST /${set}/{id}/${relation}s/$ref`, [`Add ${relation} to ${noun}` as AuditActivity, 'Assign']],
  [`DELETE /${set}/{id}/${relation}s/{id}/$ref`, [`Remove ${relation} from ${noun}` as AuditActivity, 'Unassign']],
  // Refused, whoever asks.
  [`DELETE /${set}/{id}/${relation}s/{id}`, changesNothing],
]

const ofAssignments = (template: string): readonly (readonly [string, Told])[] => [
  [`POST ${template}`, ['Add app role assignment', 'Assign']],
  [`DELETE ${template}/{id}`, ['Remove app role assignment', 'Unassign']],
]

const ofSecrets = (set: string, noun: 'application' | 'service principal'): readonly (readonly [string, Told])[] =>
  ['addPassword', 'removePassword'].map((action) => [
    `POST /${set}/{id}/${action}`,
    [`Update ${noun} – Certificates and secrets management`, 'Update'],
  ])

const names: ReadonlyMap<string, Told | null> = new Map<string, Told | null>([
  ...ofSet('users', 'user'),
  ...ofSet('groups', 'group'),
  ...ofSet('applications', 'application'),
  ...ofSet('servicePrincipals', 'service principal'),
  ...ofLinks('groups', 'member', 'group'),
  ...ofLinks('groups', 'owner', 'group'),
  ...ofLinks('applications', 'owner', 'application'),
  ...ofLinks('servicePrincipals', 'owner', 'service principal'),
  ...ofAssignments('/servicePrincipals/{id}/appRoleAssignedTo'),
  ...ofAssignments('/users/{id}/appRoleAssignments'),
  ...ofAssignments('/groups/{id}/appRoleAssignments'),
  ...ofAssignments('/servicePrincipals/{id}/appRoleAssignments'),
  ...ofSecrets('applications', 'application'),
  ...ofSecrets('servicePrincipals', 'service principal'),
  ['PUT /users/{id}/manager/$ref', ['Set user manager', 'Update']],
  ['DELETE /users/{id}/manager/$ref', ['Set user manager', 'Update']],
  ['POST /directory/deletedItems/{id}/restore', ['Restore deleted object', 'Update']],
  ['DELETE /directory/deletedItems/{id}', ['Hard delete object', 'Delete']],
  ['POST /applicationTemplates/{id}/instantiate', ['Add service principal', 'Add']],
  ...ofSet('roleManagement/directory/roleDefinitions', 'role definition'),
  ['POST /roleManagement/directory/roleAssignments', ['Add member to role', 'Assign']],
  ['DELETE /roleManagement/directory/roleAssignments/{id}', ['Remove member from role', 'Unassign']],
  ['POST /directoryObjects/getByIds', changesNothing],
  ['POST /servicePrincipals/{id}/synchronization/jobs', ['Add provisioning configuration', 'Add']],
  ['DELETE /servicePrincipals/{id}/synchronization/jobs/{id}', ['Delete provisioning configuration', 'Delete']],
  [
    'POST /servicePrincipals/{id}/synchronization/jobs/{id}/start',
    ['Enable/start provisioning configuration', 'Update'],
  ],
  [
    'POST /servicePrincipals/{id}/synchronization/jobs/{id}/pause',
    ['Disable/pause provisioning configuration', 'Update'],
  ],
  ...['', '/secrets'].map((part): readonly [string, Told] => [
    `PUT /servicePrincipals/{id}/synchronization${part}`,
    ['Update provisioning setting or credentials', 'Update'],
  ]),
  ['POST /servicePrincipals/{id}/synchronization/jobs/{id}/validateCredentials', changesNothing],
  ['POST /servicePrincipals/{id}/synchronization/jobs/validateCredentials', changesNothing],
  [
    'POST /servicePrincipals/{id}/synchronization/acquireAccessToken',
    ['Update provisioning setting or credentials', 'Update', 'outside'],
  ],
  [
    'POST /servicePrincipals/{id}/synchronization/jobs/{id}/provisionOnDemand',
    ['Provision on demand', 'Run', 'outside'],
  ],
  ...['PUT', 'PATCH', 'DELETE'].map((method): readonly [string, Told] => [
    `${method} /servicePrincipals/{id}/synchronization/jobs/{id}/schema`,
    ['Update attribute mappings or scope', 'Update'],
  ]),
  ['POST /servicePrincipals/{id}/synchronization/jobs/{id}/schema/parseExpression', changesNothing],
  ['POST /servicePrincipals/{id}/synchronization/templates/{id}/schema/parseExpression', changesNothing],
  ['POST /servicePrincipals/{id}/synchronization/jobs/{id}/schema/directories/{id}/discover', changesNothing],
  [
    'POST /servicePrincipals/{id}/synchronization/jobs/{id}/restart',
    ['Enable/restart provisioning configuration', 'Update'],
  ],
])

export function refuseNameless(operations: readonly Operation[]): void {
  const nameless = operations
    .map(({ method, template }) => `${method} ${template}`)
    .filter((key) => !key.startsWith('GET ') && !names.has(key))
  if (nameless.length > 0)
    throw new Error(
      `${nameless.join(', ')}: this may change something, and the audit log has no name for it. Add it to src/api/graph/audit.ts.`,
    )
}

/** What the audit log calls it; `null`: it changes nothing. */
export function changeOf({
  method,
  template,
}: Operation): { activity: AuditActivity; operation: AuditOperation } | null {
  const told = names.get(`${method} ${template}`) ?? null
  return told === null ? null : { activity: told[0], operation: told[1] }
}

export async function withAudit(
  ports: ApiPorts,
  operation: Operation,
  request: GraphRequest,
  caller: FastifyRequest,
): Promise<Answer> {
  const told = names.get(`${operation.method} ${operation.template}`) ?? null
  if (told === null) return await operation.handle(request)
  const [activity, kind, where] = told
  const job = await jobOf(ports, operation, request)
  const act = {
    activity,
    operation: kind,
    initiatedBy: initiatorOf(caller),
    correlationId: ports.cycle.newId(),
    job,
    targets: targetsOf(operation, request, job),
    details: () => [
      { key: 'Properties', value: namesIn(request.body).slice(0, 50).join(', ') },
      { key: 'Identified by', value: identifiedBy(caller) },
    ],
  }
  let hasTold = false
  const telling = {
    ...ports.cycle,
    newId: () => {
      hasTold = true
      return ports.cycle.newId()
    },
  }
  const answer = await audited(telling, act, () => operation.handle(request))
  if (where === 'outside' && !hasTold) {
    const after = job === null ? null : await ports.cycle.store.jobs.get(job.jobId)
    await ports.cycle.store.audit.append(auditEntry(ports.cycle, act, { after }))
  }
  return answer
}

const typeOfSet: Readonly<Record<string, string>> = {
  users: 'User',
  groups: 'Group',
  applications: 'Application',
  servicePrincipals: 'ServicePrincipal',
}

/** The job an address names, or whose secrets it names, as it is before. */
async function jobOf(
  { cycle: { store } }: ApiPorts,
  { template, method }: Operation,
  { keys }: GraphRequest,
): Promise<SynchronizationJob | null> {
  if (method === 'PUT' && /\/synchronization(?:\/secrets)?$/.test(template)) {
    const owner = keys[0]?.value.toLowerCase()
    return (await store.jobs.list()).find(({ servicePrincipalId }) => servicePrincipalId === owner) ?? null
  }
  if (!template.includes('/synchronization/jobs/{id}')) return null
  const named = keys[1]?.value.toLowerCase()
  return (await store.jobs.list()).find(({ jobId }) => jobId.toLowerCase() === named) ?? null
}

/** Whom the address names, and whom the body refers to; a job is told of by itself. */
function targetsOf(
  { template }: Operation,
  { keys, body }: GraphRequest,
  job: SynchronizationJob | null,
): readonly AuditTarget[] {
  const type = typeOfSet[template.split('/')[1] ?? ''] ?? 'Other'
  const others = job === null ? keys : keys.slice(0, 1)
  const named = others.map(({ value }, at) => target(value, null, at === 0 ? type : 'Other'))
  const reference = textIn(body, '@odata.id')
  const principal = textIn(body, 'principalId')
  return [
    ...(keys.length === 0 ? [target(null, textIn(body, 'displayName'), type)] : named),
    ...(reference === null ? [] : [target(idOfLink(reference), null, 'Other')]),
    ...(principal === null ? [] : [target(principal, null, 'Other')]),
    ...subjectsIn(body).map((id) => target(id, null, 'Other')),
  ]
}

const target = (id: string | null, displayName: string | null, type: string): AuditTarget => ({
  id: id?.slice(0, 200) ?? null,
  displayName: displayName?.slice(0, 256) ?? null,
  type,
  modifiedProperties: [],
})

/** Whom provisioning on demand is asked for. */
function subjectsIn(body: unknown): readonly string[] {
  const subjects = z.object({
    parameters: z.array(z.object({ subjects: z.array(z.object({ objectId: z.string() })) })),
  })
  const { data } = subjects.safeParse(body)
  return data?.parameters.flatMap((each) => each.subjects.map(({ objectId }) => objectId)) ?? []
}

function textIn(body: unknown, name: string): string | null {
  if (typeof body !== 'object' || body === null) return null
  const value = (body as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : null
}

/** Names alone: values may be secrets. */
const namesIn = (body: unknown): readonly string[] =>
  typeof body === 'object' && body !== null
    ? Object.entries(body).flatMap(([name, value]) => (name.startsWith('@') ? [] : [name, ...keysIn(value)]))
    : []

/** Keys of secrets, so that it shows which of them were set. */
const keysIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? (value as readonly unknown[]).flatMap((item) => textIn(item, 'key')?.slice(0, 100) ?? []) : []

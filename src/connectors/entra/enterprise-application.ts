/*
 * The tenant's enterprise application whose assignments count, and these assignments (graph-api.md 3.6 and 5.3): no delta query
 * tells of them, so they are read whole each time.
 */
import type { MirroredAssignment } from '../../directory/index.ts'
import { ConnectorError, defaultAccessRoleId, type ObjectTypeName } from '../../vocabulary/index.ts'
import { refusalOf, type GraphClient, type Json } from './graph-client.ts'
import { readList } from './read-list.ts'

export interface EnterpriseApplication {
  readonly id: string
  readonly appId: string
  readonly displayName: string
  readonly roles: ReadonlyMap<string, { readonly displayName: string; readonly value: string | null }>
}

const select = '$select=id,appId,displayName,appRoles'
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function applicationOf(json: Json): EnterpriseApplication {
  const roles = Array.isArray(json['appRoles']) ? (json['appRoles'] as readonly Json[]) : []
  return {
    id: text(json['id']),
    appId: text(json['appId']),
    displayName: text(json['displayName']),
    roles: new Map(
      roles.map((role) => [
        text(role['id']),
        { displayName: text(role['displayName']), value: typeof role['value'] === 'string' ? role['value'] : null },
      ]),
    ),
  }
}

/** By object id, by app id (client id), or by the one that is called so. */
export async function findApplication(client: GraphClient, wanted: string): Promise<EnterpriseApplication> {
  if (guid.test(wanted)) {
    const byId = await client.read(`/servicePrincipals/${wanted}?${select}`)
    if (byId.status === 200) return applicationOf(byId.body)
    if (byId.status !== 404) throw refusalOf(byId, 'its enterprise applications')
  }
  const quoted = encodeURIComponent(wanted.replaceAll("'", "''"))
  const filter = guid.test(wanted) ? `appId%20eq%20'${quoted}'` : `displayName%20eq%20'${quoted}'`
  const found =
    (await readList(client, `/servicePrincipals?$filter=${filter}&${select}`, 'its enterprise applications')) ?? []
  const [only] = found
  if (only !== undefined && found.length === 1) return applicationOf(only)
  const which = found.map((each) => text(each['id'])).join(', ')
  throw new ConnectorError(
    found.length === 0
      ? `The tenant has no enterprise application "${wanted}", whose assignments would say who gets an account. Set MUSTER_ENTRA_APPLICATION to its object id, its application id or its name.`
      : `The tenant has ${String(found.length)} enterprise applications called "${wanted}" (${which}). Set MUSTER_ENTRA_APPLICATION to the object id of the one that is meant.`,
    { code: 'UnprocessableEntity', scope: 'job', retry: 'nextCycle' },
  )
}

function typeOfPrincipal(json: Json): ObjectTypeName | null {
  const type = text(json['principalType'])
  return type === 'User' || type === 'Group' ? type : null
}

/** Whole or not at all; those of programs are left out. */
export async function readAssignments(
  client: GraphClient,
  application: EnterpriseApplication,
): Promise<readonly MirroredAssignment[]> {
  const list = await readList(
    client,
    `/servicePrincipals/${application.id}/appRoleAssignedTo?$top=999`,
    'the assignments of the enterprise application',
  )
  if (list === null)
    throw new ConnectorError(
      `The enterprise application ${application.displayName} (${application.id}) is no longer in the tenant, so nobody knows who is assigned. Nobody is taken out because of that. Set MUSTER_ENTRA_APPLICATION to the one that is there now.`,
      { code: 'UnprocessableEntity', scope: 'job', retry: 'nextCycle' },
    )
  const byId = new Map<string, MirroredAssignment>()
  for (const json of list) {
    const principalType = typeOfPrincipal(json)
    const principalId = text(json['principalId'])
    if (principalType === null || principalId === '') continue
    const appRoleId = text(json['appRoleId'])
    const role = application.roles.get(appRoleId)
    const createdAt = Date.parse(text(json['createdDateTime']))
    byId.set(text(json['id']), {
      assignmentId: text(json['id']),
      principalId,
      principalType,
      appRoleId,
      appRoleDisplayName: role?.displayName ?? (appRoleId === defaultAccessRoleId ? 'Default Access' : appRoleId),
      appRoleValue: role?.value ?? null,
      createdAt: Number.isNaN(createdAt) ? null : createdAt,
    })
  }
  return [...byId.values()]
}

/** Whether an assignment that the list lacks is really gone. */
export async function isWithdrawn(
  client: GraphClient,
  application: EnterpriseApplication,
  assignmentId: string,
): Promise<boolean> {
  const reading = await client.read(
    `/servicePrincipals/${application.id}/appRoleAssignedTo/${encodeURIComponent(assignmentId)}`,
  )
  if (reading.status === 404) return true
  if (reading.status === 200) return false
  throw refusalOf(reading, 'an assignment of the enterprise application')
}

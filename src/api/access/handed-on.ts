/*
 * What a change would give to somebody else beyond what it names: an app permission, or the identity of a program with all it
 * may, by a secret of it or by being its owner. Nobody hands on more than he holds (docs/decisions/0033).
 */
import { isAction, permissionGrants, roleGrants, type Action, type Grant } from '../../access/index.ts'
import type { DirectoryApplication, Store } from '../../store/store.ts'
import { nameKey } from '../graph/types/property.ts'
import { idText, type Key } from '../graph/path.ts'
import type { GraphRequest } from '../graph/operation.ts'

/** Microsoft Graph itself, whose app roles are the app permissions. */
const graphAppId = '00000003-0000-0000-c000-000000000000'

type HandedOn = (request: GraphRequest, store: Store) => Promise<readonly Action[]>

const actionsOf = (grants: readonly Grant[]): readonly Action[] => [
  ...new Set(grants.filter(({ on }) => on !== 'owned').flatMap(({ actions }) => [...actions].filter(isAction))),
]

/** Of an assignment that is to be made: the permission, when the resource is Microsoft Graph. */
export const byAssignment: HandedOn = async ({ body }, { directory }) => {
  const [resource] = await directory.applications([idText(textIn(body, 'resourceid'))])
  if (resource?.appId !== graphAppId) return []
  return actionsOf(permissionGrants([valueOfRole(resource, textIn(body, 'approleid'))].flatMap((value) => value ?? [])))
}

/** Of a program whose secrets or owners are changed: what it may. */
export const byProgram: HandedOn = async ({ keys }, store) => {
  const held: Action[] = []
  for (const { objectId, objectType } of await programAt(store, keys[0]))
    if (objectType === 'ServicePrincipal') held.push(...(await actionsOfProgram(store, objectId)))
  return [...new Set(held)]
}

export async function actionsOfProgram(store: Store, objectId: string): Promise<readonly Action[]> {
  return actionsOf([
    ...permissionGrants(await permissionsOf(store, objectId)),
    ...roleGrants(await store.access.assignmentsOf(objectId), await store.access.customRoles()),
  ])
}

export const actionsOfPermissions = (permissions: readonly string[]): readonly Action[] =>
  actionsOf(permissionGrants(permissions))

/** The same, when the body speaks of secrets. */
export const byCredentials: HandedOn = async (request, store) =>
  namesIn(request.body).some((name) => name === 'passwordcredentials' || name === 'keycredentials')
    ? await byProgram(request, store)
    : []

async function programAt({ directory }: Store, key: Key | undefined): Promise<readonly DirectoryApplication[]> {
  if (key === undefined) return []
  const id = idText(key.value)
  if (nameKey(key.by) === 'appid') return await directory.applicationsOf(id)
  const [named] = await directory.applications([id])
  return named === undefined ? [] : await directory.applicationsOf(named.appId)
}

async function permissionsOf({ directory }: Store, principalId: string): Promise<readonly string[]> {
  const [graph] = (await directory.applicationsOf(graphAppId)).filter(
    ({ objectType }) => objectType === 'ServicePrincipal',
  )
  if (graph === undefined) return []
  const given = await directory.assignments(graph.objectId, [principalId])
  return (given.get(principalId) ?? []).flatMap(({ appRoleId }) => valueOfRole(graph, appRoleId) ?? [])
}

function valueOfRole({ properties }: DirectoryApplication, roleId: string): string | null {
  const roles = properties['appRoles']
  if (!Array.isArray(roles)) return null
  const wanted = roleId.toLowerCase()
  for (const role of roles as readonly Readonly<Record<string, unknown>>[])
    if (String(role['id']).toLowerCase() === wanted && typeof role['value'] === 'string') return role['value']
  return null
}

const namesIn = (body: unknown): readonly string[] =>
  typeof body === 'object' && body !== null ? Object.keys(body).map(nameKey) : []

function textIn(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null) return ''
  const found = Object.entries(body).find(([key]) => nameKey(key) === name)
  return typeof found?.[1] === 'string' ? found[1] : ''
}

/*
 * Makes roles, and gives and takes them, by whichever route: nobody gives what he does not have himself, and a role names
 * actions that exist. That the caller may give roles at all is decided before (route-access.ts, operation-access.ts).
 */
import { randomUUID } from 'node:crypto'
import { builtInRoles, isAction, ownerRole } from '../../access/index.ts'
import type { Store } from '../../store/store.ts'
import { everythingScope, type RoleAssignment, type RoleDefinition } from '../../vocabulary/index.ts'
import { ApiProblem } from '../problems.ts'
import type { Asker } from './asker.ts'

export const isBuiltIn = (roleDefinitionId: string): boolean =>
  builtInRoles.some((role) => role.roleDefinitionId === roleDefinitionId)

/** Built-in ones first. */
export const allRoles = async (access: Store['access']): Promise<readonly RoleDefinition[]> => [
  ...builtInRoles,
  ...(await access.customRoles()),
]

export async function roleById(access: Store['access'], roleDefinitionId: string): Promise<RoleDefinition | null> {
  const wanted = roleDefinitionId.toLowerCase()
  return (await allRoles(access)).find((role) => role.roleDefinitionId === wanted) ?? null
}

const refusal = (message: string): ApiProblem => new ApiProblem(400, 'badRequest', message)

export interface Giving {
  readonly principalId: string
  readonly roleDefinitionId: string
  readonly directoryScopeId: string
}

export async function giveRole(store: Store, asker: Asker, giving: Giving, now: number): Promise<RoleAssignment> {
  const { principalId, directoryScopeId } = giving
  const role = await roleById(store.access, giving.roleDefinitionId)
  if (role === null) throw refusal(`There is no role '${giving.roleDefinitionId.slice(0, 100)}'.`)
  if (!(await isPrincipal(store, principalId)))
    throw refusal(
      `Resource '${principalId.slice(0, 100)}' does not exist: a role is given to a person of the directory, an account or a service principal.`,
    )
  const scope = await scopeOf(store, directoryScopeId)
  if (role.roleDefinitionId === ownerRole.roleDefinitionId && scope === null)
    throw refusal(`The role ${role.displayName} is given on one application: directoryScopeId '/{servicePrincipalId}'.`)
  await refuseMoreThanHeld(asker, role.allowedResourceActions, scope)
  const assignment: RoleAssignment = {
    roleAssignmentId: randomUUID(),
    principalId,
    roleDefinitionId: role.roleDefinitionId,
    directoryScopeId: scope === null ? everythingScope : `/${scope}`,
    createdAt: now,
  }
  if (await store.access.addAssignment(assignment)) return assignment
  throw refusal(
    'A conflicting object with one or more of the specified property values is present in the directory: the role is given there already.',
  )
}

export async function saveRole(access: Store['access'], asker: Asker, role: RoleDefinition): Promise<void> {
  if (isBuiltIn(role.roleDefinitionId)) throw refusal(`The role ${role.displayName} is built in and stays as it is.`)
  const unknown = role.allowedResourceActions.find((name) => !isAction(name))
  if (unknown !== undefined)
    throw refusal(
      `'${unknown.slice(0, 200)}' is no action that is known here, so it would give nothing. muster access roles "Global Administrator" lists them all.`,
    )
  const name = role.displayName.toLowerCase()
  const others = (await allRoles(access)).filter((each) => each.roleDefinitionId !== role.roleDefinitionId)
  if (others.some(({ displayName }) => displayName.toLowerCase() === name))
    throw refusal(
      `A conflicting object with one or more of the specified property values is present in the directory: there is a role '${role.displayName}' already.`,
    )
  await refuseMoreThanHeld(asker, role.allowedResourceActions, null)
  await access.putRole(role)
}

export async function deleteRole(access: Store['access'], role: RoleDefinition): Promise<void> {
  if (isBuiltIn(role.roleDefinitionId)) throw refusal(`The role ${role.displayName} is built in and stays.`)
  if ((await access.deleteRole(role.roleDefinitionId)) === 'inUse')
    throw refusal(`Somebody has the role ${role.displayName}. Take it back from everybody first.`)
}

async function refuseMoreThanHeld(asker: Asker, names: readonly string[], scope: string | null): Promise<void> {
  const missing = await asker.missing(names.filter(isAction), scope === null ? 'everything' : [scope])
  if (missing.length === 0) return
  throw new ApiProblem(
    403,
    'accessDenied',
    `Nobody gives more than he may himself, and you lack ${missing.join(', ')}. Somebody who has it all can do this; on the machine itself the operator key can.`,
    { missing },
  )
}

async function isPrincipal({ directory, accounts }: Store, principalId: string): Promise<boolean> {
  const [person] = await directory.objects([principalId])
  if (person?.presence === 'present') return person.objectType === 'User'
  const [principal] = await directory.applications([principalId])
  if (principal?.presence === 'present') return principal.objectType === 'ServicePrincipal'
  return (await accounts.get(principalId)) !== null
}

/** The service principal a scope names; `null`: everything. */
async function scopeOf({ directory }: Store, directoryScopeId: string): Promise<string | null> {
  if (directoryScopeId === everythingScope) return null
  const id = directoryScopeId.replace(/^\//, '').toLowerCase()
  const [principal] = await directory.applications([id])
  if (principal?.presence === 'present' && principal.objectType === 'ServicePrincipal') return principal.objectId
  throw refusal(
    `'${directoryScopeId.slice(0, 100)}' is no scope here: '/' is everything, '/{servicePrincipalId}' one enterprise application.`,
  )
}

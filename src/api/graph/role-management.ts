/* `/roleManagement/directory`: roles, built in and made here, and who has which (Graph's unifiedRoleDefinition and -Assignment). */
import { randomUUID } from 'node:crypto'
import { everythingScope, type JsonObject, type RoleAssignment, type RoleDefinition } from '../../vocabulary/index.ts'
import { insufficientPrivileges } from '../access/insufficient-privileges.ts'
import { allRoles, deleteRole, giveRole, isBuiltIn, roleById, saveRole } from '../access/roles-given.ts'
import { ApiProblem } from '../problems.ts'
import { readResource } from './bodies.ts'
import { smallCollection } from './collection.ts'
import { badRequest, notThere } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { listOperations } from './list-operations.ts'
import { entityOfValues, type Entity } from './odata/entity.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, noContent, type Answer, type GraphRequest, type Operation } from './operation.ts'
import { idText } from './path.ts'
import { answerEntity, created } from './single.ts'
import { types } from './types/index.ts'
import { requireValues, textIn } from './write-rules.ts'

const entityOfRole = (role: RoleDefinition): Entity =>
  entityOfValues(types.unifiedRoleDefinition, role.roleDefinitionId, {
    id: role.roleDefinitionId,
    description: role.description,
    displayName: role.displayName,
    isBuiltIn: isBuiltIn(role.roleDefinitionId),
    isEnabled: role.isEnabled,
    resourceScopes: [everythingScope],
    rolePermissions: [{ allowedResourceActions: role.allowedResourceActions, condition: null }],
    templateId: role.roleDefinitionId,
    version: '1',
  })

const entityOfAssignment = (assignment: RoleAssignment): Entity =>
  entityOfValues(types.unifiedRoleAssignment, assignment.roleAssignmentId, {
    id: assignment.roleAssignmentId,
    principalId: assignment.principalId,
    roleDefinitionId: assignment.roleDefinitionId,
    directoryScopeId: assignment.directoryScopeId,
  })

/** What the rules of roles refuse for lack of rights is said in Graph's one sentence. */
async function inGraphsWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 403) throw insufficientPrivileges()
    throw error
  }
}

export function roleOperations(ports: GraphPorts): readonly Operation[] {
  const { access } = ports.store
  const { set } = types.unifiedRoleDefinition
  const roles = smallCollection({
    types: [types.unifiedRoleDefinition],
    set,
    entities: async () => (await allRoles(access)).map(entityOfRole),
  })

  async function theRole(request: GraphRequest): Promise<RoleDefinition> {
    const { value } = keyAt(request)
    const role = await roleById(access, idText(value))
    if (role === null) throw notThere(value)
    return role
  }

  const save = (request: GraphRequest, role: RoleDefinition): Promise<void> =>
    inGraphsWords(() => saveRole(access, request.asker, role))

  return [
    ...listOperations(ports, `/${set}`, roles),
    {
      method: 'GET',
      template: `/${set}/{id}`,
      handle: async (request) => await answerEntity(ports, request, entityOfRole(await theRole(request)), { set }),
    },
    {
      method: 'POST',
      template: `/${set}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { values } = readResource(request.body, types.unifiedRoleDefinition, 'create')
        requireValues(values, ['displayName', 'rolePermissions'], types.unifiedRoleDefinition)
        const role = withValues({ roleDefinitionId: randomUUID(), ...emptyRole }, values)
        await save(request, role)
        return created(request, entityOfRole(role), set)
      },
    },
    {
      method: 'PATCH',
      template: `/${set}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { values } = readResource(request.body, types.unifiedRoleDefinition, 'update')
        await save(request, withValues(await theRole(request), values))
        return noContent
      },
    },
    {
      method: 'DELETE',
      template: `/${set}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        await deleteRole(access, await theRole(request))
        return noContent
      },
    },
    ...assignmentOperations(ports),
  ]
}

function assignmentOperations(ports: GraphPorts): readonly Operation[] {
  const { access } = ports.store
  const { set } = types.unifiedRoleAssignment
  const all = smallCollection({
    types: [types.unifiedRoleAssignment],
    set,
    entities: async () => (await access.assignments()).map(entityOfAssignment),
  })

  return [
    ...listOperations(ports, `/${set}`, all),
    {
      method: 'GET',
      template: `/${set}/{id}`,
      async handle(request) {
        const { value } = keyAt(request)
        const [found] = await all.pick([value])
        if (found === undefined) throw notThere(value)
        return await answerEntity(ports, request, found, { set })
      },
    },
    {
      method: 'POST',
      template: `/${set}`,
      async handle(request): Promise<Answer> {
        onlyOptions(request.query, [])
        const { values } = readResource(request.body, types.unifiedRoleAssignment, 'create')
        requireValues(values, ['principalId', 'roleDefinitionId'], types.unifiedRoleAssignment)
        for (const name of ['appScopeId', 'condition'])
          if ((values[name] ?? null) !== null && values[name] !== '')
            throw badRequest(`'${name}' is not supported: a role is given on '/' or on '/{servicePrincipalId}'.`)
        const giving = {
          principalId: idText(textIn(values, 'principalId')),
          roleDefinitionId: idText(textIn(values, 'roleDefinitionId')),
          directoryScopeId: textIn(values, 'directoryScopeId') || everythingScope,
        }
        const given = await inGraphsWords(() => giveRole(ports.store, request.asker, giving, ports.clock.now()))
        return created(request, entityOfAssignment(given), set)
      },
    },
    {
      method: 'DELETE',
      template: `/${set}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { value } = keyAt(request)
        if (!(await access.removeAssignment(idText(value)))) throw notThere(value)
        return noContent
      },
    },
  ]
}

const emptyRole = { displayName: '', description: null, isEnabled: true, allowedResourceActions: [] } as const

function withValues(role: RoleDefinition, values: JsonObject): RoleDefinition {
  const { displayName, description, isEnabled, rolePermissions, resourceScopes } = values
  const scopes = Array.isArray(resourceScopes) ? resourceScopes : []
  if (scopes.some((scope) => scope !== everythingScope))
    throw badRequest(`'resourceScopes' holds '/' and nothing else: on what a role holds is said where it is given.`)
  return {
    ...role,
    ...(typeof displayName === 'string' ? { displayName } : {}),
    ...(description === undefined ? {} : { description: typeof description === 'string' ? description : null }),
    ...(typeof isEnabled === 'boolean' ? { isEnabled } : {}),
    ...(Array.isArray(rolePermissions) ? { allowedResourceActions: actionsIn(rolePermissions as JsonObject[]) } : {}),
  }
}

function actionsIn(permissions: readonly JsonObject[]): readonly string[] {
  const listed = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : [])
  for (const { condition, excludedResourceActions } of permissions) {
    if ((condition ?? null) !== null && condition !== '')
      throw badRequest("'condition' is not supported: a role holds without conditions.")
    if (listed(excludedResourceActions).length > 0)
      throw badRequest("'excludedResourceActions' is not supported: name what is allowed.")
  }
  return [...new Set(permissions.flatMap(({ allowedResourceActions }) => listed(allowedResourceActions)))]
}

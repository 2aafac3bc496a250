/*
 * `/muster/v1/access`: who has which role, by names. The same roles as Graph's `/roleManagement/directory`; here whoever gives
 * one says a name instead of three ids, and is told what is missing.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { actions, builtInRoles, isAction } from '../../access/index.ts'
import {
  everythingScope,
  type AccessEntry,
  type AccessPage,
  type PrincipalAccess,
  type RoleAssignment,
  type RoleDefinition,
  type RolesPage,
} from '../../vocabulary/index.ts'
import { createPrincipalNames } from '../access/principal-names.ts'
import { allRoles, giveRole, isBuiltIn } from '../access/roles-given.ts'
import { parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

const listed = z.object({
  text: z.string().max(256).default(''),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).default(0),
})

const name = z.string().min(1).max(320)
/** Whom, which role, and on which application. */
const giving = z.object({ name, role: name, app: name.optional() })

export function accessRoutes(app: FastifyInstance, { cycle: { store, clock } }: ApiPorts): void {
  const names = createPrincipalNames(store)

  async function roleNamed(text: string): Promise<RoleDefinition> {
    const wanted = text.toLowerCase()
    const short = builtInRoles.find(({ shortName }) => shortName === wanted)
    const roles = await allRoles(store.access)
    const found =
      short ?? roles.find((role) => [role.roleDefinitionId, role.displayName.toLowerCase()].includes(wanted))
    if (found !== undefined) return found
    throw new ApiProblem(
      404,
      'itemNotFound',
      `There is no role "${text}". Known: ${roles.map(({ displayName }) => displayName).join(', ')}.`,
    )
  }

  async function entriesOf(assignments: readonly RoleAssignment[]): Promise<readonly AccessEntry[]> {
    const roles = new Map((await allRoles(store.access)).map((role) => [role.roleDefinitionId, role.displayName]))
    const known = await names.byIds(assignments.map(({ principalId }) => principalId))
    const scopes = await names.byIds(assignments.map(({ directoryScopeId }) => directoryScopeId.slice(1)))
    return assignments.flatMap((assignment): readonly AccessEntry[] => {
      const { roleAssignmentId, principalId, roleDefinitionId, directoryScopeId, createdAt } = assignment
      const principal = known.get(principalId)
      if (principal === undefined) return []
      const servicePrincipalId = directoryScopeId.slice(1)
      const displayName = scopes.get(servicePrincipalId)?.displayName ?? servicePrincipalId
      return [
        {
          roleAssignmentId,
          principal,
          role: { roleDefinitionId, displayName: roles.get(roleDefinitionId) ?? roleDefinitionId },
          on: directoryScopeId === everythingScope ? null : { servicePrincipalId, displayName },
          createdAt,
        },
      ]
    })
  }

  app.get('/access', async (request): Promise<AccessPage> => {
    const { text, limit, offset } = parse(listed, request.query)
    const wanted = text.toLowerCase()
    const matching = (await entriesOf(await store.access.assignments())).filter(({ principal, role, on }) =>
      [principal.displayName, principal.userPrincipalName, principal.id, role.displayName, on?.displayName].some(
        (each) => each?.toLowerCase().includes(wanted),
      ),
    )
    const sorted = matching.toSorted((one, other) =>
      one.principal.displayName.localeCompare(other.principal.displayName, 'en'),
    )
    return { entries: sorted.slice(offset, offset + limit), total: matching.length }
  })

  app.get('/access/roles', async (): Promise<RolesPage> => {
    const assignments = await store.access.assignments()
    const roles = (await allRoles(store.access)).map((role) => ({
      roleDefinitionId: role.roleDefinitionId,
      displayName: role.displayName,
      description: role.description,
      isEnabled: role.isEnabled,
      isBuiltIn: isBuiltIn(role.roleDefinitionId),
      shortName: builtInRoles.find((each) => each.roleDefinitionId === role.roleDefinitionId)?.shortName ?? null,
      actions: role.allowedResourceActions.map((each) => ({ name: each, means: isAction(each) ? actions[each] : '' })),
      given: assignments.filter(({ roleDefinitionId }) => roleDefinitionId === role.roleDefinitionId).length,
    }))
    return { roles }
  })

  app.get<{ Params: { principal: string } }>('/access/of/:principal', async (request): Promise<PrincipalAccess> => {
    const principal = await names.named(request.params.principal)
    const owned = await names.byIds(await store.directory.ownedBy(principal.id))
    return {
      principal,
      entries: await entriesOf(await store.access.assignmentsOf(principal.id)),
      owned: [...owned.values()]
        .filter(({ kind }) => kind === 'application')
        .map(({ id, displayName }) => ({ id, displayName })),
    }
  })

  app.post('/access', async (request, reply): Promise<AccessEntry> => {
    const asked = parse(giving, request.body)
    const principal = await names.named(asked.name)
    const role = await roleNamed(asked.role)
    const directoryScopeId = asked.app === undefined ? everythingScope : `/${await names.applicationNamed(asked.app)}`
    const given = await giveRole(
      store,
      request.asker,
      { principalId: principal.id, roleDefinitionId: role.roleDefinitionId, directoryScopeId },
      clock.now(),
    )
    const [entry] = await entriesOf([given])
    if (entry === undefined) throw new Error('A role that was just given is not there.')
    void reply.status(201)
    return entry
  })

  app.delete('/access', async (request): Promise<AccessEntry> => {
    const asked = parse(giving, request.query)
    const principal = await names.named(asked.name)
    const role = await roleNamed(asked.role)
    const scope = asked.app === undefined ? everythingScope : `/${await names.applicationNamed(asked.app)}`
    const held = (await store.access.assignmentsOf(principal.id)).find(
      ({ roleDefinitionId, directoryScopeId }) =>
        roleDefinitionId === role.roleDefinitionId && directoryScopeId === scope,
    )
    const [entry] = held === undefined ? [] : await entriesOf([held])
    if (entry === undefined || !(await store.access.removeAssignment(entry.roleAssignmentId)))
      throw new ApiProblem(
        404,
        'itemNotFound',
        `${principal.displayName} does not have the role ${role.displayName} ${asked.app === undefined ? 'on everything' : `on "${asked.app}"`}. What there is: muster access show "${asked.name}".`,
      )
    return entry
  })
}

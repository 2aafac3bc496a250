/*
 * Assigning people, groups and programs to an application, from the application's side (`appRoleAssignedTo`) and from the principal's
 * (`appRoleAssignments`); graph-api.md 3.6. Who is assigned is looked at in the next cycle, with a group its members too.
 */
import { assign, assignableRole, newAssignmentId, withdrawAssignment, type Principal } from '../../directory/index.ts'
import type { DirectoryApplication, DirectoryAssignment } from '../../store/store.ts'
import { defaultAccessRoleId, type JsonObject } from '../../vocabulary/index.ts'
import { assignmentEntities } from './assignment-collection.ts'
import { applicationByKey } from './applications.ts'
import { readResource } from './bodies.ts'
import { objectByKey } from './directory-objects.ts'
import { badRequest, notThere } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, noContent, type GraphRequest, type Operation } from './operation.ts'
import { answerEntity, created } from './single.ts'
import { types } from './types/index.ts'
import { requireValues, textIn } from './write-rules.ts'

/** One of the two sides: whose assignments are at the address. */
interface Side {
  readonly template: string
  readonly set: (id: string) => string
  readonly idOf: (request: GraphRequest) => Promise<string>
  readonly isOf: (assignment: DirectoryAssignment, id: string) => boolean
  /** The property of a new assignment that says the same as the address. */
  readonly property: 'principalId' | 'resourceId'
}

export function assignmentOperations(ports: GraphPorts): readonly Operation[] {
  const { directory } = ports
  const principalSide = (set: string, idOf: Side['idOf']): Side => ({
    template: `/${set}/{id}/appRoleAssignments`,
    set: (id) => `${set}('${id}')/appRoleAssignments`,
    idOf,
    isOf: ({ principalId }, id) => principalId === id,
    property: 'principalId',
  })
  const servicePrincipalId: Side['idOf'] = async (request) =>
    (await applicationByKey(directory, 'ServicePrincipal', keyAt(request))).objectId
  const objectId =
    (type: 'User' | 'Group'): Side['idOf'] =>
    async (request) =>
      (await objectByKey(directory, type, keyAt(request))).objectId
  const resourceSide: Side = {
    template: '/servicePrincipals/{id}/appRoleAssignedTo',
    set: (id) => `servicePrincipals('${id}')/appRoleAssignedTo`,
    idOf: servicePrincipalId,
    isOf: ({ servicePrincipalId }, id) => servicePrincipalId === id,
    property: 'resourceId',
  }
  return [
    resourceSide,
    principalSide('users', objectId('User')),
    principalSide('groups', objectId('Group')),
    principalSide('servicePrincipals', servicePrincipalId),
  ].flatMap((side) => sideOperations(ports, side))
}

function sideOperations(ports: GraphPorts, side: Side): readonly Operation[] {
  const { directory } = ports

  async function theAssignment(request: GraphRequest, id: string): Promise<DirectoryAssignment> {
    const { value } = keyAt(request, 1)
    const assignment = await directory.getAssignment(value)
    if (assignment === null || !side.isOf(assignment, id)) throw notThere(value)
    return assignment
  }

  return [
    {
      method: 'POST',
      template: side.template,
      async handle(request) {
        onlyOptions(request.query, [])
        const id = await side.idOf(request)
        const assignment = await makeAssignment(ports, request.body, side, id)
        ports.changed()
        const [entity] = await assignmentEntities(directory, [assignment])
        if (entity === undefined) throw notThere(assignment.assignmentId)
        return created(request, entity, side.set(id))
      },
    },
    {
      method: 'GET',
      template: `${side.template}/{id}`,
      async handle(request) {
        const id = await side.idOf(request)
        const [entity] = await assignmentEntities(directory, [await theAssignment(request, id)])
        if (entity === undefined) throw notThere(id)
        return await answerEntity(ports, request, entity, { set: side.set(id) })
      },
    },
    {
      method: 'DELETE',
      template: `${side.template}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { assignmentId } = await theAssignment(request, await side.idOf(request))
        await withdrawAssignment(directory, assignmentId)
        ports.changed()
        return noContent
      },
    },
  ]
}

async function makeAssignment(
  { directory, clock }: GraphPorts,
  body: unknown,
  side: Side,
  id: string,
): Promise<DirectoryAssignment> {
  const { values, links } = readResource(body, types.appRoleAssignment, 'create')
  if (links.size > 0) throw badRequest('An assignment is described by principalId, resourceId and appRoleId.')
  const given: JsonObject = { [side.property]: id, appRoleId: defaultAccessRoleId, ...values }
  requireValues(given, ['principalId', 'resourceId'], types.appRoleAssignment)
  if (given[side.property] !== id)
    throw badRequest(`'${side.property}' is another object than the address of the request names.`)
  const principal = await thePrincipal(textIn(given, 'principalId'))
  const resource = await applicationByKey(directory, 'ServicePrincipal', {
    by: 'id',
    value: textIn(given, 'resourceId'),
  })
  const memberType = principal.objectType === 'ServicePrincipal' ? 'Application' : 'User'
  const role = assignableRole(resource.properties, textIn(given, 'appRoleId'), memberType)
  if (role === null) throw badRole(resource, textIn(given, 'appRoleId'), memberType)
  const assignmentId = newAssignmentId(principal.objectId)
  const now = clock.now()
  const { isChanged } = await assign(directory, {
    servicePrincipalId: resource.objectId,
    principal,
    assignmentId,
    ...role,
    now,
  })
  if (!isChanged) throw badRequest('Permission being assigned already exists on the object.')
  return {
    assignmentId,
    servicePrincipalId: resource.objectId,
    principalId: principal.objectId,
    principalType: principal.objectType,
    ...role,
    createdAt: now,
  }

  async function thePrincipal(principalId: string): Promise<Principal> {
    const [object] = await directory.objects([principalId])
    if (object?.presence === 'present') return object
    const [application] = await directory.applications([principalId])
    if (application?.presence !== 'present') throw notThere(principalId)
    const { objectType } = application
    if (objectType === 'ServicePrincipal') return { objectId: application.objectId, objectType }
    throw badRequest('An application is assigned by its service principal: name the id of that one in principalId.')
  }
}

function badRole(
  { objectId }: DirectoryApplication,
  appRoleId: string,
  memberType: 'User' | 'Application',
): ReturnType<typeof badRequest> {
  const whom = memberType === 'User' ? 'people' : 'programs'
  return badRequest(
    appRoleId === defaultAccessRoleId
      ? `Permission being assigned was not found on application '${objectId}': it has roles for ${whom}, so one of them is named in appRoleId.`
      : `Permission being assigned was not found on application '${objectId}': '${appRoleId}' is no enabled role for ${whom}.`,
  )
}

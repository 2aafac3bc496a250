/* `/users` and `/groups`: list, create, get, change, delete (graph-api.md 3.1, 3.2, 4.1). */
import { randomUUID } from 'node:crypto'
import { changeObject, createObject, deleteObject } from '../../directory/index.ts'
import type { ObjectTypeName, SourceAttributes } from '../../vocabulary/index.ts'
import { readResource, type ResourceBody } from './bodies.ts'
import { objectByKey, objectCollection, presentEntities } from './directory-objects.ts'
import { badRequest, notThere, unsupportedQuery } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { listOperations } from './list-operations.ts'
import { entityOfObject } from './odata/entity.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, noContent, type Operation } from './operation.ts'
import { answerEntity, created } from './single.ts'
import { plainInstant } from './types/codecs.ts'
import {
  attributesOf,
  checkGroup,
  checkGroupKind,
  checkUser,
  groupRequired,
  requireValues,
  typeOfObject,
  userRequired,
} from './write-rules.ts'

export function objectOperations(ports: GraphPorts, objectType: ObjectTypeName): readonly Operation[] {
  const { directory, clock } = ports
  const type = typeOfObject(objectType)
  const everybody = objectCollection(directory, objectType)
  const check = objectType === 'User' ? checkUser : checkGroup

  return [
    ...listOperations(ports, `/${type.set}`, everybody),
    {
      method: 'POST',
      template: `/${type.set}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const body = readResource(request.body, type, 'create')
        requireValues(body.values, objectType === 'User' ? userRequired : groupRequired, type)
        check(body.values)
        if (objectType === 'Group') checkGroupKind(body.values)
        const now = plainInstant(clock.now())
        const object = await createObject(directory, {
          objectId: randomUUID(),
          objectType,
          attributes: {
            ...(objectType === 'User' ? { userType: 'Member' } : { renewedDateTime: now }),
            ...attributesOf(body.values, type),
            ...(await linkedAttributes(body)),
            createdDateTime: now,
          },
          ...linksOf(body),
        })
        ports.changed()
        return created(request, entityOfObject(object), type.set)
      },
    },
    {
      method: 'GET',
      template: `/${type.set}/{id}`,
      async handle(request) {
        const object = await objectByKey(directory, objectType, keyAt(request))
        return await answerEntity(ports, request, entityOfObject(object), { set: type.set })
      },
    },
    {
      method: 'PATCH',
      template: `/${type.set}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId, attributes } = await objectByKey(directory, objectType, keyAt(request))
        const body = readResource(request.body, type, 'update')
        check(body.values)
        if (kindNames.some((name) => body.values[name] !== undefined))
          checkGroupKind({ ...kindOf(attributes), ...body.values })
        const { members, owners } = linksOf(body)
        if (owners !== undefined) throw badRequest('Owners are added one by one: POST /groups/{id}/owners/$ref.')
        const changes = { ...attributesOf(body.values, type), ...(await linkedAttributes(body)) }
        await changeObject(directory, objectId, objectType, changes, members)
        ports.changed()
        return noContent
      },
    },
    {
      method: 'DELETE',
      template: `/${type.set}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await objectByKey(directory, objectType, keyAt(request))
        await deleteObject(directory, objectId, objectType, clock.now())
        ports.changed()
        return noContent
      },
    },
  ]

  /** A manager bound in the body is an attribute. */
  async function linkedAttributes({ links }: ResourceBody): Promise<SourceAttributes> {
    for (const name of links.keys()) {
      if (objectType === 'User' ? name !== 'manager' : name !== 'members' && name !== 'owners')
        throw unsupportedQuery(`'${name}' cannot be bound in the body of a ${type.name}.`)
    }
    const bound = links.get('manager')
    const [managerId] = bound ?? []
    if (bound === undefined || managerId === undefined) return {}
    const [manager] = await presentEntities(directory, [managerId])
    if (manager?.type.name !== 'user') throw notThere(managerId)
    return { manager: manager.id }
  }
}

const linksOf = ({
  links,
}: ResourceBody): { readonly members?: readonly string[]; readonly owners?: readonly string[] } => {
  const members = links.get('members')
  const owners = links.get('owners')
  return { ...(members === undefined ? {} : { members }), ...(owners === undefined ? {} : { owners }) }
}

/** What kind a group is; those that came with an import may be of a kind that cannot be made here. */
const kindNames = ['mailEnabled', 'securityEnabled', 'groupTypes']

function kindOf(attributes: SourceAttributes): Readonly<Record<string, boolean | readonly string[]>> {
  const { mailEnabled, securityEnabled, groupTypes } = attributes
  return {
    ...(typeof mailEnabled === 'boolean' ? { mailEnabled } : {}),
    ...(typeof securityEnabled === 'boolean' ? { securityEnabled } : {}),
    ...(Array.isArray(groupTypes) ? { groupTypes: groupTypes as readonly string[] } : {}),
  }
}

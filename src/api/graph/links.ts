/* Putting in and taking out by reference: members, owners, the manager (graph-api.md 4.1). */
import { addMember, addOwner, changeObject, removeMember, removeOwner } from '../../directory/index.ts'
import { readReference } from './bodies.ts'
import { objectByKey, presentEntities } from './directory-objects.ts'
import { badRequest } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, noContent, type GraphRequest, type Operation } from './operation.ts'
import { idText } from './path.ts'
import { refuseDeletingBehindLink, type Finder } from './navigation.ts'

export function memberOperations(ports: GraphPorts): readonly Operation[] {
  const groupId = async (request: GraphRequest): Promise<string> =>
    (await objectByKey(ports.directory, 'Group', keyAt(request))).objectId
  return linkOperations(ports, '/groups/{id}/members', groupId, {
    add: (id, memberId) => addMember(ports.directory, id, memberId),
    remove: (id, memberId) => removeMember(ports.directory, id, memberId),
  })
}

/** Of groups, applications and service principals. */
export function ownerOperations(ports: GraphPorts, set: string, find: Finder): readonly Operation[] {
  const ownedId = async (request: GraphRequest): Promise<string> => (await find(request)).id
  return linkOperations(ports, `/${set}/{id}/owners`, ownedId, {
    add: (id, ownerId) => addOwner(ports.directory, id, ownerId),
    remove: (id, ownerId) => removeOwner(ports.directory, id, ownerId),
  })
}

interface Linking {
  readonly add: (id: string, otherId: string) => Promise<void>
  readonly remove: (id: string, otherId: string) => Promise<void>
}

function linkOperations(
  ports: GraphPorts,
  template: string,
  idOf: (request: GraphRequest) => Promise<string>,
  { add, remove }: Linking,
): readonly Operation[] {
  return [
    {
      method: 'POST',
      template: `${template}/$ref`,
      async handle(request) {
        onlyOptions(request.query, [])
        const id = await idOf(request)
        await add(id, readReference(request.body))
        ports.changed()
        return noContent
      },
    },
    {
      method: 'DELETE',
      template: `${template}/{id}/$ref`,
      async handle(request) {
        onlyOptions(request.query, [])
        const id = await idOf(request)
        await remove(id, idText(keyAt(request, 1).value))
        ports.changed()
        return noContent
      },
    },
    refuseDeletingBehindLink(`${template}/{id}`),
  ]
}

export function managerLinkOperations(ports: GraphPorts): readonly Operation[] {
  const { directory } = ports
  return [
    {
      method: 'PUT',
      template: '/users/{id}/manager/$ref',
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await objectByKey(directory, 'User', keyAt(request))
        const managerId = readReference(request.body)
        const [manager] = await presentEntities(directory, [managerId])
        if (manager?.type.name !== 'user') {
          throw badRequest(
            `Not a valid reference update: there is no person '${managerId.slice(0, 100)}' who could be the manager.`,
          )
        }
        await changeObject(directory, objectId, 'User', { manager: managerId })
        ports.changed()
        return noContent
      },
    },
    {
      method: 'DELETE',
      template: '/users/{id}/manager/$ref',
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await objectByKey(directory, 'User', keyAt(request))
        await changeObject(directory, objectId, 'User', { manager: null })
        ports.changed()
        return noContent
      },
    },
  ]
}

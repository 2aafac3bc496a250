/*
 * What lies behind a resource: its lists (`/users/{id}/memberOf`), narrowed to a type, counted, or as references; and the
 * person who is somebody's manager. Which there are follows from the table of types.
 */
import type { Collection } from './collection.ts'
import { badRequest, notThere } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { listOperations } from './list-operations.ts'
import { answerReferences } from './list.ts'
import type { Entity } from './odata/entity.ts'
import { onlyOptions } from './odata/query-string.ts'
import type { GraphRequest, Operation } from './operation.ts'
import { managerOf } from './relationships.ts'
import { answerEntity } from './single.ts'
import { types, type EntityType, type Navigation, type TypeName } from './types/index.ts'

export type Finder = (request: GraphRequest) => Promise<Entity>

/** Every list of a type's table; `find` gives the resource the address begins with. */
export function navigationOperations(ports: GraphPorts, type: EntityType, find: Finder): readonly Operation[] {
  return [...type.navigations.values()]
    .filter(({ isCollection }) => isCollection)
    .flatMap((navigation) => navigationLists(ports, `/${type.set}/{id}/${navigation.name}`, navigation, find))
}

function navigationLists(
  ports: GraphPorts,
  template: string,
  navigation: Navigation,
  find: Finder,
): readonly Operation[] {
  const collectionOf = async (request: GraphRequest): Promise<Collection> => {
    const relationship = ports.relationshipOf(await find(request), navigation.name)
    if (relationship.kind !== 'many') throw new Error(`${navigation.name} is no list.`)
    return relationship.collection
  }
  const lists = (suffix: string, narrow: (collection: Collection) => Collection): readonly Operation[] => [
    ...listOperations(ports, `${template}${suffix}`, async (request) => narrow(await collectionOf(request))),
  ]
  // Assignments are no objects of the directory: nobody refers to them, and nobody casts them.
  if (navigation.types.includes('appRoleAssignment')) return lists('', (collection) => collection)
  return [
    ...lists('', (collection) => collection),
    ...navigation.types.flatMap((name) =>
      lists(`/microsoft.graph.${name}`, (collection) => onlyOfType(collection, name)),
    ),
    {
      method: 'GET',
      template: `${template}/$ref`,
      handle: async (request) => await answerReferences(request, await collectionOf(request)),
    },
  ]
}

const onlyOfType = (collection: Collection, name: TypeName): Collection => ({
  ...collection,
  types: [types[name]],
  isShown: (entity) => entity.type.name === name && (collection.isShown?.(entity) ?? true),
})

export function managerOperations(ports: GraphPorts, find: Finder): readonly Operation[] {
  const theManager = async (request: GraphRequest): Promise<Entity> => {
    const entity = await find(request)
    const manager = await managerOf(ports.directory, entity)
    // Graph answers 404 where nobody is (graph-api.md 4.1).
    if (manager === null) throw notThere('manager')
    return manager
  }
  return [
    {
      method: 'GET',
      template: '/users/{id}/manager',
      handle: async (request) =>
        await answerEntity(ports, request, await theManager(request), { set: 'directoryObjects', isTyped: true }),
    },
    {
      method: 'GET',
      template: '/users/{id}/manager/$ref',
      async handle(request) {
        onlyOptions(request.query, [])
        const { id } = await theManager(request)
        return {
          status: 200,
          body: {
            '@odata.context': `${request.root}/$metadata#$ref`,
            '@odata.id': `${request.root}/directoryObjects/${id}`,
          },
        }
      },
    },
  ]
}

/** `DELETE /groups/{id}/members/{id}` deletes the member itself at Microsoft: nobody means that. */
export const refuseDeletingBehindLink = (template: string): Operation => ({
  method: 'DELETE',
  template,
  handle: () =>
    Promise.reject(
      badRequest(
        `To take somebody out, send DELETE to ${template}/$ref. The object itself is deleted at its own address.`,
      ),
    ),
})

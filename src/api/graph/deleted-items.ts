/* `/directory/deletedItems`: the recycle bin (graph-api.md 3.3). */
import { DirectoryRefusal, isRestorable, purgeObject, restoreObject } from '../../directory/index.ts'
import type { DirectoryObject } from '../../store/store.ts'
import { objectBody } from './bodies.ts'
import { objectCollection } from './directory-objects.ts'
import { badAddress, badRequest, GraphProblem, notThere } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { answerCount, answerList } from './list.ts'
import { entityOfObject } from './odata/entity.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, noContent, type GraphRequest, type Operation } from './operation.ts'
import { idText } from './path.ts'
import { answerEntity, wholeBody } from './single.ts'
import { nameKey } from './types/index.ts'

const base = '/directory/deletedItems'

export function deletedItemOperations(ports: GraphPorts): readonly Operation[] {
  const { directory, clock } = ports

  const theDeleted = async (request: GraphRequest): Promise<DirectoryObject> => {
    const id = idText(keyAt(request).value)
    const [object] = await directory.objects([id])
    if (object === undefined || !isRestorable(object, clock.now())) throw notThere(id)
    return object
  }

  const lists = (['User', 'Group'] as const).flatMap((objectType): readonly Operation[] => {
    const collection = objectCollection(directory, objectType, 'softDeleted', (object) =>
      isRestorable(object, clock.now()),
    )
    const template = `${base}/microsoft.graph.${nameKey(objectType)}`
    return [
      { method: 'GET', template, handle: (request) => answerList(request, collection, ports.expand) },
      { method: 'GET', template: `${template}/$count`, handle: (request) => answerCount(request, collection) },
    ]
  })

  return [
    ...lists,
    {
      method: 'GET',
      template: base,
      handle: () =>
        Promise.reject(
          badAddress(`Say what kind of deleted objects: ${base}/microsoft.graph.user or microsoft.graph.group.`),
        ),
    },
    {
      method: 'GET',
      template: `${base}/{id}`,
      handle: async (request) =>
        await answerEntity(ports, request, entityOfObject(await theDeleted(request)), {
          set: 'directoryObjects',
          isTyped: true,
        }),
    },
    {
      method: 'DELETE',
      template: `${base}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await theDeleted(request)
        await purgeObject(directory, objectId, clock.now())
        await ports.changed()
        return noContent
      },
    },
    {
      method: 'POST',
      template: `${base}/{id}/restore`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await theDeleted(request)
        const newUserPrincipalName = readNewName(request.body)
        const object = await restored(() =>
          restoreObject(directory, objectId, {
            now: clock.now(),
            ...(newUserPrincipalName === undefined ? {} : { newUserPrincipalName }),
          }),
        )
        await ports.changed()
        return { status: 200, body: wholeBody(request, entityOfObject(object), 'directoryObjects', true) }
      },
    },
  ]
}

/** A name that is taken meanwhile has a status of its own here (graph-api.md 1.4). */
async function restored<T>(restore: () => Promise<T>): Promise<T> {
  try {
    return await restore()
  } catch (error) {
    if (!(error instanceof DirectoryRefusal) || error.kind !== 'conflict') throw error
    throw new GraphProblem(409, 'Request_MultipleObjectsWithSameKeyValue', error.message, {
      details: [{ code: 'ConflictingObjects', target: error.subject, message: error.message }],
    })
  }
}

/** The body may be missing; `autoReconcileProxyConflict` has nothing to do here, since addresses may be shared. */
function readNewName(body: unknown): string | undefined {
  if (body === undefined) return undefined
  let newName: string | undefined
  for (const [name, value] of Object.entries(objectBody(body))) {
    switch (nameKey(name)) {
      case 'newuserprincipalname':
        if (typeof value !== 'string' || !/^[^\s@]+@[^\s@]+$/.test(value) || value.length > 320)
          throw badRequest("Invalid value specified for property 'newUserPrincipalName': it has the form name@domain.")
        newName = value
        break
      case 'autoreconcileproxyconflict':
        if (typeof value !== 'boolean') throw badRequest("'autoReconcileProxyConflict' is true or false.")
        break
      default:
        if (!name.includes('@')) throw badRequest(`'${name.slice(0, 100)}' is no parameter of restore.`)
    }
  }
  return newName
}

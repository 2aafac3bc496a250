/* `/directory/deletedItems`: the recycle bin (graph-api.md 3.3). */
import {
  isRestorable,
  purgeApplication,
  purgeObject,
  restoreApplication,
  restoreObject,
} from '../../directory/index.ts'
import type { DirectoryApplication, DirectoryObject } from '../../store/store.ts'
import { entityOfApplication } from './application-entity.ts'
import { applicationCollection } from './applications.ts'
import { objectBody } from './bodies.ts'
import { objectCollection } from './directory-objects.ts'
import { badAddress, badRequest, notThere } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { listOperations } from './list-operations.ts'
import { entityOfObject, type Entity } from './odata/entity.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, noContent, type GraphRequest, type Operation } from './operation.ts'
import { idText } from './path.ts'
import { answerEntity, wholeBody } from './single.ts'
import { nameKey } from './types/index.ts'

const base = '/directory/deletedItems'

export function deletedItemOperations(ports: GraphPorts): readonly Operation[] {
  const { directory, clock } = ports

  async function theDeleted(request: GraphRequest): Promise<DirectoryObject | DirectoryApplication> {
    const id = idText(keyAt(request).value)
    const [object] = [...(await directory.objects([id])), ...(await directory.applications([id]))]
    if (object === undefined || !isRestorable(object, clock.now())) throw notThere(id)
    return object
  }

  const applicationLists = (['Application', 'ServicePrincipal'] as const).flatMap((objectType) =>
    listOperations(ports, `${base}/microsoft.graph.${objectType}`, {
      ...applicationCollection(directory, objectType, 'softDeleted'),
      isShown: ({ deletedAt = null }) => isRestorable({ presence: 'softDeleted', deletedAt }, clock.now()),
    }),
  )

  const lists = (['User', 'Group'] as const).flatMap((objectType): readonly Operation[] => {
    const collection = objectCollection(directory, objectType, 'softDeleted', (object) =>
      isRestorable(object, clock.now()),
    )
    return listOperations(ports, `${base}/microsoft.graph.${objectType}`, collection)
  })

  return [
    ...lists,
    ...applicationLists,
    {
      method: 'GET',
      template: base,
      handle: () =>
        Promise.reject(
          badAddress(
            `Say what kind of deleted objects: ${base}/microsoft.graph.user, .group, .application or .servicePrincipal.`,
          ),
        ),
    },
    {
      method: 'GET',
      template: `${base}/{id}`,
      handle: async (request) =>
        await answerEntity(ports, request, entityOfDeleted(await theDeleted(request)), {
          set: 'directoryObjects',
          isTyped: true,
        }),
    },
    {
      method: 'DELETE',
      template: `${base}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const deleted = await theDeleted(request)
        if ('attributes' in deleted) await purgeObject(directory, deleted.objectId, clock.now())
        else await purgeApplication(directory, deleted.objectId, clock.now())
        ports.changed()
        return noContent
      },
    },
    {
      method: 'POST',
      template: `${base}/{id}/restore`,
      async handle(request) {
        onlyOptions(request.query, [])
        const deleted = await theDeleted(request)
        const newUserPrincipalName = readNewName(request.body)
        const restored = 'attributes' in deleted ? await restorePerson(deleted) : await restoreApp(deleted)
        ports.changed()
        return { status: 200, body: wholeBody(request, restored, 'directoryObjects', true) }

        async function restorePerson({ objectId }: DirectoryObject): Promise<Entity> {
          const name = newUserPrincipalName === undefined ? {} : { newUserPrincipalName }
          return entityOfObject(await restoreObject(directory, objectId, { now: clock.now(), ...name }))
        }

        async function restoreApp({ objectId }: DirectoryApplication): Promise<Entity> {
          return entityOfApplication(await restoreApplication(directory, objectId, clock.now()))
        }
      },
    },
  ]
}

const entityOfDeleted = (deleted: DirectoryObject | DirectoryApplication): Entity =>
  'attributes' in deleted ? entityOfObject(deleted) : entityOfApplication(deleted)

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

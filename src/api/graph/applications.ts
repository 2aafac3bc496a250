/* `/applications` and `/servicePrincipals` (graph-api.md 3.5, 4.1). */
import {
  changeApplication,
  createApplication,
  createServicePrincipal,
  deleteApplication,
} from '../../directory/index.ts'
import type { DirectoryApplication, DirectoryReads } from '../../store/store.ts'
import type { Asker } from '../access/asker.ts'
import { creatorAsOwner } from '../access/creator-as-owner.ts'
import { insufficientPrivileges } from '../access/insufficient-privileges.ts'
import { entityOfApplication } from './application-entity.ts'
import { readResource, type ResourceBody } from './bodies.ts'
import { smallCollection, type Collection } from './collection.ts'
import { notThere, unsupportedQuery } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { listOperations } from './list-operations.ts'
import type { Finder } from './navigation.ts'
import type { Entity } from './odata/entity.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, noContent, type Operation } from './operation.ts'
import { idText, type Key } from './path.ts'
import { answerEntity, created } from './single.ts'
import { nameKey, types, type EntityType } from './types/index.ts'
import { requireValues, textIn } from './write-rules.ts'

type ObjectType = DirectoryApplication['objectType']

const typeOf = (objectType: ObjectType): EntityType =>
  objectType === 'Application' ? types.application : types.servicePrincipal

const rowsAtOnce = 1000

/** There are few: they are read whole, and so can be sorted by anything. */
export function applicationCollection(
  directory: DirectoryReads,
  objectType: ObjectType,
  presence: DirectoryApplication['presence'] = 'present',
): Collection {
  const type = typeOf(objectType)
  async function entities(): Promise<readonly Entity[]> {
    const found: Entity[] = []
    let after: string | null = null
    for (;;) {
      const rows: readonly DirectoryApplication[] = await directory.listApplications({
        objectType,
        presence,
        after,
        limit: rowsAtOnce,
      })
      found.push(...rows.map(entityOfApplication))
      after = rows.at(-1)?.objectId ?? null
      if (after === null || rows.length < rowsAtOnce) return found
    }
  }
  const isDeleted = presence === 'softDeleted'
  return smallCollection({
    types: [type],
    set: isDeleted ? 'directoryObjects' : type.set,
    isTyped: isDeleted,
    entities,
  })
}

/** By id, or by `(appId='...')`. */
export async function applicationByKey(
  directory: DirectoryReads,
  objectType: ObjectType,
  key: Key,
): Promise<DirectoryApplication> {
  const id = idText(key.value)
  const found =
    nameKey(key.by) === 'id'
      ? await directory.applications([id])
      : nameKey(key.by) === 'appid'
        ? await directory.applicationsOf(id)
        : []
  const application = found.find((each) => each.objectType === objectType && each.presence === 'present')
  if (application === undefined) throw notThere(key.value)
  return application
}

export const applicationFinder =
  (directory: DirectoryReads, objectType: ObjectType): Finder =>
  async (request) =>
    entityOfApplication(await applicationByKey(directory, objectType, keyAt(request)))

export function applicationOperations(ports: GraphPorts, objectType: ObjectType): readonly Operation[] {
  const { directory, clock, store } = ports
  const type = typeOf(objectType)
  const all = applicationCollection(directory, objectType)

  async function create(asker: Asker, { values, links }: ResourceBody): Promise<DirectoryApplication> {
    const now = clock.now()
    const owners = [...new Set([...(links.get('owners') ?? []), ...(await creatorAsOwner(asker))])]
    if (objectType === 'Application') {
      requireValues(values, ['displayName'], type)
      return await createApplication(directory, { properties: values, owners, now })
    }
    requireValues(values, ['appId'], type)
    const { appId: _, ...properties } = values
    await refuseOthers(asker, idText(textIn(values, 'appId')))
    return await createServicePrincipal(directory, {
      appId: idText(textIn(values, 'appId')),
      properties,
      owners,
      tenantId: ports.tenantId,
      now,
    })
  }

  /** Whoever makes what is his own alone does so of an application of his. */
  async function refuseOthers(asker: Asker, appId: string): Promise<void> {
    if ((await creatorAsOwner(asker)).length === 0) return
    const ids = (await directory.applicationsOf(appId)).map(({ objectId }) => objectId)
    const missing = await asker.missing(['microsoft.directory/applications/basic/update'], ids)
    if (missing.length > 0) throw insufficientPrivileges()
  }

  return [
    ...listOperations(ports, `/${type.set}`, all),
    {
      method: 'POST',
      template: `/${type.set}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const body = readResource(request.body, type, 'create')
        refuseOtherLinks(body, ['owners'], type)
        return created(request, entityOfApplication(await create(request.asker, body)), type.set)
      },
    },
    {
      method: 'GET',
      template: `/${type.set}/{id}`,
      async handle(request) {
        const application = await applicationByKey(directory, objectType, keyAt(request))
        return await answerEntity(ports, request, entityOfApplication(application), { set: type.set })
      },
    },
    {
      method: 'PATCH',
      template: `/${type.set}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await applicationByKey(directory, objectType, keyAt(request))
        const body = readResource(request.body, type, 'update')
        refuseOtherLinks(body, [], type)
        await changeApplication(directory, objectId, objectType, body.values)
        ports.changed()
        return noContent
      },
    },
    {
      method: 'DELETE',
      template: `/${type.set}/{id}`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await applicationByKey(directory, objectType, keyAt(request))
        const jobs = await store.jobs.list()
        await deleteApplication(directory, objectId, objectType, {
          now: clock.now(),
          isInUse: (id) => jobs.some(({ servicePrincipalId }) => servicePrincipalId === id),
        })
        return noContent
      },
    },
  ]
}

function refuseOtherLinks({ links }: ResourceBody, allowed: readonly string[], type: EntityType): void {
  for (const name of links.keys())
    if (!allowed.includes(name)) throw unsupportedQuery(`'${name}' cannot be bound in the body of a ${type.name}.`)
}

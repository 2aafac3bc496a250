/*
 * Lets an operation of Graph's part through when its caller may what it requires (operation-access.ts), before anything is
 * read or changed.
 */
import type { FastifyRequest } from 'fastify'
import type { Action } from '../../access/index.ts'
import type { DirectoryReads } from '../../store/store.ts'
import { changeOf } from '../graph/audit.ts'
import { notThere } from '../graph/graph-problem.ts'
import type { GraphRequest, Operation } from '../graph/operation.ts'
import { idText, type Key } from '../graph/path.ts'
import type { ApiPorts } from '../ports.ts'
import { insufficientPrivileges } from './insufficient-privileges.ts'
import type { About } from './asker.ts'
import { accessKey, operationAccess, type AccessByType, type OperationAccess } from './operation-access.ts'
import type { RefusalBook } from './refusals.ts'

export function refuseUnlisted(operations: readonly Operation[]): void {
  const unlisted = operations.map(accessKey).filter((key) => !Object.hasOwn(operationAccess, key))
  if (unlisted.length > 0)
    throw new Error(
      `${unlisted.join(', ')}: nobody has said who may ask this. Add it to src/api/access/operation-access.ts.`,
    )
}

export async function admit(
  ports: ApiPorts,
  refusals: RefusalBook,
  operation: Operation,
  asked: GraphRequest,
  request: FastifyRequest,
): Promise<void> {
  const access = operationAccess[accessKey(operation)]
  if (access === undefined) throw new Error(`${accessKey(operation)}: nobody has said who may ask this.`)
  const missing =
    'byType' in access ? await missingOfType(ports, access, asked) : await missingFor(ports, access, asked)
  if (missing.length === 0) return
  await refusals.note(request, changeOf(operation), missing)
  throw insufficientPrivileges()
}

async function missingFor(
  { cycle: { store } }: ApiPorts,
  access: OperationAccess,
  asked: GraphRequest,
): Promise<readonly Action[]> {
  const { needs, on, oneOf = [], also, handsOn } = access
  const { asker } = asked
  const about = await aboutOf(store.directory, on, asked)
  const missing = await asker.missing(needs, about)
  if (missing.length > 0) return missing
  if (oneOf.length > 0 && !(await reachesOneOf(asked, oneOf))) return oneOf
  const more = also === undefined ? [] : await asker.missing(await also(asked, store), about)
  if (more.length > 0 || handsOn === undefined) return more
  return await asker.missing(await handsOn(asked, store), 'everything')
}

async function reachesOneOf({ asker }: GraphRequest, actions: readonly Action[]): Promise<boolean> {
  for (const action of actions) {
    const reach = await asker.reach([action])
    if (reach === 'everything' || reach.size > 0) return true
  }
  return false
}

async function missingOfType(
  { cycle: { store } }: ApiPorts,
  { byType }: AccessByType,
  { keys, asker }: GraphRequest,
): Promise<readonly Action[]> {
  const id = idText(keys[0]?.value ?? '')
  const [object] = [...(await store.directory.objects([id])), ...(await store.directory.applications([id]))]
  const missing = object === undefined ? null : await asker.missing(byType[object.objectType], [id])
  if (missing?.length === 0) return missing
  for (const needs of Object.values(byType))
    if ((await asker.missing(needs, 'everything')).length === 0) {
      if (object === undefined) return []
      throw notThere(id)
    }
  return missing ?? Object.values(byType).flat()
}

async function aboutOf(
  directory: DirectoryReads,
  on: OperationAccess['on'],
  { keys, body }: GraphRequest,
): Promise<About> {
  switch (on) {
    case 'everything':
      return 'everything'
    case 'application':
      return await idsOfApplication(directory, keys[0])
    case 'servicePrincipal':
      return await idsOfPrincipal(directory, keys[0])
    case 'assignedResource': {
      const [, assignment] = keys
      if (assignment === undefined) return [resourceNamed(body)]
      const found = await directory.getAssignment(assignment.value)
      return found === null ? [] : [found.servicePrincipalId]
    }
    default:
      return on satisfies never
  }
}

async function applicationsAt(
  directory: DirectoryReads,
  key: Key | undefined,
): ReturnType<DirectoryReads['applications']> {
  if (key === undefined) return []
  const id = idText(key.value)
  return key.by.toLowerCase() === 'appid' ? await directory.applicationsOf(id) : await directory.applications([id])
}

async function idsOfPrincipal(directory: DirectoryReads, key: Key | undefined): Promise<readonly string[]> {
  const found = await applicationsAt(directory, key)
  return found.filter(({ objectType }) => objectType === 'ServicePrincipal').map(({ objectId }) => objectId)
}

/** Whoever owns the enterprise application may configure the application behind it. */
async function idsOfApplication(directory: DirectoryReads, key: Key | undefined): Promise<readonly string[]> {
  const found = await applicationsAt(directory, key)
  const application = found.find(({ objectType }) => objectType === 'Application')
  if (application === undefined) return []
  return (await directory.applicationsOf(application.appId)).map(({ objectId }) => objectId)
}

function resourceNamed(body: unknown): string {
  if (typeof body !== 'object' || body === null) return ''
  const named = Object.entries(body).find(([name]) => name.toLowerCase() === 'resourceid')
  return typeof named?.[1] === 'string' ? idText(named[1]) : ''
}

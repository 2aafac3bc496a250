/*
 * Applications and their service principals: making, changing, deleting them together, and what of an application its service
 * principal repeats (graph-api.md 3.5).
 */
import { randomUUID } from 'node:crypto'
import type {
  DirectoryApplication,
  DirectoryAssignment,
  DirectoryStore,
  DirectoryTransaction,
  Placed,
} from '../store/store.ts'
import { graphAppId, type JsonObject, type JsonValue } from '../vocabulary/index.ts'
import { completeCertificates } from './client-credentials.ts'
import { applicationTemplates, slackApplicationTemplateId, templateRoles } from './application-templates.ts'
import { refuseBadRoles, rolesOf, withOrigin } from './app-roles.ts'
import { renameAssignedRoles } from './assignments.ts'
import { linkOwners } from './change-links.ts'
import { isRestorable } from './recycle-bin.ts'
import { DirectoryRefusal, notThere } from './refusal.ts'

type ObjectType = DirectoryApplication['objectType']

/** How Microsoft's portal marks applications of the directory (published samples). */
const integratedAppTag = 'WindowsAzureActiveDirectoryIntegratedApp'

const instantOf = (now: number): string => new Date(now).toISOString().replace(/\.000Z$/, 'Z')

const fresh = (
  objectType: ObjectType,
  appId: string,
  properties: JsonObject,
  objectId: string = randomUUID(),
): DirectoryApplication => ({ objectId, objectType, presence: 'present', deletedAt: null, appId, properties })

export async function createApplication(
  directory: DirectoryStore,
  request: { readonly properties: JsonObject; readonly owners: readonly string[]; readonly now: number },
): Promise<DirectoryApplication> {
  const properties = withoutCleared({
    ...withCertificates(request.properties),
    createdDateTime: instantOf(request.now),
  })
  refuseBadRoles([], rolesOf(properties))
  const application = fresh('Application', randomUUID(), withOrigin(properties, 'Application'))
  return await directory.transaction(async (transaction) => {
    await transaction.putApplications([application])
    if (request.owners.length > 0) await linkOwners(transaction, application.objectId, request.owners)
    return application
  })
}

/** Of a complex property only the parts given are changed; `null` clears a property. The service principal follows. */
export async function changeApplication(
  directory: DirectoryStore,
  objectId: string,
  objectType: ObjectType,
  changes: JsonObject,
): Promise<void> {
  await directory.transaction(async (transaction) => {
    const before = await thePresent(transaction, objectId, objectType)
    const { keyCredentials, ...others } = changes
    const certificates =
      keyCredentials === undefined ? {} : { keyCredentials: completeCertificates(keyCredentials, before.properties) }
    if (before.appId === graphAppId) refuseForGraph(changes)
    const properties = mergedProperties(before.properties, { ...others, ...certificates })
    refuseBadRoles(rolesOf(before.properties), rolesOf(properties))
    const origin = objectType === 'Application' ? 'Application' : 'ServicePrincipal'
    const after = { ...before, properties: withOrigin(properties, origin) }
    await transaction.putApplications([after])
    if (objectType === 'ServicePrincipal') return await renameAssignedRoles(transaction, objectId, rolesOf(properties))
    const principal = await principalOf(transaction, before.appId)
    if (principal === null) return
    const followed = followedBy(principal, before, after)
    await transaction.putApplications([{ ...principal, properties: followed }])
    await renameAssignedRoles(transaction, principal.objectId, rolesOf(followed))
  })
}

export async function createServicePrincipal(
  directory: DirectoryStore,
  request: {
    readonly appId: string
    readonly properties: JsonObject
    readonly owners: readonly string[]
    readonly tenantId: string
    readonly now: number
  },
): Promise<DirectoryApplication> {
  const { appId, tenantId, now } = request
  return await directory.transaction(async (transaction) => {
    const all = await transaction.applicationsOf(appId)
    if (all.some((each) => each.objectType === 'ServicePrincipal' && each.presence === 'present')) {
      throw new DirectoryRefusal(
        'sameKey',
        'servicePrincipalNames',
        `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
      )
    }
    const application = all.find((each) => each.objectType === 'Application' && each.presence === 'present')
    if (application === undefined) {
      throw new DirectoryRefusal(
        'badValue',
        'appId',
        `The appId '${appId}' of the service principal does not reference a valid application object.`,
      )
    }
    const principal = fresh('ServicePrincipal', appId, {
      ...principalProperties(application, tenantId, now),
      ...withoutCleared(withCertificates(request.properties)),
    })
    refuseBadRoles([], rolesOf(principal.properties))
    await transaction.putApplications([principal])
    if (request.owners.length > 0) await linkOwners(transaction, principal.objectId, request.owners)
    return principal
  })
}

export interface Instantiated {
  readonly application: DirectoryApplication
  readonly servicePrincipal: DirectoryApplication
}

/** Both objects of an application of the gallery (graph-api.md 3.4); `null` when there is no such template. */
export async function instantiateTemplate(
  directory: DirectoryStore,
  request: {
    readonly templateId: string
    readonly properties: JsonObject
    readonly tenantId: string
    readonly now: number
    /** Of both. */
    readonly owners?: readonly string[]
    /** Ids that are given out already, for a job that was there before. */
    readonly appId?: string
    readonly servicePrincipalId?: string
  },
): Promise<Instantiated | null> {
  const { templateId, tenantId, now, appId = randomUUID() } = request
  if (!applicationTemplates.some((template) => template.templateId === templateId)) return null
  const application = fresh('Application', appId, {
    ...request.properties,
    applicationTemplateId: templateId,
    appRoles: templateRoles,
    createdDateTime: instantOf(now),
    tags: [integratedAppTag],
  })
  const servicePrincipal = fresh(
    'ServicePrincipal',
    appId,
    {
      ...principalProperties(application, tenantId, now),
      appRoleAssignmentRequired: true,
      tags: [integratedAppTag],
    },
    request.servicePrincipalId,
  )
  const { owners = [] } = request
  await directory.transaction(async (transaction) => {
    await transaction.putApplications([application, servicePrincipal])
    if (owners.length === 0) return
    for (const { objectId } of [application, servicePrincipal]) await linkOwners(transaction, objectId, owners)
  })
  return { application, servicePrincipal }
}

/** A job's application is there from the job's beginning; for jobs of earlier versions it is made now. */
export async function ensureApplication(
  directory: DirectoryStore,
  job: { readonly jobId: string; readonly servicePrincipalId: string; readonly servicePrincipalDisplayName: string },
  { tenantId, now }: { readonly tenantId: string; readonly now: number },
): Promise<void> {
  const known = await directory.applications([job.servicePrincipalId])
  if (known.length > 0) return
  // A job's id ends in the id of its application (graph-api.md 3.7).
  const [, , appId] = job.jobId.split('.')
  await instantiateTemplate(directory, {
    templateId: slackApplicationTemplateId,
    properties: { displayName: job.servicePrincipalDisplayName },
    tenantId,
    now,
    servicePrincipalId: job.servicePrincipalId,
    ...(appId === undefined ? {} : { appId }),
  })
}

/** An application takes its service principal along. */
export async function deleteApplication(
  directory: DirectoryStore,
  objectId: string,
  objectType: ObjectType,
  request: { readonly now: number; readonly isInUse: (servicePrincipalId: string) => boolean },
): Promise<void> {
  await directory.transaction(async (transaction) => {
    const application = await thePresent(transaction, objectId, objectType)
    if (application.appId === graphAppId) {
      throw new DirectoryRefusal(
        'inUse',
        objectId,
        'Microsoft Graph is the resource that programs have their permissions of, and stays. Take back a permission by deleting its appRoleAssignment.',
      )
    }
    const principal = objectType === 'Application' ? await principalOf(transaction, application.appId) : application
    if (principal !== null && request.isInUse(principal.objectId)) {
      throw new DirectoryRefusal(
        'inUse',
        objectId,
        'A provisioning job works for this application, and would be left without its assignments. Delete the job first.',
      )
    }
    const going = [application, ...(principal === null || principal === application ? [] : [principal])]
    await transaction.putApplications(
      going.map((each) => ({ ...each, presence: 'softDeleted', deletedAt: request.now })),
    )
  })
}

/** Together with the service principal that went along. */
export async function restoreApplication(
  directory: DirectoryStore,
  objectId: string,
  now: number,
): Promise<DirectoryApplication> {
  return await directory.transaction(async (transaction) => {
    const deleted = await theDeleted(transaction, objectId, now)
    const all = await transaction.applicationsOf(deleted.appId)
    const isTaken = all.some((each) => each.objectType === deleted.objectType && each.presence === 'present')
    const hasApplication = all.some((each) => each.objectType === 'Application' && each.presence === 'present')
    if (isTaken || (deleted.objectType === 'ServicePrincipal' && !hasApplication)) {
      throw new DirectoryRefusal(
        'sameKey',
        'appId',
        isTaken
          ? `Another object with the app id ${deleted.appId} is present.`
          : `The application ${deleted.appId} is deleted too. Restore it, and its service principal comes along.`,
      )
    }
    const along =
      deleted.objectType === 'Application' ? all.filter(({ deletedAt }) => deletedAt === deleted.deletedAt) : [deleted]
    const back = along.map((each): DirectoryApplication => ({ ...each, presence: 'present', deletedAt: null }))
    await transaction.putApplications(back)
    const [restored] = back.filter((each) => each.objectId === objectId)
    return restored ?? deleted
  })
}

export async function purgeApplication(directory: DirectoryStore, objectId: string, now: number): Promise<void> {
  await directory.transaction(async (transaction) => {
    await removeApplication(transaction, await theDeleted(transaction, objectId, now))
  })
}

/** With what hangs on it: owners, and the assignments of a service principal. */
export async function removeApplication(
  transaction: DirectoryTransaction,
  { objectId, objectType }: DirectoryApplication,
): Promise<void> {
  const owners = (await transaction.owners([objectId])).get(objectId) ?? []
  await transaction.changeOwners(objectId, { added: [], removed: owners })
  for (const ownedId of await transaction.ownedBy(objectId))
    await transaction.changeOwners(ownedId, { added: [], removed: [objectId] })
  if (objectType === 'ServicePrincipal') {
    const assignments = await transaction.listAssignments(objectId)
    const own = await assignmentsOf(transaction, objectId)
    await transaction.deleteAssignments([...assignments, ...own].map(({ assignmentId }) => assignmentId))
  }
  await transaction.deleteApplications([objectId])
}

/** Those that a program has itself: its permissions. */
async function assignmentsOf(
  transaction: DirectoryTransaction,
  principalId: string,
): Promise<readonly DirectoryAssignment[]> {
  const found: DirectoryAssignment[] = []
  let after: string | null = null
  for (;;) {
    const page: readonly Placed<DirectoryAssignment>[] = await transaction.listAssignmentsOf({
      of: { principalId },
      after,
      limit: 1000,
    })
    found.push(...page.map(({ object }) => object))
    after = page.at(-1)?.position ?? null
    if (after === null) return found
  }
}

const withCertificates = (properties: JsonObject): JsonObject =>
  properties['keyCredentials'] === undefined
    ? properties
    : { ...properties, keyCredentials: completeCertificates(properties['keyCredentials'], {}) }

/** Scripts that adopt it change what is written beside it; what it is, and may be granted, is not theirs. */
function refuseForGraph(changes: JsonObject): void {
  const fixed = ['accountEnabled', 'appRoles', 'keyCredentials', 'oauth2PermissionScopes'].filter((name) =>
    Object.hasOwn(changes, name),
  )
  if (fixed.length > 0 && !(fixed.length === 1 && changes['accountEnabled'] === true))
    throw new DirectoryRefusal(
      'badValue',
      fixed[0] ?? '',
      `'${fixed.join("', '")}' of Microsoft Graph cannot be changed.`,
    )
}

// ---------------------------------------------------------------- what a service principal repeats

const valueOf = (properties: JsonObject, name: string): JsonValue => properties[name] ?? null

const partOf = (properties: JsonObject, name: string, part: string): JsonValue => {
  const whole = valueOf(properties, name)
  return whole !== null && typeof whole === 'object' && !Array.isArray(whole)
    ? ((whole as JsonObject)[part] ?? null)
    : null
}

const listOf = (value: JsonValue): readonly JsonValue[] => (Array.isArray(value) ? (value as readonly JsonValue[]) : [])

/** What always follows the application. */
function repeated({ appId, properties }: DirectoryApplication): JsonObject {
  return withoutCleared({
    appDisplayName: valueOf(properties, 'displayName'),
    appDescription: valueOf(properties, 'description'),
    applicationTemplateId: valueOf(properties, 'applicationTemplateId'),
    homepage: partOf(properties, 'web', 'homePageUrl'),
    info: valueOf(properties, 'info'),
    oauth2PermissionScopes: partOf(properties, 'api', 'oauth2PermissionScopes'),
    replyUrls: ['web', 'spa', 'publicClient'].flatMap((name) => listOf(partOf(properties, name, 'redirectUris'))),
    servicePrincipalNames: [appId, ...listOf(valueOf(properties, 'identifierUris'))],
    signInAudience: valueOf(properties, 'signInAudience') ?? 'AzureADMyOrg',
  })
}

function principalProperties(application: DirectoryApplication, tenantId: string, now: number): JsonObject {
  return withoutCleared({
    ...repeated(application),
    displayName: valueOf(application.properties, 'displayName'),
    appRoles: rolesOf(application.properties),
    appOwnerOrganizationId: tenantId,
    createdDateTime: instantOf(now),
  })
}

/** A name of its own, and roles of its own, stay. */
function followedBy(
  principal: DirectoryApplication,
  before: DirectoryApplication,
  after: DirectoryApplication,
): JsonObject {
  const own = rolesOf(principal.properties).filter((role) => role['origin'] === 'ServicePrincipal')
  const hasOwnName = principal.properties['displayName'] !== before.properties['displayName']
  const kept = Object.fromEntries(
    Object.entries(principal.properties).filter(([name]) => !Object.hasOwn(repeated(before), name)),
  )
  return {
    ...kept,
    ...repeated(after),
    ...(hasOwnName ? {} : { displayName: valueOf(after.properties, 'displayName') }),
    appRoles: [...rolesOf(after.properties), ...own],
  }
}

function mergedProperties(before: JsonObject, changes: JsonObject): JsonObject {
  const merged = Object.entries(changes).map(([name, value]): [string, JsonValue] => {
    const was = before[name]
    return isPlainObject(value) && isPlainObject(was) ? [name, { ...was, ...value }] : [name, value]
  })
  return withoutCleared({ ...before, ...Object.fromEntries(merged) })
}

const isPlainObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const withoutCleared = (properties: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null))

async function principalOf(transaction: DirectoryTransaction, appId: string): Promise<DirectoryApplication | null> {
  const all = await transaction.applicationsOf(appId)
  return all.find((each) => each.objectType === 'ServicePrincipal' && each.presence === 'present') ?? null
}

async function thePresent(
  transaction: DirectoryTransaction,
  objectId: string,
  objectType: ObjectType,
): Promise<DirectoryApplication> {
  const [application] = await transaction.applications([objectId])
  if (application?.presence === 'present' && application.objectType === objectType) return application
  throw notThere(objectId)
}

async function theDeleted(
  transaction: DirectoryTransaction,
  objectId: string,
  now: number,
): Promise<DirectoryApplication> {
  const [application] = await transaction.applications([objectId])
  if (application !== undefined && isRestorable(application, now)) return application
  throw notThere(objectId)
}

/*
 * Who is in scope: assignments and the job's scope settings. Each change first says how many people it takes out; whoever makes
 * it has then agreed to these removals, which need no second answer (spec section 8).
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { losingAccess } from '../../cycle/index.ts'
import { assign, unassign } from '../../directory/index.ts'
import { checkSchema, errorsOf } from '../../provisioning/index.ts'
import type { DirectoryAssignment, DirectoryObject } from '../../store/store.ts'
import {
  channelsOf,
  provisioningModeOf,
  type AssignmentReport,
  type HeldRemoval,
  type JobSettings,
  type ProvisioningMode,
  type SettingsReport,
  type SourceObject,
  type SynchronizationJob,
} from '../../vocabulary/index.ts'
import { flag, jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { directoryEntry, objectNamed } from './directory-entries.ts'
import { losingObjects } from './losing-objects.ts'

const assignment = z.object({
  name: z.string().min(1),
  type: z.enum(['User', 'Group']).optional(),
  dryRun: z.boolean().default(false),
})

const settings = z
  .object({
    provisioningMode: z.enum(['Manual', 'Automatic']),
    syncAll: z.boolean(),
    defaultAccessIsEntitled: z.boolean(),
    skipOutOfScopeDeletions: z.boolean(),
    repairsReferences: z.boolean(),
    cycleEveryMs: z.number().int().min(1000),
    deletionPrevention: z.object({
      isOn: z.boolean(),
      threshold: z.number().int().min(0).nullable(),
      percentage: z.number().min(0).max(100).nullable(),
      windowHours: z.number().int().min(1).nullable(),
    }),
    notifications: z.object({
      isOn: z.boolean(),
      recipients: z.string().min(3).nullable(),
      webhookUrl: z.url({ protocol: /^https?$/ }).nullable(),
    }),
    review: z.object({
      mode: z.enum(['off', 'always', 'aboveThreshold']),
      createsMax: z.number().int().min(0).nullable(),
      updatesMax: z.number().int().min(0).nullable(),
      membershipChangesMax: z.number().int().min(0).nullable(),
      disablesMax: z.number().int().min(0).nullable(),
      deletesMax: z.number().int().min(0).nullable(),
      shareMax: z.number().min(0).max(100).nullable(),
      afterConfigurationChange: z.boolean(),
      letsDisablesThrough: z.boolean(),
    }),
    quarantineThresholds: z.object({
      failuresMin: z.number().int().min(1),
      failedShareMax: z.number().min(0).max(1),
      failuresMax: z.number().int().min(1),
      totalMax: z.number().int().min(1),
    }),
  })
  .partial()

/** Whoever is protected by a threshold wants to know when it holds somebody back (spec section 8, scenario 8). */
function warningsOf({ deletionPrevention, notifications, review }: JobSettings): readonly string[] {
  if (notifications.isOn && channelsOf(notifications).length > 0) return []
  const nobody = 'and nobody is named to be told of it: muster notifications set --recipients ADDRESS.'
  const isReviewed = review.mode !== 'off' || review.afterConfigurationChange
  return [
    ...(deletionPrevention.isOn ? [`Removals above the threshold wait for an administrator, ${nobody}`] : []),
    ...(isReviewed ? [`Cycles wait to be reviewed, ${nobody}`] : []),
  ]
}

/** Spec 2.1: what has been automatic once is only ever switched off, and credentials are what makes it so. */
function refuseMode({ status }: SynchronizationJob, wanted: ProvisioningMode): void {
  if (wanted === provisioningModeOf(status)) return
  if (wanted === 'Manual')
    throw new ApiProblem(
      409,
      'modeIsAutomatic',
      'Provisioning has been automatic, and that is never made manual again. To switch it off: muster pause. To forget all it knows: muster jobs delete.',
    )
  throw new ApiProblem(
    409,
    'credentialsMissing',
    'Provisioning becomes automatic with its credentials. Connect first: muster slack connect, or muster slack token.',
  )
}

/** A group that is unassigned is deleted in Slack: whoever named it meant it (spec 7.3). */
const groupItself = ({ objectType, objectId }: DirectoryObject): readonly Omit<HeldRemoval, 'state'>[] =>
  objectType === 'Group' ? [{ objectType, sourceAnchor: objectId, kind: 'delete' }] : []

/** Spec 3.3: functions over assignments cannot be used while everybody is provisioned, assigned or not. */
function refuseRolesWithoutAssignments({ schema }: SynchronizationJob): void {
  const problems = errorsOf(checkSchema(schema, { syncAll: true })).filter(
    ({ code }) => code === 'RolesNeedAssignments',
  )
  const [first] = problems
  if (first === undefined) return
  const mapping = [first.objectMapping, first.attribute].filter((name) => name !== null).join(', ')
  throw new ApiProblem(
    400,
    'SchemaInvalid',
    `The scope stays as it is. ${mapping}: ${first.message} Remove this attribute mapping first.`,
    { problems },
  )
}

export function scopeRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, newId } = ports.cycle

  async function runSoon(job: SynchronizationJob): Promise<void> {
    await store.jobs.setNextRun(job.jobId, clock.now())
    ports.wake()
  }

  /** The people an assignment of this principal entitles. */
  async function peopleBehind(job: SynchronizationJob, principal: DirectoryObject): Promise<readonly SourceObject[]> {
    const ids =
      principal.objectType === 'User'
        ? [principal.objectId]
        : ((await store.directory.members([principal.objectId])).get(principal.objectId) ?? [])
    return await ports.sourceOf(job).readObjects('User', ids)
  }

  /** The same people without what this principal's own assignment gives them. */
  function withoutPaths(people: readonly SourceObject[], principal: DirectoryObject): readonly SourceObject[] {
    return people.map((person) => ({
      ...person,
      assignments: person.assignments.filter((path) =>
        principal.objectType === 'User' ? path.kind !== 'direct' : path.groupId !== principal.objectId,
      ),
    }))
  }

  app.get<{ Params: { job: string } }>('/jobs/:job/assignments', async (request) => {
    const job = await jobNamed(ports, request.params.job)
    const assignments = await store.directory.listAssignments(job.servicePrincipalId)
    const principals = await store.directory.objects(assignments.map((each) => each.principalId))
    const byId = new Map(principals.map((principal) => [principal.objectId, directoryEntry(principal)]))
    return {
      assignments: assignments.map((each: DirectoryAssignment) => ({
        ...each,
        principal: byId.get(each.principalId) ?? null,
      })),
    }
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/assignments', async (request): Promise<AssignmentReport> => {
    const job = await jobNamed(ports, request.params.job)
    const body = parse(assignment, request.body)
    const principal = await objectNamed(store.directory, body.name, body.type)
    if (body.dryRun) {
      const people = await peopleBehind(job, principal)
      return { entry: directoryEntry(principal), isChanged: false, people: people.length, losing: 0 }
    }
    const change = await assign(store.directory, {
      servicePrincipalId: job.servicePrincipalId,
      principal,
      assignmentId: newId(),
    })
    if (change.isChanged) await runSoon(job)
    return { entry: directoryEntry(principal), ...change, losing: 0 }
  })

  app.delete<{ Params: { job: string } }>('/jobs/:job/assignments', async (request): Promise<AssignmentReport> => {
    const job = await jobNamed(ports, request.params.job)
    const query = parse(
      z.object({ name: z.string().min(1), type: z.enum(['User', 'Group']).optional(), dryRun: flag }),
      request.query,
    )
    const principal = await objectNamed(store.directory, query.name, query.type)
    const people = await peopleBehind(job, principal)
    const losing = await losingAccess(store, job, job.settings, withoutPaths(people, principal))
    const counted = { entry: directoryEntry(principal), losing: losing.length }
    if (query.dryRun) return { ...counted, isChanged: false, people: people.length }
    const change = await unassign(store.directory, job.servicePrincipalId, principal)
    if (change.isChanged) {
      await store.provisioning.approveBeforehand(job.jobId, [...losing, ...groupItself(principal)])
      await runSoon(job)
    }
    return { ...counted, ...change }
  })

  app.patch<{ Params: { job: string }; Querystring: { dryRun?: string } }>(
    '/jobs/:job/settings',
    async (request): Promise<SettingsReport> => {
      const job = await jobNamed(ports, request.params.job)
      const { provisioningMode, ...changes } = parse(settings, request.body)
      if (provisioningMode !== undefined) refuseMode(job, provisioningMode)
      const isDryRun = parse(z.object({ dryRun: flag }), request.query).dryRun
      const wanted: JobSettings = {
        ...job.settings,
        ...(Object.fromEntries(
          Object.entries(changes).filter(([, value]) => value !== undefined),
        ) as Partial<JobSettings>),
      }
      const isScopeMoved =
        wanted.syncAll !== job.settings.syncAll ||
        wanted.defaultAccessIsEntitled !== job.settings.defaultAccessIsEntitled
      if (wanted.syncAll && !job.settings.syncAll) refuseRolesWithoutAssignments(job)
      const losing = isScopeMoved ? await losingObjects(ports, job, wanted, 'User') : []
      if (isDryRun) return { settings: wanted, isChanged: false, losing: losing.length, warnings: warningsOf(wanted) }
      await store.jobs.saveSettings(job.jobId, wanted)
      // A moved scope concerns everybody: the next cycle evaluates all of them (spec section 11, scenario 26).
      if (isScopeMoved) {
        await store.provisioning.approveBeforehand(job.jobId, losing)
        await store.jobs.clearWatermark(job.jobId)
        await runSoon(job)
      }
      return { settings: wanted, isChanged: true, losing: losing.length, warnings: warningsOf(wanted) }
    },
  )
}

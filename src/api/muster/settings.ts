/*
 * How a job decides: its settings, changed in part. What moves the scope first says how many people it takes out; whoever
 * makes it has then agreed to these removals, which need no second answer (spec section 8).
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { checkSchema, errorsOf } from '../../provisioning/index.ts'
import {
  channelsOf,
  provisioningModeOf,
  type JobSettings,
  type ProvisioningMode,
  type SettingsReport,
  type SynchronizationJob,
} from '../../vocabulary/index.ts'
import { flag, jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { losingObjects } from './losing-objects.ts'

const address = z.email()

/** Addresses with commas between. The one that is none is named: a mail that cannot arrive would be missed too late. */
const recipients = z.string().transform((text, context) => {
  const named = text.split(',').map((each) => each.trim())
  const wrong = named.find((each) => !address.safeParse(each).success)
  if (wrong === undefined) return named.join(', ')
  context.addIssue({
    code: 'custom',
    message: `"${wrong}" is no mail address such as it-night@example.com, so nobody would be told. Nothing was changed`,
  })
  return z.NEVER
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
      recipients: recipients.nullable(),
      webhookUrl: z
        .url({ protocol: /^https?$/ })
        // It is shown to everybody who may read the settings.
        .refine((text) => !/^[^/]+\/\/[^/]*@/.test(text), 'must not hold a user name or password')
        .nullable(),
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
export function warningsOf({ deletionPrevention, notifications, review }: JobSettings): readonly string[] {
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

export interface SettingsChange {
  readonly job: SynchronizationJob
  /** As `PATCH /jobs/:job/settings` takes it. */
  readonly changes: unknown
  readonly isDryRun: boolean
}

/** Changes settings in part, and says whom it takes out of scope. */
export async function changeSettings(ports: ApiPorts, request: SettingsChange): Promise<SettingsReport> {
  const { store, clock } = ports.cycle
  const { job, isDryRun } = request
  const { provisioningMode, ...changes } = parse(settings, request.changes)
  if (provisioningMode !== undefined) refuseMode(job, provisioningMode)
  const asked = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const before = job.settings
  const merged: JobSettings = { ...before, ...(asked as Partial<JobSettings>) }
  const wasForAll = before.syncAll || before.scopeWaitsForRestart
  // Narrowed, the scope holds after a restart; widened, or as it was before, at once (spec section 11).
  const wanted: JobSettings = { ...merged, scopeWaitsForRestart: wasForAll && !merged.syncAll }
  const isWidened = wanted.syncAll && !wasForAll
  const isRoleMoved = wanted.defaultAccessIsEntitled !== before.defaultAccessIsEntitled
  if (isWidened) refuseRolesWithoutAssignments(job)
  const inTheEnd = { ...wanted, scopeWaitsForRestart: false }
  const isNarrowed = changes.syncAll === false && wanted.scopeWaitsForRestart
  const isScopeMoved = isRoleMoved || isNarrowed || wanted.syncAll !== before.syncAll
  const losing = isScopeMoved ? await losingObjects(ports, job, inTheEnd, 'User') : []
  const losingGroups = isScopeMoved ? await losingObjects(ports, job, inTheEnd, 'Group') : []
  const report: Omit<SettingsReport, 'isChanged'> = {
    settings: wanted,
    losing: losing.length,
    losingGroups: losingGroups.length,
    warnings: warningsOf(wanted),
  }
  if (isDryRun) return { ...report, isChanged: false }
  await store.jobs.saveSettings(job.jobId, wanted)
  // What moves the scope now concerns everybody: the next cycle evaluates all of them.
  if (isWidened || isRoleMoved) {
    if (!wanted.scopeWaitsForRestart)
      await store.provisioning.approveBeforehand(job.jobId, [...losing, ...losingGroups])
    await store.jobs.clearWatermark(job.jobId)
    await store.jobs.setNextRun(job.jobId, clock.now())
    ports.wake()
  }
  return { ...report, isChanged: true }
}

export function settingsRoutes(app: FastifyInstance, ports: ApiPorts): void {
  app.patch<{ Params: { job: string }; Querystring: { dryRun?: string } }>(
    '/jobs/:job/settings',
    async (request): Promise<SettingsReport> => {
      const job = await jobNamed(ports, request.params.job)
      const { dryRun } = parse(z.object({ dryRun: flag }), request.query)
      return await changeSettings(ports, { job, changes: request.body, isDryRun: dryRun })
    },
  )
}

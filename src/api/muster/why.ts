/*
 * Why, and why not: how it stands with one person or group now, worked out without a run, or what the log said of them at an
 * earlier cycle.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { provisionOnDemand, removalsOnDemand } from '../../cycle/index.ts'
import { clausesThen, headlineNow, headlineThen, schemaVersionThen } from '../../provisioning/index.ts'
import type { DirectoryObject } from '../../store/store.ts'
import type {
  Cycle,
  OnDemandReport,
  ProvisioningObjectSummary,
  SynchronizationJob,
  WhyNow,
  WhyReport,
  WhyThen,
} from '../../vocabulary/index.ts'
import { cycleNamed } from '../cycle-named.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { directoryEntry, objectNamed } from './directory-entries.ts'
import { instant } from './log-filter.ts'
import { explainNow } from './object-now.ts'

const query = z.object({
  name: z.string().min(1),
  type: z.enum(['User', 'Group']).optional(),
  cycle: z.string().min(1).optional(),
  at: instant.optional(),
})

/** Cycles looked through for the one that was named; older ones are found by their entries. */
const cyclesLookedThrough = 1000
/** Entries looked through for somebody whom the directory has forgotten. */
const entriesLookedThrough = 100

export function whyRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, newId, clock } = ports.cycle
  const { provisioning } = store

  /** Who is deleted for good has no name in the directory any more; the log remembers it. */
  async function objectOrRemembered(
    job: SynchronizationJob,
    name: string,
    type: 'User' | 'Group' | undefined,
  ): Promise<{ readonly object: DirectoryObject; readonly name: string }> {
    try {
      const object = await objectNamed(store.directory, name, type)
      const named = directoryEntry(object).displayName
      if (named !== object.objectId) return { object, name: named }
      const [entry] = (await provisioning.queryLog({ jobId: job.jobId, identityId: object.objectId, limit: 1 })).entries
      return { object, name: entry?.sourceIdentity.displayName ?? named }
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 404) throw error
      const { entries } = await provisioning.queryLog({ jobId: job.jobId, text: name, limit: entriesLookedThrough })
      const [id, ...others] = [...new Set(entries.map((entry) => entry.sourceIdentity.id))]
      const [object] = id === undefined || others.length > 0 ? [] : await store.directory.objects([id])
      if (object === undefined || (type !== undefined && object.objectType !== type)) throw error
      return { object, name: entries[0]?.sourceIdentity.displayName ?? name }
    }
  }

  /** What provisioning it would do: the target is asked, nothing is written. */
  async function dryRun(job: SynchronizationJob, object: DirectoryObject): Promise<OnDemandReport> {
    const about = { subject: { objectType: object.objectType, anchor: object.objectId }, members: 'none' as const }
    return await provisionOnDemand(ports.cycle, {
      ...about,
      job,
      isDryRun: true,
      initiatedBy: { id: newId(), displayName: '', initiatorType: 'user' },
      agreed: await removalsOnDemand(ports.cycle, job, about),
      stop: new AbortController().signal,
    })
  }

  async function whyNow(job: SynchronizationJob, object: DirectoryObject, name: string): Promise<WhyNow> {
    const explanation = await explainNow(ports, job, object)
    const report = job.status === 'NotConfigured' ? null : await dryRun(job, object)
    const would = report?.objects[0] ?? null
    return {
      kind: 'now',
      entry: { ...directoryEntry(object), displayName: name },
      headline: headlineNow({ name, jobStatus: job.status, explanation, would }),
      jobStatus: job.status,
      explanation,
      would,
      unknown:
        report === null
          ? 'The job has no credentials, so that the target cannot be asked.'
          : (report.connection?.description ?? null),
    }
  }

  interface Moment {
    readonly cycleId: string | null
    readonly cycle: Cycle | null
    /** The last instant that counts. */
    readonly until: number
    /** Its entries are gone. */
    readonly isForgotten: boolean
  }

  async function momentOfCycle(job: SynchronizationJob, named: string): Promise<Moment> {
    const { jobId } = job
    const cycleId = await cycleNamed(store, [jobId], named)
    const cycle = (await store.jobs.cycles(jobId, cyclesLookedThrough)).find((each) => each.cycleId === cycleId) ?? null
    const [last] = (await provisioning.queryLog({ jobId, cycleId, limit: 1 })).entries
    const running = await store.jobs.runningCycle(jobId)
    const until =
      cycle?.endedAt ?? (last === undefined ? (cycle ?? running)?.beganAt : Date.parse(last.activityDateTime))
    return { cycleId, cycle, until: until ?? clock.now(), isForgotten: last === undefined }
  }

  async function entryAt(
    jobId: string,
    identityId: string,
    { cycleId, until }: Moment,
  ): Promise<{ readonly entry: ProvisioningObjectSummary | null; readonly isOfThatCycle: boolean }> {
    const [own] =
      cycleId === null ? [] : (await provisioning.queryLog({ jobId, identityId, cycleId, limit: 1 })).entries
    if (own !== undefined) return { entry: own, isOfThatCycle: true }
    const [last] = (await provisioning.queryLog({ jobId, identityId, until, limit: 1 })).entries
    return { entry: last ?? null, isOfThatCycle: cycleId === null && last !== undefined }
  }

  async function whyThen(
    job: SynchronizationJob,
    object: DirectoryObject,
    name: string,
    moment: Moment,
  ): Promise<WhyThen> {
    const { entry, isOfThatCycle } = await entryAt(job.jobId, object.objectId, moment)
    return {
      kind: 'then',
      entry: { ...directoryEntry(object), displayName: name },
      headline: headlineOf(name, entry, isOfThatCycle, moment),
      cycle: moment.cycle,
      found: entry,
      isOfThatCycle,
      schemaVersion: entry === null ? null : schemaVersionThen(entry),
      clauses: entry === null ? [] : clausesThen(entry),
    }
  }

  app.get<{ Params: { job: string } }>('/jobs/:job/why', async (request): Promise<WhyReport> => {
    const job = await jobNamed(ports, request.params.job)
    const asked = parse(query, request.query)
    const { object, name } = await objectOrRemembered(job, asked.name, asked.type)
    if (asked.cycle !== undefined) return await whyThen(job, object, name, await momentOfCycle(job, asked.cycle))
    if (asked.at !== undefined)
      return await whyThen(job, object, name, { cycleId: null, cycle: null, until: asked.at, isForgotten: false })
    return await whyNow(job, object, name)
  })
}

function headlineOf(
  name: string,
  entry: ProvisioningObjectSummary | null,
  isOfThatCycle: boolean,
  { cycleId, isForgotten }: { readonly cycleId: string | null; readonly isForgotten: boolean },
): string {
  if (entry === null) {
    return `The log says nothing of ${name} up to then: no cycle had met it yet, or the entry is past the log's retention.`
  }
  const said = headlineThen(name, entry)
  if (isOfThatCycle || cycleId === null) return said
  return isForgotten
    ? `The entries of that cycle are past the log's retention, or it had nothing to say. The last before it: ${said}`
    : `That cycle did not meet ${name}: nothing about it had changed. The last before it: ${said}`
}

/*
 * A cycle under review is planned before it runs. What need not wait runs, held to its plan; what waits becomes a plan that
 * somebody applies or rejects, and whoever is to be told is told once for each cause.
 */
import { isReviewed, judgeRemovals, judgeReview, settingsHash, type ReviewCause } from '../provisioning/index.ts'
import type { OutgoingNotification, Store } from '../store/store.ts'
import {
  channelsOf,
  type Notification,
  type PlanCounts,
  type PlannedWrite,
  type SealedPlan,
  type StopSignal,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { removalsSince } from './held-removals.ts'
import { countManaged } from './ledger.ts'
import type { CyclePorts } from './cycle-ports.ts'
import { draftPlan } from './seal-plan.ts'

export type ReviewEnd =
  /** The cycle runs: held to this plan, or free without a review. */
  { readonly kind: 'runs'; readonly planId: string | null } | { readonly kind: 'waits'; readonly planId: string }

const configurationName = (jobId: string): string => `configuration of ${jobId}`
const configurationOf = ({ schema, settings }: SynchronizationJob): string =>
  `${schema.version} ${settingsHash(settings)}`

/** What the last cycle was run with; the next one that is run with something else is the first after a change. */
export async function noteConfiguration(store: Store, job: SynchronizationJob): Promise<void> {
  const [name, value] = [configurationName(job.jobId), configurationOf(job)]
  if ((await store.getValue(name)) !== value) await store.setValue(name, value)
}

async function isConfigurationChanged(store: Store, job: SynchronizationJob): Promise<boolean> {
  const last = await store.getValue(configurationName(job.jobId))
  return last !== null && last !== configurationOf(job)
}

const plural = (count: number, one: string, many: string): string => `${String(count)} ${count === 1 ? one : many}`

function countsText(counts: PlanCounts): string {
  const parts = [
    [counts.disables, 'would be disabled'],
    [counts.deletes, 'would be deleted'],
    [counts.creates, 'would be created'],
    [counts.updates, 'would be updated'],
  ] as const
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${String(count)} ${what}`)
  const { membershipChanges } = counts
  if (membershipChanges > 0) told.push(`${plural(membershipChanges, 'membership', 'memberships')} would change`)
  return `${told.join(', ')}.`
}

function tell(
  job: SynchronizationJob,
  plan: SealedPlan,
  causes: readonly ReviewCause[],
  id: string,
): readonly OutgoingNotification[] {
  const { notifications } = job.settings
  if (!notifications.isOn) return []
  const notification: Notification = {
    id,
    jobId: job.jobId,
    jobName: job.servicePrincipalDisplayName,
    at: plan.createdAt,
    kind: 'planWaits',
    reason: null,
    found: `Plan ${plan.planId}: ${countsText(plan.counts)} ${causes.map(({ words }) => words).join(' ')}`,
    concerned: plan.counts.people + plan.counts.groups,
  }
  return channelsOf(notifications).map((channel) => ({ notification, channel }))
}

const doesTheSame = (one: SealedPlan, other: SealedPlan): boolean =>
  one.contentHash === other.contentHash &&
  one.schemaVersion === other.schemaVersion &&
  one.settingsHash === other.settingsHash &&
  one.watermark === other.watermark

/** The plan that waits for an answer, if one does. */
export async function waitingPlan(store: Store, jobId: string): Promise<SealedPlan | null> {
  const { plans } = await store.plans.list(jobId, { state: 'open', limit: 100 })
  return plans.find((plan) => plan.waitsFor.length > 0) ?? null
}

/** Keeps the draft for somebody's answer; the same again stays the same plan, and nobody is told anew. */
async function keepWaiting(
  { store, clock, newId }: CyclePorts,
  job: SynchronizationJob,
  draft: SealedPlan,
  causes: readonly ReviewCause[],
): Promise<string> {
  const { jobId } = job
  const earlier = await waitingPlan(store, jobId)
  if (earlier !== null && doesTheSame(earlier, draft)) {
    await store.plans.removeDraft(draft.planId)
    return earlier.planId
  }
  const plan: SealedPlan = {
    ...draft,
    state: 'open',
    origin: `review: ${causes.map(({ words }) => words).join(' ')}`,
    waitsFor: causes.map(({ code }) => code),
  }
  const { plans: rejected } = await store.plans.list(jobId, { state: 'rejected', limit: 1 })
  const isKnown = earlier !== null && plan.waitsFor.every((code) => earlier.waitsFor.includes(code))
  const isAnswered = rejected.some((each) => each.contentHash === plan.contentHash)
  await store.plans.put(plan, [], isKnown || isAnswered ? [] : tell(job, plan, causes, newId()))
  await supersedeWaiting({ store, clock }, jobId, plan.planId)
  return plan.planId
}

async function supersedeWaiting(
  { store, clock }: Pick<CyclePorts, 'store' | 'clock'>,
  jobId: string,
  except: string | null,
): Promise<void> {
  const kinds = ['cycle', 'everything'] as const
  await store.plans.supersede(jobId, { kinds, onlyReviews: true, except, at: clock.now() })
}

const hourMs = 3_600_000
const writesRead = 500

/**
 * A draft of the people who may be disabled at once; `null` when there are none, or too many of them to go without an answer.
 * Whoever has failed before waits with the others.
 */
async function leaversAhead(
  { store, clock, newId }: CyclePorts,
  job: SynchronizationJob,
  draft: SealedPlan,
  managed: number,
): Promise<string | null> {
  const { deletionPrevention, review } = job.settings
  const pending = draft.counts.disables
  if (!review.letsDisablesThrough || pending === 0) return null
  const { windowHours } = deletionPrevention
  const { provisioning } = store
  const memory = {
    countRemovals: (since: number) => provisioning.countRemovals(job.jobId, since),
    openWrites: () => provisioning.openWrites(job.jobId),
  }
  const lately = windowHours === null ? 0 : await removalsSince(memory, clock.now() - windowHours * hourMs)
  if (judgeRemovals({ pending, managed, lately }, deletionPrevention).kind === 'tooMany') return null
  const leavers: SealedPlan = { ...draft, planId: newId(), kind: 'leavers' }
  let count = 0
  for (let after = 0; ;) {
    const query = { after, limit: writesRead, kind: 'disable', objectType: 'User' } as const
    const { writes } = await store.plans.writes(draft.planId, query)
    const last = writes.at(-1)
    if (last === undefined) break
    after = last.number
    const anchors = writes.map(({ image }) => image.sourceAnchor)
    const escrow = await store.provisioning.escrow(job.jobId, 'User', anchors)
    const going: readonly PlannedWrite[] = writes.filter(({ image }) => !escrow.has(image.sourceAnchor))
    count += going.length
    if (going.length > 0) await store.plans.put(leavers, going)
  }
  return count === 0 ? null : leavers.planId
}

export async function reviewCycle(ports: CyclePorts, job: SynchronizationJob, stop: StopSignal): Promise<ReviewEnd> {
  const { store, log } = ports
  const { review } = job.settings
  const isChanged = await isConfigurationChanged(store, job)
  if (!isReviewed(review, isChanged)) {
    await supersedeWaiting(ports, job.jobId, null)
    return { kind: 'runs', planId: null }
  }
  const { draft } = await draftPlan(
    ports,
    job,
    { kind: 'cycle', createdBy: '', origin: 'review' },
    stop,
    () => undefined,
  )
  const managed = await countManaged(store, job.jobId)
  const causes = judgeReview(review, { counts: draft.counts, managed, isConfigurationChanged: isChanged })
  if (causes.length === 0) {
    await supersedeWaiting(ports, job.jobId, null)
    return { kind: 'runs', planId: draft.planId }
  }
  const ahead = await leaversAhead(ports, job, draft, managed)
  if (ahead !== null) {
    await store.plans.removeDraft(draft.planId)
    return { kind: 'runs', planId: ahead }
  }
  const planId = await keepWaiting(ports, job, draft, causes)
  log.info('a cycle waits for an answer', {
    jobId: job.jobId,
    planId,
    because: causes.map(({ code }) => code).join(' '),
  })
  return { kind: 'waits', planId }
}

/*
 * Carries out a plan that takes earlier writes back: one write after the other, each only while the target still holds what
 * the plan was made from. Each is a write like all others, with its entry, its image and its link.
 */
import type { SourceConnector } from '../connectors/source.ts'
import type { TargetConnector } from '../connectors/target.ts'
import {
  belongsToAnother,
  compileSchema,
  dueNext,
  type CompiledSchema,
  type ObjectResult,
} from '../provisioning/index.ts'
import type { Outcome } from '../store/store.ts'
import {
  ConnectorError,
  type Cycle,
  type PlannedWrite,
  type PlannedWriteEnd,
  type SealedPlan,
  type StopSignal,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { imagesTogether } from './before-image.ts'
import { carryOut } from './carry-out.ts'
import type { CycleContext } from './cycle-context.ts'
import type { CyclePorts } from './cycle-ports.ts'
import { openCycleSheet } from './cycle-sheet.ts'
import { CycleStoppedError } from './cycle-stopped.ts'
import type { Ledger } from './ledger.ts'
import { lentBy } from './lend-context.ts'
import { logFrame } from './log-frame.ts'
import { entryOf } from './object-entry.ts'
import type { Run } from './object-run.ts'
import { failed, nothing } from './object-results.ts'
import { closedWrite, runOfImage, settleAhead } from './settle-ahead.ts'
import { settleOpenWrite } from './settle-open-write.ts'
import { tallyResults } from './tally.ts'
import { linkAfter } from './undo-link.ts'
import { verdictOn, type UndoVerdict } from './undo-verdict.ts'

/** Planned writes read at once. */
const atOnce = 200

export interface UndoRequest {
  readonly job: SynchronizationJob
  readonly cycle: Cycle
  readonly plan: SealedPlan
  readonly source: SourceConnector
  readonly target: TargetConnector
  readonly ledger: Ledger
  readonly stop: StopSignal
}

async function undoOne(
  context: CycleContext,
  plan: SealedPlan,
  planned: PlannedWrite,
): Promise<readonly ObjectResult[]> {
  const { ledger, schema, clock } = context
  const { image, reason } = planned
  const { objectType } = image
  const began = clock.now()
  const end = (outcome: PlannedWriteEnd['outcome'], outcomeReason: string | null): PlannedWriteEnd => ({
    planId: plan.planId,
    number: planned.number,
    outcome,
    moved: outcome === 'void' ? 'target' : null,
    outcomeReason,
  })
  const mapping = schema.objectMappings.get(objectType)
  if (mapping === undefined) {
    await ledger.save({
      logEntry: null,
      planned: [{ ...end('void', `There is no mapping of ${objectType} objects any more.`), moved: 'configuration' }],
    })
    return []
  }
  const unsettled = await runOfImage(context, mapping, image)
  const run = await settleOpenWrite(unsettled)
  const { source } = run
  const { told } = run.deeds
  const anchor =
    planned.newcomers[image.targetAnchor ?? ''] === undefined
      ? image.targetAnchor
      : (run.facts.link?.targetAnchor ?? null)
  const held = anchor === null ? null : await context.target.read(objectType, anchor)
  const holder = anchor === null ? undefined : (await ledger.linksByTarget(objectType, [anchor])).get(anchor)
  const verdict: UndoVerdict =
    holder === undefined || holder.sourceAnchor === source.anchor
      ? verdictOn(planned, anchor ?? '', held, run.facts.link, mapping)
      : { kind: 'void', because: belongsToAnother(holder.targetAnchor, holder.displayName) }
  if (verdict.kind !== 'send') {
    await ledger.save({
      logEntry: null,
      planned: [end(verdict.kind === 'isSo' ? 'done' : 'void', verdict.because)],
      ...(verdict.kind === 'isSo' ? await dueAgain(run, plan) : {}),
      ...closedWrite(run),
    })
    return told
  }
  const { write, properties } = verdict
  run.steps.push({
    name: 'EntrySynchronizationUndo',
    provisioningStepType: 'processing',
    status: 'success',
    description: `${reason} Plan ${plan.planId}: ${plan.origin}.`,
    details: { PlanId: plan.planId },
  })
  const sent = await carryOut(run, write, properties)
  if (sent.kind !== 'done') {
    const { result } = sent
    await ledger.save({
      logEntry: entryOf(context, source, result, began),
      planned: [end('failed', result.reason)],
      // It may have been done all the same.
      ...(await dueAgain(run, plan)),
      ...closedWrite(run),
    })
    return [...told, result]
  }
  const { receipt } = sent
  const refused = new Set(receipt.membersLeftOut)
  const result: ObjectResult = {
    ...nothing,
    action: write.kind,
    status: receipt.warnings.length > 0 ? 'warning' : 'success',
    reason: receipt.warnings.length > 0 ? receipt.warnings.join(' ') : null,
    steps: run.steps,
    modifiedProperties: properties.filter((each) => each.newValue === null || !refused.has(each.newValue)),
    targetAnchor: receipt.anchor,
  }
  const beforeImage = imagesTogether(run.deeds.images)
  await ledger.save({
    logEntry: entryOf(context, source, result, began),
    ...(beforeImage === undefined ? {} : { beforeImage }),
    ...(await linkAfter(run, write, held, receipt)),
    planned: [refused.size === 0 ? end('done', null) : end('failed', receipt.warnings.join(' '))],
    ...(await dueAgain(run, plan)),
    ...closedWrite(run),
  })
  return [...told, result]
}

/** The change feed says nothing of what is taken back: the next cycle has to be told whom it concerns. */
async function dueAgain({ context, source }: Run, plan: SealedPlan): Promise<Pick<Outcome, 'escrow'>> {
  const { objectType, anchor: sourceAnchor } = source
  const entry = dueNext({
    objectType,
    sourceAnchor,
    earlier: (await context.ledger.escrow(objectType, [sourceAnchor])).get(sourceAnchor),
    errorCode: 'Undone',
    reason: `Taken back by plan ${plan.planId} (${plan.origin}).`,
    now: context.clock.now(),
  })
  return { escrow: { kind: 'put', entry } }
}

/** The target could not be asked: the rest of the plan goes on. */
async function orFailed(
  context: CycleContext,
  plan: SealedPlan,
  planned: PlannedWrite,
): Promise<readonly ObjectResult[]> {
  try {
    return await undoOne(context, plan, planned)
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.scope === 'job') throw error
    const { number } = planned
    await context.ledger.save({
      logEntry: null,
      planned: [{ planId: plan.planId, number, outcome: 'failed', moved: null, outcomeReason: error.message }],
    })
    return [failed(planned.image.kind, error.code, error.message, [])]
  }
}

/** Answers the cycle at its end. One that was stopped goes on with what is left of the plan. */
export async function carryUndo(ports: CyclePorts, request: UndoRequest): Promise<Cycle> {
  const { store, clock, progress } = ports
  const { job, plan, source, target, ledger, stop } = request
  const sheet = openCycleSheet({ ...request, progress })
  await target.checkCredentials()
  const schema: CompiledSchema = compileSchema(job.schema)
  const by = plan.decidedBy ?? plan.createdBy
  const frame = logFrame(
    job,
    request.cycle,
    ports.tenantId,
    schema,
    by === '' ? undefined : { id: '', displayName: by, initiatorType: 'user' },
  )
  const lent = await lentBy(ports, { source, target }, ledger)
  const context: CycleContext = { ...lent, schema, settings: job.settings, frame, now: plan.createdAt, gate: null }
  const count = (results: readonly ObjectResult[]): void => sheet.count((counters) => tallyResults(counters, results))
  count((await settleAhead(context, () => true)).flatMap(({ told }) => told))
  for (let after = 0; ;) {
    const { writes, total } = await store.plans.writes(plan.planId, { after, limit: atOnce, outcome: 'open' })
    const last = writes.at(-1)
    if (last === undefined) break
    after = last.number
    sheet.change({ objectsKnown: Math.max(sheet.cycle.objectsKnown, sheet.cycle.objectsDone + total) })
    for (const planned of writes) {
      if (stop.aborted) throw new CycleStoppedError('The plan was stopped and goes on where it ended.')
      count(await orFailed(context, plan, planned))
      sheet.change({ objectsDone: sheet.cycle.objectsDone + 1 })
      sheet.publish()
    }
    await ledger.saveCycle(sheet.cycle)
  }
  return sheet.end(clock.now())
}

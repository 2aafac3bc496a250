/*
 * Runs a cycle in the way it was begun: free, or held to the plan that is stored with it. One that was killed goes on in the
 * same way.
 */
import type { SourceConnector } from '../connectors/source.ts'
import type { TargetConnector } from '../connectors/target.ts'
import type { Lease } from '../store/store.ts'
import type { Cycle, SealedPlan, StopSignal, SynchronizationJob } from '../vocabulary/index.ts'
import type { DemandDoor } from './demand-desk.ts'
import { carryUndo } from './carry-undo.ts'
import { storeLedger, type Ledger } from './ledger.ts'
import { runCycle, type CycleEnd } from './run-cycle.ts'
import type { CyclePorts } from './cycle-ports.ts'
import { createSealedGate } from './sealed-gate.ts'

export interface CarryRequest {
  readonly lease: Lease
  readonly job: SynchronizationJob
  readonly cycle: Cycle
  readonly isResumed: boolean
  readonly source: SourceConnector
  readonly target: TargetConnector
  readonly stop: StopSignal
}

export interface CarriedEnd extends Omit<CycleEnd, 'watermark'> {
  readonly watermark: string | null
  /** Only a part has gone ahead: what is left has its turn at once. */
  readonly isRestDue: boolean
  /** Everything the source says was looked at; taking something back looks at nothing else. */
  readonly isWhole: boolean
}

/** People read at once. */
const atOnce = 500

/** A feed of the plan's own people alone. */
function onlyThose(source: SourceConnector, { store }: CyclePorts, plan: SealedPlan): SourceConnector {
  return {
    ...source,
    async *readChanges() {
      for (let after = 0; ;) {
        const { writes, total } = await store.plans.writes(plan.planId, { after, limit: atOnce })
        after = writes.at(-1)?.number ?? after
        const isLast = writes.length < atOnce
        const anchors = writes.map(({ image }) => image.sourceAnchor)
        const objects = await source.readObjects('User', anchors)
        yield { objects, watermark: plan.watermark ?? '', isLast, objectsKnown: total }
        if (isLast) return
      }
    },
  }
}

/** Visitors would miss what waits otherwise. */
const noDoor: DemandDoor = { open: () => undefined, close: () => Promise.resolve() }

/** What waits otherwise goes on waiting. */
const withoutOthers = (ledger: Ledger): Ledger => ({
  ...ledger,
  escrowDue: () => Promise.resolve([]),
  deferredResolvable: () => Promise.resolve([]),
  heldRemovals: () => Promise.resolve([]),
  openWrites: (owner) => (owner === undefined ? Promise.resolve([]) : ledger.openWrites(owner)),
})

export async function carryCycle(ports: CyclePorts, request: CarryRequest): Promise<CarriedEnd> {
  const { store, clock, newId, tenantId, progress } = ports
  const { lease, job, cycle, isResumed, source, target, stop } = request
  const ledger = storeLedger(store, lease)
  const free = {
    job,
    cycle,
    isResumed,
    source,
    target,
    ledger,
    clock,
    newId,
    tenantId,
    progress,
    stop,
    gate: null,
    door: ports.desk.door(job.jobId),
    ...(ports.stopwatch === undefined ? {} : { stopwatch: ports.stopwatch }),
  }
  if (cycle.planId === null) return { ...(await runCycle(free)), isRestDue: false, isWhole: true }
  const plan = await store.plans.get(cycle.planId)
  if (plan === null)
    throw new Error(`The cycle ${cycle.cycleId} carries out the plan ${cycle.planId}, which is not in the store.`)
  if (plan.kind === 'undo') {
    const ended = await carryUndo(ports, { job, cycle, plan, source, target, ledger, stop })
    return { cycle: ended, watermark: job.watermark, staged: null, isRestDue: false, isWhole: false }
  }
  const sealed = createSealedGate({ store, ledger, plan, job })
  const held = { ...free, gate: sealed.gate }
  const end = await runCycle(
    plan.kind === 'leavers'
      ? {
          ...held,
          door: noDoor,
          isResumed: false,
          source: onlyThose(source, ports, plan),
          ledger: withoutOthers(ledger),
        }
      : held,
  )
  await sealed.settle(
    (objectType, anchors) => source.readObjects(objectType, anchors),
    (ends) => store.plans.noteEnds(lease, ends),
  )
  return plan.kind === 'leavers'
    ? { ...end, watermark: job.watermark, isRestDue: true, isWhole: false }
    : { ...end, watermark: watermarkAfter(job, end), isRestDue: false, isWhole: true }
}

/** What has cleared the job's watermark wants everybody evaluated, which a plan of the changes since then has not. */
const watermarkAfter = (job: SynchronizationJob, { cycle, watermark }: CycleEnd): string | null =>
  job.watermark === null && cycle.kind === 'incremental' ? null : watermark

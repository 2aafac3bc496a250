/*
 * A cycle as it stands while it goes on: changed by its passes, counted together with what it has asked of the target, and
 * told to whoever watches.
 */
import type { TargetConnector } from '../connectors/target.ts'
import type { Cycle, CycleCounters, CyclePhase, SynchronizationJob } from '../vocabulary/index.ts'
import type { ProgressBoard } from './progress.ts'
import { tallyTraffic } from './tally.ts'

export interface CycleSheet {
  readonly cycle: Cycle
  change(part: Partial<Omit<Cycle, 'counters'>>): void
  count(tally: (counters: CycleCounters) => CycleCounters): void
  /** It is in this phase from here on, and whoever watches is told. */
  enter(phase: CyclePhase): void
  publish(): void
  /** The cycle as it is kept when it has come to its end. */
  end(at: number): Cycle
}

export function openCycleSheet({
  job: { jobId },
  cycle: begun,
  target,
  progress,
}: {
  readonly job: SynchronizationJob
  readonly cycle: Cycle
  readonly target: Pick<TargetConnector, 'traffic' | 'budgets'>
  readonly progress: ProgressBoard
}): CycleSheet {
  const { requests, throttled } = begun.counters
  const trafficBefore = target.traffic()
  let phase: CyclePhase = 'objects'
  let cycle = begun
  function publish(): void {
    const counters = tallyTraffic({ ...cycle.counters, requests, throttled }, trafficBefore, target.traffic())
    cycle = { ...cycle, counters }
    const { cycleId, kind, beganAt, objectsDone, objectsKnown, pagesDone, pagesKnown } = cycle
    progress.update(
      { jobId, cycleId, kind, phase, beganAt, objectsDone, objectsKnown, pagesDone, pagesKnown, counters },
      target.budgets,
    )
  }
  function enter(next: CyclePhase): void {
    phase = next
    publish()
  }
  return {
    get cycle() {
      return cycle
    },
    change(part) {
      cycle = { ...cycle, ...part }
    },
    count(tally) {
      cycle = { ...cycle, counters: tally(cycle.counters) }
    },
    enter,
    publish,
    end(at) {
      enter('ended')
      const hasFailures = Object.keys(cycle.counters.failed).length > 0
      return { ...cycle, endedAt: at, state: hasFailures ? 'EntryLevelErrors' : 'Succeeded' }
    },
  }
}

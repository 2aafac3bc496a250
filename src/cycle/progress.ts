/*
 * Where a running cycle stands: pages and objects done and expected, rate, time left. Kept in memory; what must survive is in
 * the stored cycle.
 */
import { percentOf, timeLeft } from '../provisioning/index.ts'
import type { Clock, ProgressReport, TargetBudget } from '../vocabulary/index.ts'

/** The rate is measured over this long. */
const windowMs = 15_000

export type ProgressUpdate = Omit<ProgressReport, 'percent' | 'objectsPerSecond' | 'secondsLeft' | 'secondsLeftFrom'>

export interface ProgressBoard {
  /** `budgets` tells the target's limits when somebody asks how long it takes. */
  update(report: ProgressUpdate, budgets?: () => readonly TargetBudget[]): void
  read(jobId: string): ProgressReport | null
}

interface Watched {
  report: ProgressUpdate
  objectsPerSecond: number
  readonly budgets: () => readonly TargetBudget[]
  samples: readonly { readonly at: number; readonly done: number }[]
  /** When the objects began to have their turn: what they ask of the target is counted from there. */
  from: { readonly done: number; readonly budgets: readonly TargetBudget[] } | null
}

export function createProgressBoard(clock: Clock): ProgressBoard {
  const cycles = new Map<string, Watched>()

  return {
    update(report, budgets = () => []) {
      const now = clock.now()
      const known = cycles.get(report.jobId)
      const isSame = known?.report.cycleId === report.cycleId
      const watched = isSame ? known : { report, objectsPerSecond: 0, budgets, samples: [], from: null }
      cycles.set(report.jobId, watched)
      watched.report = report
      if (report.phase === 'objects') watched.from ??= { done: report.objectsDone, budgets: budgets() }
      const kept = watched.samples.filter((sample) => now - sample.at <= windowMs)
      const last = kept.at(-1)
      if (last === undefined || now - last.at >= 200) kept.push({ at: now, done: report.objectsDone })
      watched.samples = kept
      const [first] = kept
      const elapsedMs = first === undefined ? 0 : now - first.at
      watched.objectsPerSecond =
        first === undefined || elapsedMs < 1000 ? 0 : ((report.objectsDone - first.done) * 1000) / elapsedMs
    },
    read(jobId) {
      const watched = cycles.get(jobId)
      if (watched === undefined) return null
      const { report, objectsPerSecond, budgets, from } = watched
      const { seconds, from: secondsLeftFrom } = timeLeft({
        objectsLeft: Math.max(0, report.objectsKnown - report.objectsDone),
        objectsPerSecond,
        objectsDone: report.objectsDone - (from?.done ?? report.objectsDone),
        before: from?.budgets ?? [],
        budgets: budgets(),
      })
      return { ...report, percent: percentOf(report), objectsPerSecond, secondsLeft: seconds, secondsLeftFrom }
    },
  }
}

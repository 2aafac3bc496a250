/*
 * Where a running cycle stands: objects done and expected, rate, time left. Kept in memory; what must survive is in the
 * stored cycle.
 */
import type { Clock, ProgressReport } from '../vocabulary/index.ts'

/** The rate is measured over this long. */
const windowMs = 15_000

export interface ProgressBoard {
  update(report: Omit<ProgressReport, 'objectsPerSecond' | 'secondsLeft'>): void
  read(jobId: string): ProgressReport | null
}

export function createProgressBoard(clock: Clock): ProgressBoard {
  const reports = new Map<string, ProgressReport>()
  const samples = new Map<string, { readonly at: number; readonly done: number }[]>()

  return {
    update(report) {
      const now = clock.now()
      const kept = (samples.get(report.cycleId) ?? []).filter((sample) => now - sample.at <= windowMs)
      const last = kept.at(-1)
      if (last === undefined || now - last.at >= 200) kept.push({ at: now, done: report.objectsDone })
      if (!samples.has(report.cycleId)) samples.clear()
      samples.set(report.cycleId, kept)
      const first = kept[0]
      const elapsedMs = first === undefined ? 0 : now - first.at
      const rate = first === undefined || elapsedMs < 1000 ? 0 : ((report.objectsDone - first.done) * 1000) / elapsedMs
      const left = Math.max(0, report.objectsKnown - report.objectsDone)
      reports.set(report.jobId, {
        ...report,
        objectsPerSecond: rate,
        secondsLeft: rate > 0 ? Math.ceil(left / rate) : null,
      })
    },
    read: (jobId) => reports.get(jobId) ?? null,
  }
}

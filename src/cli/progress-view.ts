/* Progress of a cycle for a person: a bar on a terminal, plain lines elsewhere. */
import { SingleBar } from 'cli-progress'
import type { ProgressReport } from '../vocabulary/index.ts'
import { durationText } from './words.ts'

export interface ProgressView {
  show(report: ProgressReport): void
  end(): void
}

const phaseText: Record<ProgressReport['phase'], string> = {
  readingTarget: 'reading Slack',
  objects: 'people and groups',
  references: 'managers and members',
  removals: 'leavers',
  ended: 'done',
}

export function leftText({ secondsLeft }: ProgressReport): string {
  return secondsLeft === null ? 'time left unknown yet' : `${durationText(secondsLeft * 1000)} left`
}

function countsText({ counters }: ProgressReport): string {
  const failed = Object.values(counters.failed).reduce((sum, each) => sum + each, 0)
  return `${String(counters.created)} created, ${String(counters.updated)} updated, ${String(counters.disabled + counters.deleted)} removed, ${String(failed)} failed`
}

/** Plain lines are printed when this much has passed. */
const lineEveryMs = 5000

export function createProgressView(output: NodeJS.WriteStream, now: () => number = Date.now): ProgressView {
  if (output.isTTY) {
    const bar = new SingleBar({
      stream: output,
      format: '{kind} cycle [{bar}] {percentage}% {value}/{total} {rate}/s {left} | {counts} | {phase}',
      hideCursor: true,
      clearOnComplete: false,
      barsize: 24,
      fps: 5,
    })
    let isStarted = false
    return {
      show(report) {
        const total = Math.max(1, report.objectsKnown)
        const payload = {
          kind: report.kind,
          rate: report.objectsPerSecond.toFixed(1),
          left: leftText(report),
          counts: countsText(report),
          phase: phaseText[report.phase],
        }
        if (!isStarted) bar.start(total, report.objectsDone, payload)
        isStarted = true
        bar.setTotal(total)
        bar.update(report.objectsDone, payload)
      },
      end: () => {
        if (isStarted) bar.stop()
      },
    }
  }
  let toldAt = Number.NEGATIVE_INFINITY
  let toldPhase = ''
  return {
    show(report) {
      const isDue = now() - toldAt >= lineEveryMs
      if (!isDue && report.phase === toldPhase) return
      toldAt = now()
      toldPhase = report.phase
      output.write(
        `${report.kind} cycle, ${phaseText[report.phase]}: ${String(report.objectsDone)} of ${String(report.objectsKnown)}, ${report.objectsPerSecond.toFixed(1)}/s, ${leftText(report)}; ${countsText(report)}\n`,
      )
    },
    end: () => undefined,
  }
}

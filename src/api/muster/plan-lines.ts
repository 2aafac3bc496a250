/* A plan as it is being made: changes and progress, in lines of JSON, then the plan itself or an error. */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { createProgressBoard, type CyclePorts } from '../../cycle/index.ts'
import type { Clock, PlanLine, PlannedChange, StopSignal, SynchronizationJob } from '../../vocabulary/index.ts'
import type { ApiPorts } from '../ports.ts'

/** Between two progress lines. */
const progressEveryMs = 500

/** Makes it, and answers the last lines. */
type MakePlan = (
  ports: CyclePorts,
  stop: StopSignal,
  onChange: (change: PlannedChange) => void,
) => Promise<readonly PlanLine[]>

async function* linesOf(
  ports: ApiPorts,
  job: SynchronizationJob,
  stop: AbortSignal,
  make: MakePlan,
): AsyncGenerator<PlanLine> {
  const waiting: PlanLine[] = []
  let wake: () => void = () => undefined
  const clock: Clock = ports.cycle.clock
  const board = createProgressBoard(clock)
  let isDone = false
  const planning = make({ ...ports.cycle, progress: board }, stop, (change) => {
    waiting.push({ type: 'change', change })
    wake()
  })
    .catch((error: unknown): readonly PlanLine[] => [
      { type: 'error', message: error instanceof Error ? error.message : String(error) },
    ])
    .then((lines) => {
      waiting.push(...lines)
      isDone = true
      wake()
    })
  let toldAt = 0
  for (;;) {
    const line = waiting.shift()
    if (line !== undefined) {
      yield line
      continue
    }
    if (isDone) break
    const progress = board.read(job.jobId)
    if (progress !== null && clock.now() - toldAt >= progressEveryMs) {
      toldAt = clock.now()
      yield { type: 'progress', progress }
      continue
    }
    await new Promise<void>((resolve) => {
      wake = resolve
      // Something may have come while the promise was made.
      if (waiting.length > 0) resolve()
      else void clock.sleep(progressEveryMs).then(resolve)
    })
  }
  await planning
}

/** Whoever hangs up ends the planning. */
export function planLines(ports: ApiPorts, job: SynchronizationJob, reply: FastifyReply, make: MakePlan): Readable {
  const stopped = new AbortController()
  reply.raw.once('close', () => stopped.abort(new Error('The caller has gone.')))
  const lines = async function* (): AsyncGenerator<string> {
    for await (const line of linesOf(ports, job, stopped.signal, make)) yield `${JSON.stringify(line)}\n`
  }
  return Readable.from(lines())
}

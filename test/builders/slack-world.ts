/*
 * A whole Muster in memory in front of a simulated Slack workspace, on one virtual clock: real engine, real store, real
 * connector and API, no sockets. What the operator and the callers of the API would see is kept.
 */
import { createSimulator, type Simulator, type SimulatorOptions } from '../../simulator/index.ts'
import { createApi } from '../../src/api/index.ts'
import { createSlackTarget } from '../../src/connectors/slack/index.ts'
import { leaseMs, runJob, type CyclePorts, type JobRunEnd, type OperatorLog } from '../../src/cycle/index.ts'
import type { Cycle } from '../../src/vocabulary/index.ts'
import { apiPorts } from './api-ports.ts'
import { sendTo } from './simulator-send.ts'
import { aWorld, type World } from './world.ts'

export interface SlackWorld {
  readonly muster: World
  readonly simulator: Simulator
  /** Lines of the operator's log so far. */
  readonly operatorLines: readonly string[]
  /** Lets the time pass until the job is due, and runs it. */
  runWhenDue(): Promise<JobRunEnd>
  /** The same, for a cycle that has to come to its end. */
  cycle(): Promise<Cycle>
  /** Forgets the account a source object is linked to, as an administrator does whose log says it is gone. */
  removeLink(objectId: string): Promise<void>
  /** What the API answers to GET, as text. */
  get(path: string): Promise<string>
  close(): Promise<void>
}

export async function aSlackWorld(options: SimulatorOptions = {}): Promise<SlackWorld> {
  const muster = await aWorld()
  const { clock, store, job } = muster
  const simulator = createSimulator({ clock, ...options })
  const target = createSlackTarget({ token: simulator.token, clock, random: () => 0.5, send: sendTo(simulator) })
  const operatorLines: string[] = []
  const say =
    (level: string): OperatorLog['info'] =>
    (event, fields) =>
      void operatorLines.push(JSON.stringify({ level, event, ...fields }))
  const ports: CyclePorts = {
    ...muster.ports,
    connect: (each) => ({
      source: muster.ports.connect(each).source,
      target: { ...target, close: () => Promise.resolve() },
    }),
    log: { info: say('info'), warn: say('warn'), error: say('error') },
  }
  const app = await createApi(apiPorts(ports))

  async function runWhenDue(): Promise<JobRunEnd> {
    const current = await store.jobs.get(job.jobId)
    await clock.advance(Math.max(0, (current?.nextRunAt ?? 0) - clock.now()))
    const claim = await store.jobs.claim({ owner: 'test', leaseMs, now: clock.now() })
    if (claim === null) throw new Error('The job is not due.')
    return await clock.runUntilDone(runJob(ports, claim, new AbortController().signal))
  }

  return {
    muster,
    simulator,
    operatorLines,
    runWhenDue,
    async cycle() {
      const end = await runWhenDue()
      if (end.kind !== 'ended') throw new Error(`The cycle did not end: ${JSON.stringify(end)}`)
      return end.cycle
    },
    async removeLink(objectId) {
      const [object] = await store.directory.objects([objectId])
      const claim = await store.jobs.claim({ owner: 'test', leaseMs, now: clock.now(), jobId: job.jobId })
      if (claim === null || object === undefined) throw new Error(`The link of ${objectId} cannot be removed now.`)
      const { objectType } = object
      await store.provisioning.saveOutcomes(claim.lease, [
        { logEntry: null, link: { kind: 'delete', objectType, sourceAnchor: objectId } },
      ])
      await store.jobs.release(claim.lease)
    },
    async get(path) {
      return (await app.inject({ method: 'GET', url: path, headers: { host: 'localhost' } })).body
    },
    async close() {
      await app.close()
      await target.close()
      await muster.close()
    },
  }
}

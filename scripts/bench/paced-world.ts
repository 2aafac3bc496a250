/*
 * A store, a simulated Slack with the published limits and the engine between them, on one virtual clock: what several
 * benches measure with. A run says the same every time.
 */
import { createDirectorySource } from '../../src/connectors/directory/index.ts'
import { createSlackTarget } from '../../src/connectors/slack/index.ts'
import { createDemandDesk, createProgressBoard, leaseMs, runJob, type JobRunEnd } from '../../src/cycle/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import type { StopSignal, SynchronizationJob } from '../../src/vocabulary/index.ts'
import { createSimulator, type Simulator } from '../../simulator/index.ts'
import { companyServicePrincipalId } from '../../test/builders/company-store.ts'
import { sendTo } from '../../test/builders/simulator-send.ts'
import { createVirtualClock, type VirtualClock } from '../../test/builders/virtual-clock.ts'

export interface PacedWorld {
  readonly clock: VirtualClock
  readonly store: Store
  readonly simulator: Simulator
  /** Runs one cycle of the job, or as much of it as `stop` lets through. */
  cycle(job: SynchronizationJob, stop?: StopSignal): Promise<JobRunEnd>
  close(): Promise<void>
}

export interface PacedOptions {
  /** Part of the published limits; 1 is all of them. */
  readonly rateShare: number
  /** Sees each request of the connector before Slack does. */
  readonly onRequest?: (request: { readonly method: string; readonly path: string; readonly body?: string }) => void
  readonly latencyMs?: number
}

export async function aPacedWorld(options: PacedOptions): Promise<PacedWorld> {
  // The store answers over many turns; time must not run on meanwhile.
  const clock = createVirtualClock(undefined, 40)
  const store = await openSqliteStore({ file: ':memory:' })
  const latency = options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs, latencyJitterMs: 0 }
  const simulator = createSimulator({ clock, seed: 7, knobs: { logBodies: false }, ...latency })
  const send = sendTo(simulator)
  const target = createSlackTarget({
    baseUrl: 'http://slack.invalid',
    token: simulator.token,
    clock,
    random: () => 0.5,
    rateShare: options.rateShare,
    send: (request, sending) => {
      options.onRequest?.(request)
      return send(request, sending)
    },
  })
  let ids = 0
  return {
    clock,
    store,
    simulator,
    async cycle(job, stop = new AbortController().signal) {
      const claim = await store.jobs.claim({ owner: 'bench', leaseMs, now: clock.now(), jobId: job.jobId })
      if (claim === null) throw new Error('The job could not be claimed.')
      const ports = {
        store,
        connect: () => ({
          source: createDirectorySource({ directory: store.directory, servicePrincipalId: companyServicePrincipalId }),
          target: { ...target, close: () => Promise.resolve() },
        }),
        clock,
        newId: () => `id-${String((ids += 1))}`,
        tenantId: 'bench',
        progress: createProgressBoard(clock),
        desk: createDemandDesk('bench'),
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      }
      return await clock.runUntilDone(runJob(ports, claim, stop))
    },
    async close() {
      await target.close()
      await store.close()
    },
  }
}

/** Objects of a type that are linked. */
export async function countLinked(store: Store, jobId: string, objectType: 'User' | 'Group'): Promise<number> {
  return (await store.provisioning.countLinks(jobId)).find((each) => each.objectType === objectType)?.count ?? 0
}

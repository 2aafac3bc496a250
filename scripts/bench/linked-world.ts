/*
 * A company that is in Slack already: a store in a file, the simulated Slack without limits, the engine between them, all in
 * this process and on the machine's clock. What the benches of later cycles measure with.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDirectorySource } from '../../src/connectors/directory/index.ts'
import type { Send } from '../../src/connectors/scim/index.ts'
import { createSlackTarget } from '../../src/connectors/slack/index.ts'
import { createDemandDesk, createProgressBoard, leaseMs, runJob, type CyclePorts } from '../../src/cycle/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import { systemClock } from '../../src/system-clock.ts'
import type { Cycle } from '../../src/vocabulary/index.ts'
import { createSimulator } from '../../simulator/index.ts'
import { companyServicePrincipalId, fillWithCompany } from '../../test/builders/company-store.ts'
import { sendTo } from '../../test/builders/simulator-send.ts'

export interface LinkedWorldOptions {
  readonly users: number
  readonly groups: number
  /** Stands between the connector and Slack. */
  readonly around?: (send: Send) => Send
}

export interface LinkedWorld {
  readonly store: Store
  readonly ports: CyclePorts
  readonly jobId: string
  /** Runs a cycle, which need not be due. */
  cycle(): Promise<Cycle>
  /** Writes sent to Slack so far. */
  writes(): number
  linked(objectType: 'User' | 'Group'): Promise<number>
  /** Anchors of people who have an account, in source and target. */
  people(count: number): Promise<readonly { readonly sourceAnchor: string; readonly targetAnchor: string }[]>
  /** Gives somebody another job title. */
  promote(sourceAnchor: string, jobTitle: string): Promise<void>
  /** How long each of Slack's answers takes from now on. */
  setLatency(latencyMs: number): void
  close(): Promise<void>
}

/** Everybody is linked when it is there. */
export async function aLinkedWorld(options: LinkedWorldOptions): Promise<LinkedWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'))
  const store = await openSqliteStore({ file: join(folder, 'muster.sqlite') })
  const { jobId } = await fillWithCompany(store, { ...options, seed: 7, now: Date.now() })
  const simulator = createSimulator({
    rateScale: 0,
    latencyMs: 0,
    latencyJitterMs: 0,
    consistency: { deactivateMs: 0, groupMs: 0, photoMs: 0 },
    knobs: { logBodies: false },
  })
  const send = sendTo(simulator)
  const target = createSlackTarget({
    baseUrl: 'http://slack.invalid',
    token: simulator.token,
    clock: systemClock,
    random: Math.random,
    rate: 'off',
    send: options.around === undefined ? send : options.around(send),
  })
  let ids = 0
  const ports: CyclePorts = {
    store,
    connect: () => ({
      source: createDirectorySource({ directory: store.directory, servicePrincipalId: companyServicePrincipalId }),
      target: { ...target, close: () => Promise.resolve() },
    }),
    clock: systemClock,
    newId: () => `id-${String((ids += 1))}`,
    tenantId: 'bench',
    progress: createProgressBoard(systemClock),
    desk: createDemandDesk('bench'),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  }
  const world: LinkedWorld = {
    store,
    ports,
    jobId,
    async cycle() {
      const claim = await store.jobs.claim({ owner: 'bench', leaseMs, now: Date.now(), jobId })
      if (claim === null) throw new Error('The job could not be claimed.')
      const end = await runJob(ports, claim, new AbortController().signal)
      if (end.kind !== 'ended') throw new Error(`The cycle did not end: ${JSON.stringify(end)}`)
      return end.cycle
    },
    writes: () => target.traffic().writes,
    linked: async (objectType) =>
      (await store.provisioning.countLinks(jobId)).find((each) => each.objectType === objectType)?.count ?? 0,
    people: (count) => store.provisioning.listLinks(jobId, { objectType: 'User', after: null, limit: count }),
    async promote(sourceAnchor, jobTitle) {
      const [person] = await store.directory.objects([sourceAnchor])
      if (person === undefined) throw new Error(`Nobody has the id ${sourceAnchor}.`)
      const promoted = { ...person, attributes: { ...person.attributes, jobTitle } }
      await store.directory.transaction((transaction) => transaction.putObjects([promoted]))
    },
    setLatency: (latencyMs) => void simulator.setKnobs({ latencyMs }),
    async close() {
      await target.close()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await world.cycle()
  return world
}

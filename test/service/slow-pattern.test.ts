/*
 * Patterns that take too long on the value of everybody, in a scoping filter and in a mapping of a running service: each
 * evaluation ends with its reason, the service answers meanwhile, and nobody is taken out of scope.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createSimulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import type { Cycle, ScopingFilter, StatusReport, SynchronizationSchema } from '../../src/vocabulary/index.ts'
import { fillWithCompany } from '../builders/company-store.ts'
import { askAsOperator, startService, stopService, type MusterService } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'
import type { LogPage } from '../builders/provisioned-company.ts'

// Everybody costs what an evaluation may cost at most, and the machine may be busy.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const people = 120
/** Neither our matcher nor any other finds out cheaply that this is not in a row of the same letter. */
const costly = '(a*)*\\1b'
const aRow = 'a'.repeat(60)

const programs = createPrograms()
const data = programs.folder()
const simulator = createSimulator({ rateScale: 0, latencyMs: 0, latencyJitterMs: 0, knobs: { logBodies: false } })

async function inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ file: join(data, 'muster.sqlite') })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

interface Answers {
  readonly cycle: Cycle
  /** Between the beginning of the cycle and its end. */
  readonly totalMs: number
  readonly longestWaitMs: number
  readonly count: number
}

async function answerOf<T>(service: MusterService, path: string): Promise<T> {
  const response = await askAsOperator(service, `/muster/v1/${path}`)
  if (!response.ok) throw new Error(`${path}: ${String(response.status)}`)
  return (await response.json()) as T
}

/** Asks again and again until the cycle that is due has ended. A start is no wait for an answer. */
async function askMeanwhile(service: MusterService, before: string | undefined): Promise<Answers> {
  await service.url
  const began = performance.now()
  let longestWaitMs = 0
  for (let count = 1; ; count += 1) {
    const asked = performance.now()
    const status = await answerOf<StatusReport>(service, 'status')
    longestWaitMs = Math.max(longestWaitMs, performance.now() - asked)
    const cycle = status.jobs[0]?.lastCycle ?? null
    if (cycle !== null && cycle.cycleId !== before)
      return { cycle, totalMs: performance.now() - began, longestWaitMs, count }
  }
}

const start = (slackUrl: string): MusterService =>
  startService(programs, { data, slack: { url: slackUrl, token: simulator.token }, args: ['--log-level', 'error'] })

/** The user mapping with another filter or another title. */
function changed(
  schema: SynchronizationSchema,
  { filter = null, title = '[jobTitle]' }: { readonly filter?: ScopingFilter | null; readonly title?: string },
): SynchronizationSchema {
  return {
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((mapping) =>
        mapping.sourceObjectName !== 'User'
          ? mapping
          : {
              ...mapping,
              scope: filter,
              attributeMappings: mapping.attributeMappings.map((each) =>
                each.targetAttributeName === 'title' ? { ...each, source: { expression: title } } : each,
              ),
            },
      ),
    })),
  }
}

/** Mail addresses of everybody. */
const addresses: string[] = []
const activePeople = (): number => addresses.filter((address) => simulator.person(address)?.active === true).length

describe('a pattern that takes too long for everybody', () => {
  let slack: Awaited<ReturnType<typeof listenOn>>
  let jobId: string
  let schema: SynchronizationSchema
  let lastCycle: Cycle
  let activeBefore: number

  beforeAll(async () => {
    slack = await listenOn((request) => simulator.handle(request), {})
    await inStore(async (store) => {
      const job = await fillWithCompany(store, { users: people, groups: 0, seed: 3, now: Date.now() })
      ;({ jobId, schema } = job)
      const everybody = await store.directory.objects(await store.directory.presentIds('User'))
      addresses.push(...everybody.map((object) => String(object.attributes['mail'])))
      await store.directory.transaction(async (transaction) => {
        await transaction.putObjects(
          everybody.map((object) => ({ ...object, attributes: { ...object.attributes, extensionAttribute1: aRow } })),
        )
      })
    })
    const service = start(slack.url)
    lastCycle = (await askMeanwhile(service, undefined)).cycle
    await stopService(service)
    activeBefore = activePeople()
    expect(activeBefore).toBeGreaterThan(people / 2)
  })
  afterAll(async () => {
    await programs.clear()
    await slack.close()
  })

  test.each([
    {
      where: 'in the scoping filter',
      change: {
        filter: {
          groups: [
            {
              name: 'rows',
              clauses: [
                {
                  sourceOperandName: 'extensionAttribute1',
                  operatorName: 'REGEX MATCH',
                  targetOperand: { values: [costly] },
                },
              ],
            },
          ],
        },
      },
      reason: /The scoping filter could not be evaluated: .*takes too long/,
    },
    {
      where: 'in a mapping',
      change: { title: `Replace([extensionAttribute1], , "${costly.replaceAll('\\', '\\\\')}", , "", , )` },
      reason: /The mapping of title failed: The regular expression takes too long/,
    },
  ])('$where fails each with its reason, disables nobody, and leaves the service free to answer', async (each) => {
    await inStore(async (store) => {
      await store.jobs.saveSchema(jobId, changed(schema, each.change))
      await store.jobs.setNextRun(jobId, Date.now())
    })
    const service = start(slack.url)
    const { cycle, totalMs, longestWaitMs } = await askMeanwhile(service, lastCycle.cycleId)
    const log = await answerOf<LogPage>(service, `log?cycle=${cycle.cycleId}&limit=1000`)
    await stopService(service)
    lastCycle = cycle

    const failures = log.entries.filter((entry) => entry.provisioningStatusInfo.status === 'failure')
    expect(failures.length).toBeGreaterThanOrEqual(activeBefore)
    for (const entry of failures) expect(entry.provisioningStatusInfo.errorInformation?.reason).toMatch(each.reason)
    expect(cycle.counters).toMatchObject({ disabled: 0, deleted: 0 })
    expect(activePeople()).toBe(activeBefore)
    // An answer waits for some evaluations, a turn for each thing it reads, not for a page of them.
    expect(longestWaitMs).toBeLessThan(totalMs / 4)
  })
})

/* Ten thousand generated people, whose names collide and do not fit Slack, all get an account with a name of their own. */
import { expect, test } from 'vitest'
import { createDirectorySource } from '../../src/connectors/directory/index.ts'
import { createMemoryTarget } from '../../src/connectors/memory/index.ts'
import {
  createDemandDesk,
  createProgressBoard,
  leaseMs,
  planCycle,
  runJob,
  type CyclePorts,
} from '../../src/cycle/index.ts'
import { slackSchema } from '../../src/provisioning/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import { companyServicePrincipalId, fillWithCompany } from '../builders/company-store.ts'
import { createVirtualClock } from '../builders/virtual-clock.ts'

const users = 10_000

test('10,000 people are all created, as planned, and no user name twice', { timeout: 300_000 }, async () => {
  const clock = createVirtualClock()
  const store = await openSqliteStore({ file: ':memory:' })
  try {
    const job = await fillWithCompany(store, { users, groups: 5, seed: 7, now: clock.now(), isAsWritten: true })
    const target = createMemoryTarget()
    let ids = 0
    const ports: CyclePorts = {
      store,
      connect: () => ({
        source: createDirectorySource({ directory: store.directory, servicePrincipalId: companyServicePrincipalId }),
        target: { ...target, close: () => Promise.resolve() },
      }),
      clock,
      newId: () => `id-${String((ids += 1))}`,
      tenantId: 'names',
      progress: createProgressBoard(clock),
      desk: createDemandDesk('test'),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    }
    const never = new AbortController().signal
    const planned = new Map<string, string | null>()
    await planCycle(ports, job, never, (change) => {
      if (change.objectType !== 'User' || change.action !== 'create') return
      planned.set(
        change.sourceId,
        change.modifiedProperties.find((each) => each.displayName === 'userName')?.newValue ?? null,
      )
    })
    const asMapped = { ...job, schema: slackSchema({ id: job.jobId, version: '2', provisionGroups: false }) }
    const failedAsMapped = (await planCycle(ports, asMapped, never, () => undefined)).counters.failed

    const claim = await store.jobs.claim({ owner: 'test', leaseMs, now: clock.now(), jobId: job.jobId })
    if (claim === null) throw new Error('The job could not be claimed.')
    const end = await runJob(ports, claim, never)
    expect(end).toMatchObject({ kind: 'ended', cycle: { state: 'Succeeded', counters: { failed: {} } } })

    const accounts = target.objects('User')
    const names = accounts.map((account) => String(account.attributes['userName']))
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9._-]{0,19}$/)
    const nameOf = new Map(accounts.map((account) => [account.anchor, String(account.attributes['userName'])]))
    const links = await store.provisioning.listLinks(job.jobId, { objectType: 'User', after: null, limit: users + 1 })
    expect(new Map(links.map((link) => [link.sourceAnchor, nameOf.get(link.targetAnchor)]))).toEqual(planned)
    // What the mode is for: without it these people would have no account.
    expect(Object.values(failedAsMapped).reduce((sum, each) => sum + each, 0)).toBeGreaterThan(100)
    console.log(`names.test.ts: ${names.length} created; as mapped ${JSON.stringify(failedAsMapped)} would have failed`)
  } finally {
    await store.close()
  }
})

/*
 * A tenant as the source: everybody of a company is imported for the first time through Graph's paging, over HTTP. Muster's own
 * Graph API stands for the tenant, in the same process. MUSTER_BENCH_PEOPLE takes another number than 100,000.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createApi } from '../../src/api/index.ts'
import { createDirectorySource } from '../../src/connectors/directory/index.ts'
import { createGraphClient, createGraphTransport, followTenant, requestsMax } from '../../src/connectors/entra/index.ts'
import { createMemoryTarget } from '../../src/connectors/memory/index.ts'
import { createDemandDesk, createProgressBoard } from '../../src/cycle/index.ts'
import { createMirror } from '../../src/directory/index.ts'
import { neededAttributes, slackSchema } from '../../src/provisioning/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import { systemClock } from '../../src/system-clock.ts'
import { timeOrderedId } from '../../src/time-ordered-id.ts'
import { apiPorts, operatorKey } from '../../test/builders/api-ports.ts'
import { companyServicePrincipalId, fillWithCompany } from '../../test/builders/company-store.ts'
import { wholeFigure, type BenchFigure } from './figure.ts'

export const name = 'entra-import'

const people = Number(process.env['MUSTER_BENCH_PEOPLE'] ?? 100_000)
const goalPerSecond = 1000
const goalGrowthMib = 128

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

export async function run(): Promise<readonly BenchFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-entra-bench-'))
  const theirs = await openSqliteStore({ file: join(folder, 'tenant.sqlite'), exclusive: true })
  const ours = await openSqliteStore({ file: join(folder, 'muster.sqlite'), exclusive: true })
  await fillWithCompany(theirs, { users: people, groups: Math.ceil(people / 200), seed: 7, now: Date.now() })
  const source = createDirectorySource({ directory: theirs.directory, servicePrincipalId: companyServicePrincipalId })
  const app = await createApi(
    apiPorts({
      store: theirs,
      connect: () => ({ source, target: createMemoryTarget() }),
      clock: systemClock,
      newId: () => timeOrderedId(),
      tenantId: 'bench',
      desk: createDemandDesk('bench'),
      progress: createProgressBoard(systemClock),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    }),
  )
  const graph = await app.listen({ port: 0, host: '127.0.0.1' })
  const authority = createServer((_, response) => {
    response.end(JSON.stringify({ token_type: 'Bearer', expires_in: 3599, access_token: operatorKey }))
  })
  await new Promise<void>((resolve) => authority.listen(0, '127.0.0.1', resolve))
  const client = createGraphClient({
    authority: `http://127.0.0.1:${String((authority.address() as AddressInfo).port)}`,
    graph,
    tenant: 'bench',
    clientId: 'bench',
    credential: { kind: 'secret', secret: 'bench' },
    transport: createGraphTransport(requestsMax),
    clock: systemClock,
    random: Math.random,
  })
  const schema = slackSchema({ id: 'bench', version: '1', provisionGroups: true })
  const tenant = followTenant({
    client,
    mirror: createMirror(ours.directory),
    clock: systemClock,
    tenant: 'bench',
    freshForMs: 0,
    application: null,
    needed: () => Promise.resolve(neededAttributes([schema])),
    servicePrincipalIds: () => Promise.resolve([]),
  })
  try {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    let most = before
    const watch = setInterval(() => {
      collectGarbage()
      most = Math.max(most, process.memoryUsage().heapUsed)
    }, 1000)
    const beganAt = performance.now()
    await tenant.catchUp()
    const seconds = (performance.now() - beganAt) / 1000
    clearInterval(watch)
    const imported = (await ours.directory.presentIds('User')).length
    if (imported !== people) throw new Error(`${String(imported)} people were imported, of ${String(people)}.`)
    const againAt = performance.now()
    await tenant.catchUp()
    const growthMib = (most - before) / 2 ** 20
    return [
      wholeFigure(
        'people imported from a tenant',
        people / seconds,
        'people/s',
        `at least ${String(goalPerSecond)}`,
        people / seconds >= goalPerSecond,
      ),
      wholeFigure(
        'memory of the import',
        growthMib,
        'MiB',
        `at most ${String(goalGrowthMib)}`,
        growthMib <= goalGrowthMib,
      ),
      wholeFigure('looking for changes, when there are none', performance.now() - againAt, 'ms', null, true),
    ]
  } finally {
    await client.close()
    await app.close()
    await new Promise((resolve) => {
      authority.close(resolve)
      authority.closeAllConnections()
    })
    await ours.close()
    await theirs.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/*
 * Microsoft Graph's part of the API over a directory of 100,000 people, over HTTP: everybody by pages and by delta, how much
 * memory that takes, and how long one person takes while 200 callers ask at once.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Pool, type Dispatcher } from 'undici'
import { createApi } from '../../src/api/index.ts'
import { createDirectorySource } from '../../src/connectors/directory/index.ts'
import { createMemoryTarget } from '../../src/connectors/memory/index.ts'
import { createDemandDesk, createProgressBoard } from '../../src/cycle/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import { systemClock } from '../../src/system-clock.ts'
import { timeOrderedId } from '../../src/time-ordered-id.ts'
import { apiPorts } from '../../test/builders/api-ports.ts'
import { companyServicePrincipalId, fillWithCompany } from '../../test/builders/company-store.ts'
import { wholeFigure, type BenchFigure } from './figure.ts'

export const name = 'graph-directory'

const people = 100_000
const callers = 200
const goalPerSecond = 10_000
const goalGrowthMib = 64

interface Page {
  readonly value: readonly { readonly id: string }[]
  readonly '@odata.nextLink'?: string
}

export async function run(): Promise<readonly BenchFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-graph-bench-'))
  const store = await openSqliteStore({ file: join(folder, 'muster.sqlite'), exclusive: true })
  await fillWithCompany(store, { users: people, groups: 500, seed: 7, now: Date.now() })
  const source = createDirectorySource({ directory: store.directory, servicePrincipalId: companyServicePrincipalId })
  const app = await createApi(
    apiPorts({
      store,
      connect: () => ({ source, target: createMemoryTarget() }),
      clock: systemClock,
      newId: () => timeOrderedId(),
      tenantId: 'bench',
      desk: createDemandDesk('bench'),
      progress: createProgressBoard(systemClock),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    }),
  )
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const pool = new Pool(origin, { connections: callers })
  try {
    const list = await follow(pool, '/v1.0/users?$top=999&$select=id,displayName,userPrincipalName,accountEnabled')
    const delta = await follow(pool, '/v1.0/users/delta?$select=displayName,userPrincipalName,accountEnabled,manager')
    const p99Ms = await askAtOnce(pool, list.ids)
    return [
      wholeFigure(
        'people listed',
        list.perSecond,
        'people/s',
        `at least ${String(goalPerSecond)}`,
        list.perSecond >= goalPerSecond,
      ),
      wholeFigure('people by delta', delta.perSecond, 'people/s', null, true),
      wholeFigure(
        'memory of listing everybody',
        list.growthMib,
        'MiB',
        `at most ${String(goalGrowthMib)}`,
        list.growthMib <= goalGrowthMib,
      ),
      wholeFigure(
        'memory of a first delta round',
        delta.growthMib,
        'MiB',
        `at most ${String(goalGrowthMib)}`,
        delta.growthMib <= goalGrowthMib,
      ),
      wholeFigure(`one person under ${String(callers)} callers, 99th of a hundred`, p99Ms, 'ms', null, true),
    ]
  } finally {
    await pool.close()
    await app.close()
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

interface Followed {
  readonly perSecond: number
  /** Most memory in use at a page's end, above what was in use before. */
  readonly growthMib: number
  readonly ids: readonly string[]
}

async function follow(pool: Pool, path: string): Promise<Followed> {
  const ids: string[] = []
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  let most = before
  const beganAt = performance.now()
  let next: string | undefined = path
  for (let pages = 0; next !== undefined; pages += 1) {
    const { body }: Dispatcher.ResponseData = await pool.request({ method: 'GET', path: next })
    const page = (await body.json()) as Page
    ids.push(...page.value.map(({ id }) => id))
    const link: string | undefined = page['@odata.nextLink']
    next = link?.replace(/^https?:\/\/[^/]+/, '')
    if (pages % 20 === 0) {
      collectGarbage()
      most = Math.max(most, process.memoryUsage().heapUsed)
    }
  }
  const seconds = (performance.now() - beganAt) / 1000
  if (new Set(ids).size !== people) throw new Error(`${String(new Set(ids).size)} people came, of ${String(people)}.`)
  return { perSecond: people / seconds, growthMib: (most - before) / 2 ** 20, ids }
}

async function askAtOnce(pool: Pool, ids: readonly string[]): Promise<number> {
  const times: number[] = []
  let asked = 0
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (asked < callers * 50) {
        asked += 1
        const beganAt = performance.now()
        const { body } = await pool.request({
          method: 'GET',
          path: `/v1.0/users/${ids[(asked * 7919) % ids.length] ?? ''}`,
        })
        await body.text()
        times.push(performance.now() - beganAt)
      }
    }),
  )
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0
}

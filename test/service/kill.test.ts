/*
 * The service is killed fifty times in the middle of its initial cycle, at a moment that chance chooses, and started again on
 * the same data: nobody may be made twice, forgotten or left half done.
 */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { createRandom, type Random } from '../../scripts/seed/random.ts'
import { writeCompany } from '../../scripts/seed/index.ts'
import { createSimulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import type { Link } from '../../src/vocabulary/index.ts'
import { createBreakingNetwork, type Moment } from '../builders/breaking-network.ts'
import { companyOfShortNames } from '../builders/company-of-short-names.ts'
import { differencesFrom, emailIn, expectedSlack } from '../builders/expected-slack.ts'
import { musterAt, startService, stopService, type MusterService } from '../builders/muster-service.ts'
import { createPrograms, writeFiles } from '../builders/programs.ts'
import { testSeed } from '../test-seed.ts'

const kills = 50
const people = 300
/** After the chosen request the service lives on for at most this long, so that it may die while it stores. */
const lifeMsMax = 12

const programs = createPrograms()
afterEach(() => programs.clear())

/** Each difference takes at least one write, so that one of the `writesMax` comes. */
function momentBefore(
  random: Random,
  left: { readonly work: number; readonly kills: number },
  writesMax: number,
): Moment {
  const next = random.pick(['lost', 'carriedOut', 'answered'] as const)
  const writes = random.below(Math.min(writesMax, Math.ceil((2 * left.work) / left.kills)) + 1)
  if (writes > 0) return { counts: 'writes', passed: writes - 1, next }
  // While it asks who it is and reads what is there.
  return { counts: 'all', passed: random.below(3), next }
}

async function linksIn(data: string): Promise<ReadonlyMap<string, Link>> {
  const store = await openSqliteStore({ file: join(data, 'muster.sqlite') })
  const links = new Map<string, Link>()
  for (const { jobId } of await store.jobs.list()) {
    for (const objectType of ['User', 'Group'] as const) {
      for (const link of await store.provisioning.listLinks(jobId, { objectType, after: null, limit: 10_000 }))
        links.set(link.sourceAnchor, link)
    }
  }
  await store.close()
  return links
}

/** What the operator's log says of the cycle when it ends. */
async function cycleEnd(service: MusterService): Promise<unknown> {
  const [line] = await service.program.line(/^\{.*"msg":"cycle ended".*\}$/)
  return JSON.parse(line)
}

test(
  `killed ${kills} times in its initial cycle, it makes nobody twice and loses nothing`,
  { timeout: 900_000 },
  async () => {
    const seed = testSeed
    console.log(`kill.test.ts: MUSTER_TEST_SEED=${seed} repeats these moments`)
    const random = createRandom(seed)
    const company = companyOfShortNames({ users: people, groups: 12, seed: 7 })
    const groupNames = company.groups.map((group) => group.displayName)
    const expected = expectedSlack(company, groupNames)
    const emails = new Map(company.users.map((user) => [user.objectId, emailIn(user.attributes)]))
    const emailOf = (objectId: string): string => emails.get(objectId) ?? objectId

    // The directory, before Slack is known.
    const data = programs.folder()
    const files = programs.folder()
    writeFiles(files, writeCompany(company, 'graph-json'))
    const first = startService(programs, { data })
    const muster = musterAt(programs, await first.url)
    expect(await muster('import', '--full', files)).toMatchObject({ code: 0 })
    for (const name of groupNames) expect(await muster('assign', '--group', name)).toMatchObject({ code: 0 })
    expect(await stopService(first)).toMatchObject({ code: 0, errors: '' })

    const simulator = createSimulator({ rateScale: 0, latencyMs: 4, latencyJitterMs: 3 })
    const others = new Set(simulator.people().map((person) => person.id))
    const network = createBreakingNetwork(simulator, () => random.chance(0.3))
    const listening = await listenOn(network.handle, {})
    const slack = { url: listening.url, token: simulator.token }
    const missing = (): readonly string[] =>
      differencesFrom(expected, { people: simulator.people(), groups: simulator.groups() }, others)

    const start = (): MusterService => startService(programs, { data, slack, args: ['--log-level', 'info'] })

    try {
      let acknowledged = await linksIn(data)
      for (let kill = 0; kill < kills; kill += 1) {
        const left = { work: missing().length, kills: kills - kill }
        // One of them is left for each kill that comes after this one.
        const writesMax = left.work - (left.kills - 1)
        const moment = momentBefore(random, left, writesMax)
        const about = `kill ${kill}, ${JSON.stringify(moment)}, seed ${seed}`
        const reached = network.until(moment, writesMax).then(() => 'the moment')
        const service = start()
        const ended = service.program.ended.then((end) => `an end by itself: ${end.errors}`)
        expect(await Promise.race([reached, ended, cycleEnd(service).then(() => 'the end of the cycle')]), about).toBe(
          'the moment',
        )
        await wait(random.below(lifeMsMax))
        service.program.kill('SIGKILL')
        await service.program.ended
        await network.cut()
        network.mend()
        const links = await linksIn(data)
        const lost = [...acknowledged].filter(([anchor, link]) => links.get(anchor)?.targetAnchor !== link.targetAnchor)
        expect(lost, about).toEqual([])
        acknowledged = links
      }

      const service = start()
      expect(await cycleEnd(service)).toMatchObject({ kind: 'initial', state: 'Succeeded' })
      expect(missing()).toEqual([])

      simulator.clearRequests()
      const run = await musterAt(programs, await service.url)('run', '--json')
      expect(JSON.parse(run.output)).toMatchObject({ kind: 'incremental', state: 'Succeeded' })
      expect(simulator.requests().filter(({ method }) => method !== 'GET')).toEqual([])
      expect(await stopService(service)).toMatchObject({ code: 0, errors: '' })

      const links = [...(await linksIn(data)).values()].filter(({ objectType }) => objectType === 'User')
      const accounts = simulator.people().filter((person) => !others.has(person.id))
      expect(links.map((link) => `${emailOf(link.sourceAnchor)} ${link.targetAnchor}`).sort()).toEqual(
        accounts.map((account) => `${account.email} ${account.id}`).sort(),
      )
    } finally {
      await listening.close()
    }
  },
)

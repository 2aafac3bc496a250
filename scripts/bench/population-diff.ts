/*
 * Another schema over everybody of the directory, for 10,000 and 100,000 people, half of whom have accounts: the whole Slack
 * template with a scoping filter, beside the template with another filter and other mappings. How long it takes, how much
 * more memory the larger one needs, and how long the service is held up at a time.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createDirectorySource } from '../../src/connectors/directory/index.ts'
import { createSlackTarget } from '../../src/connectors/slack/index.ts'
import { diffPopulation, leaseMs } from '../../src/cycle/index.ts'
import { withExpression } from '../../src/provisioning/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import { systemClock } from '../../src/system-clock.ts'
import type { ScopingFilter, SynchronizationJob, SynchronizationSchema } from '../../src/vocabulary/index.ts'
import { companyServicePrincipalId, fillWithCompany } from '../../test/builders/company-store.ts'
import { withFilter } from '../../test/builders/schema-changes.ts'
import type { BenchFigure } from './figure.ts'
import { median } from './median.ts'

export const name = 'population-diff'

const sizes = [10_000, 100_000] as const
const repeats = 3
const goalSeconds = 10
/** For ninety thousand more people; what collisions are found by is some bytes of each. */
const goalGrowthMib = 32

const filter = (...departments: readonly string[]): ScopingFilter => ({
  groups: departments.map((department) => ({
    name: department,
    clauses: [
      { sourceOperandName: 'department', operatorName: 'NOT EQUALS', targetOperand: { values: [department] } },
      { sourceOperandName: 'accountEnabled', operatorName: 'IS TRUE', targetOperand: null },
    ],
  })),
})

/** Another filter, three other mappings; the rest stays. */
function changed(schema: SynchronizationSchema): SynchronizationSchema {
  const mappings = [
    ['title', 'ToUpper([jobTitle], )'],
    ['name.givenName', 'Word([givenName], 1, " ")'],
    ['userName', 'ToLower(Mid([mailNickname], 1, 18), )'],
  ] as const
  return mappings.reduce(
    (made, [target, expression]) => withExpression(made, 'User', target, expression),
    withFilter(schema, 'User', filter('Finance')),
  )
}

/** Every second person has an account that holds what a template gives. */
async function linkHalf(store: Store, job: SynchronizationJob): Promise<void> {
  const claim = await store.jobs.claim({ owner: 'bench', leaseMs, now: Date.now(), jobId: job.jobId })
  if (claim === null) throw new Error('The job could not be claimed.')
  const ids = (await store.directory.presentIds('User')).filter((_, index) => index % 2 === 0)
  for (let start = 0; start < ids.length; start += 1000) {
    const people = await store.directory.objects(ids.slice(start, start + 1000))
    await store.provisioning.saveOutcomes(
      claim.lease,
      people.map(({ objectId, attributes }) => ({
        logEntry: null,
        link: {
          kind: 'put' as const,
          link: {
            objectType: 'User' as const,
            sourceAnchor: objectId,
            targetAnchor: `U${objectId}`,
            displayName: String(attributes['displayName']),
            isActive: true,
            isManaged: true,
            known: {
              userName: String(attributes['mailNickname']),
              'emails[type eq "work"].value': String(attributes['mail']),
              title: String(attributes['jobTitle']),
            },
            members: [],
          },
        },
      })),
    )
  }
}

interface Measured {
  readonly seconds: number
  readonly processorSeconds: number
  readonly longestPauseMs: number
  readonly growthMib: number
  readonly touched: number
}

async function measure(users: number): Promise<Measured> {
  const store = await openSqliteStore({ file: ':memory:' })
  const target = createSlackTarget({ token: '', clock: systemClock, random: Math.random })
  try {
    const made = await fillWithCompany(store, { users, groups: 50, seed: 7, now: Date.now() })
    await linkHalf(store, made)
    const job = { ...made, schema: withFilter(made.schema, 'User', filter('Legal')) }
    const request = { job, schema: changed(job.schema), examplesMax: 5 }
    const source = createDirectorySource({ directory: store.directory, servicePrincipalId: companyServicePrincipalId })
    const lines = (): ReturnType<typeof diffPopulation> =>
      diffPopulation({ store, source, target, now: Date.now() }, request)

    const seconds: number[] = []
    const processor: number[] = []
    const pauses: number[] = []
    let touched = 0
    for (let round = 0; round < repeats; round += 1) {
      const began = performance.now()
      const used = process.cpuUsage()
      let last = began
      let longest = 0
      for await (const line of lines()) {
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
        if (line.type === 'diff') touched = line.diff.totals.User.objects - line.diff.totals.User.untouched
      }
      seconds.push((performance.now() - began) / 1000)
      processor.push(process.cpuUsage(used).user / 1e6)
      pauses.push(longest)
    }

    const before = keptMib()
    let most = before
    let pages = 0
    for await (const line of lines()) {
      pages += 1
      if (pages % 20 === 0 || line.type === 'diff') most = Math.max(most, keptMib())
    }
    return {
      seconds: median(seconds),
      processorSeconds: median(processor),
      longestPauseMs: median(pauses),
      growthMib: most - before,
      touched,
    }
  } finally {
    await target.close()
    await store.close()
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Memory that cannot be given back: objects, and arrays of numbers. */
function keptMib(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1024 / 1024
}

export async function run(): Promise<readonly BenchFigure[]> {
  const figures: BenchFigure[] = []
  const growths: number[] = []
  for (const users of sizes) {
    const { seconds, processorSeconds, longestPauseMs, growthMib, touched } = await measure(users)
    const label = `population diff, ${users.toLocaleString('en-US')} people`
    const isLarge = users === 100_000
    growths.push(growthMib)
    figures.push(
      {
        name: label,
        value: Number(seconds.toFixed(2)),
        unit: 's',
        goal: isLarge ? `under ${String(goalSeconds)}` : null,
        met: !isLarge || seconds < goalSeconds,
      },
      {
        name: `${label}: processor time`,
        value: Number(processorSeconds.toFixed(2)),
        unit: 's',
        goal: null,
        met: true,
      },
      { name: `${label}: longest page`, value: Math.round(longestPauseMs), unit: 'ms', goal: null, met: true },
      { name: `${label}: memory kept`, value: Number(growthMib.toFixed(1)), unit: 'MiB', goal: null, met: true },
      { name: `${label}: people concerned`, value: touched, unit: 'people', goal: null, met: true },
    )
  }
  const more = (growths.at(-1) ?? 0) - (growths[0] ?? 0)
  figures.push({
    name: 'memory kept for 90,000 more people',
    value: Number(more.toFixed(1)),
    unit: 'MiB',
    goal: `under ${String(goalGrowthMib)}`,
    met: more < goalGrowthMib,
  })
  return figures
}

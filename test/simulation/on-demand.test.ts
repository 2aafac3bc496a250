/*
 * On demand beside a running cycle, for the same people, in any order of their steps: nobody is made twice, each write has
 * one entry of the log, and at rest all is as without it.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TargetConnector } from '../../src/connectors/target.ts'
import { leaseMs, provisionOnDemand, runJob, type CyclePorts } from '../../src/cycle/index.ts'
import { withUserNames } from '../../src/provisioning/index.ts'
import type { OnDemandReport } from '../../src/vocabulary/index.ts'
import { aWorld, type World } from '../builders/world.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn()
}

/** Each call takes some turns of the event loop, before and after its effect, as the list says. */
function atItsOwnPace(target: TargetConnector, paces: readonly number[]): TargetConnector {
  let calls = 0
  const pace = (): Promise<void> => turns(paces[(calls += 1) % paces.length] ?? 0)
  const slowly =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await pace()
      const answer = await call(...args)
      await pace()
      return answer
    }
  return {
    ...target,
    find: slowly((request) => target.find(request)),
    read: slowly((objectType, anchor) => target.read(objectType, anchor)),
    write: slowly((write) => target.write(write)),
    async *listObjects(objectType) {
      await pace()
      yield* target.listObjects(objectType)
      await pace()
    },
  }
}

interface Demand {
  readonly who: number
  readonly after: number
  /** What happens in the directory just before. */
  readonly event: 'none' | 'change' | 'unassign' | 'assign'
}

interface Interleaving {
  readonly paces: readonly number[]
  readonly isInitial: boolean
  readonly demands: readonly Demand[]
}

// Two share a name, and so want the same user name.
const names = ['Ana Able', 'Bo Beck', 'Ana Ablett', 'Cy Cole']

const interleavings: fc.Arbitrary<Interleaving> = fc.record({
  paces: fc.array(fc.nat({ max: 4 }), { minLength: 3, maxLength: 17 }),
  isInitial: fc.boolean(),
  demands: fc.array(
    fc.record({
      // The last one is the group they are all in.
      who: fc.nat({ max: names.length }),
      after: fc.nat({ max: 40 }),
      event: fc.constantFrom<Demand['event']>('none', 'none', 'change', 'unassign', 'assign'),
    }),
    { minLength: 1, maxLength: 5 },
  ),
})

async function play(
  world: World,
  { paces, demands }: Interleaving,
  people: readonly string[],
  crew: string,
): Promise<void> {
  const { jobId } = world.job
  const ports: CyclePorts = {
    ...world.ports,
    connect: (job) => {
      const { source, target } = world.ports.connect(job)
      return { source, target: atItsOwnPace(target, paces) }
    },
  }
  const never = new AbortController().signal
  const claim = await world.store.jobs.claim({ owner: 'test', leaseMs, now: world.clock.now(), jobId })
  if (claim === null) throw new Error('the job could not be claimed')
  async function demand({ who, after, event }: Demand, number: number): Promise<OnDemandReport> {
    await turns(after)
    const anchor = people[who] ?? crew
    const isGroup = anchor === crew
    if (event === 'change' && isGroup) await world.members(crew, people.slice(after % people.length))
    else if (event === 'change') await world.change(anchor, { jobTitle: `Title ${String(number)}` })
    else if (event !== 'none' && !isGroup) await world[event](anchor)
    const job = (await world.store.jobs.get(jobId)) ?? world.job
    return await provisionOnDemand(ports, {
      job,
      subject: { objectType: isGroup ? 'Group' : 'User', anchor },
      members: 'all',
      isDryRun: false,
      initiatedBy: { id: '', displayName: 'Administrator', initiatorType: 'user' },
      agreed: people.map((sourceAnchor) => ({ objectType: 'User', sourceAnchor, kind: 'disable' })),
      stop: never,
    })
  }
  const cycle = runJob(ports, claim, never)
  const [end, ...reports] = await world.clock.runUntilDone(Promise.all([cycle, ...demands.map(demand)]))
  expect(end).toMatchObject({ kind: 'ended' })
  for (const report of reports) expect(report).not.toMatchObject({ result: 'Failure' })
}

test('nobody is made twice, each write has one entry, and the end is the same', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(interleavings, async (interleaving) => {
      const world = await aWorld({ schema: (schema) => withUserNames(schema, { mode: 'allotted', avoided: [] }) })
      try {
        const people: string[] = []
        for (const name of names)
          people.push(await world.user(name, { mailNickname: name.slice(0, 8).replace(' ', '.') }))
        const crew = await world.group('Crew', people.slice(0, 2))
        await world.assign(crew)
        if (!interleaving.isInitial) {
          await world.run()
          for (const anchor of people) await world.change(anchor, { jobTitle: 'Before' })
        }
        await play(world, interleaving, people, crew)
        const { jobId } = world.job
        for (const anchor of [...people, crew]) {
          const link = await world.link(anchor === crew ? 'Group' : 'User', anchor)
          const { entries } = await world.store.provisioning.queryLog({ jobId, identityId: anchor, limit: 1000 })
          const writes = world.target.writes.filter(
            ({ write, receipt }) => (write.kind === 'create' ? receipt?.anchor : write.anchor) === link?.targetAnchor,
          )
          for (const kind of ['create', 'update', 'disable'] as const) {
            const sent = writes.filter(({ write }) => write.kind === kind).length
            const said = entries.filter((entry) => entry.provisioningAction === kind)
            expect([kind, said.length]).toEqual([kind, sent])
            if (kind === 'create') expect(sent).toBeLessThanOrEqual(1)
          }
        }
        // At rest: whoever is in scope is there once, as mapped; whoever left is not active; and nothing is left to do.
        await world.run()
        const accounts = world.target.objects('User')
        expect(new Set(accounts.map((account) => account.attributes['userName'])).size).toBe(accounts.length)
        for (const anchor of people) {
          const [row] = await world.store.directory.objects([anchor])
          const paths = await world.store.directory.assignmentPaths(world.job.servicePrincipalId, [anchor])
          const mine = accounts.filter((account) => account.attributes['externalId'] === anchor)
          expect(mine.length).toBeLessThanOrEqual(1)
          if (paths.has(anchor)) expect(mine[0]?.attributes).toMatchObject({ active: true })
          else if (mine.length > 0) expect(mine[0]?.attributes).toMatchObject({ active: false })
          if (paths.has(anchor) && row?.attributes['jobTitle'] !== undefined)
            expect(mine[0]?.attributes).toMatchObject({ title: row.attributes['jobTitle'] })
        }
        const members = new Set((await world.store.directory.members([crew])).get(crew) ?? [])
        const inIt = [...members].filter((anchor) =>
          accounts.some(({ attributes }) => attributes['externalId'] === anchor && attributes['active'] === true),
        )
        const groups = world.target.objects('Group')
        expect(groups).toHaveLength(1)
        expect(groups[0]?.attributes['members'] ?? []).toHaveLength(inIt.length)
        world.target.forgetCalls()
        await world.run()
        expect(world.sent()).toEqual([])
      } finally {
        await world.close()
      }
    }),
    { numRuns: 80 },
  )
})

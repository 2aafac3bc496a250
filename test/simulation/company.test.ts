/*
 * The real engine through random histories of a company, with everything that can go wrong on the way. What must be true
 * at the end is computed from the history (`company.ts`), never from the engine.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aCalmHistory, aCompany, anOrder, aSetting, aTroubledHistory } from './history.ts'
import { pictureOf, touchedStrangers, unrememberedWrites, wrongPeople, wrongTeams } from './expectations.ts'
import { begin, play, settle, type Life } from './live.ts'
import { planAndCycle } from './plans.ts'

async function expectAllWell(life: Life): Promise<void> {
  expect(await wrongPeople(life)).toEqual([])
  expect(await wrongTeams(life)).toEqual([])
  expect(await touchedStrangers(life)).toEqual([])
  expect(life.wrongs).toEqual([])
}

/** Somebody whose next attempt is hours away: what the target will say to others because of it, no plan can know. */
async function hasLongFailures({ world }: Life): Promise<boolean> {
  const { provisioning } = world.store
  const due = await provisioning.escrowDue(world.job.jobId, world.clock.now(), 1000)
  return (await provisioning.countEscrow(world.job.jobId)) > due.length
}

async function expectRest(life: Life): Promise<void> {
  life.world.target.forgetCalls()
  await life.cycle([])
  expect(life.world.sent()).toEqual([])
  // Compared anew with all the target holds, there is still nothing to write.
  await life.world.restart()
  await life.cycle([])
  expect(life.world.sent()).toEqual([])
}

test(
  'after any history everybody in scope is there once, as mapped, and rest follows',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(aTroubledHistory, async (history) => {
        const life = await play(history)
        try {
          await settle(life)
          await expectAllWell(life)
          expect(await unrememberedWrites(life)).toEqual([])
          await expectRest(life)
        } finally {
          await life.world.close()
        }
      }),
      { numRuns: 60 },
    )
  },
)

// Somebody may need a second one: who is hired again on the day of being deleted waits for the old account to be given up.
test('without trouble two more cycles are enough', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(aCalmHistory, async (history) => {
      const life = await play(history)
      try {
        await life.cycle([])
        await life.cycle([])
        await expectAllWell(life)
        await expectRest(life)
      } finally {
        await life.world.close()
      }
    }),
    { numRuns: 60 },
  )
})

test('a plan says what the cycle then does, and writes nothing', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(aTroubledHistory, aCompany, async (history, changes) => {
      // With several writes on their way it is chance whether a manager is there when the first report is written, or whether
      // the reference follows in a write of its own: the plan would be as right as the cycle, in other words.
      const life = await play({ ...history, setting: { ...history.setting, concurrency: 1 } })
      try {
        if (await hasLongFailures(life)) await settle(life)
        for (const change of changes) await life.change(change)
        for (let cycle = 0; cycle < 2; cycle += 1) {
          life.world.target.forgetCalls()
          const { sent, planned, done } = await planAndCycle(life)
          expect(sent).toEqual([])
          expect(planned).toEqual(done)
          await life.world.restart()
        }
      } finally {
        await life.world.close()
      }
    }),
    { numRuns: 60 },
  )
})

test('any order of pages ends in the same target', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(aCompany, anOrder, anOrder, aSetting, aSetting, async (company, one, other, first, second) => {
      const pictures: unknown[] = []
      // Of two who want one name, the first in the feed gets it: names are compared where nobody collides.
      const { accountsBefore, groupsBefore } = first
      const same = { accountsBefore, groupsBefore, namesAreAllotted: false }
      for (const [order, setting] of [
        [one, { ...first, ...same }],
        [other, { ...second, ...same }],
      ] as const) {
        const life = await begin({ steps: [], setting })
        try {
          for (const change of company) await life.change(change)
          await life.reorder(order)
          await life.cycle([])
          await expectAllWell(life)
          pictures.push(pictureOf(life))
        } finally {
          await life.world.close()
        }
      }
      expect(pictures[0]).toEqual(pictures[1])
    }),
    { numRuns: 60 },
  )
})

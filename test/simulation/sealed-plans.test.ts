/*
 * Plans that are kept, through random histories of a company: applied at once they do what the cycle would have done, and
 * whatever moves between, nothing is ever sent that was not planned. What was sent is compared with the plan here, from what
 * the target has seen, never by the engine's own gate.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pictureOf, touchedStrangers, wrongPeople, wrongTeams } from './expectations.ts'
import { aCompany, anEnd, anOutage, aQuietHistory, aRuledHistory } from './chances.ts'
import type { History, Trouble } from './history.ts'
import { play, type Life } from './live.ts'
import { nameLinks, plannedPieces, sentPieces, unplanned, type Applied, type Names } from './pieces.ts'
import { settle } from './settle.ts'

/** Plans, lets `meanwhile` happen, applies, and says in the same words what was planned and what the target has seen. */
async function planAndApply(
  life: Life,
  meanwhile: () => Promise<void>,
  troubles: readonly Trouble[],
): Promise<Applied> {
  const { world } = life
  const names: Names = new Map()
  await nameLinks(world, names)
  const plan = await world.savePlan()
  const writes = await world.writesOf(plan.planId)
  await meanwhile()
  const earlier = world.target.writes.length
  expect(await world.beginApply(plan.planId)).toBe(true)
  const cycle = await life.cycle(troubles)
  expect(cycle.planId).toBe(plan.planId)
  // Accounts that the plan takes over have their links by now.
  await nameLinks(world, names)
  const applied = {
    planned: plannedPieces(writes, names),
    sent: sentPieces(world.target.writes.slice(earlier), names),
  }
  expect((await world.writesOf(plan.planId)).filter(({ outcome }) => outcome === null)).toEqual([])
  return applied
}

const oneByOne = (history: History): History => ({ ...history, setting: { ...history.setting, concurrency: 1 } })

test('a plan applied does what the cycle would have done', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(aQuietHistory, aCompany, async (history, changes) => {
      const pictures: unknown[] = []
      for (const isPlanned of [false, true]) {
        const life = await play(oneByOne(history))
        try {
          for (const change of changes) await life.change(change)
          if (isPlanned) {
            const applied = await planAndApply(life, () => Promise.resolve(), [])
            expect(unplanned(applied)).toEqual([])
            expect([...new Set(applied.sent)].sort()).toEqual([...new Set(applied.planned)].sort())
          } else await life.cycle([])
          pictures.push(pictureOf(life))
        } finally {
          await life.world.close()
        }
      }
      expect(pictures[1]).toEqual(pictures[0])
    }),
    { numRuns: 40 },
  )
})

test(
  'whatever changes in the directory or breaks meanwhile, nothing else is sent, and nothing is forgotten',
  { timeout: 120_000 },
  async () => {
    const troubles = fc.array(fc.oneof(anOutage, anEnd), { maxLength: 2 })
    await fc.assert(
      fc.asyncProperty(aRuledHistory, aCompany, aCompany, troubles, async (history, before, after, broken) => {
        const life = await play(history)
        try {
          for (const change of before) await life.change(change)
          const meanwhile = async (): Promise<void> => {
            for (const change of after) await life.change(change)
          }
          expect(unplanned(await planAndApply(life, meanwhile, broken))).toEqual([])
          await settle(life)
          expect(await wrongPeople(life)).toEqual([])
          expect(await wrongTeams(life)).toEqual([])
          expect(await touchedStrangers(life)).toEqual([])
          expect(life.wrongs).toEqual([])
        } finally {
          await life.world.close()
        }
      }),
      { numRuns: 60 },
    )
  },
)

test('whatever somebody changes in the target by hand, nothing else is sent', { timeout: 120_000 }, async () => {
  const hands = fc.array(
    fc.record({ place: fc.nat({ max: 99 }), kind: fc.constantFrom('title', 'active', 'members', 'remove') }),
    { minLength: 1, maxLength: 6 },
  )
  await fc.assert(
    fc.asyncProperty(aQuietHistory, aCompany, hands, async (history, changes, byHand) => {
      const life = await play(history)
      const { target } = life.world
      try {
        for (const change of changes) await life.change(change)
        const meanwhile = (): Promise<void> => {
          for (const { place, kind } of byHand) {
            const all = target.objects(kind === 'members' ? 'Group' : 'User')
            const object = all[place % Math.max(1, all.length)]
            if (object === undefined) continue
            const { attributes } = object
            if (kind === 'remove') target.remove('User', object.anchor)
            else if (kind === 'title') target.put({ ...object, attributes: { ...attributes, title: 'By hand' } })
            else if (kind === 'members')
              target.put({ ...object, attributes: { ...attributes, members: ['U-STRANGER'] } })
            else target.put({ ...object, attributes: { ...attributes, active: attributes['active'] !== true } })
          }
          return Promise.resolve()
        }
        expect(unplanned(await planAndApply(life, meanwhile, []))).toEqual([])
      } finally {
        await life.world.close()
      }
    }),
    { numRuns: 60 },
  )
})

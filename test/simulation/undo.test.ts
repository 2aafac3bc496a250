/*
 * Random cycles of a random company, taken back: every attribute and membership is as it was before, and an undo of the undo
 * brings all of it again. One more cycle, and the target is as the source wants it. What the target looked like is kept beside, so that the engine judges nothing.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aCompany, aRuledHistory } from './chances.ts'
import { play, type Life } from './live.ts'
import { allObjects, differences } from './restored.ts'
import { settle } from './settle.ts'

/** Answers the anchors of those with a conflict: in a company that nobody else touches, only names can be taken. */
async function undo(
  { world }: Life,
  cycleId: string,
): Promise<{ readonly cycleId: string; readonly excused: ReadonlySet<string> }> {
  const { plan } = await world.planUndo({ cycleId })
  const writes = await world.writesOf(plan.planId)
  const conflicts = writes.filter((each) => each.outcome === 'void')
  for (const each of conflicts) expect(each.outcomeReason).toMatch(/is taken by/)
  if (writes.length === 0) return { cycleId: '', excused: new Set() }
  const ended = await world.applyPlan(plan.planId)
  const undone = await world.writesOf(plan.planId)
  expect(
    undone.filter((each) => each.outcome !== 'done' && !conflicts.some(({ number }) => number === each.number)),
  ).toEqual([])
  return { cycleId: ended.cycleId, excused: new Set(conflicts.flatMap(({ image }) => image.targetAnchor ?? [])) }
}

test(
  'an undo of any cycle restores every attribute and membership; an undo of the undo, or one more cycle, brings it back',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(aRuledHistory, aCompany, fc.boolean(), async (history, changes, isUndoneTwice) => {
        const life = await play(history)
        const { world } = life
        try {
          await settle(life)
          const before = allObjects(life.target)
          for (const change of changes) await life.change(change)
          const cycle = await life.cycle([])
          const after = allObjects(life.target)
          const first = await undo(life, cycle.cycleId)
          expect(differences(before, allObjects(life.target), first.excused)).toEqual([])
          if (first.cycleId === '') return
          const excused = new Set(first.excused)
          if (isUndoneTwice) {
            const second = await undo(life, first.cycleId)
            for (const anchor of second.excused) excused.add(anchor)
            expect(differences(after, allObjects(life.target), excused)).toEqual([])
          }
          await life.cycle([])
          expect(differences(after, allObjects(life.target), excused)).toEqual([])
        } finally {
          await world.close()
        }
      }),
      { numRuns: 60 },
    )
  },
)

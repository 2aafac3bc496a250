/*
 * How long the rest of a cycle takes: while requests wait for a limit of the target, from what is left of its budget; else
 * from the rate of the last seconds.
 */
import type { TargetBudget } from '../vocabulary/index.ts'

export interface TimeLeftFacts {
  readonly objectsLeft: number
  readonly objectsPerSecond: number
  /** Objects done while `spent` grew from `before` to now. */
  readonly objectsDone: number
  readonly before: readonly TargetBudget[]
  readonly budgets: readonly TargetBudget[]
}

export interface TimeLeft {
  /** `null` while there is nothing to judge by. */
  readonly seconds: number | null
  readonly from: 'budget' | 'rate' | null
}

export function timeLeft(facts: TimeLeftFacts): TimeLeft {
  const { objectsLeft, objectsPerSecond, objectsDone, budgets } = facts
  if (objectsDone > 0 && budgets.some((budget) => budget.waiting > 0)) {
    const seconds = Math.max(...budgets.map((budget) => secondsOf(budget, facts)))
    return { seconds: Math.ceil(seconds), from: 'budget' }
  }
  if (objectsPerSecond > 0) return { seconds: Math.ceil(objectsLeft / objectsPerSecond), from: 'rate' }
  return { seconds: null, from: null }
}

/** What the objects that are left will ask of it, as those before them did, and those that wait already. */
function secondsOf(budget: TargetBudget, { before, objectsDone, objectsLeft }: TimeLeftFacts): number {
  const spentBefore = before.find((each) => each.name === budget.name)?.spent ?? 0
  const needed = ((budget.spent - spentBefore) / objectsDone) * objectsLeft
  return budget.opensInMs / 1000 + Math.max(0, needed - budget.available) / budget.perSecond
}

/* How long the rest takes: by the target's limits while they are what is waited for, else by the rate. */
import { expect, test } from 'vitest'
import type { TargetBudget } from '../vocabulary/index.ts'
import { timeLeft, type TimeLeftFacts } from './time-left.ts'

const budget = (more: Partial<TargetBudget> = {}): TargetBudget => ({
  name: 'createUser',
  spent: 100,
  available: 0,
  perSecond: 3,
  waiting: 5,
  opensInMs: 0,
  ...more,
})

const facts = (more: Partial<TimeLeftFacts> = {}): TimeLeftFacts => ({
  objectsLeft: 900,
  objectsPerSecond: 9,
  objectsDone: 100,
  before: [budget({ spent: 0 })],
  budgets: [budget()],
  ...more,
})

test('a person a write, three writes a second: 900 people take 300 seconds, whatever the burst let through before', () => {
  expect(timeLeft(facts())).toEqual({ seconds: 300, from: 'budget' })
})

test('only what this cycle asked of the limit counts', () => {
  expect(timeLeft(facts({ budgets: [budget({ spent: 150 })], before: [budget({ spent: 100 })] }))).toMatchObject({
    seconds: 150,
  })
})

test('what may leave at once takes no time, and a pause takes its own', () => {
  expect(timeLeft(facts({ budgets: [budget({ available: 300 })] }))).toMatchObject({ seconds: 200 })
  expect(timeLeft(facts({ budgets: [budget({ opensInMs: 30_000 })] }))).toMatchObject({ seconds: 330 })
  expect(timeLeft(facts({ objectsLeft: 100, budgets: [budget({ available: 300 })] }))).toMatchObject({ seconds: 0 })
})

test('of several limits the slowest decides', () => {
  const reads = budget({ name: 'allReads', spent: 400, perSecond: 2, waiting: 0 })
  expect(timeLeft(facts({ budgets: [budget(), reads], before: [] }))).toEqual({ seconds: 1800, from: 'budget' })
})

test('while nothing waits for a limit, it is the rate', () => {
  expect(timeLeft(facts({ budgets: [budget({ waiting: 0 })] }))).toEqual({ seconds: 100, from: 'rate' })
  expect(timeLeft(facts({ budgets: [] }))).toEqual({ seconds: 100, from: 'rate' })
})

test('with nothing done yet there is nothing to judge by', () => {
  expect(timeLeft(facts({ objectsDone: 0, objectsPerSecond: 0 }))).toEqual({ seconds: null, from: null })
})

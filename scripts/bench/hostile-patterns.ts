/*
 * How long a mapping waits for a pattern that somebody means badly: the slowest of the hostile patterns, in processor time of
 * one call (expressions.md section 7 allows 250 ms).
 */
import { compileExpression } from '../../src/expressions/index.ts'
import { hostileCalls, hostilePatterns, type HostileCall } from '../../test/builders/hostile-patterns.ts'
import { wholeFigure, type BenchFigure } from './figure.ts'
import { median } from './median.ts'

export const name = 'hostile-patterns'

const repeats = 5
const goalMs = 250

function cost({ expression, attributes }: HostileCall): number {
  const compiled = compileExpression(expression)
  if (!compiled.ok) throw new Error(compiled.error.message)
  const ms = Array.from({ length: repeats }, () => {
    const begun = process.threadCpuUsage()
    compiled.value.evaluate(attributes, {})
    const { user, system } = process.threadCpuUsage(begun)
    return (user + system) / 1000
  })
  return median(ms)
}

export function run(): Promise<readonly BenchFigure[]> {
  const slowest = Math.max(...hostilePatterns.flatMap(hostileCalls).map(cost))
  const goal = `under ${String(goalMs)}`
  return Promise.resolve([wholeFigure('the slowest hostile pattern: one call', slowest, 'ms', goal, slowest < goalMs)])
}

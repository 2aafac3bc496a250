/*
 * `npm run acceptance`: which of the 97 acceptance scenarios hold. A test belongs to a scenario when its title, or that
 * of a `describe` around it, begins with the number and a colon: `49: no change, nothing is written`.
 * Ends with 1 when a scenario fails; one that has no test yet is absent, not failed.
 */
import { scenarios } from '../test/acceptance/scenarios.ts'
import { runVitest, type TestResult } from './run-vitest.ts'

const beginsWithNumber = /^(\d{1,2}): /

const run = await runVitest(['--testNamePattern', '(^|\\s)\\d{1,2}: ', ...process.argv.slice(2)], 'dot')
const testsByNumber = Map.groupBy(run.tests.filter(hasNumber), numberOf)
const outcomes = scenarios.map((scenario) => {
  const tests = testsByNumber.get(scenario.number) ?? []
  const outcome = outcomeOf(tests)
  console.log(`${outcome.padEnd(6)} ${String(scenario.number).padStart(2)} [${scenario.parity}] ${scenario.text}`)
  return outcome
})

const unknown = [...testsByNumber.keys()].filter((number) => !scenarios.some((scenario) => scenario.number === number))
const problems = [
  ...run.otherFailures.map((failure) => `failed outside a test: ${failure}`),
  ...unknown.map((number) => `a title begins with ${number}:, and there is no such scenario`),
]
for (const problem of problems) console.error(problem)

const count = (outcome: string) => outcomes.filter((each) => each === outcome).length
if (count('fail') + problems.length > 0) process.exitCode = 1
console.log(`acceptance: ${count('pass')} passed, ${count('fail')} failed, ${count('absent')} absent`)

function hasNumber({ titles }: TestResult): boolean {
  return titles.some((title) => beginsWithNumber.test(title))
}

/** The innermost title that has a number. */
function numberOf({ titles }: TestResult): number {
  return Number(beginsWithNumber.exec(titles.findLast((title) => beginsWithNumber.test(title)) ?? '')?.[1])
}

/** All tests of a scenario must hold; one that was skipped proves nothing, so it alone does not make a pass. */
function outcomeOf(tests: readonly TestResult[]): 'pass' | 'fail' | 'absent' {
  if (tests.some(({ outcome }) => outcome === 'failed')) return 'fail'
  return tests.some(({ outcome }) => outcome === 'passed') ? 'pass' : 'absent'
}

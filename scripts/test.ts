/*
 * `npm test`: everything CI wants to know. With words behind it (`npm test -- scoping`), only the tests they name.
 * The last line counts what happened: tests, and each check that is not a test as one more.
 */
import { availableParallelism } from 'node:os'
import { globSync } from 'node:fs'
import { repositoryRoot, runChecks } from './run-checks.ts'
import { closingLine, countAll } from './closing-line.ts'
import { runVitest, type TestRun } from './run-vitest.ts'
import { deadCode, staticChecks } from './static-checks.ts'

const words = process.argv.slice(2)
const checks =
  words.length === 0 ? await runChecks([...staticChecks, deadCode], Math.min(2, availableParallelism())) : []
const run = withSomethingRun(await runWanted())

for (const { name } of checks.filter((check) => !check.hasPassed)) console.error(`check failed: ${name}`)
for (const failure of run.otherFailures) console.error(`failed outside a test: ${failure}`)
const counts = countAll(run, checks)
if (counts.failed > 0) process.exitCode = 1
console.log(closingLine(counts))

/** A word is first taken for a part of a file's path, else for a part of a title; options go to vitest as they are. */
async function runWanted(): Promise<TestRun> {
  const files = globSync('{src,simulator,scripts,test,portal}/**/*.test.ts', { cwd: repositoryRoot })
  const arePaths = words.every((word) => files.some((file) => file.includes(word.replace(/^\.\//, ''))))
  if (arePaths || words.some((word) => word.startsWith('-'))) return runVitest(words)
  const title = words.join(' ')
  const result = await runVitest(['--testNamePattern', title.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')])
  // Vitest reports the tests that were not asked for as skipped.
  return { ...result, tests: result.tests.filter(({ titles }) => titles.join(' ').includes(title)) }
}

/** A misspelt name must not look like a green run. */
function withSomethingRun(result: TestRun): TestRun {
  if (result.otherFailures.length > 0 || result.tests.some(({ outcome }) => outcome !== 'skipped')) return result
  const missed = words.length === 0 ? 'no test ran' : `neither a test file nor a title contains "${words.join(' ')}"`
  return { ...result, otherFailures: [missed] }
}

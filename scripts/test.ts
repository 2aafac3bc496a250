/*
 * `npm test`: everything CI wants to know. With words behind it (`npm test -- scoping`), only the tests they name.
 * The last line counts what happened: tests, and each check that is not a test as one more.
 */
import { availableParallelism } from 'node:os'
import { globSync } from 'node:fs'
import { repositoryRoot, runChecks } from './run-checks.ts'
import { runVitest, type TestRun } from './run-vitest.ts'
import { deadCode, staticChecks } from './static-checks.ts'

const words = process.argv.slice(2)
const checks =
  words.length === 0 ? await runChecks([...staticChecks, deadCode], Math.min(2, availableParallelism())) : []
const run = await runVitest(words.length === 0 ? [] : selection(words))
if (words.length > 0 && run.otherFailures.length === 0 && run.tests.every((test) => test.outcome === 'skipped')) {
  console.error(`No test ran: neither a test file nor a title contains "${words.join(' ')}".`)
  process.exitCode = 1
}
conclude(run)

/** A word is first taken for a part of a file's path, else for a part of a title; options go to vitest as they are. */
function selection(args: readonly string[]): readonly string[] {
  if (args.some((arg) => arg.startsWith('-'))) return args
  const files = globSync('{src,simulator,scripts,test,portal}/**/*.test.ts', { cwd: repositoryRoot })
  const areFiles = args.every((word) => files.some((file) => file.includes(word.replace(/^\.\//, ''))))
  return areFiles ? args : ['--testNamePattern', args.join(' ').replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')]
}

function conclude({ tests, otherFailures }: TestRun): void {
  const failedChecks = checks.filter((check) => !check.hasPassed)
  for (const check of failedChecks) console.error(`check failed: ${check.name}`)
  for (const failure of otherFailures) console.error(`failed outside a test: ${failure}`)
  const count = (outcome: string) => tests.filter((test) => test.outcome === outcome).length
  const failed = count('failed') + otherFailures.length + failedChecks.length
  const passed = count('passed') + checks.length - failedChecks.length
  if (failed > 0) process.exitCode = 1
  console.log(`${passed} passed, ${failed} failed, ${count('skipped')} skipped`)
}

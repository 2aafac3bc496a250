/*
 * Runs vitest and reads what really happened from its JSON report; the words on the screen are for people.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot, tool } from './run-checks.ts'

export interface TestResult {
  readonly file: string
  /** Titles from the outermost `describe` to the test itself. */
  readonly titles: readonly string[]
  readonly outcome: 'passed' | 'failed' | 'skipped'
}

export interface TestRun {
  readonly tests: readonly TestResult[]
  /** What failed without being a test: a file that could not be loaded, an error outside all tests. */
  readonly otherFailures: readonly string[]
}

/** The part of vitest's JSON report that is read here. */
export interface JsonReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

export async function runVitest(args: readonly string[], reporter = 'default'): Promise<TestRun> {
  const folder = join(repositoryRoot, 'node_modules', '.cache', 'muster')
  mkdirSync(folder, { recursive: true })
  const reportFile = join(folder, `vitest-${process.pid}.json`)
  rmSync(reportFile, { force: true })
  const reporters = [`--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${reportFile}`]
  const code = await run([tool('vitest'), 'run', '--allowOnly=false', ...reporters, ...args])
  const report = readReport(reportFile)
  rmSync(reportFile, { force: true })
  return readRun(report, code)
}

export function readRun(report: JsonReport | null, code: number | null): TestRun {
  if (report === null) return { tests: [], otherFailures: [`vitest ended with code ${code} and left no report`] }
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({
      file: file.name,
      titles: [...test.ancestorTitles, test.title],
      outcome: outcomeOf(test.status),
    })),
  )
  const otherFailures = report.testResults
    .filter((file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
    .map((file) => `${file.name}: ${file.message}`)
  const hasFailure = otherFailures.length > 0 || tests.some((test) => test.outcome === 'failed')
  if (code !== 0 && !hasFailure) otherFailures.push(`vitest ended with code ${code}, though no test failed`)
  return { tests, otherFailures }
}

/** Whatever vitest calls a test that did not run (pending, todo, disabled), it is not a success. */
function outcomeOf(status: string): TestResult['outcome'] {
  return status === 'passed' || status === 'failed' ? status : 'skipped'
}

function readReport(file: string): JsonReport | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JsonReport
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function run(command: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: repositoryRoot, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', reject)
    child.on('close', resolve)
  })
}

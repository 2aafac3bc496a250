/* The counts CI reads come from what vitest reported, and nothing that failed is lost on the way. */
import { describe, expect, test } from 'vitest'
import { closingLine, countAll } from './closing-line.ts'
import { readRun, type JsonReport } from './run-vitest.ts'

type FileReport = JsonReport['testResults'][number]

const aFile = (statuses: readonly string[], file: Partial<FileReport> = {}): FileReport => ({
  name: 'src/some.test.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  message: '',
  assertionResults: statuses.map((status, at) => ({ ancestorTitles: ['some'], title: `test ${at}`, status })),
  ...file,
})

const lineOf = (files: readonly FileReport[], code: number, checks: readonly boolean[] = []) =>
  closingLine(
    countAll(
      readRun({ testResults: files }, code),
      checks.map((hasPassed) => ({ name: 'lint', hasPassed })),
    ),
  )

describe('the closing line', () => {
  test('counts tests, whatever vitest calls one that did not run', () => {
    expect(lineOf([aFile(['passed', 'failed', 'skipped', 'pending', 'todo'])], 1)).toBe('1 passed, 1 failed, 3 skipped')
  })

  test('counts each check as one more', () => {
    expect(lineOf([aFile(['passed'])], 0, [true, true, false])).toBe('3 passed, 1 failed, 0 skipped')
  })

  test('counts a file that could not be loaded as a failure', () => {
    const broken = aFile([], { status: 'failed', message: 'SyntaxError' })
    expect(lineOf([aFile(['passed']), broken], 1)).toBe('1 passed, 1 failed, 0 skipped')
  })

  test('counts an error outside all tests, which only the exit code tells', () => {
    expect(lineOf([aFile(['passed'])], 1)).toBe('1 passed, 1 failed, 0 skipped')
  })

  test('counts a run that left no report as a failure', () => {
    expect(closingLine(countAll(readRun(null, 134), []))).toBe('0 passed, 1 failed, 0 skipped')
  })
})

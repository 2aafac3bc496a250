/*
 * What is thrown when nothing of the files may be stored: every problem with its place, and in the message the first
 * of them with what to do.
 */
import type { RefusedRow } from './directory-reading.ts'

/** `file`: the file as a whole cannot be believed, whatever the options. `rows`: the rest could be read without these rows. */
export type ProblemScope = 'file' | 'rows'

export class DirectoryFileError extends Error {
  override readonly name = 'DirectoryFileError'
  readonly scope: ProblemScope
  readonly problems: readonly RefusedRow[]

  constructor(scope: ProblemScope, problems: readonly RefusedRow[]) {
    super(sayProblems(scope, problems))
    this.scope = scope
    this.problems = problems
  }
}

/** One problem as a line of text: `users.csv, line 12, column mail: "x": reason`. */
export function sayProblem(problem: RefusedRow): string {
  const place = [problem.file]
  if (problem.line > 0) place.push(`line ${problem.line}`)
  if (problem.column !== '') place.push(`column ${problem.column}`)
  const value = problem.value === '' ? '' : ` ${JSON.stringify(problem.value)}:`
  return `${place.join(', ')}:${value} ${problem.reason}`
}

function sayProblems(scope: ProblemScope, problems: readonly RefusedRow[]): string {
  const [first] = problems
  const more = problems.length - 1
  const others = more > 0 ? ` There ${more === 1 ? 'is 1 more problem' : `are ${more} more problems`}.` : ''
  const advice =
    scope === 'rows'
      ? ' Nothing was stored. Correct the rows, or keep going (--keep-going) to import everything but them.'
      : ' Nothing was stored.'
  return `${first === undefined ? 'The files cannot be read.' : sayProblem(first)}${others}${advice}`
}

const shownLength = 60

/** A value short enough for a message; what was cut off is said. */
export function shorten(value: string): string {
  const characters = [...value.slice(0, shownLength + 2)]
  return value.length <= shownLength
    ? value
    : `${characters.slice(0, shownLength - 1).join('')}… (${value.length} characters)`
}

/* The command line `muster`: runs what was typed, and turns an error into words and an exit code. */
import { SettingsError } from '../settings.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { refusedText } from './import.ts'
import { createProgram } from './program.ts'
import { isSchemaProblem, schemaProblemsText } from './schema-problems.ts'

/** Refused rows shown before the rest is only counted. */
const problemsShown = 20

function report(error: unknown): number {
  if (error instanceof SettingsError) {
    process.stderr.write(`${error.message}\n`)
    return exitCodes.cannotBegin
  }
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`${error.message}\n`)
  const problems = error.details['problems']
  const schemaProblems = Array.isArray(problems) ? (problems as readonly object[]).filter(isSchemaProblem) : []
  if (schemaProblems.length > 0) process.stderr.write(`\n${schemaProblemsText(schemaProblems)}\n`)
  else if (Array.isArray(problems) && problems.length > 1) {
    for (const problem of problems.slice(0, problemsShown) as Parameters<typeof refusedText>[0][])
      process.stderr.write(`  ${refusedText(problem)}\n`)
    if (problems.length > problemsShown)
      process.stderr.write(`  ... and ${String(problems.length - problemsShown)} more (--json has all)\n`)
  }
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: { message: error.message, ...error.details } }, null, 2)}\n`)
  return error.exitCode
}

// `muster log | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok)
  throw error
})

try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  process.exitCode = report(error)
}

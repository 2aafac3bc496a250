/* The command line `muster`: one file a command; all but `serve` talk to the service over HTTP. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { SettingsError } from '../settings.ts'
import { attributesCommand } from './attributes.ts'
import { auditCommand } from './audit.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { discoverCommand } from './discover.ts'
import { driftCommand } from './drift.ts'
import { functionsCommand } from './functions.ts'
import { importCommand, refusedText } from './import.ts'
import { jobsCommand } from './jobs.ts'
import { linkCommands } from './links.ts'
import { logCommand } from './log.ts'
import { pauseCommands } from './pause.ts'
import { notificationsCommand } from './notifications.ts'
import { namesCommand } from './names.ts'
import { peopleCommand } from './people.ts'
import { applyCommand } from './apply.ts'
import { planCommand } from './plan.ts'
import { plansCommand } from './plans.ts'
import { provisionCommand } from './provision.ts'
import { quarantineCommand } from './quarantine.ts'
import { removalsCommand } from './removals.ts'
import { restartCommand } from './restart.ts'
import { rolesCommand } from './roles.ts'
import { runCommand } from './run.ts'
import { isSchemaProblem, schemaProblemsText } from './schema-problems.ts'
import { schemaCommand } from './schema.ts'
import { scopeCommands } from './scope.ts'
import { serveCommand } from './serve.ts'
import { settingsCommand } from './settings.ts'
import { slackCommand } from './slack.ts'
import { statusCommand } from './status.ts'
import { tryCommand } from './try.ts'
import { undoCommand } from './undo.ts'
import { whyCommand } from './why.ts'

function createProgram(): Command {
  const manifest = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8')) as {
    readonly version: string
  }
  const program = new Command('muster')
    .description('Keeps Slack in step with a directory.')
    .version(manifest.version)
    .showHelpAfterError('(muster --help, or muster COMMAND --help, has examples)')
    .addHelpText(
      'after',
      `
Exit codes:
  0  done
  1  it ran, and something in it failed (a cycle with failed objects, refused rows)
  2  it could not begin: wrong words, settings or files, a port in use, no service
  3  a name fits nobody, or several
  4  it would remove people and was not confirmed (--yes, --allow-removals)

Examples:
  $ muster serve
  $ muster import users.csv groups.csv members-Sales.csv
  $ muster plan
  $ muster people "Mira Okafor"`,
    )
  serveCommand(program)
  importCommand(program)
  planCommand(program)
  plansCommand(program)
  applyCommand(program)
  undoCommand(program)
  runCommand(program)
  provisionCommand(program)
  statusCommand(program)
  logCommand(program)
  auditCommand(program)
  peopleCommand(program)
  whyCommand(program)
  scopeCommands(program)
  discoverCommand(program)
  driftCommand(program)
  tryCommand(program)
  functionsCommand(program)
  attributesCommand(program)
  removalsCommand(program)
  quarantineCommand(program)
  rolesCommand(program)
  settingsCommand(program)
  schemaCommand(program)
  notificationsCommand(program)
  namesCommand(program)
  slackCommand(program)
  pauseCommands(program)
  restartCommand(program)
  jobsCommand(program)
  linkCommands(program)
  for (const command of withSubcommands(program)) {
    command.exitOverride((error) => {
      process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.cannotBegin)
    })
    // A flag that does not exist may have been given a token: its value is not repeated.
    command.configureOutput({ outputError: (text, write) => write(text.replace(/(option '--[^'=]+)=[^']*'/, "$1'")) })
  }
  return program
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}

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

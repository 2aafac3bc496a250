/* All commands of `muster`, one file each; all but `serve` talk to the service over HTTP. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { examplesFromBelow } from './command.ts'
import { accountCommand } from './account.ts'
import { apiClientCommand } from './api-client.ts'
import { attributesCommand } from './attributes.ts'
import { auditCommand } from './audit.ts'
import { exitCodes } from './exit-codes.ts'
import { discoverCommand } from './discover.ts'
import { driftCommand } from './drift.ts'
import { functionsCommand } from './functions.ts'
import { importCommand } from './import.ts'
import { jobsCommand } from './jobs.ts'
import { keysCommand } from './keys.ts'
import { linkCommands } from './links.ts'
import { loginCommands } from './login.ts'
import { logCommand } from './log.ts'
import { pauseCommands } from './pause.ts'
import { notificationsCommand } from './notifications.ts'
import { namesCommand } from './names.ts'
import { peopleCommand } from './people.ts'
import { accessCommand } from './access.ts'
import { applyCommand } from './apply.ts'
import { planCommand } from './plan.ts'
import { plansCommand } from './plans.ts'
import { provisionCommand } from './provision.ts'
import { quarantineCommand } from './quarantine.ts'
import { removalsCommand } from './removals.ts'
import { restartCommand } from './restart.ts'
import { rolesCommand } from './roles.ts'
import { runCommand } from './run.ts'
import { schemaCommand } from './schema.ts'
import { scopeCommands } from './scope.ts'
import { secretsCommand } from './secrets.ts'
import { serveCommand } from './serve.ts'
import { settingsCommand } from './settings.ts'
import { slackCommand } from './slack.ts'
import { sourceCommand } from './source.ts'
import { statusCommand } from './status.ts'
import { tlsCommand } from './tls.ts'
import { tryCommand } from './try.ts'
import { undoCommand } from './undo.ts'
import { whyCommand } from './why.ts'

export function createProgram(): Command {
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
  tlsCommand(program)
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
  accessCommand(program)
  accountCommand(program)
  apiClientCommand(program)
  loginCommands(program)
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
  sourceCommand(program)
  slackCommand(program)
  keysCommand(program)
  secretsCommand(program)
  pauseCommands(program)
  restartCommand(program)
  jobsCommand(program)
  linkCommands(program)
  for (const command of withSubcommands(program)) {
    if (command !== program && command.commands.length > 0) examplesFromBelow(command)
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

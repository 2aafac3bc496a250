/* `muster secrets ...`: passwords of the installation, sealed in the database. They are typed or piped, and never shown. */
import type { Command } from 'commander'
import type { SecretSettingsReport } from '../vocabulary/index.ts'
import { clientCommand, withClient, type CommandContext } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { readSecret } from './secret-input.ts'
import { tableText } from './table.ts'

const origins = {
  setting: 'a setting, which wins',
  store: 'sealed in the database',
  nowhere: 'not given',
} as const

function show({ isJson, print, printJson }: CommandContext, report: SecretSettingsReport): void {
  if (isJson) printJson(report)
  else
    print(
      tableText(
        ['secret', 'where it is'],
        report.secrets.map(({ name, from }) => [name, origins[from]]),
      ),
    )
}

const pathOf = (name: string): string => `/muster/v1/secrets/${encodeURIComponent(name)}`

export function secretsCommand(program: Command): void {
  const secrets = program
    .command('secrets')
    .description('passwords of the mail server, of webhooks and of the Slack app, sealed in the database')

  const list = secrets
    .command('list', { isDefault: true })
    .description('which there are, and where; never what they are')
  clientCommand(list, ['muster secrets'])
  list.action(async (options: Readonly<Record<string, unknown>>) => {
    await withClient(options, async (context) => {
      show(context, await context.client.get<SecretSettingsReport>('/muster/v1/secrets'))
    })
  })

  const set = secrets
    .command('set')
    .description('store one, read from standard input')
    .argument('<name>', 'smtpUrl, webhookSecret or slackClientSecret, as the settings call them')
  clientCommand(set, ['muster secrets set smtpUrl < smtp-url.txt', 'muster secrets set webhookSecret'])
  set.action(async (name: string, options: Readonly<Record<string, unknown>>) => {
    const value = (await readSecret(`${name} (not shown): `)).trim()
    if (value === '')
      throw new CommandError(
        exitCodes.cannotBegin,
        `No value was given. Type it, or hand it in by a pipe: muster secrets set ${name} < file`,
      )
    await withClient(options, async (context) => {
      show(context, await context.client.send<SecretSettingsReport>('PUT', pathOf(name), { value }))
    })
  })

  const remove = secrets.command('remove').description('forget one').argument('<name>', 'as the list calls it')
  clientCommand(remove, ['muster secrets remove smtpUrl'])
  remove.action(async (name: string, options: Readonly<Record<string, unknown>>) => {
    await withClient(options, async (context) => {
      show(context, await context.client.send<SecretSettingsReport>('DELETE', pathOf(name)))
    })
  })
}

/* `muster notifications`: who is told when a job needs somebody, what was told, and a test. */
import type { Command } from 'commander'
import type {
  NotificationSettings,
  NotificationsReport,
  NotificationTestReport,
  SettingsReport,
} from '../vocabulary/index.ts'
import { clientCommand, jobOption, jobPath, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { tableText } from './table.ts'
import { instantText, shortened } from './words.ts'

interface JobOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
}

interface SetOptions extends JobOptions {
  readonly recipients?: string
  readonly webhook?: string
  readonly on?: boolean
  readonly off?: boolean
}

function printSettings(settings: NotificationSettings, print: (text: string) => void): void {
  print(`  told          ${settings.isOn ? 'when the job needs somebody' : 'never: switched off'}`)
  print(`  mail to       ${settings.recipients ?? 'nobody (muster notifications set --recipients ADDRESS)'}`)
  print(`  webhook       ${settings.webhookUrl ?? 'none'}`)
}

function printReport(report: NotificationsReport, print: (text: string) => void): void {
  printSettings(report.settings, print)
  if (report.settings.recipients !== null && !report.hasMailServer)
    print('  ! No mail server is known, so no mail is sent: set MUSTER_SMTP_URL and MUSTER_MAIL_FROM.')
  if (report.settings.webhookUrl !== null && !report.hasWebhookSecret)
    print('  ! No secret signs the webhook, so it is not called: set MUSTER_WEBHOOK_SECRET.')
  if (report.deliveries.length === 0) {
    print('Nothing was told yet.')
    return
  }
  const table: string[][] = []
  for (const { notification, channel, deliveredAt, nextAttemptAt, error } of report.deliveries) {
    const state =
      deliveredAt !== null
        ? 'arrived'
        : nextAttemptAt === null
          ? `given up: ${error ?? ''}`
          : error === null
            ? 'on its way'
            : `tried again ${instantText(nextAttemptAt)}: ${error}`
    table.push([
      instantText(notification.at),
      `${notification.kind}${notification.reason === null ? '' : ` ${notification.reason}`}`,
      channel,
      shortened(state, 240),
    ])
  }
  print(tableText(['when', 'what', 'by', ''], table))
}

const orNone = (text: string | undefined): string | null | undefined => (text === 'none' ? null : text)

export function notificationsCommand(program: Command): void {
  const command = program
    .command('notifications')
    .description('who is told by mail or webhook when a job needs somebody; what was told; a test')

  const list = command
    .command('list', { isDefault: true })
    .description('show who is told, and what was told')
    .addOption(jobOption())
  clientCommand(list, ['muster notifications', 'muster notifications --json'])
  list.action(async (options: JobOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.get<NotificationsReport>(jobPath(options.job, 'notifications'))
      if (isJson) printJson(report)
      else printReport(report, print)
    })
  })

  const set = command
    .command('set')
    .description('say who is told')
    .addOption(jobOption())
    .option('--recipients <addresses>', 'mail addresses, separated by commas, or "none"')
    .option('--webhook <url>', 'an address that is called with signed JSON, or "none"')
    .option('--on', 'tell them')
    .option('--off', 'tell nobody')
  clientCommand(set, [
    'muster notifications set --recipients it-night@example.com',
    'muster notifications set --webhook https://hooks.example.com/muster',
  ])
  set.action(async (options: SetOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const { settings } = await client.get<NotificationsReport>(jobPath(options.job, 'notifications'))
      const given = {
        recipients: orNone(options.recipients),
        webhookUrl: orNone(options.webhook),
        isOn: options.off === true ? false : options.on === true ? true : undefined,
      }
      const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      let notifications: NotificationSettings = { ...settings, ...changed }
      if (Object.keys(changed).length > 0) {
        const path = jobPath(options.job, 'settings')
        notifications = (await client.send<SettingsReport>('PATCH', path, { notifications })).settings.notifications
      }
      if (isJson) printJson(notifications)
      else printSettings(notifications, print)
    })
  })

  const test = command
    .command('test')
    .description('send a message to everybody who is told, and say what the servers answered')
    .addOption(jobOption())
  clientCommand(test, ['muster notifications test'])
  test.action(async (options: JobOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.send<NotificationTestReport>('POST', jobPath(options.job, 'notifications/test'))
      if (isJson) printJson(report)
      else for (const each of report.sent) print(`  ${each.channel.padEnd(13)} ${each.error ?? 'arrived'}`)
      if (report.sent.length === 0)
        throw new CommandError(
          exitCodes.cannotBegin,
          'Nobody is told, so nothing was sent: muster notifications set --recipients ADDRESS.',
        )
      if (report.sent.some((each) => each.error !== null))
        throw new CommandError(exitCodes.failed, 'Not every message arrived.')
    })
  })
}

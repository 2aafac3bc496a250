/* `muster links show|delete`: which account a person or group is linked to, and how to break that (spec 4.1). */
import type { Command } from 'commander'
import type { LinkReport, LinkRemovalReport } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'

interface LinkOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
}

const pathOf = (options: LinkOptions, name: string): string =>
  `/muster/v1/jobs/${encodeURIComponent(options.job)}/links/${encodeURIComponent(name)}`

const linkText = (link: LinkReport): string =>
  `${link.objectTypeName} ${link.displayName} (${link.sourceAnchor}) is linked to ${link.targetAnchor}` +
  `${link.isActive ? '' : ', which is disabled'}${link.isManaged ? '' : ', and no longer managed'}.`

export function linkCommands(program: Command): void {
  const links = program.command('links').description('see or delete the link between a person or group and its account')

  const show = links
    .command('show')
    .description('show the link of one object')
    .argument('<name>', 'id in the directory or in Slack, or a name')
    .option('--job <id>', 'the job, when there are several', 'default')
  clientCommand(show, ['muster links show mira@example.com', 'muster links show U0KQULSO668 --json'])
  show.action(async (name: string, options: LinkOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const link = await client.get<LinkReport>(pathOf(options, name))
      if (isJson) printJson(link)
      else print(linkText(link))
    })
  })

  const remove = links
    .command('delete')
    .description('forget the link of one object, while the job is paused; neither side is changed')
    .argument('<name>', 'id in the directory or in Slack, or a name')
    .option('--job <id>', 'the job, when there are several', 'default')
  clientCommand(remove, ['muster links delete mira@example.com'])
  remove.action(async (name: string, options: LinkOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.send<LinkRemovalReport>('DELETE', pathOf(options, name))
      if (isJson) printJson(report)
      else if (report.link === null) print(`Nothing is linked under "${name}".`)
      else print(`Forgotten: ${linkText(report.link)} The next evaluation matches anew.`)
    })
  })
}

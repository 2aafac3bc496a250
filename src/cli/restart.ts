/* `muster restart`: what a job forgets before its next cycle (spec section 11). */
import type { Command } from 'commander'
import { resetScopes, type RemovalsReport, type RestartReport } from '../vocabulary/index.ts'
import { clientCommand, jobPath, withClient } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { allowedText, stillWaitingText } from './removals.ts'
import { count } from './words.ts'

interface RestartOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly scope: string
  readonly yes?: boolean
}

function restartText(report: RestartReport): string {
  const done = [
    ...(report.isWatermarkCleared ? ['everybody is evaluated again'] : []),
    ...(report.linksForgotten > 0 ? [`${count(report.linksForgotten, 'link')} forgotten`] : []),
    ...(report.escrowsForgotten > 0 ? [`${count(report.escrowsForgotten, 'object')} no longer tried again`] : []),
    ...(report.removalsAllowed > 0 ? [`${count(report.removalsAllowed, 'removal')} allowed`] : []),
    ...(report.isQuarantineLifted ? ['the quarantine is lifted'] : []),
  ]
  const restarted = `Restarted: ${done.join('; ') || 'there was nothing to forget'}. The job is ${report.status}.`
  return report.removalsWaiting > 0 ? `${restarted}\n${stillWaitingText(report.removalsWaiting)}` : restarted
}

export function restartCommand(program: Command): void {
  const command = program
    .command('restart')
    .description(
      'evaluate everybody again; links are kept unless --scope says otherwise; ForceDeletes carries out the removals that wait, and asks first',
    )
    .option('--scope <list>', `what to forget, with commas between: ${resetScopes.join(', ')}`, '')
    .option('--job <id>', 'the job, when there are several', 'default')
    .option('--yes', 'do it without asking')
  clientCommand(command, ['muster restart', 'muster restart --scope Escrows', 'muster restart --scope Full --yes'])
  command.action(async (options: RestartOptions) => {
    const wanted = options.scope.split(',').map((name) => name.trim())
    const unknown = wanted.filter((name) => name !== '' && !resetScopes.some((scope) => scope === name))
    if (unknown.length > 0)
      throw new CommandError(
        exitCodes.cannotBegin,
        `The scope ${unknown.join(', ')} is unknown; known are ${resetScopes.join(', ')}.`,
      )
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      if (wanted.includes('Full') || wanted.includes('ConnectorDataStore')) {
        await confirm(
          'All links are forgotten and everybody is matched anew; accounts of people who are out of scope by now are no longer known, and so not disabled.',
          options.yes === true,
        )
      } else if (wanted.includes('ForceDeletes')) {
        // Where the links are forgotten, so are the removals that wait for them.
        const before = await client.send<RemovalsReport>('POST', jobPath(options.job, 'removals/allow?dryRun=true'))
        if (before.staged > 0) await confirm(allowedText(before), options.yes === true)
      }
      const report = await client.send<RestartReport>('POST', jobPath(options.job, 'restart'), {
        criteria: { resetScope: options.scope },
      })
      if (isJson) printJson(report)
      else print(restartText(report))
    })
  })
}

/* `muster discover`: whose the accounts in Slack are (spec 4.2). It only reads. */
import type { Command } from 'commander'
import {
  accountClasses,
  type AccountClass,
  type DiscoveredAccount,
  type DiscoveryPage,
  type DiscoverySummary,
} from '../vocabulary/index.ts'
import { clientCommand, jobPath, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { tableText } from './table.ts'
import { pageOf, readingOptions, readTarget, savedAsCsv, shownText, type ReadingOptions } from './target-reading.ts'
import { instantText, shortened } from './words.ts'

const columns = [
  'accountClass',
  'displayName',
  'userName',
  'email',
  'isActive',
  'targetAnchor',
  'sourceAnchor',
  'sourceDisplayName',
  'isLinked',
  'why',
] as const satisfies readonly (keyof DiscoveredAccount)[]

const meanings: Readonly<Record<AccountClass, string>> = {
  local: 'belong to nobody in the directory',
  unassigned: 'belong to somebody who is not in scope',
  assigned: 'belong to somebody in scope',
}

function printPage(page: DiscoveryPage, options: ReadingOptions, print: (text: string) => void): void {
  print(`Slack as read at ${instantText(page.readAt)}; people are matched by ${page.matching.join(', then ')}.`)
  const summary: string[][] = []
  for (const each of accountClasses)
    summary.push([each, String(page.byClass[each]), String(page.activeByClass[each]), meanings[each]])
  print(tableText(['class', 'accounts', 'active', 'they'], summary))
  if (page.accounts === 0) print('No account at all: look at the connection (muster slack test).')
  else if (page.byClass.local === page.accounts)
    print('Nobody matches: look at the matching attributes (muster attributes) and at the directory.')
  if (page.rows.length === 0) return
  const table: string[][] = []
  for (const row of page.rows)
    table.push([
      `${shortened(row.displayName, 40)}${row.isActive ? '' : ' (inactive)'}\n${row.targetAnchor}`,
      row.email,
      row.accountClass,
      row.why,
    ])
  print(tableText(['account', 'e-mail', 'class', 'why'], table))
  const more = shownText(page, options)
  if (more !== null) print(more)
}

export function discoverCommand(program: Command): void {
  const command = program
    .command('discover')
    .description('whose the accounts in Slack are: in scope, not in scope, or nobody’s; reads only')
    .argument('[text]', 'part of a name, address or id')
    .option('--class <class>', `only these: ${accountClasses.join(', ')}`)
  readingOptions(command)
  clientCommand(command, [
    'muster discover',
    'muster discover --class local',
    'muster discover okafor --last',
    'muster discover --csv accounts.csv',
  ])
  command.action(async (text: string | undefined, options: ReadingOptions & { readonly class?: string }) => {
    if (options.class !== undefined && !accountClasses.some((each) => each === options.class))
      throw new CommandError(
        exitCodes.cannotBegin,
        `--class is one of ${accountClasses.join(', ')}, not "${options.class}".`,
      )
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = jobPath(options.job, 'discovery')
      if (options.last !== true) await readTarget<DiscoverySummary>(client, path)
      const page = await pageOf<DiscoveredAccount, DiscoveryPage>(client, path, { text, class: options.class }, options)
      if (savedAsCsv<DiscoveredAccount>(options, columns, page.rows)) return
      if (isJson) printJson(page)
      else printPage(page, options, print)
    })
  })
}

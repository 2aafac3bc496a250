/* `muster drift`: where Slack differs from what it should be, and who is the cause (spec 6.2). It only reads. */
import type { Command } from 'commander'
import {
  driftKinds,
  type DriftCluster,
  type DriftFinding,
  type DriftKind,
  type DriftPage,
  type DriftSummary,
} from '../vocabulary/index.ts'
import { clientCommand, jobPath, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { tableText } from './table.ts'
import { pageOf, readingOptions, readTarget, savedAsCsv, shownText, type ReadingOptions } from './target-reading.ts'
import { count, instantText, shortened } from './words.ts'

const columns = [
  'kind',
  'objectType',
  'displayName',
  'attribute',
  'wanted',
  'lastWritten',
  'found',
  'sourceAnchor',
  'targetAnchor',
] as const satisfies readonly (keyof DriftFinding)[]

const meanings: Readonly<Record<DriftKind, string>> = {
  missing: 'gone from Slack',
  changedInTarget: 'changed in Slack',
  disabledInTarget: 'disabled in Slack',
  activeInTarget: 'activated in Slack',
  missingMember: 'taken out of the group in Slack',
  extraMember: 'put into the group in Slack (stays)',
  notWritten: 'still to be written',
}

const shown = (value: string | null): string =>
  value === null || value === '' ? 'nothing' : `"${shortened(value, 40)}"`

function findingText({ kind, displayName, wanted, found }: DriftFinding): string {
  switch (kind) {
    case 'missing':
      return displayName
    case 'missingMember':
      return `${displayName} without ${wanted ?? 'somebody'}`
    case 'extraMember':
      return `${displayName} with ${found ?? 'somebody'}`
    default:
      return `${displayName}: ${shown(found)} instead of ${shown(wanted)}`
  }
}

function clusterRow({ kind, objectType, attribute, count: number, examples }: DriftCluster): readonly string[] {
  const [example] = examples
  return [
    meanings[kind],
    `${objectType}${attribute === null ? '' : ` ${attribute}`}`,
    String(number),
    example === undefined ? '' : findingText(example),
  ]
}

function printPage(page: DriftPage, isAsked: boolean, options: ReadingOptions, print: (text: string) => void): void {
  print(
    `${count(page.compared, 'account or group', 'accounts and groups')} compared with Slack as read at ${instantText(page.readAt)}: ${page.drifted === 0 ? 'all are as they should be.' : `${String(page.drifted)} differ.`}`,
  )
  if (page.notJudged > 0)
    print(
      `${String(page.notJudged)} could not be judged: a mapping fails for them, or the directory gave no answer (muster log --status failure).`,
    )
  if (page.clusters.length > 0 && !isAsked) {
    const table: string[][] = []
    for (const cluster of page.clusters) table.push([...clusterRow(cluster)])
    print(tableText(['what', 'where', 'how many', 'for example'], table))
  }
  if (isAsked && page.rows.length > 0) {
    const table: string[][] = []
    for (const row of page.rows)
      table.push([
        row.displayName,
        row.attribute ?? row.objectType,
        row.wanted ?? '',
        row.lastWritten ?? '',
        row.kind === 'missing' ? 'gone' : (row.found ?? ''),
      ])
    print(tableText(['who', 'where', 'wanted', 'last written', 'found'], table))
    const more = shownText(page, options)
    if (more !== null) print(more)
  }
  if (isAsked && page.rows.length === 0) print('No finding fits.')
  if (page.drifted > 0)
    print(
      `${isAsked ? '' : 'Who it is: muster drift --kind KIND --last. '}To mend it: muster plan --save --everything, then muster apply latest.`,
    )
}

export function driftCommand(program: Command): void {
  const command = program
    .command('drift')
    .description('where Slack differs from what it should be, and who changed it; reads only, ends with 1 when it does')
    .argument('[text]', 'part of a name, id, attribute or value: every finding that holds it')
    .option('--kind <kind>', `only these, one by one: ${driftKinds.join(', ')}`)
  readingOptions(command)
  clientCommand(command, [
    'muster drift',
    'muster drift title --last',
    'muster drift --kind extraMember --last',
    'muster drift --csv drift.csv',
  ])
  command.action(async (text: string | undefined, options: ReadingOptions & { readonly kind?: string }) => {
    if (options.kind !== undefined && !driftKinds.some((each) => each === options.kind))
      throw new CommandError(exitCodes.cannotBegin, `--kind is one of ${driftKinds.join(', ')}, not "${options.kind}".`)
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = jobPath(options.job, 'drift')
      if (options.last !== true) await readTarget<DriftSummary>(client, path)
      const page = await pageOf<DriftFinding, DriftPage>(client, path, { text, kind: options.kind }, options)
      if (page.drifted > 0) process.exitCode = exitCodes.failed
      if (savedAsCsv<DriftFinding>(options, columns, page.rows)) return
      if (isJson) printJson(page)
      else printPage(page, text !== undefined || options.kind !== undefined, options, print)
    })
  })
}

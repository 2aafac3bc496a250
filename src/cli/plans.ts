/* `muster plans`: the plans that are kept, read by what happens to whom, and rejected when they are not meant. */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type {
  PlanClustersReport,
  PlanCounts,
  PlannedWriteShown,
  PlannedWritesReport,
  PlanReport,
  PlansReport,
  SealedPlan,
  TargetValue,
} from '../vocabulary/index.ts'
import type { CommandContext } from './command.ts'
import { clientCommand, jobOption, jobPath, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { clusterLines } from './schema-diff.ts'
import { tableText } from './table.ts'
import { count, instantText, shortened } from './words.ts'

interface JobOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
}

/** Who gives the answer, for the record: the name on this machine. */
export function whoAsks(): string {
  try {
    return userInfo().username
  } catch {
    // An account without a name, as in some containers.
    return ''
  }
}

export const planPath = (job: string, plan: string, rest = ''): string =>
  jobPath(job, `plans/${encodeURIComponent(plan)}${rest}`)

/** Amid a sentence: the full stop of an origin that is one is left out. */
const originText = (origin: string): string => origin.replace(/\.$/, '')

/** Those who lose something first. */
export function planCountsText(counts: PlanCounts): string {
  const parts = [
    [counts.deletes, 'deleted'],
    [counts.disables, 'disabled'],
    [counts.creates, 'created'],
    [counts.updates, 'changed'],
  ] as const
  const told = parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number.toLocaleString('en-US')} ${what}`)
  if (counts.membershipChanges > 0) told.push(count(counts.membershipChanges, 'membership change'))
  return told.length === 0 ? 'nothing to write' : told.join(', ')
}

/** "12 people and 1 group". */
export function concernedText({ people, groups }: PlanCounts): string {
  const parts = [
    ...(people > 0 || groups === 0 ? [count(people, 'person', 'people')] : []),
    ...(groups > 0 ? [count(groups, 'group')] : []),
  ]
  return parts.join(' and ')
}

/** Instead of the result of a cycle. */
export const waitingText = ({ planId, counts, origin }: SealedPlan): string =>
  `The cycle was planned and waits for an answer; nothing was written. Plan ${planId} (${originText(origin)}) concerns ${concernedText(counts)}: ${planCountsText(counts)}. Read it with "muster plans show latest", then "muster apply ${planId}" or "muster plans reject ${planId}".`

function stateText(plan: SealedPlan): string {
  if (plan.state === 'open') return plan.waitsFor.length > 0 ? 'waits for an answer' : 'open'
  const by = plan.decidedBy === null || plan.decidedBy === '' ? '' : ` by ${plan.decidedBy}`
  return `${plan.state}${by}`
}

function printPlans(report: PlansReport, print: (text: string) => void): void {
  if (report.plans.length === 0) {
    print('No plan is kept. "muster plan --save" keeps one.')
    return
  }
  const table: string[][] = []
  for (const plan of report.plans)
    table.push([
      plan.planId,
      instantText(plan.createdAt),
      `${shortened(originText(plan.origin), 150)}: ${planCountsText(plan.counts)}`,
      stateText(plan),
    ])
  print(tableText(['plan', 'made', 'what', 'state'], table))
  if (report.cursor !== null) print(`More: --cursor ${report.cursor}`)
}

const valueText = (value: TargetValue | null | undefined): string =>
  value === null || value === undefined ? '(none)' : String(value)

/** Members that are named in a table; the others are counted. */
const namedMax = 3

function writeText({ image, newcomers, reason }: PlannedWriteShown, names: PlannedWritesReport['names']): string {
  const nameOf = (anchor: TargetValue | null | undefined): string =>
    typeof anchor === 'string' ? (names[anchor] ?? newcomers[anchor] ?? anchor) : valueText(anchor)
  const listed = (anchors: readonly string[]): string => {
    const shown = anchors.length > namedMax ? anchors.slice(0, namedMax - 1) : anchors
    const more = anchors.length - shown.length
    return [...shown.map(nameOf), ...(more > 0 ? [`${String(more)} more`] : [])].join(', ')
  }
  if (image.kind === 'disable' || image.kind === 'delete') return `${image.kind}: ${reason}`
  const members = [
    ...(image.membersAdded.length > 0 ? [`put in ${listed(image.membersAdded)}`] : []),
    ...(image.membersRemoved.length > 0 ? [`taken out ${listed(image.membersRemoved)}`] : []),
  ]
  const values = Object.entries(image.after).map(([name, value]) =>
    image.kind === 'create' ? `${name}=${nameOf(value)}` : `${name}: ${nameOf(image.before[name])} → ${nameOf(value)}`,
  )
  return `${image.kind}: ${[...values, ...(members.length > 0 ? [`members: ${members.join('; ')}`] : [])].join('; ')}`
}

const outcomeText = ({ outcome, outcomeReason }: PlannedWriteShown): string =>
  outcome === null ? '' : outcomeReason === null ? outcome : `${outcome}: ${outcomeReason}`

export function printWrites(
  { writes, total, names }: PlannedWritesReport,
  print: (text: string) => void,
  more: (after: number) => string,
): void {
  if (writes.length === 0) {
    print('No planned write fits.')
    return
  }
  const table: string[][] = []
  for (const each of writes)
    table.push([
      String(each.number),
      each.image.objectType,
      shortened(each.image.displayName, 24),
      shortened(writeText(each, names), 300),
      outcomeText(each),
    ])
  print(tableText(['', '', 'name', 'what', 'became'], table))
  const last = writes.at(-1)
  if (last !== undefined && writes.length < total) print(`${String(total)} in all; go on with ${more(last.number)}`)
}

function printHead(
  { plan, outcomes, isConfigurationMoved, isWatermarkMoved, cycle }: PlanReport,
  print: (text: string) => void,
): void {
  print(`Plan ${plan.planId}, ${stateText(plan)}`)
  print(`  of            ${plan.origin}`)
  print(`  made          ${instantText(plan.createdAt)}${plan.createdBy === '' ? '' : ` by ${plan.createdBy}`}`)
  print(`  concerns      ${concernedText(plan.counts)}: ${planCountsText(plan.counts)}`)
  if (plan.decidedAt !== null) print(`  ${plan.state.padEnd(13)} ${instantText(plan.decidedAt)}`)
  if (cycle !== null) print(`  cycle         ${cycle.cycleId}, ${cycle.state}`)
  if (plan.state === 'open' && isConfigurationMoved)
    print('  ! Mappings, filters or scope settings have changed since: what they decide otherwise is void.')
  if (plan.state === 'open' && isWatermarkMoved) print('  ! A cycle has run since: what it has done is not done again.')
  const told = outcomes.filter(({ outcome }) => outcome !== null)
  if (told.length > 0)
    print(
      `  became        ${told.map(({ outcome, moved, count: number }) => `${number.toLocaleString('en-US')} ${outcome ?? ''}${moved === null ? '' : ` (${moved} moved)`}`).join(', ')}`,
    )
}

async function printClusters(
  { client, print }: CommandContext,
  job: string,
  plan: string,
  examples: string,
): Promise<void> {
  const { clusters } = await client.get<PlanClustersReport>(
    planPath(job, plan, `/clusters?examples=${encodeURIComponent(examples)}`),
  )
  const width = Math.max(0, ...clusters.map((cluster) => cluster.count.toLocaleString('en-US').length))
  print('')
  for (const cluster of clusters) for (const line of clusterLines(cluster, width)) print(line)
}

interface ShowOptions extends JobOptions {
  readonly kind?: string
  readonly type?: string
  readonly outcome?: string
  readonly rows: string
  readonly after?: string
  readonly examples: string
}

export function plansCommand(program: Command): void {
  const command = program
    .command('plans')
    .description('plans that are kept: list them, read one by what happens to whom, reject one')

  const list = command
    .command('list', { isDefault: true })
    .description('show the plans, newest first')
    .argument('[text]', 'part of the id, of what it is of, or of who made it')
    .addOption(jobOption())
    .option('--state <state>', 'open, applied, rejected or superseded')
    .option('--rows <number>', 'plans shown', '20')
    .option('--cursor <cursor>', 'go on after a page')
  clientCommand(list, ['muster plans', 'muster plans --state open', 'muster plans list review --json'])
  list.action(
    async (
      text: string | undefined,
      options: JobOptions & { readonly rows: string; readonly state?: string; readonly cursor?: string },
    ) => {
      const query = new URLSearchParams({
        text: text ?? '',
        limit: options.rows,
        ...(options.state === undefined ? {} : { state: options.state }),
        ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
      })
      await withClient(options, async ({ client, isJson, print, printJson }) => {
        const report = await client.get<PlansReport>(jobPath(options.job, `plans?${query.toString()}`))
        if (isJson) printJson(report)
        else printPlans(report, print)
      })
    },
  )

  const show = command
    .command('show')
    .description('read a plan: who goes, who is disabled, who is created, what changes, and what became of it')
    .argument('<plan>', 'its id, the beginning or end of it, or "latest"')
    .argument('[text]', 'only writes of people and groups whose name or id contains this')
    .addOption(jobOption())
    .option('--kind <kind>', 'only create, update, disable or delete')
    .option('--type <type>', 'only User or Group')
    .option('--outcome <outcome>', 'only done, partly, void, failed or open')
    .option('--rows <number>', 'writes shown', '20')
    .option('--after <number>', 'go on after this write')
    .option('--examples <number>', 'examples shown of what happens to many', '3')
  clientCommand(show, [
    'muster plans show latest',
    'muster plans show latest okafor',
    'muster plans show latest --kind disable --rows 200',
    'muster plans show latest --outcome void',
  ])
  show.action(async (name: string, text: string | undefined, options: ShowOptions) => {
    const filters = {
      ...(text === undefined ? {} : { text }),
      ...(options.kind === undefined ? {} : { kind: options.kind }),
      ...(options.type === undefined ? {} : { objectType: options.type }),
      ...(options.outcome === undefined ? {} : { outcome: options.outcome }),
    }
    const query = new URLSearchParams({ ...filters, limit: options.rows, after: options.after ?? '0' })
    await withClient(options, async (context) => {
      const { client, isJson, print, printJson } = context
      const report = await client.get<PlanReport>(planPath(options.job, name))
      const plan = report.plan.planId
      const writes = await client.get<PlannedWritesReport>(planPath(options.job, plan, `/writes?${query.toString()}`))
      if (isJson) {
        printJson({ ...report, ...writes })
        return
      }
      printHead(report, print)
      if (Object.keys(filters).length === 0 && options.after === undefined)
        await printClusters(context, options.job, plan, options.examples)
      print('')
      printWrites(writes, print, (after) => `--after ${String(after)}`)
      if (report.plan.state === 'open')
        print(`\nIf it is meant: muster apply ${plan}. If not: muster plans reject ${plan}.`)
    })
  })

  const reject = command
    .command('reject')
    .description('say no to a plan: it cannot be applied any more; nothing is written')
    .argument('<plan>', 'its id, the beginning or end of it, or "latest"')
    .addOption(jobOption())
  clientCommand(reject, ['muster plans reject latest'])
  reject.action(async (name: string, options: JobOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const plan = await client.send<SealedPlan>('POST', planPath(options.job, name, '/reject'), { by: whoAsks() })
      if (isJson) {
        printJson(plan)
        return
      }
      print(`The plan ${plan.planId} is rejected; nothing was written.`)
      if (plan.waitsFor.length > 0)
        print(
          'The next cycle is planned again: mend the cause, or what was rejected waits once more, without a message.',
        )
    })
  })
}

/** A plan whose parts have not all been done. */
export function failUnlessWhole(report: PlanReport): void {
  if (report.outcomes.some(({ outcome }) => outcome === 'failed' || outcome === 'void'))
    throw new CommandError(
      exitCodes.failed,
      'Not all of the plan was done. What is void or failed is looked at again by the next cycle, as it is then.',
    )
}

/* `muster plan`: what the next cycle would do, and why. Nothing is written. */
import type { Command } from 'commander'
import type { Plan, PlanLine, PlannedChange, SealedPlan } from '../vocabulary/index.ts'
import { closingTable } from './closing-table.ts'
import { clientCommand, withClient } from './command.ts'
import { planCountsText, whoAsks } from './plans.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { createProgressView } from './progress-view.ts'
import { tableText } from './table.ts'
import { count, shortened } from './words.ts'

/** Those who lose something first: that is what a plan is read for. */
const order: readonly PlannedChange['action'][] = ['delete', 'disable', 'create', 'update', 'other', 'stagedDelete']

const headings: Record<PlannedChange['action'], string> = {
  delete: 'would be deleted',
  disable: 'would be disabled',
  create: 'would be created',
  update: 'would be updated',
  other: 'would be left as they are',
  stagedDelete: 'would be held back',
}

function detail(change: PlannedChange): string {
  if (change.status === 'failure' || change.status === 'skipped') return `${change.code ?? ''}: ${change.reason ?? ''}`
  if (change.action === 'disable' || change.action === 'delete') return change.reason ?? ''
  const members = change.modifiedProperties.filter((each) => each.displayName === 'members')
  const others = change.modifiedProperties.filter((each) => each.displayName !== 'members')
  const parts = others.map((each) =>
    change.action === 'create'
      ? `${each.displayName}=${each.newValue ?? ''}`
      : `${each.displayName}: ${each.oldValue ?? '(none)'} → ${each.newValue ?? '(none)'}`,
  )
  if (members.length > 0) {
    const added = members.filter((each) => each.newValue !== null).length
    parts.push(`members: ${String(added)} added, ${String(members.length - added)} removed`)
  }
  return parts.join('; ')
}

function changeTable(changes: readonly PlannedChange[], rowsMax: number): string {
  const table: string[][] = []
  for (const change of changes.slice(0, rowsMax)) {
    table.push([change.objectType, shortened(change.displayName, 26), shortened(detail(change), 300)])
  }
  const rest = changes.length - rowsMax
  return rest > 0
    ? `${tableText(['', 'name', 'what'], table)}\n... and ${String(rest)} more (--rows, or --json for all)`
    : tableText(['', 'name', 'what'], table)
}

function printPlan(
  plan: Plan,
  changes: readonly PlannedChange[],
  rowsMax: number,
  print: (text: string) => void,
): void {
  print(
    `The next cycle is ${plan.kind === 'initial' ? 'an initial' : 'an incremental'} one. This is a plan: nothing was written.`,
  )
  for (const action of order) {
    const acting = changes.filter(
      (change) => change.action === action && change.status !== 'skipped' && change.status !== 'failure',
    )
    if (acting.length === 0) continue
    print(`\n${count(acting.length, 'object')} ${headings[action]}:`)
    print(changeTable(acting, rowsMax))
  }
  for (const [status, heading] of [
    ['failure', 'would fail'],
    ['skipped', 'would be skipped'],
  ] as const) {
    const left = changes.filter((change) => change.status === status)
    if (left.length === 0) continue
    print(`\n${count(left.length, 'object')} ${heading}:`)
    print(changeTable(left, rowsMax))
  }
  print('')
  print(closingTable({ counters: plan.counters, durationMs: null }))
}

function printSealed(sealed: SealedPlan, print: (text: string) => void): void {
  print(`\nKept as plan ${sealed.planId}: ${planCountsText(sealed.counts)}.`)
  print(
    sealed.counts.people + sealed.counts.groups === 0
      ? 'There is nothing to apply.'
      : 'Exactly this is done with "muster apply latest"; "muster plans show latest" has it by what happens to whom.',
  )
}

interface PlanOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly rows: string
  readonly save?: boolean
  readonly everything?: boolean
}

export function planCommand(program: Command): void {
  const command = program
    .command('plan')
    .description('show what the next cycle would do, person by person, with reasons; writes nothing')
    .option('--job <id>', 'the job, when there are several', 'default')
    .option('--rows <number>', 'rows shown of each kind', '20')
    .option('--save', 'keep the plan, so that exactly it can be applied (muster apply)')
    .option('--everything', 'with --save: evaluate everybody, which also finds what others changed in Slack')
  clientCommand(command, [
    'muster plan',
    'muster plan --rows 200',
    'muster plan --save',
    'muster plan --save --everything',
    'muster plan --json | jq \'.changes[] | select(.action == "disable")\'',
  ])
  command.action(async (options: PlanOptions) => {
    const rowsMax = Number(options.rows)
    if (!Number.isInteger(rowsMax) || rowsMax < 1)
      throw new CommandError(exitCodes.cannotBegin, `--rows takes a whole number from 1 on, not "${options.rows}".`)
    if (options.everything === true && options.save !== true)
      throw new CommandError(exitCodes.cannotBegin, '--everything goes with --save: "muster plan --save --everything".')
    const path = `/muster/v1/jobs/${encodeURIComponent(options.job)}`
    const kind = options.everything === true ? 'everything' : 'cycle'
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const lines =
        options.save === true
          ? client.lines<PlanLine>(`${path}/plans`, { kind, by: whoAsks() })
          : client.lines<PlanLine>(`${path}/plan`)
      let sealed: SealedPlan | null = null
      const changes: PlannedChange[] = []
      let plan: Plan | null = null
      const view = createProgressView(process.stderr)
      try {
        for await (const line of lines) {
          if (line.type === 'progress') view.show(line.progress)
          else if (line.type === 'change') changes.push(line.change)
          else if (line.type === 'plan') plan = line.plan
          else if (line.type === 'sealed') sealed = line.plan
          else throw new CommandError(exitCodes.failed, `The plan could not be made: ${line.message}`)
        }
      } finally {
        view.end()
      }
      if (plan === null)
        throw new CommandError(
          exitCodes.failed,
          'The service ended the plan without its result. Look at what it printed, then try again.',
        )
      if (isJson) {
        printJson({ ...plan, changes, ...(sealed === null ? {} : { sealed }) })
        return
      }
      printPlan(plan, changes, rowsMax, print)
      if (sealed !== null) printSealed(sealed, print)
    })
  })
}

/* `muster source ...`: where people come from, what may be read there, and how far it is read. */
import type { Command } from 'commander'
import type { MirrorFeed, SourceReport, SourceTestReport } from '../vocabulary/index.ts'
import { clientCommand, withClient, type CommandContext } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { count, durationText, instantText } from './words.ts'

const ago = instantText

function feedText({ name, kind, phase, pages, objects, expected, beganAt, endedAt }: MirrorFeed): string {
  const of = expected === null ? '' : ` of ${String(expected)}`
  const amount = `${String(objects)}${of} read in ${count(pages, 'page')}`
  if (phase === 'done') {
    const what = kind === 'full' ? 'everything read' : 'changes read'
    return `${name}: ${what} ${endedAt === null ? '' : ago(endedAt)} (${amount})`
  }
  const now = phase === 'comparing' ? 'looking for whoever seems to be gone' : 'being read'
  return `${name}: ${now} since ${ago(beganAt)} (${amount})`
}

function show(report: SourceReport, { print }: CommandContext): void {
  if (report.kind === 'directory') {
    print('The source is Muster’s own directory: import files into it, or change it over HTTP.')
    return
  }
  print(`The source is the tenant ${report.tenant}`)
  print(`  asked at      ${report.graph}, every ${durationText(report.everyMs)}`)
  print(`  as            application ${report.clientId}, with a ${report.credential}, tokens from ${report.authority}`)
  print(`  holds         ${count(report.people, 'person', 'people')}, ${count(report.groups, 'group')}`)
  if (report.foreign > 0)
    print(`                and ${String(report.foreign)} people or groups in the directory that are not of the tenant`)
  for (const [at, feed] of report.feeds.entries())
    print(`  ${at === 0 ? 'feeds       ' : '            '}  ${feedText(feed)}`)
  if (report.feeds.length === 0) print('  feeds         nothing read yet')
  if (report.timeLeftMs !== null) print(`  time left     ${durationText(report.timeLeftMs)} by the pace so far`)
  print(`  assignments   ${assignmentsText(report)}`)
  if (report.confirmedLoss !== null)
    print(`  confirmed     up to ${String(report.confirmedLoss)} may be missing in the next reading`)
  if (report.error !== null)
    print(`  TROUBLE       ${report.lastReadAt === null ? '' : `${ago(report.lastReadAt)}: `}${report.error}`)
  else if (report.lastReadAt !== null) print(`  last read     ${ago(report.lastReadAt)}, without trouble`)
}

function assignmentsText(report: Extract<SourceReport, { readonly kind: 'entra' }>): string {
  const { application, assignments } = report
  if (application === null) return 'made in Muster (muster assign); MUSTER_ENTRA_APPLICATION takes the tenant’s'
  if (assignments === null) return `of the enterprise application "${application}", not read yet`
  return `${String(assignments.count)} of the enterprise application "${assignments.displayName}" (${assignments.id}), read ${ago(assignments.readAt)}`
}

function showTest(report: SourceTestReport, { print }: CommandContext): void {
  print(report.token === 'given' ? '  ok      token' : `  FAILED  token: ${report.token}`)
  for (const { isGranted, permission, purpose, found, without, remedy } of report.permissions) {
    print(`  ${isGranted ? 'ok    ' : 'FAILED'}  ${permission}: ${purpose}`)
    if (isGranted) continue
    print(`            found       ${found}`)
    print(`            without it  ${without}`)
    if (remedy !== null) print(`            what to do  ${remedy}`)
  }
  if (report.granted.length > 0) print(`  The token names ${report.granted.join(', ')}.`)
}

export function sourceCommand(program: Command): void {
  const source = program
    .command('source')
    .description('where people come from: the directory or an Entra tenant, what may be read of it, how far it is read')
  clientCommand(source.command('show').description('the source, and how far it is read'), [
    'muster source show',
    'muster source show --json',
  ]).action(async (options: Readonly<Record<string, unknown>>) => {
    await withClient(options, async (context) => {
      const report = await context.client.get<SourceReport>('/muster/v1/source')
      if (context.isJson) context.printJson(report)
      else show(report, context)
    })
  })
  clientCommand(
    source.command('test').description('permission by permission: what is granted, what is missing and why it matters'),
    ['muster source test'],
  ).action(async (options: Readonly<Record<string, unknown>>) => {
    await withClient(options, async (context) => {
      const report = await context.client.send<SourceTestReport>('POST', '/muster/v1/source/test')
      if (context.isJson) context.printJson(report)
      else showTest(report, context)
      if (!report.isAccepted) process.exitCode = exitCodes.failed
    })
  })
  clientCommand(
    source
      .command('confirm')
      .description('say that a reading of the tenant is right although many are missing in it; asks first')
      .requiredOption('--missing <number>', 'how many may be missing, as the trouble names them')
      .option('--yes', 'do not ask'),
    ['muster source confirm --missing 250'],
  ).action(async (options: Readonly<Record<string, unknown>> & { readonly missing: string }) => {
    await withClient(options, async (context) => {
      const missing = Number(options.missing)
      if (!Number.isInteger(missing) || missing < 1)
        throw new CommandError(exitCodes.cannotBegin, `"${options.missing}" is no number of people: --missing 250`)
      await confirm(
        `Up to ${String(missing)} people, groups or assignments that are missing in the next reading of the tenant leave the directory; whoever had an account because of them loses it, as far as the removal threshold lets them (muster removals).`,
        options['yes'] === true,
      )
      const report = await context.client.send<SourceReport>('POST', '/muster/v1/source/confirm', { missing })
      if (context.isJson) context.printJson(report)
      else context.print('The tenant is read now: muster source show')
    })
  })
}

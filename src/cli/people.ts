/* `muster people NAME`: everything known about one person or group. */
import type { Command } from 'commander'
import { isDueCode } from '../provisioning/index.ts'
import type { DirectoryEntry, ObjectExplanation, PeopleFound, PersonReport } from '../vocabulary/index.ts'
import { clientCommand, withClient, type CommandContext } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { logTable } from './log.ts'
import { tableText } from './table.ts'
import { instantText } from './words.ts'

export function entryLine(entry: DirectoryEntry): string {
  const presence = { present: '', softDeleted: ', in the recycle bin', hardDeleted: ', deleted' }[entry.presence]
  return `${entry.displayName} <${entry.userPrincipalName ?? entry.objectId}> (${entry.objectType}${presence})`
}

const verdictText = {
  same: '',
  differs: 'will be sent',
  onlyAtCreation: 'sent at creation only',
  notMapped: 'not mapped',
  failed: 'mapping fails',
} as const

function printExplanation(job: ObjectExplanation, print: (text: string) => void): void {
  print(`\nJob ${job.jobId}`)
  print(`  in scope      ${job.inScope ? 'yes' : 'no'}`)
  for (const path of job.paths) {
    print(
      `  assigned      ${path.kind === 'direct' ? 'itself' : `through group ${path.groupDisplayName ?? path.groupId ?? ''}`}, role ${path.appRoleDisplayName}`,
    )
  }
  for (const reason of job.reasons) print(`  because       ${reason}`)
  print(
    `  link          ${job.link === null ? 'none' : `${job.link.targetAnchor}, ${job.link.isActive ? 'active' : 'disabled'}${job.link.isManaged ? '' : ', no longer managed'}`}`,
  )
  const { escrow } = job
  if (escrow !== null && isDueCode(escrow.errorCode)) print(`  due           ${escrow.reason}`)
  else if (escrow !== null) {
    print(`  failing       ${escrow.errorCode}: ${escrow.reason}`)
    print(
      `                ${String(escrow.attempts)} attempts since ${instantText(escrow.firstFailedAt)}, next ${instantText(escrow.nextAttemptAt)}`,
    )
  }
  for (const waiting of job.waitsFor) print(`  waits for     ${waiting.attribute}: ${waiting.displayName}`)
  if (job.attributes.length > 0) {
    const table: string[][] = []
    for (const each of job.attributes)
      table.push([each.attribute, each.desired ?? '', each.known ?? '', verdictText[each.verdict]])
    print(tableText(['target attribute', 'desired', 'known in the target', ''], table))
  }
  if (job.log.length > 0) print(logTable(job.log))
}

function printPerson(report: PersonReport, print: (text: string) => void): void {
  print(entryLine(report.entry))
  const facts: [name: string, value: string][] = [['id', report.entry.objectId]]
  for (const [name, value] of Object.entries(report.attributes)) {
    const isEmpty = value === null || value === '' || (typeof value === 'object' && value.length === 0)
    if (!isEmpty && name !== 'manager' && name !== 'displayName')
      facts.push([name, typeof value === 'object' ? value.join(', ') : String(value)])
  }
  if (report.manager !== null) facts.push(['manager', entryLine(report.manager)])
  if (report.groups.length > 0) facts.push(['member of', report.groups.map((group) => group.displayName).join(', ')])
  const width = Math.max(...facts.map(([name]) => name.length))
  for (const [name, value] of facts) print(`  ${name.padEnd(width)}  ${value}`)
  for (const job of report.jobs) printExplanation(job, print)
}

async function listPeople({ client, isJson, print, printJson }: CommandContext): Promise<void> {
  const found = await client.get<PeopleFound>('/muster/v1/directory/objects?limit=100')
  if (isJson) {
    printJson(found)
    return
  }
  for (const entry of found.matches) print(entryLine(entry))
  print(
    found.total > found.matches.length
      ? `${String(found.matches.length)} of ${String(found.total)}; give part of a name to search.`
      : `${String(found.total)} in all.`,
  )
}

export function peopleCommand(program: Command): void {
  const command = program
    .command('people')
    .description(
      'everything known about one person or group: source, scope with reasons, link, desired against known, last log entries',
    )
    .argument('[name]', 'name, address or id, or part of one; without it everybody is listed')
  clientCommand(command, ['muster people "Mira Okafor"', 'muster people mira@example.com --json', 'muster people okaf'])
  command.action(async (name: string | undefined, options: Readonly<Record<string, unknown>>) => {
    await withClient(options, async (context) => {
      if (name === undefined) {
        await listPeople(context)
        return
      }
      try {
        const report = await context.client.get<PersonReport>(`/muster/v1/people?name=${encodeURIComponent(name)}`)
        if (context.isJson) context.printJson(report)
        else printPerson(report, context.print)
      } catch (error) {
        if (!(error instanceof CommandError) || error.exitCode !== exitCodes.notFound || !('matches' in error.details))
          throw error
        // As JSON they come with the error.
        if (!context.isJson)
          for (const entry of error.details['matches'] as readonly DirectoryEntry[]) context.print(entryLine(entry))
        throw error
      }
    })
  })
}

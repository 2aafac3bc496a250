/* `muster jobs`: list, make and delete jobs; deleting says how much is forgotten, and asks (spec 2.4). */
import type { Command } from 'commander'
import type { JobConnectionReport, JobCreationReport, JobRemovalReport, StatusReport } from '../vocabulary/index.ts'
import { clientCommand, jobPath, withClient } from './command.ts'
import { confirm } from './confirm.ts'
import { tableText } from './table.ts'
import { count } from './words.ts'

type JobsOptions = Readonly<Record<string, unknown>>

const counted = {
  User: (number: number) => count(number, 'person', 'people'),
  Group: (number: number) => count(number, 'group'),
}

/** What goes with the job, in one sentence. */
function forgottenText(report: JobRemovalReport): string {
  const managed = report.managed.filter((each) => each.count > 0).map((each) => counted[each.objectType](each.count))
  const parts = [
    ...(managed.length > 0 ? [`which account is whose, for ${managed.join(' and ')}`] : []),
    ...(report.assignments > 0 ? [count(report.assignments, 'assignment')] : []),
    ...(report.escrowed > 0 ? [count(report.escrowed, 'object to be tried again', 'objects to be tried again')] : []),
    ...(report.heldRemovals > 0 ? [count(report.heldRemovals, 'removal that waits', 'removals that wait')] : []),
    'its mappings, settings and position in the directory',
  ]
  return `The job "${report.displayName}" is forgotten for good: ${parts.join('; ')}. The accounts in Slack stay as they are, and nobody disables them any more.`
}

function listCommand(jobs: Command): void {
  const list = jobs.command('list', { isDefault: true }).description('every job, how it is and what it manages')
  clientCommand(list, ['muster jobs', 'muster jobs --json'])
  list.action(async (options: JobsOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const { jobs: found } = await client.get<StatusReport>('/muster/v1/status')
      if (isJson) {
        printJson(found)
        return
      }
      if (found.length === 0) {
        print('There is no job. Make one: muster jobs create "Slack".')
        return
      }
      const table: string[][] = []
      for (const job of found) {
        const managed = (type: string): string =>
          String(job.managed.find((each) => each.objectType === type)?.count ?? 0)
        table.push([job.displayName, job.status, job.scheduleState, managed('User'), managed('Group'), job.jobId])
      }
      print(tableText(['job', 'status', 'schedule', 'people', 'groups', 'id'], table))
    })
  })
}

function createCommand(jobs: Command): void {
  const create = jobs
    .command('create')
    .description('make another job, with assignments, mappings and settings of its own; it runs once it is started')
    .argument('<name>', 'what it is called, e.g. in --job')
    .option('--user-names <rule>', '"allot" names that never collide, or "as-mapped"', 'allot')
    .option('--share-workspace', 'let it write to the workspace of the settings, although another job does')
  clientCommand(create, ['muster jobs create "Slack trial"', 'muster jobs create "Groups" --share-workspace'])
  create.action(async (name: string, options: JobsOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.send<JobCreationReport>('POST', '/muster/v1/jobs', {
        name,
        userNames: options['userNames'],
        ...(options['shareWorkspace'] === true ? { sharesWorkspace: true } : {}),
      })
      if (isJson) {
        printJson(report)
        return
      }
      print(
        `The job "${report.displayName}" is made: ${report.status}, and it does not run before: muster start --job "${report.displayName}"`,
      )
      if (!report.usesInstallation)
        print(
          `It has no credentials: ${report.others.join(', ')} ${report.others.length === 1 ? 'writes' : 'write'} to the Slack of the settings. Connect it to another workspace (muster slack token --job "${report.displayName}"), or make it with --share-workspace.`,
        )
      else if (report.others.length > 0)
        print(
          `! It writes to the same Slack as ${report.others.join(', ')}: assign everybody to one of them only, or each undoes the other.`,
        )
    })
  })
}

function deleteCommand(jobs: Command): void {
  const remove = jobs
    .command('delete')
    .description('forget a job and all it knows, for good; the accounts in Slack stay as they are')
    .argument('<job>', 'its name or id, or "default" for the only one')
    .option('--yes', 'do it without asking')
  clientCommand(remove, ['muster jobs delete "Slack trial"', 'muster jobs delete default --yes'])
  remove.action(async (name: string, options: JobsOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = jobPath(name, '').replace(/\/$/, '')
      const preview = await client.send<JobRemovalReport>('DELETE', `${path}?dryRun=true`)
      await confirm(forgottenText(preview), options['yes'] === true)
      const report = await client.send<JobRemovalReport>('DELETE', path)
      if (isJson) printJson(report)
      else
        print(
          `The job "${report.displayName}" is gone. It does not come back at the next start; "muster jobs create" makes one.`,
        )
    })
  })
}

function shareCommand(jobs: Command): void {
  const share = jobs
    .command('share')
    .description('let a job write to a workspace that another job writes to; nobody should be in scope of both')
    .argument('<job>', 'its name or id, or "default" for the only one')
    .option('--no-share', 'take that back: its next cycle is refused when another job writes there')
  clientCommand(share, ['muster jobs share "Groups"', 'muster jobs share "Groups" --no-share'])
  share.action(async (name: string, options: JobsOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const body = { sharesWorkspace: options['share'] !== false }
      const report = await client.send<JobConnectionReport>('PATCH', jobPath(name, 'connection'), body)
      if (isJson) printJson(report)
      else
        print(
          report.sharesWorkspace
            ? `The job may write to ${report.targetUrl} although another job does. Assign everybody to one of them only.`
            : `The job may write to ${report.targetUrl} only as long as no other job does.`,
        )
    })
  })
}

export function jobsCommand(program: Command): void {
  const jobs = program.command('jobs').description('list, make and delete jobs: each has its own scope and mappings')
  listCommand(jobs)
  createCommand(jobs)
  shareCommand(jobs)
  deleteCommand(jobs)
}

/* `muster schema`: the mappings and filters of a job as a document that is exported, checked, imported and restored. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { checkDocument, errorsOf, readSchemaText, slackSchema } from '../provisioning/index.ts'
import type { SchemaCheckReport, SchemaReport } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { confirm } from './confirm.ts'
import { exitCodes } from './exit-codes.ts'
import { schemaDiffCommand } from './schema-diff.ts'
import { readSchemaFile, readSchemaJson } from './schema-file.ts'
import { schemaProblemCounts, schemaProblemsText } from './schema-problems.ts'
import { count } from './words.ts'

interface SchemaOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly output?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly offline?: boolean
  readonly all?: boolean
  readonly accept?: string
}

const schemaPath = ({ job }: SchemaOptions, rest = ''): string =>
  `/muster/v1/jobs/${encodeURIComponent(job)}/schema${rest}`

function queryOf({ accept }: SchemaOptions, isDryRun: boolean): string {
  const query = new URLSearchParams({ ...(isDryRun ? { dryRun: 'true' } : {}) })
  if (accept !== undefined) query.set('accept', accept)
  return query.size === 0 ? '' : `?${query.toString()}`
}

/** Who leaves when this schema is saved. */
function consequenceOf({ losing, losingGroups }: SchemaReport): string {
  const people =
    losing === 0
      ? []
      : [
          `${count(losing, 'person with a Slack account leaves', 'people with Slack accounts leave')} the scope and will be disabled in Slack.`,
        ]
  const groups =
    losingGroups === 0
      ? []
      : [`${count(losingGroups, 'group leaves', 'groups leave')} the scope and will be deleted in Slack.`]
  return sentences(...people, ...groups)
}

/** A document from elsewhere seldom says how people are named, and then they are named as it maps. */
function namesText({ userNames }: SchemaReport): string {
  if (userNames === null) return ''
  return userNames === 'allotted'
    ? 'New people are then allotted user names that never collide.'
    : 'User names of new people are then as mapped, no longer allotted ("muster names allot" changes that).'
}

const sentences = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ')

function reportText(report: SchemaReport, isDryRun: boolean, compare: string): string {
  const consequence = sentences(consequenceOf(report) || 'Nobody leaves the scope.', namesText(report))
  if (!isDryRun) {
    const saved = `Saved as version ${report.version}${report.isChanged ? '' : ', which says the same as before'}.`
    return sentences(saved, consequence, 'Everybody is evaluated in the next cycle, which begins now.')
  }
  return sentences(
    'A dry run: nothing was stored.',
    report.isChanged ? 'It differs from the schema in use.' : 'It says the same as the schema in use.',
    consequence,
    report.isChanged ? compare : '',
  )
}

export function schemaCommand(program: Command): void {
  const schema = program
    .command('schema')
    .description('export, check and import mappings and filters as one JSON document, in the form of Microsoft Graph')
  const subcommand = (usage: string, description: string): Command =>
    schema.command(usage).description(description).option('--job <id>', 'the job, when there are several', 'default')
  const accepting = (command: Command): Command =>
    command.option('--accept <codes>', 'errors to live with: ActiveNotMapped (nobody is disabled when leaving)')

  const exporting = subcommand('export', 'write the schema of the job').option(
    '--output <file>',
    'where to write it; without, it is printed',
  )
  clientCommand(exporting, [
    'muster schema export --output slack-schema.json',
    'muster schema export | jq .synchronizationRules',
  ])
  exporting.action(async (options: SchemaOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const text = await client.text(schemaPath(options))
      if (options.output === undefined) {
        process.stdout.write(text)
        return
      }
      await writeFile(options.output, text)
      if (isJson) printJson({ file: options.output, bytes: Buffer.byteLength(text) })
      else print(`Wrote ${options.output}. "muster schema import ${options.output}" puts it back.`)
    })
  })

  const importing = accepting(subcommand('import', 'check a schema and put it in place of the one in use'))
    .argument('<file>', 'a schema: exported here or from Microsoft Graph, or written by hand')
    .option('--dry-run', 'say what would happen, and store nothing')
    .option('--yes', 'do it without asking, also when people leave the scope')
  clientCommand(importing, [
    'muster schema import slack-schema.json --dry-run',
    'muster schema import slack-schema.json --yes',
  ])
  importing.action(async (file: string, options: SchemaOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const json = await readSchemaJson(file)
      const preview = await client.send<SchemaReport>('PUT', schemaPath(options, queryOf(options, true)), json)
      if (!isJson && preview.warnings.length > 0) print(`${schemaProblemsText(preview.warnings)}\n`)
      const isDryRun = options.dryRun === true
      if (!isDryRun) {
        const consequence = consequenceOf(preview)
        if (consequence !== '') await confirm(consequence, options.yes === true)
      }
      const report = isDryRun
        ? preview
        : await client.send<SchemaReport>('PUT', schemaPath(options, queryOf(options, false)), json)
      if (isJson) printJson(report)
      else print(reportText(report, isDryRun, `"muster schema diff ${file}" shows who gets what else.`))
    })
  })

  const checking = accepting(subcommand('check', 'say everything that is wrong with a schema, and store nothing'))
    .argument('<file>', 'a schema')
    .option('--offline', 'without a service: against the definitions in the file, or those of the Slack template')
    .option('--all', 'with --offline: all users and groups are provisioned, whether assigned or not')
  clientCommand(checking, ['muster schema check slack-schema.json', 'muster schema check --offline slack-schema.json'])
  checking.action(async (file: string, options: SchemaOptions) => {
    if (options.offline === true) {
      const report = checkOffline(await readSchemaFile(file), options)
      finishCheck(file, report, options['json'] === true)
      return
    }
    await withClient(options, async ({ client, isJson }) => {
      const path = schemaPath(options, `/check${queryOf(options, false)}`)
      finishCheck(file, await client.send<SchemaCheckReport>('POST', path, await readSchemaJson(file)), isJson)
    })
  })

  const restoring = subcommand('restore-defaults', 'put the mappings and filters back that a new job begins with')
    .option('--dry-run', 'say what would happen, and store nothing')
    .option('--yes', 'do it without asking, also when people leave the scope')
  clientCommand(restoring, ['muster schema restore-defaults --dry-run', 'muster schema restore-defaults --yes'])
  restoring.action(async (options: SchemaOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = schemaPath(options, '/restoreDefaults')
      const preview = await client.send<SchemaReport>('POST', `${path}?dryRun=true`)
      const isDryRun = options.dryRun === true
      if (!isDryRun && preview.isChanged) {
        const lost =
          'The mappings and filters in use are replaced by those a new job begins with ("muster schema export" keeps a copy).'
        await confirm(sentences(lost, consequenceOf(preview) || 'Nobody leaves the scope.'), options.yes === true)
      }
      const report = isDryRun ? preview : await client.send<SchemaReport>('POST', path)
      if (isJson) printJson(report)
      else print(reportText(report, isDryRun, ''))
    })
  })

  schemaDiffCommand(schema)
}

function checkOffline(text: string, { all, accept = '' }: SchemaOptions): SchemaCheckReport {
  const { directories } = slackSchema({ id: '', version: '', provisionGroups: true })
  const read = readSchemaText(text, { directories })
  const problems = checkDocument(read, { syncAll: all === true, accept: accept.split(',') })
  return { problems, isUsable: errorsOf(problems).length === 0 }
}

function finishCheck(file: string, report: SchemaCheckReport, isJson: boolean): void {
  if (isJson) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  else {
    if (report.problems.length > 0) process.stdout.write(`${schemaProblemsText(report.problems)}\n\n`)
    const verdict = report.isUsable ? 'can be imported' : 'cannot be imported'
    process.stdout.write(`${file} ${verdict}: ${schemaProblemCounts(report.problems)}.\n`)
  }
  if (!report.isUsable) process.exitCode = exitCodes.failed
}

/*
 * `muster try EXPRESSION`: what an expression gives for a person, part by part, and whether Slack takes it. With
 * `--attributes` it works without a service, on Slack's own mapping.
 */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { readAttributes, sidesOf, slackSchema, targetAttributeNamed, tryExpression } from '../provisioning/index.ts'
import type { ExpressionTry, PersonTry, TargetAttribute, TargetTry, ValueFinding } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { outcomeText, partLines, placeLines, problemLines } from './expression-view.ts'
import { entryLine } from './people.ts'

interface TryOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly person: readonly string[]
  readonly group?: boolean
  readonly attributes?: string
  readonly target?: string
  readonly json?: boolean
}

function readJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new CommandError(exitCodes.cannotBegin, `The file ${path} cannot be read (${code}). Name a JSON file.`)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandError(exitCodes.cannotBegin, `${path} is not JSON: ${reason}`)
  }
}

/** On Slack's own mapping, with the attributes of a file. */
function tryOffline(expression: string, options: TryOptions, path: string): ExpressionTry {
  const read = readAttributes(readJson(path))
  if (read.kind === 'failed') throw new CommandError(exitCodes.cannotBegin, `${path}: ${read.message}`)
  const objectType = options.group === true ? 'Group' : 'User'
  const sides = sidesOf(slackSchema({ id: '', version: '', provisionGroups: true }), objectType)
  const named = options.target === undefined ? null : targetAttributeNamed(sides, options.target)
  if (named?.kind === 'unknown') throw new CommandError(exitCodes.cannotBegin, named.message)
  return tryExpression({
    expression,
    sides,
    target: named?.attribute ?? null,
    subjects: [{ person: null, chosenBecause: null, attributes: read.attributes, context: { now: Date.now() } }],
    syncAll: false,
  })
}

function findingText({ verdict, code, message }: ValueFinding): string {
  return `    ${verdict === 'refused' ? 'Slack refuses it' : 'Slack changes it'}: it ${message}${code === null ? '' : ` (${code})`}`
}

function acceptance(findings: readonly ValueFinding[]): readonly string[] {
  return findings.length === 0 ? ['    Slack takes it as it is.'] : findings.map(findingText)
}

function targetLines({ name, type }: TargetAttribute, result: TargetTry): readonly string[] {
  const head = `  ${name} (${type})`
  switch (result.kind) {
    case 'value':
      return [`${head} becomes ${JSON.stringify(result.value)}.`, ...acceptance(result.findings)]
    case 'redacted':
      return [`${head} becomes [Redact].`, ...acceptance(result.findings)]
    case 'absent':
      return [
        result.isRequired
          ? `${head} gets no value, and it is required: no account is made of this person (MissingValues).`
          : `${head} gets no value: an account keeps what it has, a new one gets the mapping's default value or nothing.`,
      ]
    case 'reference':
      return [
        `${head} refers to ${result.anchors.length === 0 ? 'nobody' : result.anchors.join(', ')}; it is written when that account exists.`,
      ]
    case 'failed':
      return [`${head} fails (${result.code}), and nothing is written of this person. ${result.message}`]
  }
}

function personLines(each: PersonTry, expression: string, target: TargetAttribute | null): readonly string[] {
  const who = each.person === null ? 'The attributes given' : entryLine(each.person)
  const because = each.chosenBecause === null ? '' : `, ${each.chosenBecause}`
  const lines = [
    `${who}${because}:`,
    ...(each.parts.length === 0 ? [`  ${outcomeText(each.result)}`] : partLines(each.parts)),
  ]
  if (each.result.outcome === 'error') lines.push('', ...placeLines(expression, each.result.problem))
  // A failing expression has said so; what its target makes of that is no news.
  else if (target !== null && each.target !== null) lines.push('', ...targetLines(target, each.target))
  return lines
}

function printTry(result: ExpressionTry, print: (text: string) => void): void {
  for (const problem of result.problems) for (const line of problemLines(result.expression, problem)) print(line)
  for (const [index, each] of result.tries.entries()) {
    if (index > 0) print('')
    for (const line of personLines(each, result.expression, result.target)) print(line)
  }
  for (const warning of result.warnings) {
    print('\nWarning:')
    for (const line of placeLines(result.expression, warning)) print(line)
    print(warning.message)
  }
  if (result.problems.length === 0 && result.tries.length === 0)
    print('The expression is valid. There is nobody in the directory to try it on: import people, or use --attributes.')
}

export function tryCommand(program: Command): void {
  const command = program
    .command('try')
    .description('what an expression gives for a person, part by part, and whether Slack takes the result')
    .argument('<expression>', "the text of a mapping, e.g. 'ToLower([mailNickname], )'")
    .option(
      '--person <name>',
      'name, address or id of somebody, as often as needed; without it a few people are chosen',
      (name: string, others: readonly string[]) => [...others, name],
      [] as readonly string[],
    )
    .option('--group', 'the names are groups, and the expression is one of their mapping')
    .option('--attributes <file>', 'JSON file with source attributes instead of a person; needs no service')
    .option('--target <attribute>', 'the target attribute it is meant for, or a part of its name')
    .option('--job <id>', 'the job, when there are several', 'default')
  clientCommand(command, [
    "muster try 'ToLower(Mid([mailNickname], 1, 20), )' --person mira@example.com --target userName",
    "muster try 'Coalesce([mail], [userPrincipalName])'",
    'muster try \'Switch([country], , "DE", "Germany")\' --attributes person.json',
  ])
  command.action(async (expression: string, options: TryOptions) => {
    const { attributes } = options
    const print = (text: string): void => void process.stdout.write(`${text}\n`)
    const show = (result: ExpressionTry): void => {
      if (options.json === true) print(JSON.stringify(result, null, 2))
      else printTry(result, print)
      if (result.problems.length > 0) process.exitCode = exitCodes.cannotBegin
      else if (result.tries.some((each) => each.result.outcome === 'error' || each.target?.kind === 'failed'))
        process.exitCode = exitCodes.failed
    }
    if (attributes !== undefined) {
      if (options.person.length > 0)
        throw new CommandError(
          exitCodes.cannotBegin,
          'An expression is tried on --person or on --attributes, not on both.',
        )
      show(tryOffline(expression, options, attributes))
      return
    }
    await withClient(options, async ({ client }) => {
      show(
        await client.send<ExpressionTry>('POST', `/muster/v1/jobs/${encodeURIComponent(options.job)}/expressions/try`, {
          expression,
          target: options.target,
          objectType: options.group === true ? 'Group' : 'User',
          people: options.person,
        }),
      )
    })
  })
}

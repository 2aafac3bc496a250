/* `muster schema diff`: what another schema, or one mapping made otherwise, would change for everybody. Nothing is written. */
import type { Command } from 'commander'
import type {
  DiffCluster,
  DiffWeight,
  ObjectTypeName,
  PopulationDiff,
  PopulationDiffLine,
} from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { readSchemaJson } from './schema-file.ts'
import { shortened, wrapped } from './words.ts'

interface DiffOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly examples: string
  readonly set: readonly string[]
  readonly group?: boolean
}

const nouns: Readonly<Record<ObjectTypeName, readonly [one: string, many: string]>> = {
  User: ['person', 'people'],
  Group: ['group', 'groups'],
}

const headings: Readonly<Record<DiffWeight, string>> = {
  harmful: 'Look at these first:',
  change: 'Changes:',
  mended: 'Mended:',
}

const titleWidth = 96
const valueWidth = 40

function exampleLine({ effect, examples }: DiffCluster, index: number): string {
  const example = examples[index]
  if (example === undefined) return ''
  const { displayName, before, after } = example
  const shown = (text: string): string => JSON.stringify(shortened(text, valueWidth))
  if (effect === 'collides') return `${shown(after ?? '')}: ${displayName}`
  if (before !== null && after !== null) return `${displayName}: ${shown(before)} → ${shown(after)}`
  if (before !== null) return `${displayName}: ${shown(before)} → nothing`
  // What decides about the scope stands there in words.
  if (after !== null && example.before === null && isScope(effect)) return `${displayName}: ${after}`
  return after === null ? displayName : `${displayName}: ${shown(after)}`
}

const isScope = (effect: DiffCluster['effect']): boolean =>
  [
    'isDisabled',
    'isDeleted',
    'getsNoAccount',
    'entersScope',
    'isKept',
    'isLeftAlone',
    'losesMembers',
    'getsMembers',
  ].includes(effect)

/** One cluster for a person: the number, what happens, and the examples under it. */
export function clusterLines(cluster: DiffCluster, width: number): readonly string[] {
  const { count, linked, objectType, title } = cluster
  const number = count.toLocaleString('en-US').padStart(width)
  const noun = nouns[objectType][count === 1 ? 0 : 1]
  const accounts =
    linked === null || linked === 0 || linked === count ? '' : ` (${linked.toLocaleString('en-US')} with an account)`
  const [first = '', ...rest] = wrapped(`${noun} ${title}${accounts}`, titleWidth)
  const indent = ' '.repeat(width + 3)
  return [
    `  ${number} ${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...cluster.examples.map((_, index) => `${indent}  ${exampleLine(cluster, index)}`),
  ]
}

function totalsLine(diff: PopulationDiff, objectType: ObjectTypeName): string | null {
  const { objects, inScopeBefore, inScopeAfter, untouched } = diff.totals[objectType]
  if (objects === 0) return null
  const number = (value: number): string => value.toLocaleString('en-US')
  const scope =
    inScopeBefore === inScopeAfter
      ? `${number(inScopeAfter)} in scope`
      : `${number(inScopeBefore)} in scope, and ${number(inScopeAfter)} then`
  return `${number(objects)} ${nouns[objectType][objects === 1 ? 0 : 1]}, ${scope}; nothing changes for ${number(untouched)}.`
}

function printDiff(diff: PopulationDiff, print: (text: string) => void): void {
  for (const objectType of ['User', 'Group'] as const) {
    const line = totalsLine(diff, objectType)
    if (line !== null) print(line)
  }
  const width = Math.max(0, ...diff.clusters.map(({ count }) => count.toLocaleString('en-US').length))
  for (const weight of ['harmful', 'change', 'mended'] as const) {
    const clusters = diff.clusters.filter((cluster) => cluster.weight === weight)
    if (clusters.length === 0) continue
    print(`\n${headings[weight]}`)
    for (const cluster of clusters) for (const line of clusterLines(cluster, width)) print(line)
  }
  if (diff.clusters.length === 0) print('Nothing would change for anybody.')
  print('\nThis is a comparison: nothing was saved, and Slack was not asked.')
}

/** The target attribute ends at the first `=` outside of brackets: `emails[type eq "work"].value=[mail]`. */
function readSetting(text: string): { readonly target: string; readonly expression: string } {
  const match = /^((?:[^[=]|\[[^\]]*\])+)=(.+)$/s.exec(text)
  const [, target = '', expression = ''] = match ?? []
  if (target.trim() !== '' && expression.trim() !== '') return { target: target.trim(), expression: expression.trim() }
  throw new CommandError(
    exitCodes.cannotBegin,
    `--set takes a target attribute, "=" and an expression, e.g. 'title=[jobTitle]', not '${text}'.`,
  )
}

/** Adds `diff` to `muster schema`. */
export function schemaDiffCommand(schema: Command): void {
  const command = schema
    .command('diff')
    .description('what another schema, or a mapping made otherwise, would change for everybody; writes nothing')
    .argument('[file]', 'JSON file with a schema as it is exported')
    .option(
      '--set <mapping>',
      "a mapping made otherwise, as often as needed: 'userName=EXPRESSION'",
      (setting: string, others: readonly string[]) => [...others, setting],
      [] as readonly string[],
    )
    .option('--group', '--set means mappings of groups')
    .option('--examples <number>', 'examples shown of each change', '3')
    .option('--job <id>', 'the job, when there are several', 'default')
  clientCommand(command, [
    'muster schema diff changed-schema.json',
    'muster schema diff --set \'displayName=Join(" ", [givenName], [surname])\'',
    'muster schema diff changed-schema.json --examples 20 --json',
  ])
  command.action(async (file: string | undefined, options: DiffOptions) => {
    const examples = Number(options.examples)
    if (!Number.isInteger(examples) || examples < 0)
      throw new CommandError(exitCodes.cannotBegin, `--examples takes a whole number, not "${options.examples}".`)
    const set = options.set.map((text) => ({
      ...readSetting(text),
      objectType: options.group === true ? 'Group' : 'User',
    }))
    if (file === undefined && set.length === 0)
      throw new CommandError(
        exitCodes.cannotBegin,
        "Name a file with a schema, or a mapping with --set 'userName=EXPRESSION'.",
      )
    const body = { ...(file === undefined ? {} : { schema: await readSchemaJson(file) }), set, examples }
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = `/muster/v1/jobs/${encodeURIComponent(options.job)}/schema/populationDiff`
      for await (const line of client.lines<PopulationDiffLine>(path, body)) {
        switch (line.type) {
          case 'progress':
            process.stderr.write(
              `${line.done.toLocaleString('en-US')} of ${line.known.toLocaleString('en-US')} compared\n`,
            )
            break
          case 'error':
            throw new CommandError(exitCodes.failed, `The comparison broke off: ${line.message}`)
          case 'diff':
            if (isJson) printJson(line.diff)
            else printDiff(line.diff, print)
            return
        }
      }
      throw new CommandError(
        exitCodes.failed,
        'The service ended the comparison without its result. Look at what it printed, then try again.',
      )
    })
  })
}

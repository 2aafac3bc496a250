/* `muster attributes`: what mappings may read and write, with how many people have it and an example. */
import type { Command } from 'commander'
import type { AttributeHelp, Completion, SourceAttributeHelp, TargetAttributeHelp } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { tableText } from './table.ts'
import { shortened } from './words.ts'

interface AttributesOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly source?: boolean
  readonly target?: boolean
  readonly group?: boolean
}

function typeText({ type, isRequired, isMultivalued }: AttributeHelp): string {
  return [type, ...(isMultivalued ? ['several'] : []), ...(isRequired ? ['required'] : [])].join(', ')
}

const countText = ({ people }: AttributeHelp, of: number): string =>
  people === 0 ? 'nobody' : people === of ? 'all' : `${people.toLocaleString('en-US')} of ${of.toLocaleString('en-US')}`

function sourceTable(attributes: readonly SourceAttributeHelp[], of: number): string {
  const table: string[][] = []
  for (const each of attributes) {
    table.push([
      `[${each.name}]`,
      typeText(each),
      countText(each, of),
      shortened(each.example ?? '', 32),
      shortened(each.readBy.join(', '), 40),
    ])
  }
  return tableText(['source attribute', 'type', 'who has it', 'example', 'read by'], table)
}

function targetTable(attributes: readonly TargetAttributeHelp[], of: number): string {
  const table: string[][] = []
  for (const each of attributes) {
    const notes = [
      ...(each.flowType === null || each.flowType === 'Always' ? [] : [each.flowType]),
      ...(each.matchingPriority > 0 ? [`matching ${String(each.matchingPriority)}`] : []),
    ]
    const expression = each.expression === null ? 'not mapped' : shortened(each.expression, 44)
    table.push([
      each.name,
      typeText(each),
      countText(each, of),
      shortened(each.example ?? '', 32),
      notes.length === 0 ? expression : `${expression}\n${notes.join(', ')}`,
    ])
  }
  return tableText(['target attribute', 'type', 'who has it', 'example', 'made by'], table)
}

const named = <T extends AttributeHelp>(attributes: readonly T[], part: string | undefined): readonly T[] =>
  attributes.filter(({ name }) => name.toLowerCase().includes((part ?? '').toLowerCase()))

export function attributesCommand(program: Command): void {
  const command = program
    .command('attributes')
    .description('what mappings read and write: type, how many people have a value, an example, the mapping')
    .argument('[part]', 'a part of the name')
    .option('--source', 'only attributes of the directory')
    .option('--target', 'only attributes of Slack')
    .option('--group', 'those of groups instead of people')
    .option('--job <id>', 'the job, when there are several', 'default')
  clientCommand(command, ['muster attributes --source', 'muster attributes phone', 'muster attributes --target --json'])
  command.action(async (part: string | undefined, options: AttributesOptions) => {
    const both = options.source === options.target
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const objectType = options.group === true ? 'Group' : 'User'
      const path = `/muster/v1/jobs/${encodeURIComponent(options.job)}/completion?objectType=${objectType}`
      const { source, target, sourcePeople, targetPeople } = await client.get<Completion>(path)
      const inSource = both || options.source === true ? named(source, part) : []
      const inTarget = both || options.target === true ? named(target, part) : []
      if (inSource.length + inTarget.length === 0)
        throw new CommandError(exitCodes.notFound, `No attribute has "${part ?? ''}" in its name.`)
      if (isJson) {
        printJson({ objectType, sourcePeople, targetPeople, source: inSource, target: inTarget })
        return
      }
      const [ofDirectory, ofSlack] =
        objectType === 'User'
          ? ['people in the directory', 'linked accounts']
          : ['groups in the directory', 'linked groups']
      if (inSource.length > 0)
        print(`${sourcePeople.toLocaleString('en-US')} ${ofDirectory}\n${sourceTable(inSource, sourcePeople)}`)
      if (inTarget.length > 0)
        print(`${targetPeople.toLocaleString('en-US')} ${ofSlack}\n${targetTable(inTarget, targetPeople)}`)
    })
  })
}

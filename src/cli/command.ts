/* What all commands share: settings from flags, a client that is closed again, output as text or JSON. */
import { Option, type Command } from 'commander'
import { readSettings, settingDefinitions, type Settings } from '../settings.ts'
import { connect, type ServiceClient } from './client.ts'

/** Flags where the commands find the service. */
const clientFlags = ['url', 'host', 'port', 'caFile', 'config'] as const

/** Adds the flags of these settings; values stay text until they are checked together. */
export function withSettings(command: Command, names: readonly (keyof Settings)[]): Command {
  for (const definition of settingDefinitions) {
    if (!names.includes(definition.name) || definition.flag === '') continue
    const standard = definition.fallback === '' ? '' : `, default ${definition.fallback}`
    command.addOption(
      new Option(`${definition.flag} <value>`, `${definition.meaning} (${definition.environment}${standard})`),
    )
  }
  return command
}

export function settingsOf(options: Readonly<Record<string, unknown>>): Settings {
  const flags: Partial<Record<keyof Settings, string>> = {}
  for (const { name, flag } of settingDefinitions) {
    const key = flag.replace(/^--/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const value = options[key]
    if (typeof value === 'string') flags[name] = value
    else if (name === 'tls' && value === true) flags[name] = 'true'
  }
  return readSettings(flags)
}

/** Which job is meant: a fresh option for each command. */
export const jobOption = (): Option => new Option('--job <id>', 'the job, when there are several').default('default')

/** Where the API keeps what belongs to this job. */
export const jobPath = (job: string, rest: string): string => `/muster/v1/jobs/${encodeURIComponent(job)}/${rest}`

export interface CommandContext {
  readonly client: ServiceClient
  readonly isJson: boolean
  print(text: string): void
  /** One JSON document, when JSON was asked for. */
  printJson(value: unknown): void
}

/** What was told of each command, for the one above it. */
const examplesOf = new WeakMap<Command, readonly string[]>()

const examplesText = (examples: readonly string[]): string =>
  `Examples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`

/** A command that talks to the service: `--json`, where the service is, and examples under its help. */
export function clientCommand(command: Command, examples: readonly string[]): Command {
  withSettings(command, clientFlags)
  command.option('--json', 'print JSON instead of text')
  return withExamples(command, examples)
}

/** Examples under the help of a command, and of the one above it. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  examplesOf.set(command, examples)
  command.addHelpText('after', `\n${examplesText(examples)}`)
  return command
}

/** Examples under the help of a command that only leads to others: theirs, so that they are written once. */
export function examplesFromBelow(command: Command): void {
  command.addHelpText('after', () => {
    const examples = command.commands.flatMap((each) => examplesOf.get(each) ?? [])
    return examples.length === 0 ? '' : `\n${examplesText(examples)}`
  })
}

export async function withClient(
  options: Readonly<Record<string, unknown>>,
  work: (context: CommandContext) => Promise<void>,
): Promise<void> {
  const client = connect(settingsOf(options))
  try {
    await work({
      client,
      isJson: options['json'] === true,
      print: (text) => void process.stdout.write(`${text}\n`),
      printJson: (value) => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    })
  } finally {
    await client.close()
  }
}

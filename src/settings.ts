/*
 * Settings: flags, environment and file become one frozen object, checked once, at start.
 */
import { readFileSync } from 'node:fs'
import {
  settingDefinition,
  settingDefinitions,
  type SettingDefinition,
  type SettingName,
  type Settings,
} from './setting-table.ts'
import type { secretSettingNames } from './vocabulary/index.ts'

export { parseDuration, settingDefinitions, type Settings } from './setting-table.ts'

/** A setting that cannot be used: which, from where, and what it may be. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

type Origin = 'flag' | 'environment' | 'file' | 'default'

function readConfigFile(path: string, isAsked: boolean): Readonly<Record<string, unknown>> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (!isAsked && (error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new SettingsError(
      `The settings file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Name another with MUSTER_CONFIG, or create it.`,
    )
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // The message may quote the file, and the file may hold the token: only the place is told.
    const [place] = /position \d+( \(line \d+ column \d+\))?/.exec(error.message) ?? []
    throw new SettingsError(
      `The settings file ${path} is not JSON${place === undefined ? '' : `, from ${place} on`}. It has to hold one object such as {"port": 8470}.`,
    )
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SettingsError(`The settings file ${path} has to hold one JSON object such as {"port": 8470}.`)
  }
  const unknown = Object.keys(content).filter(
    (key) => !settingDefinitions.some((definition) => definition.name === key),
  )
  if (unknown.length > 0) {
    throw new SettingsError(
      `The settings file ${path} names unknown settings: ${unknown.join(', ')}. Known are ${settingDefinitions.map((definition) => definition.name).join(', ')}.`,
    )
  }
  return content as Record<string, unknown>
}

export type SecretSettingName = (typeof secretSettingNames)[number]

/** Why this cannot be the value of the setting; `null` when it can. Never repeats it. */
export function checkSecretSetting(name: SecretSettingName, value: string): string | null {
  const parsed = settingDefinition(name).value.safeParse(value)
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'is not usable')
}

/**
 * Flags win over the environment, the environment over the file, the file over the defaults. Throws `SettingsError` that
 * names the setting, where it came from and what it may be; a secret's value is never repeated.
 */
export function readSettings(
  flags: Readonly<Partial<Record<SettingName, string>>>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  const given = (definition: SettingDefinition, file: Readonly<Record<string, unknown>>): [string, Origin] => {
    const flag = flags[definition.name]
    if (flag !== undefined) return [flag, 'flag']
    const variable = environment[definition.environment]
    if (variable !== undefined && variable !== '') return [variable, 'environment']
    const inFile = file[definition.name]
    if (typeof inFile === 'string' || typeof inFile === 'number' || typeof inFile === 'boolean') {
      return [String(inFile), 'file']
    }
    return [definition.fallback, 'default']
  }
  const [configPath, configOrigin] = given(settingDefinition('config'), {})
  const file = readConfigFile(configPath, configOrigin !== 'default')
  const values: Record<string, unknown> = {}
  for (const definition of settingDefinitions) {
    const [text, origin] = given(definition, file)
    const parsed = definition.value.safeParse(text)
    if (!parsed.success) {
      const place = {
        flag: definition.flag,
        environment: definition.environment,
        file: `"${definition.name}" in ${configPath}`,
        default: 'the default',
      }[origin]
      const isSecret = definition.isSecret === true || text.includes('@')
      const shown = isSecret ? '' : ` "${text}"`
      throw new SettingsError(
        `The setting ${definition.name}${shown} (from ${place}) ${parsed.error.issues[0]?.message ?? 'is not usable'}. ${definition.meaning}`,
      )
    }
    values[definition.name] = parsed.data
  }
  if ((values['oidcIssuer'] === undefined) !== (values['oidcClientId'] === undefined))
    throw new SettingsError(
      'Of MUSTER_OIDC_ISSUER and MUSTER_OIDC_CLIENT_ID one is set and the other is not: people sign in at another provider only with both. Set both, or neither.',
    )
  // Each row has checked its own value, and all rows have had their turn: the compiler does not follow that through a loop.
  return Object.freeze(values as unknown as Settings)
}

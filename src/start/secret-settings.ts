/*
 * Secrets that the settings may hold, or the store, sealed: a setting wins. What is stored takes effect at once, in this
 * process; another one reads it at its start.
 */
import type { SecretBox } from '../secrets/index.ts'
import { checkSecretSetting, type SecretSettingName, type Settings } from '../settings.ts'
import { secretSettingNames, type SecretSettingReport } from '../vocabulary/index.ts'

export interface SecretSettings {
  /** What is in force; `undefined` for nothing. */
  read(name: SecretSettingName): string | undefined
  report(): readonly SecretSettingReport[]
  /** Answers why the value cannot be used, or `null` when it is stored. */
  set(name: SecretSettingName, value: string): Promise<string | null>
  remove(name: SecretSettingName): Promise<void>
}

/** The owner under which they are sealed. */
const ownerId = 'settings'

export async function openSecretSettings(secrets: SecretBox, settings: Settings): Promise<SecretSettings> {
  let stored = new Map((await secrets.list(ownerId)).map(({ key, value }) => [key, value]))

  async function change(name: SecretSettingName, value: string | null): Promise<void> {
    for (;;) {
      const known = await secrets.read(ownerId)
      const others = known.pairs.filter(({ key }) => key !== name)
      const pairs = value === null ? others : [...others, { key: name, value }]
      if ((await secrets.replaceIf(ownerId, known, pairs)) === null) continue
      stored = new Map(pairs.map((pair) => [pair.key, pair.value]))
      return
    }
  }

  return {
    read: (name) => settings[name] ?? stored.get(name),
    report: () =>
      secretSettingNames.map((name) => ({
        name,
        from: settings[name] !== undefined ? 'setting' : stored.has(name) ? 'store' : 'nowhere',
      })),
    async set(name, value) {
      const problem = checkSecretSetting(name, value)
      if (problem === null) await change(name, value)
      return problem
    },
    remove: (name) => change(name, null),
  }
}

/* `muster keys ...`: the master keys that secrets are sealed with. The keys themselves are never shown. */
import type { Command } from 'commander'
import type { KeyRotationReport, KeysReport } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { tableText } from './table.ts'
import { count } from './words.ts'

interface RotateOptions extends Readonly<Record<string, unknown>> {
  readonly keepOld?: boolean
}

const placeNames = {
  environment: 'MUSTER_MASTER_KEY',
  command: 'MUSTER_MASTER_KEY_COMMAND',
  file: 'master.key in the data folder',
} as const

function rotationText({ keyId, isNew, resealed, retired }: KeyRotationReport): string {
  const lines = [
    isNew ? `A new key, ${keyId}, seals from now on.` : `The key ${keyId}, which was there already, seals from now on.`,
    `${count(resealed, 'secret was', 'secrets were')} sealed again with it.`,
  ]
  for (const { keyId: old, isInFile } of retired)
    lines.push(
      isInFile
        ? `Nothing is sealed with ${old} any more; it stays in master.key, for backups of the database made before now.`
        : `Nothing is sealed with ${old} any more, and it is not kept here. Backups of the database made before now need it: keep the copy of the key that goes with them.`,
    )
  return lines.join('\n')
}

export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('the keys that secrets (tokens, passwords) are sealed with')

  const list = keys.command('list').description('which keys there are, by id, and how many secrets each one seals')
  clientCommand(list, ['muster keys list'])
  list.action(async (options: Readonly<Record<string, unknown>>) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.get<KeysReport>('/muster/v1/keys')
      if (isJson) printJson(report)
      else
        print(
          tableText(
            ['key', 'seals now', 'secrets', 'where it is'],
            report.keys.map((key) => [
              key.keyId,
              key.isSealing ? 'yes' : '',
              String(key.sealed),
              key.origin === null ? 'gone' : placeNames[key.origin],
            ]),
          ),
        )
    })
  })

  const rotate = keys
    .command('rotate')
    .description('make a new key, and seal all secrets again with it; run again, it goes on where it was stopped')
    .option('--keep-old', 'leave old keys in master.key, so that it opens older backups of the database too')
  clientCommand(rotate, ['muster keys rotate', 'muster keys rotate --keep-old'])
  rotate.action(async (options: RotateOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const body = { keepOld: options.keepOld === true }
      const report = await client.send<KeyRotationReport>('POST', '/muster/v1/keys/rotate', body)
      if (isJson) printJson(report)
      else print(rotationText(report))
    })
  })
}

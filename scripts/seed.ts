/*
 * `npm run seed -- --users 1000 --groups 40 --seed 7`: writes a made-up company in one of the formats `muster import`
 * reads. The same numbers make the same company every time.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { Command, InvalidArgumentError, Option } from 'commander'

import { ageCompany, generateCompany, writeCompany, writtenFormats, type WrittenFormat } from './seed/index.ts'

interface SeedOptions {
  readonly users: number
  readonly groups: number
  readonly seed: number
  readonly format: WrittenFormat
  readonly out: string
  readonly mutate?: number
}

const command = new Command('seed')
  .description('Write a company of our own making: people of many languages, managers, guests, nested groups.')
  .option('--users <number>', 'how many people', readNumber, 1000)
  .option('--groups <number>', 'how many groups', readNumber, 40)
  .option('--seed <number>', 'the same seed makes the same company', readNumber, 1)
  .addOption(new Option('--format <format>', 'what to write').choices([...writtenFormats]).default('entra-csv'))
  .option('--out <directory>', 'where to write', 'data/company')
  .option(
    '--mutate <changes>',
    'write the company some weeks later: this many people joined, left or changed',
    readNumber,
  )
  .action(writeSeed)

await command.parseAsync()

async function writeSeed({ users, groups, seed, format, out, mutate }: SeedOptions): Promise<void> {
  const first = generateCompany({ users, groups, seed })
  const newer = mutate === undefined ? undefined : ageCompany(first, { changes: mutate, seed })
  const files = writeCompany(newer?.company ?? first, format)
  await mkdir(out, { recursive: true })
  for (const { name, text } of files) await writeFile(join(out, name), text)
  const company = newer?.company ?? first
  const written = `${company.users.length} people and ${company.groups.length} groups in ${files.length} files under ${out}`
  const changes = newer?.changes
  const changed =
    changes === undefined
      ? ''
      : ` (${changes.joined.length} joined, ${changes.left.length} left, ${changes.changed.length} changed)`
  process.stdout.write(`Wrote ${written}${changed}.\n`)
}

function readNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('A whole number from 0 up is needed.')
  return value
}

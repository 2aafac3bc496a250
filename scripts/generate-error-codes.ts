/*
 * Writes docs/error-codes.md from the table in src/vocabulary/error-codes.ts; with `--check` it only says whether they differ.
 */
import { join } from 'node:path'
import { errorCodes, type CodeKind, type ErrorCodeEntry } from '../src/vocabulary/index.ts'
import { concludeGenerated } from './generated-file.ts'

const headings: Readonly<Record<CodeKind, string>> = {
  skip: 'Skipped: nothing was done, as it should be',
  warning: 'Warning: done, with a part left out',
  failure: 'Failure: it should have been done',
}

const retries: Readonly<Record<ErrorCodeEntry['retry'], string>> = {
  now: 'at once, a few times',
  nextCycle: 'in the next cycle',
  backoff: 'in the cycles of the first 6 hours, then 12 and 24 hours after the first failure, then daily until day 28',
  never: 'never',
  whenChanged: 'when the object, its assignment or the configuration changes',
  quarantine: 'the whole job goes into quarantine',
}

export function errorCodesPage(): string {
  const sections = (Object.keys(headings) as CodeKind[]).map((kind) => {
    const rows = Object.entries(errorCodes)
      .filter(([, entry]) => entry.kind === kind)
      .map(([code, entry]) => `| \`${code}\` | ${entry.meaning} | ${retries[entry.retry]} | ${entry.action} |`)
    return [
      `## ${headings[kind]}`,
      '',
      '| code | meaning | tried again | what you can do |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n')
  })
  return [
    '# Codes in the provisioning log',
    '',
    'Every entry of the provisioning log that is not a plain success carries one of these codes. This page is made by',
    '`scripts/generate-error-codes.ts` from `src/vocabulary/error-codes.ts`; change the table there.',
    '',
    ...sections,
  ].join('\n')
}

if (import.meta.main) concludeGenerated(join('docs', 'error-codes.md'), errorCodesPage())

/*
 * What every generator does at its end: write the file, or with `--check` fail when the file on disk is another one.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './run-checks.ts'

export function concludeGenerated(file: string, content: string): void {
  const path = join(repositoryRoot, file)
  if (!process.argv.includes('--check')) {
    writeFileSync(path, content)
    return
  }
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return
  console.error(
    `${file} is not what its source says now, so readers would be told something else than the program does.\n` +
      `Run "node ${process.argv[1] ?? 'the generator'}" and commit the result.`,
  )
  process.exitCode = 1
}

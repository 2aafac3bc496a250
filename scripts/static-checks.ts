/*
 * Decides what is checked without running Muster: types, lint, walls, format, generated files, dead code.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot, tool, type Check } from './run-checks.ts'

/** The folders that hold our own TypeScript; the walls are checked in all that exist. */
export const codeFolders: readonly string[] = ['src', 'simulator', 'scripts', 'test', 'portal'].filter((folder) =>
  existsSync(join(repositoryRoot, folder)),
)

/** Longest first, so that the short ones fill the gaps. */
export const staticChecks: readonly Check[] = [
  { name: 'lint', command: [tool('eslint'), '.', '--max-warnings=0'] },
  { name: 'types', command: [tool('tsc'), '--build'] },
  { name: 'format', command: [tool('prettier'), '--check', '--log-level=warn', '.'] },
  { name: 'walls', command: [tool('depcruise'), '--config', '.dependency-cruiser.mjs', ...codeFolders] },
  ...generators().map((script) => ({ name: script, command: [join('scripts', script), '--check'] })),
]

export const deadCode: Check = { name: 'dead code', command: [tool('knip')] }

/** Every `generate-*.ts` writes a file from a table in the source; with `--check` it only says whether they differ. */
function generators(): readonly string[] {
  return readdirSync(join(repositoryRoot, 'scripts')).filter((name) => /^generate-.*\.ts$/.test(name))
}

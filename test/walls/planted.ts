/*
 * What the walls must refuse, one planted file for each rule: where it lies, what it says, and who has to object.
 */

export interface Planted {
  readonly file: string
  readonly text: string
  /** The rule that must fire for this file; `null` for a file that everyone must let pass. */
  readonly rule: string | null
}

const importing = (...specifiers: readonly string[]) =>
  specifiers.map((specifier, at) => `import * as planted${at} from '${specifier}'\nexport { planted${at} }\n`).join('')

const importingType = (specifier: string) => `import type * as planted from '${specifier}'\nexport type { planted }\n`

/** Files the planted imports lead to, for rooms that a clone may not have yet. */
export const doorsNeeded: readonly string[] = [
  'src/main.ts',
  'src/settings.ts',
  'src/expressions/index.ts',
  'src/provisioning/index.ts',
  'src/directory/index.ts',
  'src/store/index.ts',
  'src/store/store.contract.ts',
  'src/cycle/index.ts',
  'src/api/index.ts',
  'src/cli/main.ts',
  'src/connectors/scim/index.ts',
  'src/connectors/slack/index.ts',
  'src/connectors/directory/index.ts',
  'simulator/main.ts',
  'scripts/start.ts',
]

export const plantedImports: readonly Planted[] = [
  { file: 'src/vocabulary/planted.ts', text: importingType('../expressions/index.ts'), rule: 'arrow-vocabulary' },
  { file: 'src/expressions/planted.ts', text: importing('../provisioning/index.ts'), rule: 'arrow-expressions' },
  { file: 'src/access/planted.ts', text: importing('../provisioning/index.ts'), rule: 'arrow-access' },
  { file: 'src/provisioning/planted.ts', text: importingType('../store/store.ts'), rule: 'arrow-provisioning' },
  { file: 'src/directory/planted.ts', text: importing('../provisioning/index.ts'), rule: 'arrow-directory' },
  { file: 'src/store/planted.ts', text: importing('../directory/index.ts'), rule: 'arrow-store' },
  { file: 'src/notifications/planted.ts', text: importing('../cycle/index.ts'), rule: 'arrow-notifications' },
  { file: 'src/connections/planted.ts', text: importing('../cycle/index.ts'), rule: 'arrow-connections' },
  { file: 'src/secrets/planted.ts', text: importing('../cycle/index.ts'), rule: 'arrow-secrets' },
  { file: 'src/accounts/planted.ts', text: importing('../cycle/index.ts'), rule: 'arrow-accounts' },
  { file: 'src/cycle/planted.ts', text: importing('../connectors/slack/index.ts'), rule: 'arrow-cycle' },
  { file: 'src/api/planted.ts', text: importing('../connectors/source.ts'), rule: 'arrow-api' },
  { file: 'src/cli/planted.ts', text: importing('../store/index.ts'), rule: 'arrow-cli' },
  { file: 'src/tls/planted.ts', text: importing('../api/index.ts'), rule: 'arrow-tls' },
  { file: 'src/cycle/planted-start.ts', text: importing('../start/index.ts'), rule: 'arrow-start' },
  { file: 'src/start/planted.ts', text: importing('../cli/words.ts'), rule: 'arrow-from-start' },
  { file: 'src/cli/serve.ts', text: importing('../main.ts', '../store/index.ts'), rule: 'arrow-serve' },
  { file: 'src/connectors/scim/planted.ts', text: importing('../../cycle/index.ts'), rule: 'arrow-connectors' },
  {
    file: 'src/connectors/scim/planted-directory.ts',
    text: importing('../../directory/index.ts'),
    rule: 'arrow-connectors-directory',
  },
  {
    file: 'src/connectors/scim/planted-slack.ts',
    text: importing('../slack/index.ts'),
    rule: 'arrow-between-connectors',
  },
  { file: 'src/connectors/directory/planted-scim.ts', text: importing('../scim/index.ts'), rule: 'arrow-to-scim' },
  { file: 'src/connectors/planted.ts', text: importing('./slack/index.ts'), rule: 'arrow-connector-interfaces' },
  { file: 'src/settings.ts', text: importing('./cycle/index.ts'), rule: 'arrow-settings' },
  { file: 'src/cycle/planted-main.ts', text: importing('../main.ts'), rule: 'main-is-imported-by-nobody' },
  { file: 'simulator/planted.ts', text: importing('../src/vocabulary/index.ts'), rule: 'simulator-shares-no-code' },
  {
    file: 'src/connectors/slack/planted.ts',
    text: importing('../../../simulator/main.ts'),
    rule: 'service-does-not-know-simulator',
  },
  { file: 'portal/planted.ts', text: importing('../src/store/index.ts'), rule: 'arrow-portal' },
  { file: 'src/api/planted-inside.ts', text: importing('../vocabulary/objects.ts'), rule: 'by-the-door' },
  {
    file: 'portal/planted-inside.ts',
    text: importing('../src/vocabulary/objects.ts'),
    rule: 'by-the-door-from-outside',
  },
  { file: 'src/provisioning/planted-node.ts', text: importing('node:crypto'), rule: 'pure-rooms-import-no-package' },
  { file: 'src/api/planted-sql.ts', text: importing('node:sqlite'), rule: 'database-in-store-only' },
  { file: 'src/directory/planted-sql.ts', text: importing('kysely'), rule: 'database-in-store-only' },
  { file: 'src/directory/planted-csv.ts', text: importing('csv-parse'), rule: 'csv-in-directory-files-only' },
  { file: 'src/api/planted-x509.ts', text: importing('@peculiar/x509'), rule: 'certificates-in-tls-only' },
  { file: 'src/cycle/planted-http.ts', text: importing('fastify'), rule: 'http-server-in-api-only' },
  { file: 'src/store/planted-contract.ts', text: importing('./store.contract.ts'), rule: 'production-without-tests' },
  {
    file: 'simulator/planted-builder.ts',
    text: importing('../test/walls/planted.ts'),
    rule: 'production-without-tests',
  },
  {
    file: 'src/store/planted-dev.ts',
    text: importing('fast-check'),
    rule: 'production-without-dev-dependencies',
  },
  { file: 'scripts/planted-undeclared.ts', text: importing('fast-deep-equal'), rule: 'declared-packages-only' },
  { file: 'src/cycle/planted-nowhere.ts', text: importing('./nowhere.ts'), rule: 'everything-resolves' },
  { file: 'src/cycle/planted-circle-a.ts', text: importingType('./planted-circle-b.ts'), rule: 'no-circular' },
  { file: 'src/cycle/planted-circle-b.ts', text: importingType('./planted-circle-a.ts'), rule: 'reachable' },
  { file: 'src/cycle/planted-orphan.ts', text: 'export const orphan = 1\n', rule: 'no-orphans' },
  { file: 'src/cycle/planted-island.ts', text: importing('../vocabulary/index.ts'), rule: 'reachable' },
  {
    file: 'src/connectors/slack/planted-allowed.test.ts',
    text: importing('vitest', '../../store/store.contract.ts', '../../vocabulary/objects.ts', './planted-allowed.ts'),
    rule: null,
  },
  {
    file: 'src/connectors/slack/planted-allowed.ts',
    text: importing('undici', '../scim/index.ts', '../target.ts', '../../vocabulary/index.ts', 'node:crypto'),
    rule: null,
  },
]

export const plantedLint: readonly Planted[] = [
  {
    file: 'src/provisioning/planted-clock.ts',
    text: 'export const at = Date.now()\n',
    rule: 'no-restricted-properties',
  },
  {
    file: 'src/provisioning/planted-chance.ts',
    text: 'export const id = Math.random()\n',
    rule: 'no-restricted-properties',
  },
  { file: 'src/expressions/planted-date.ts', text: 'export const at = new Date()\n', rule: 'no-restricted-syntax' },
  {
    file: 'src/expressions/planted-async.ts',
    text: 'export async function later(): Promise<void> {\n  await Promise.resolve()\n}\n',
    rule: 'no-restricted-syntax',
  },
  {
    file: 'src/vocabulary/planted-global.ts',
    text: 'export const everything = globalThis\n',
    rule: 'no-restricted-globals',
  },
  {
    file: 'src/api/planted-environment.ts',
    text: 'export const port = process.env.PORT\n',
    rule: 'no-restricted-properties',
  },
  {
    file: 'src/api/planted-env.ts',
    text: "import { env } from 'node:process'\nexport const port = env.PORT\n",
    rule: 'no-restricted-imports',
  },
  {
    file: 'src/connectors/slack/planted-fetch.ts',
    text: "export const answer = () => fetch('http://127.0.0.1')\n",
    rule: 'no-restricted-globals',
  },
  { file: 'src/cycle/planted-console.ts', text: "console.log('here')\n", rule: 'no-console' },
  {
    file: 'src/cycle/planted-floating.ts',
    text: 'const later = async () => 1\nlater()\n',
    rule: '@typescript-eslint/no-floating-promises',
  },
  {
    file: 'src/cycle/planted-any.ts',
    text: 'export const anything: any = 1\n',
    rule: '@typescript-eslint/no-explicit-any',
  },
  {
    file: 'src/cycle/planted-switch.ts',
    text: "export function say(word: 'yes' | 'no'): string | undefined {\n  switch (word) {\n    case 'yes':\n      return word\n  }\n  return undefined\n}\n",
    rule: '@typescript-eslint/switch-exhaustiveness-check',
  },
  {
    file: 'src/cycle/planted-type-import.ts',
    text: "import { Clock } from '../vocabulary/index.ts'\nexport type Watch = Clock\n",
    rule: '@typescript-eslint/consistent-type-imports',
  },
  {
    file: 'simulator/planted-unused.ts',
    text: 'const unused = 1\nexport {}\n',
    rule: '@typescript-eslint/no-unused-vars',
  },
  {
    file: 'src/cycle/planted-silenced.ts',
    text: '// eslint-disable-next-line @typescript-eslint/no-explicit-any\nexport const anything: any = 1\n',
    rule: '@typescript-eslint/no-explicit-any',
  },
  {
    file: 'src/cycle/planted-only.test.ts',
    text: "import { test } from 'vitest'\ntest.only('alone', () => {})\n",
    rule: 'no-restricted-syntax',
  },
  {
    file: 'src/provisioning/planted-allowed.ts',
    text: 'export const instant = (now: number): Date => new Date(now)\n',
    rule: null,
  },
]

/** What does not even exist for the compiler in a pure room; the number is TypeScript's. */
export const plantedTypes: readonly Planted[] = [
  { file: 'src/provisioning/planted-timer.ts', text: 'setTimeout(() => {}, 1)\n', rule: 'TS2304' },
  { file: 'src/provisioning/planted-process.ts', text: 'export const where = process.cwd()\n', rule: 'TS2591' },
  { file: 'src/expressions/planted-console.ts', text: "console.log('here')\n", rule: 'TS2584' },
  {
    file: 'src/expressions/planted-file.ts',
    text: "import { readFileSync } from 'node:fs'\nexport { readFileSync }\n",
    rule: 'TS2591',
  },
  {
    file: 'src/vocabulary/planted-store.ts',
    text: "export type { Store } from '../store/store.ts'\n",
    rule: 'TS6307',
  },
]

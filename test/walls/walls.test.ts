/*
 * The guards of the house, guarded: what they must refuse is planted in a copy of the tree, and they must go red.
 * A guard that reads nothing also reports nothing, so what it read is counted too.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { codeFolders } from '../../scripts/static-checks.ts'
import { repositoryRoot, tool } from '../../scripts/run-checks.ts'
import { doorsNeeded, plantedImports, plantedLint, plantedTypes, type Planted } from './planted.ts'

interface CruiseReport {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: {
    readonly violations: readonly {
      readonly from: string
      readonly to: string
      readonly rule: { readonly name: string }
    }[]
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string; readonly comment?: string }[] }
  }
}

interface LintReport {
  readonly filePath: string
  readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[]
}

// Each of them starts a whole tool.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let copy = ''

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'muster-walls-'))
  for (const part of [
    ...codeFolders,
    'package.json',
    '.dependency-cruiser.mjs',
    'eslint.config.js',
    'vitest.config.ts',
  ]) {
    cpSync(join(repositoryRoot, part), join(copy, part), { recursive: true })
  }
  for (const part of globSync('tsconfig*.json', { cwd: repositoryRoot })) {
    cpSync(join(repositoryRoot, part), join(copy, part))
  }
  symlinkSync(join(repositoryRoot, 'node_modules'), join(copy, 'node_modules'), 'junction')
  for (const door of doorsNeeded)
    if (!existsSync(join(copy, door))) plant({ file: door, text: 'export {}\n', rule: null })
  for (const planted of [...plantedImports, ...plantedLint, ...plantedTypes]) plant(planted)
})

afterAll(() => {
  rmSync(copy, { recursive: true, force: true })
})

function plant({ file, text }: Planted): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true })
  writeFileSync(join(copy, file), text)
}

/** What a tool prints, whether or not it is content. */
function printed(cwd: string, name: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [tool(name), ...args], { cwd, maxBuffer: 256 * 1024 * 1024 }, (_error, stdout) => {
      resolve(stdout)
    })
  })
}

async function cruise(cwd: string): Promise<CruiseReport> {
  const folders = ['src', 'simulator', 'scripts', 'test', 'portal'].filter((folder) => existsSync(join(cwd, folder)))
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...folders]
  return JSON.parse(await printed(cwd, 'depcruise', args)) as CruiseReport
}

describe('dependency-cruiser', () => {
  test('reads every TypeScript file on disk', async () => {
    const { modules } = await cruise(repositoryRoot)
    const onDisk = globSync(`{${codeFolders.join(',')}}/**/*.{ts,tsx}`, { cwd: repositoryRoot }).map((file) =>
      file.replaceAll('\\', '/'),
    )
    const read = new Set(modules.map((module) => module.source))
    expect(onDisk.length).toBeGreaterThan(20)
    expect(onDisk.filter((file) => !read.has(file))).toEqual([])
  })

  test('goes red for a planted import against each of its rules, and lets the allowed ones pass', async () => {
    const { summary } = await cruise(copy)
    const fired = (file: string) =>
      summary.violations.filter((violation) => violation.from === file).map((violation) => violation.rule.name)
    for (const { file, rule } of plantedImports) {
      if (rule === null) expect(fired(file), file).toEqual([])
      else expect(fired(file), file).toContain(rule)
    }
    const rules = summary.ruleSetUsed.forbidden
    expect(new Set(plantedImports.flatMap(({ rule }) => rule ?? []))).toEqual(new Set(rules.map(({ name }) => name)))
    expect(rules.filter(({ comment }) => comment === undefined)).toEqual([])
  })
})

describe('eslint', () => {
  test('goes red for what it must refuse, and a comment cannot silence it', async () => {
    const files = plantedLint.map(({ file }) => file)
    const reports = JSON.parse(await printed(copy, 'eslint', ['--format', 'json', ...files])) as LintReport[]
    for (const { file, rule } of plantedLint) {
      const messages = reports.find(({ filePath }) => filePath.endsWith(join('/', file)))?.messages ?? []
      const fired = messages.map(({ ruleId, message }) => ruleId ?? message)
      if (rule === null) expect(fired, file).toEqual([])
      else expect(fired, file).toContain(rule)
    }
  })
})

describe('the compiler', () => {
  test('knows no clock, process, console, file or other room in the pure rooms', async () => {
    // What it emits goes into the copy: node_modules there is a link to the real one.
    const args = ['--project', 'tsconfig.pure.json', '--outDir', '.tsc', '--tsBuildInfoFile', '.tsc/pure.tsbuildinfo']
    const lines = (await printed(copy, 'tsc', [...args, '--pretty', 'false'])).split('\n')
    for (const { file, rule } of plantedTypes) {
      const said = lines.filter((line) => line.startsWith(`${file}(`)).join('\n')
      expect(said, file).toContain(`error ${rule}`)
    }
  })

  test('every TypeScript file belongs to one of its projects', async () => {
    const projects = globSync('tsconfig.{pure,node,simulator,page,test,portal}.json', { cwd: repositoryRoot })
    const listed = await Promise.all(
      projects.map((project) => printed(repositoryRoot, 'tsc', ['--project', project, '--listFilesOnly'])),
    )
    const known = new Set(listed.flatMap((files) => files.split('\n')))
    const onDisk = globSync(`{${codeFolders.join(',')}}/**/*.{ts,tsx}`, { cwd: repositoryRoot })
    expect(onDisk.filter((file) => !known.has(join(repositoryRoot, file).replaceAll('\\', '/')))).toEqual([])
  })
})

/* The script before every script: it installs when it must, once, and refuses an old Node in plain words. */
import { spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { repositoryRoot } from '../../scripts/run-checks.ts'

const lock = {
  packages: {
    '': { name: 'muster' },
    'node_modules/needed': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/of-another-platform': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  },
}
const installed = { packages: { 'node_modules/needed': lock.packages['node_modules/needed'] } }

let clone = ''

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'muster-setup-'))
  write('package-lock.json', JSON.stringify(lock))
  mkdirSync(join(clone, 'scripts'))
  cpSync(join(repositoryRoot, 'scripts', 'setup.mjs'), join(clone, 'scripts', 'setup.mjs'))
  // This npm takes a moment, says how it was called, and leaves what a real one leaves.
  executable(
    'tools/npm',
    `echo "$@" >> '${clone}/npm-calls'\nenv | grep -iE '^(npm_config_|NODE_ENV)' | sort >> '${clone}/npm-environment'\nsleep 0.3\n` +
      `mkdir -p '${clone}/node_modules/.bin'\ncp '${clone}/tools/node-brought' '${clone}/node_modules/.bin/node'\n` +
      `cp '${clone}/installed.json' '${clone}/node_modules/.package-lock.json'`,
  )
  executable('tools/node', 'echo v20.11.1')
  executable('tools/node-brought', 'echo v24.21.0')
  write('installed.json', JSON.stringify(installed))
})

afterEach(() => {
  rmSync(clone, { recursive: true, force: true })
})

function write(file: string, text: string): void {
  mkdirSync(dirname(join(clone, file)), { recursive: true })
  writeFileSync(join(clone, file), text)
}

function executable(file: string, script: string): void {
  write(file, `#!/bin/sh\n${script}\n`)
  chmodSync(join(clone, file), 0o755)
}

function alreadyInstalled(nodeVersion = 'v24.21.0'): void {
  write('node_modules/.package-lock.json', JSON.stringify(installed))
  executable('node_modules/.bin/node', `echo ${nodeVersion}`)
}

function setup(environment: Readonly<Record<string, string>> = {}): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(clone, 'scripts', 'setup.mjs')], {
      env: { PATH: `${join(clone, 'tools')}:/usr/bin:/bin`, ...environment },
    })
    let said = ''
    const hear = (part: Buffer) => (said += part.toString('utf8'))
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, said }))
  })
}

const npmCalls = () =>
  existsSync(join(clone, 'npm-calls')) ? readFileSync(join(clone, 'npm-calls'), 'utf8').trimEnd().split('\n') : []

describe('setup', () => {
  test('installs with npm ci when nothing is installed', async () => {
    expect(await setup()).toMatchObject({ code: 0 })
    expect(npmCalls()).toEqual(['ci --include=dev --no-audit --no-fund --loglevel=error'])
  })

  test('does and says nothing when everything is there, though packages of other platforms are not', async () => {
    alreadyInstalled()
    expect(await setup()).toEqual({ code: 0, said: '' })
    expect(npmCalls()).toEqual([])
  })

  test.each([
    ['has another version', { 'node_modules/needed': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['has another content', { 'node_modules/needed': { version: '1.0.0', integrity: 'sha512-z' } }],
    ['is missing', {}],
    ['is no longer in the lock file', { ...installed.packages, 'node_modules/surplus': { version: '1.0.0' } }],
  ])('installs again when a package %s', async (_case, packages) => {
    alreadyInstalled()
    write('node_modules/.package-lock.json', JSON.stringify({ packages }))
    expect(await setup()).toMatchObject({ code: 0 })
    expect(npmCalls()).toHaveLength(1)
  })

  test('installs once when two scripts start at once', async () => {
    const both = await Promise.all([setup(), setup()])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(npmCalls()).toHaveLength(1)
    expect(existsSync(join(clone, '.setup-turn'))).toBe(false)
  })

  test('does not wait for a process that is gone', async () => {
    // No process has this number: it is above the largest the kernel gives out.
    write('.setup-turn', '4194305')
    expect(await setup()).toMatchObject({ code: 0 })
    expect(npmCalls()).toHaveLength(1)
  })

  test('keeps from npm what the outer command or the shell would leave out, and hands on the registry', async () => {
    await setup({ npm_config_omit: 'dev', NODE_ENV: 'production', npm_config_registry: 'http://127.0.0.1:4873/' })
    expect(readFileSync(join(clone, 'npm-environment'), 'utf8')).toBe('npm_config_registry=http://127.0.0.1:4873/\n')
  })

  test('ends with what npm said when the installation fails', async () => {
    executable('tools/npm', 'echo "no route to the registry" >&2\nexit 7')
    const { code, said } = await setup()
    expect(code).toBe(1)
    expect(said).toContain('no route to the registry')
    expect(said).toContain('npm ci ended with code 7')
    expect(existsSync(join(clone, '.setup-turn'))).toBe(false)
  })

  test('refuses an old Node when the package "node" was installed without its install script', async () => {
    alreadyInstalled('v20.11.1')
    rmSync(join(clone, 'node_modules', '.bin'), { recursive: true })
    const { code, said } = await setup()
    expect(code).toBe(1)
    expect(said).toContain('Muster needs Node 24 or newer, and the Node its scripts would run on here is v20.11.1.')
    expect(said).toContain('--ignore-scripts')
  })

  test('is content with a Node of the machine that is new enough', async () => {
    alreadyInstalled()
    rmSync(join(clone, 'node_modules', '.bin'), { recursive: true })
    executable('tools/node', 'echo v26.0.0')
    expect(await setup()).toEqual({ code: 0, said: '' })
  })
})

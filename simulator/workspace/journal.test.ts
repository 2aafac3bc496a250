/* A workspace kept in a directory survives every end of its process (brief restart, kill, torn line). */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aUser, aWorkspace, v1 } from '../../test/builders/slack-workspace.ts'
import { DirectoryInUse } from './directory-lock.ts'

let directory: string
const children: ChildProcess[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slack-simulator-'))
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

test('a restart has the same people, groups, ids, token and settings', async () => {
  const first = aWorkspace({ dataDirectory: directory, users: 3 })
  await first.send('POST', '/scim/v1/Users', aUser('nina', { title: 'Captain' }))
  const members = [{ value: first.idOf('nina') }]
  await first.send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'Crew', members })
  first.simulator.setSettings({ profileSync: false })
  const extra = first.simulator.issueToken({ installer: 'olga' })
  const state = stateOf(first)
  first.simulator.close()

  // What is kept wins over what is asked.
  const second = aWorkspace({ dataDirectory: directory, users: 99, seed: 5 })
  expect(stateOf(second)).toEqual(state)
  expect((await second.send('GET', '/scim/v1/Users', undefined, extra)).status).toBe(200)
  expect((await second.send('POST', '/scim/v1/Users', aUser('ned'))).status).toBe(201)
  expect(new Set(second.simulator.people().map(({ id }) => id)).size).toBe(second.simulator.people().length)
  second.simulator.close()
})

function stateOf({ simulator }: ReturnType<typeof aWorkspace>): unknown {
  return [simulator.token, simulator.people(), simulator.groups(), simulator.settings]
}

test('the audit trail is kept, with times and actors', async () => {
  const first = aWorkspace({ dataDirectory: directory })
  await first.send('POST', '/scim/v1/Users', aUser('nina'))
  first.simulator.deactivate('nina')
  const audit = first.simulator.audit().slice()
  // Killed rather than closed: the journal alone has what came after the start.
  const lines = readFileSync(join(directory, 'journal-1.ndjson'), 'utf8')
  first.simulator.close()
  const second = aWorkspace({ dataDirectory: directory })
  expect(second.simulator.audit()).toEqual(audit)
  expect(audit.map(({ action, actorId }) => [action, actorId]).slice(-2)).toEqual([
    ['user_created', second.idOf('adam')],
    ['user_deactivated', null],
  ])
  expect(lines.split('\n').filter((line) => line.includes('"actorId"'))).toHaveLength(2)
  second.simulator.close()
})

test('a torn last line is dropped, a whole one without its end is kept', async () => {
  const first = aWorkspace({ dataDirectory: directory })
  await first.send('POST', '/scim/v1/Users', aUser('nina'))
  first.simulator.close()
  const journal = join(directory, readdirSync(directory).find((name) => name.startsWith('journal-')) ?? '')
  appendFileSync(journal, '[{"kind":"channel","name":"harbour"}]')
  const second = aWorkspace({ dataDirectory: directory })
  expect(second.simulator.person('nina')).toBeDefined()
  expect((await second.send('POST', '/scim/v1/Users', aUser('harbour'))).status).toBe(409)
  second.simulator.close()
  const later = join(directory, readdirSync(directory).find((name) => name.startsWith('journal-')) ?? '')
  appendFileSync(later, '[{"kind":"person","person":{"id":"U0')
  const third = aWorkspace({ dataDirectory: directory })
  expect(third.simulator.people()).toEqual(second.simulator.people())
})

test('what cannot be written down is not done', async () => {
  const workspace = aWorkspace({ dataDirectory: directory })
  workspace.simulator.close()
  await expect(workspace.send('POST', '/scim/v1/Users', aUser('nina'))).rejects.toThrow('closed')
  expect(workspace.simulator.person('nina')).toBeUndefined()
})

test('a snapshot that is restored, and a reset, are kept as well', async () => {
  const first = aWorkspace({ dataDirectory: directory })
  const start = first.simulator.snapshot()
  await first.send('POST', '/scim/v1/Users', aUser('nina'))
  first.simulator.restore(start)
  await first.send('POST', '/scim/v1/Users', aUser('ned'))
  first.simulator.close()
  const second = aWorkspace({ dataDirectory: directory })
  expect([second.simulator.person('nina'), second.simulator.person('ned')?.userName]).toEqual([undefined, 'ned'])
})

test('a directory is used by one simulator at a time, and free again when that is closed', () => {
  const first = aWorkspace({ dataDirectory: directory })
  expect(() => aWorkspace({ dataDirectory: directory })).toThrow(DirectoryInUse)
  first.simulator.close()
  const second = aWorkspace({ dataDirectory: directory })
  expect(() => aWorkspace({ dataDirectory: directory })).toThrow(`in use by process ${process.pid}`)
  second.simulator.close()
})

test('a directory that cannot be read is not kept locked', () => {
  const state = join(directory, 'workspace.json')
  writeFileSync(state, 'nonsense')
  expect(() => aWorkspace({ dataDirectory: directory })).toThrow(SyntaxError)
  rmSync(state)
  aWorkspace({ dataDirectory: directory }).simulator.close()
})

const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url))

interface Started {
  readonly child: ChildProcess
  readonly url: string
  readonly token: string
}

function start(...flags: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [mainFile, '--port', '0', '--latency', '0', '--rate-scale', '0', ...flags])
  children.push(child)
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      const [, url, token] = /^slack ready (\S+) token (\S+)$/.exec(line) ?? []
      if (url === undefined || token === undefined) reject(new Error(`Not a ready line: ${line}`))
      else resolve({ child, url, token })
    })
    child.once('exit', (code) => reject(new Error(`It ended with ${code} before it was ready.`)))
  })
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
    else child.once('exit', (code) => resolve(code))
  })
}

async function create({ url, token }: Started, name: string): Promise<number> {
  const response = await fetch(`${url}/scim/v1/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(aUser(name)),
  })
  await response.text()
  return response.status
}

describe('the process', () => {
  test('killed in the middle of writes it has lost none that it acknowledged', async () => {
    const first = await start('--data', directory)
    const acknowledged: string[] = []
    const writer = async (lane: number): Promise<void> => {
      for (let number = 0; ; number++) {
        const name = `p${lane}.${number}`
        const status = await create(first, name).catch(() => null)
        if (status === null) return
        acknowledged.push(name)
        if (acknowledged.length === 60) first.child.kill('SIGKILL')
      }
    }
    await Promise.all([writer(1), writer(2), writer(3), writer(4)])
    await ended(first.child)
    const second = await start('--data', directory)
    expect(second.token).toBe(first.token)
    const people = (await (await fetch(`${second.url}/_sim/people`)).json()) as readonly { userName: string }[]
    const names = new Set(people.map(({ userName }) => userName))
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([])
    expect(acknowledged.length).toBeGreaterThanOrEqual(60)
  })

  test('its directory is refused while it runs, and free after a kill, whoever has its process id by then', async () => {
    const first = await start('--data', directory)
    expect(() => aWorkspace({ dataDirectory: directory })).toThrow(`in use by process ${first.child.pid}`)
    const second = spawn(process.execPath, [mainFile, '--port', '0', '--data', directory])
    children.push(second)
    let errors = ''
    second.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    expect(await ended(second)).toBe(2)
    expect(errors.trim().split('\n')).toEqual([expect.stringContaining(`in use by process ${first.child.pid}`)])
    first.child.kill('SIGKILL')
    await ended(first.child)
    // What a kill leaves behind now names a process that runs, but is no simulator.
    writeFileSync(join(directory, 'in-use-by'), String(process.ppid))
    aWorkspace({ dataDirectory: directory }).simulator.close()
  })

  test('a port in use is one clear line and exit code 2; a signal stops it with 0', async () => {
    const first = await start('--data', directory)
    const { port } = new URL(first.url)
    const second = spawn(process.execPath, [mainFile, '--port', port])
    children.push(second)
    let errors = ''
    second.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    expect(await ended(second)).toBe(2)
    expect(errors.trim().split('\n')).toEqual([expect.stringContaining(`Port ${port} on 127.0.0.1 is in use`)])
    first.child.kill('SIGTERM')
    expect(await ended(first.child)).toBe(0)
  })

  test('a wrong flag is refused with its reason', async () => {
    const child = spawn(process.execPath, [mainFile, '--users', 'many'])
    children.push(child)
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    expect(await ended(child)).not.toBe(0)
    expect(errors).toContain('A whole number from 0 up is needed.')
  })
})

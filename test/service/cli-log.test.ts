/* The log on the command line: filters, export into files, and what is left when an export breaks off. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { request } from 'undici'
import { afterEach, expect, test, vi } from 'vitest'
import type { ProvisioningObjectSummary } from '../../src/vocabulary/index.ts'
import { musterAt, musterScript, operatorHeaders, type ServiceWithSlack } from '../builders/muster-service.ts'
import { aProvisionedCompany, jsonOf, type LogPage } from '../builders/provisioned-company.ts'
import { createPrograms } from '../builders/programs.ts'
import { aLogEntry } from '../builders/stored.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await programs.clear()
})

async function aService(): Promise<ServiceWithSlack> {
  const service = await aProvisionedCompany(programs, ['Engineering'])
  closing.push(() => service.close())
  return service
}

test('the log is exported with its filter, into a new place only', async () => {
  const { muster } = await aService()
  const folder = programs.folder()
  const entries = jsonOf<LogPage>(await muster('log', '--status', 'success', '--limit', '1000', '--json')).entries
  expect(entries.length).toBeGreaterThan(3)

  const out = join(folder, 'export')
  const done = await muster('log', 'export', '--status', 'success', '--out', out)
  expect(done).toMatchObject({ code: 0 })
  expect(done.output).toContain(`${String(entries.length)} entries exported to ${out}`)
  expect(readdirSync(out).sort()).toEqual([
    'ProvisioningLogs.csv',
    'ProvisioningLogs_ModifiedProperties.csv',
    'ProvisioningLogs_ProvisioningSteps.csv',
  ])
  const rows = (name: string): readonly Record<string, string>[] =>
    parse<Record<string, string>>(readFileSync(join(out, `${name}.csv`), 'utf8'), { columns: true })
  expect(rows('ProvisioningLogs').map((row) => row['changeId'])).toEqual(entries.map((entry) => entry.changeId))
  expect(rows('ProvisioningLogs_ProvisioningSteps')).toHaveLength(
    entries.flatMap((entry) => entry.provisioningSteps).length,
  )

  const again = await muster('log', 'export', '--out', out)
  expect(again).toMatchObject({ code: 2 })
  expect(again.errors).toContain('is there already')
  const file = join(folder, 'log.json')
  expect(await muster('log', 'export', '--status', 'success', '--format', 'json', '--out', file)).toMatchObject({
    code: 0,
  })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(entries)
  expect(await muster('log', 'export', '--format', 'xml', '--out', join(folder, 'x'))).toMatchObject({ code: 2 })
  expect(await muster('log', 'export', '--out', join(folder, 'no', 'such', 'folder'))).toMatchObject({ code: 1 })
  expect(readdirSync(folder).sort()).toEqual(['export', 'log.json'])

  const [entry] = entries
  const one = await muster('log', '--change', entry?.changeId ?? '', '--system', 'slack', '--json')
  expect(jsonOf<LogPage>(one).entries).toEqual([entry])
  expect(jsonOf<LogPage>(await muster('log', '--error', 'NoSuchCode', '--json')).entries).toEqual([])
})

test('the log is followed live, and goes on where it broke when the service comes back', async () => {
  const { muster, address, data } = await aService()
  const headers = operatorHeaders(data)
  const url = `${address}/muster/v1/log/stream`
  const entries = jsonOf<LogPage>(await muster('log', '--limit', '1000', '--json')).entries
  const stop = new AbortController()
  const events = await request(`${url}?after=0`, { headers, signal: stop.signal })
  expect(events.headers['content-type']).toBe('text/event-stream; charset=utf-8')
  let text = ''
  for await (const chunk of events.body) {
    text += String(chunk)
    if (text.split('event: entry').length > entries.length && text.endsWith('\n\n')) break
  }
  const told = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => (JSON.parse(data) as { id: string }).id)
  expect([...told].sort()).toEqual(entries.map((entry) => entry.id).sort())
  const beyond = await request(url, { headers: { ...headers, 'last-event-id': '999999' } })
  expect(beyond.statusCode).toBe(400)
  expect(await beyond.body.text()).toContain('Begin again without Last-Event-ID')

  const following = programs.start(musterScript, ['log', '--follow', '--json', '--action', 'disable'], {
    environment: { MUSTER_URL: address },
  })
  const first = following.line(/"provisioningAction":"disable"/)
  // It follows from the moment it is connected, and that is told nobody: there is something to see until it has.
  let isSeen = false
  void first.then(() => (isSeen = true))
  for (let round = 0; !isSeen && round < 20; round += 1) {
    await muster(
      round % 2 === 0 ? 'unassign' : 'assign',
      '--group',
      'Engineering',
      ...(round % 2 === 0 ? ['--yes'] : []),
    )
    await muster('run')
  }
  await first
  following.kill('SIGINT')
  await following.ended
})

/** Answers an export as the service would, and breaks it off: by an end of the connection, or without its last line. */
async function aBrokenService(breaks: 'connection' | 'silently'): Promise<string> {
  const lines = Array.from({ length: 50 }, (_, at): ProvisioningObjectSummary => aLogEntry(String(at)))
  const server = createServer((_, response) => {
    response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), () => {
      if (breaks === 'connection') response.destroy()
      else response.end()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => void server.close(() => resolve())))
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

test.each(['connection', 'silently'] as const)('an export that breaks off (%s) leaves nothing', async (breaks) => {
  const muster = musterAt(programs, await aBrokenService(breaks))
  const folder = programs.folder()
  mkdirSync(join(folder, 'empty'))
  writeFileSync(join(folder, 'other'), 'mine')
  for (const [format, name] of [
    ['csv', 'empty'],
    ['json', 'log.json'],
  ] as const) {
    const broken = await muster('log', 'export', '--format', format, '--out', join(folder, name))
    expect(broken).toMatchObject({ code: 1, output: '' })
    expect(broken.errors).toMatch(/broke .* off/)
    expect(existsSync(join(folder, name))).toBe(false)
  }
  expect(readdirSync(folder)).toEqual(['other'])
})

test('a cycle and a time are named alike in every command, and one that is not there is said so', async () => {
  const { muster } = await aService()
  const { entries } = jsonOf<LogPage>(await muster('log', '--limit', '1', '--json'))
  const { cycleId = '', sourceIdentity } = entries[0] ?? {}
  expect(cycleId).not.toBe('')
  expect((await muster('status')).output).toContain(cycleId)
  expect((await muster('log', '--steps', '--limit', '1')).output).toContain(`cycle ${cycleId}`)
  for (const named of ['latest', cycleId, cycleId.slice(-12)]) {
    const found = jsonOf<LogPage>(await muster('log', '--cycle', named, '--json'))
    expect(new Set(found.entries.map((entry) => entry.cycleId))).toEqual(new Set([cycleId]))
    const why = await muster('why', sourceIdentity?.id ?? '', '--cycle', named)
    expect(why).toMatchObject({ code: 0 })
    expect(why.output).toContain(cycleId)
  }
  for (const command of [['log'], ['why', sourceIdentity?.id ?? ''], ['undo'], ['log', '--follow']]) {
    const refused = await muster(...command, '--cycle', 'nonsense')
    expect({ command, code: refused.code }).toEqual({ command, code: 3 })
    expect(refused.errors).toContain('There is no cycle "nonsense"')
  }
  expect(jsonOf<LogPage>(await muster('log', '--since', '2h', '--json')).entries.length).toBeGreaterThan(0)
  expect(jsonOf<LogPage>(await muster('log', '--until', '2h', '--json')).entries).toEqual([])
  for (const command of [
    ['log', '--until'],
    ['audit', '--since'],
    ['undo', '--since'],
    ['why', 'x', '--at'],
  ])
    expect((await muster(...command, 'yesterday')).errors).toContain(
      `${command.at(-1) ?? ''} takes an instant such as 2026-11-25T09:00Z, or how long ago`,
    )
})

test('what cannot be meant is refused with what to do instead', async () => {
  const { muster } = await aService()
  const rejected = await muster('removals', 'reject')
  expect(rejected).toMatchObject({ code: 2, output: '' })
  expect(rejected.errors).toMatch(/Nothing was changed. Remove the cause first .* and only then: muster restart/)
  expect((await muster('removals', 'list', 'zz')).output).toContain('No waiting removal fits "zz".')

  const wrong = await muster('notifications', 'set', '--recipients', 'it@example.com, foo')
  expect(wrong).toMatchObject({ code: 2 })
  expect(wrong.errors).toContain('"foo" is no mail address')
  expect((await muster('notifications', 'set', '--recipients', 'it@example.com,ana@example.com')).output).toContain(
    'it@example.com, ana@example.com',
  )

  expect((await muster('settings', 'set', 'cycleEveryMs', '90m')).output).toContain('cycleEveryMs is 90m.')
  expect((await muster('settings')).output).toMatch(/cycleEveryMs +│ 90m /)
  expect((await muster('settings', 'set', 'cycleEveryMs', 'soon')).errors).toContain(
    'takes a duration such as 30s, 40m',
  )
})

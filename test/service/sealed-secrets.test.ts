/* Secrets of the installation: moved out of the file of an earlier version, stored by the API, and never read back. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createSimulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import type { SecretSettingsReport } from '../../src/vocabulary/index.ts'
import { musterAt, musterScript, startService, stopService, type MusterService } from '../builders/muster-service.ts'
import { createPrograms, type Ended } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await programs.clear()
  for (const close of closing.splice(0)) await close()
})

function expectNowhereIn(data: string, secret: string): void {
  for (const name of readdirSync(data)) expect(readFileSync(join(data, name), 'latin1')).not.toContain(secret)
}

test('the credentials in the file of an earlier version are sealed, and the file is gone', async () => {
  const simulator = createSimulator({ rateScale: 0, latencyMs: 0, latencyJitterMs: 0 })
  const listening = await listenOn((request) => simulator.handle(request), {})
  closing.push(() => listening.close())
  const data = programs.folder()
  const file = join(data, 'slack-credentials.json')
  writeFileSync(file, JSON.stringify({ origin: 'pasted', token: simulator.token }))
  const environment = { MUSTER_SLACK_URL: listening.url, MUSTER_RATE: 'off' }
  for (let start = 0; start < 2; start += 1) {
    const service: MusterService = startService(programs, { data, environment })
    const tested = await musterAt(programs, await service.url)('slack', 'test', '--json')
    expect(tested).toMatchObject({ code: 0 })
    expect(tested.output).not.toContain(simulator.token)
    expect(existsSync(file)).toBe(false)
    await stopService(service)
    expectNowhereIn(data, simulator.token)
  }

  writeFileSync(file, '{"origin":"pasted"')
  const damaged = await programs.run(musterScript, ['serve', '--port', '0', '--data', data], { environment })
  expect(damaged).toMatchObject({ code: 2, output: '' })
  expect(damaged.errors).toMatch(/^The credentials in .* are damaged; remove the file and connect again/)
  expect(existsSync(file)).toBe(true)
})

test('a password stored by the API counts at once and after a start; a setting wins; nobody reads it back', async () => {
  const data = programs.folder()
  const password = 'geheim-und-lang-genug'
  let service = startService(programs, { data, environment: { MUSTER_MAIL_FROM: 'muster@example.com' } })
  let url = await service.url
  const typed = async (line: string, ...args: readonly string[]): Promise<Ended> => {
    const program = programs.start(musterScript, [...args, '--url', url], { hasInput: true })
    program.type(line)
    program.closeInput()
    return await program.ended
  }
  const reported = async (): Promise<SecretSettingsReport['secrets']> =>
    (JSON.parse((await musterAt(programs, url)('secrets', '--json')).output) as SecretSettingsReport).secrets
  expect((await reported()).map(({ from }) => from)).toEqual(['nowhere', 'nowhere', 'nowhere'])

  const refused = await typed(`http://${password}@mail.example.com`, 'secrets', 'set', 'smtpUrl')
  expect(refused.code).toBe(2)
  expect(refused.errors).toContain('must begin with smtp:// or smtps://, so nothing was stored')
  const stored = await typed(`smtp://muster:${password}@127.0.0.1:9`, 'secrets', 'set', 'smtpUrl')
  expect([stored.code, stored.errors]).toEqual([0, ''])
  await typed(password, 'secrets', 'set', 'webhookSecret')
  expect((await musterAt(programs, url)('secrets', 'set', 'colour')).code).toBe(2)
  const notifications = await musterAt(programs, url)('notifications', '--json')
  expect(JSON.parse(notifications.output)).toMatchObject({ hasMailServer: true, hasWebhookSecret: true })
  const audit = await musterAt(programs, url)('audit', '--json')
  expect(audit.output).toContain('webhookSecret')
  await stopService(service)
  expectNowhereIn(data, password)

  service = startService(programs, {
    data,
    environment: { MUSTER_MAIL_FROM: 'muster@example.com', MUSTER_WEBHOOK_SECRET: `${password}-of-the-setting` },
  })
  url = await service.url
  expect(await reported()).toEqual([
    { name: 'smtpUrl', from: 'store' },
    { name: 'webhookSecret', from: 'setting' },
    { name: 'slackClientSecret', from: 'nowhere' },
  ])
  const removed = await musterAt(programs, url)('secrets', 'remove', 'smtpUrl')
  expect(removed.output).toMatch(/smtpUrl\s+│ not given/)
  await stopService(service)
  for (const { output, errors } of [refused, stored, notifications, audit, removed])
    expect(output + errors).not.toContain(password)
})

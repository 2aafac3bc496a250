/* The commands for job states, quarantine, roles, discovery and drift, as processes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createPrograms } from '../builders/programs.ts'
import { musterAt, startService, stopService, type ServiceWithSlack } from '../builders/muster-service.ts'
import { aProvisionedCompany, company } from '../builders/provisioned-company.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
let service: ServiceWithSlack
beforeAll(async () => {
  service = await aProvisionedCompany(programs)
  const mira = company.users.find((user) => user.attributes.department !== 'Engineering')
  expect((await service.muster('assign', mira?.objectId ?? '', '--role', 'User')).code).toBe(0)
  expect((await service.muster('assign', mira?.objectId ?? '', '--role', 'Emperor')).code).toBe(3)
})
afterAll(async () => {
  await service.close()
  await programs.clear()
})

test('drift: 0 while all is as it should be, 1 when somebody has changed Slack, and what it was', async () => {
  const { muster, simulator } = service
  expect(await muster('drift')).toMatchObject({
    code: 0,
    output: expect.stringContaining('all are as they should be') as string,
  })
  const page = JSON.parse((await muster('discover', '--class', 'assigned', '--json')).output) as {
    readonly rows: readonly { readonly email: string; readonly displayName: string }[]
  }
  const [first] = page.rows
  simulator.deactivate(first?.email ?? '')
  // What was changed shows in Slack's lists a moment later.
  await vi.waitFor(async () => expect((await muster('drift')).output).toContain('disabled in Slack'), {
    timeout: 60_000,
    interval: 200,
  })
  expect((await muster('drift', '--last')).code).toBe(1)
  expect((await muster('drift', '--last', '--csv', '-')).output).toMatch(
    /^kind,objectType,.*\r?\ndisabledInTarget,User,/m,
  )
  expect((await muster('drift', '--kind', 'nonsense')).code).toBe(2)
})

test('discover writes every row into a file, and looks through the last reading', async () => {
  const { muster } = service
  const file = join(programs.folder(), 'accounts.csv')
  expect(await muster('discover', '--csv', file)).toMatchObject({ code: 0, output: '' })
  const lines = readFileSync(file, 'utf8').trim().split('\r\n')
  expect(lines[0]).toMatch(/^accountClass,displayName,userName,email/)
  expect(lines.length).toBeGreaterThan(3)
  const last = await muster('discover', 'adam', '--last')
  expect([last.code, last.errors]).toEqual([0, ''])
  expect(last.output).toContain('Nobody in the directory matches it.')
})

test('a job is made, does not run before it is started, and is deleted after saying what that forgets', async () => {
  const { muster } = service
  expect((await muster('jobs', 'create', 'Trial')).output).toContain('It writes to the same Slack as Slack')
  expect((await muster('jobs')).output).toMatch(/Trial +│ NotRun +│ Disabled/)
  expect(await muster('run', '--job', 'Trial')).toMatchObject({
    code: 1,
    errors: expect.stringContaining('never been started') as string,
  })
  expect(await muster('jobs', 'delete', 'Slack')).toMatchObject({
    code: 4,
    errors: expect.stringMatching(/which account is whose, for .*people.*assignment/) as string,
  })
  expect((await muster('jobs', 'delete', 'Trial', '--yes')).code).toBe(0)
  expect((await muster('jobs')).output).not.toContain('Trial')
})

test('quarantine is shown, imposed and lifted; the mode is never manual again', async () => {
  const { muster } = service
  expect((await muster('quarantine')).output).toContain('The job is healthy')
  expect((await muster('quarantine', 'impose', '--because', 'Wait.')).output).toContain('Wait.')
  expect((await muster('status')).output).toContain('QuarantinedOnDemand')
  expect((await muster('quarantine', 'lift')).output).toContain('the job is Active')
  expect(await muster('settings', 'set', 'provisioningMode', 'manual')).toMatchObject({
    code: 1,
    errors: expect.stringContaining('never made manual again') as string,
  })
})

test('a narrowed scope waits for a restart when asked to', async () => {
  const { muster } = service
  expect((await muster('scope', 'all')).code).toBe(0)
  expect((await muster('scope', 'assigned', '--later', '--yes')).output).toContain('after the next muster restart')
  expect((await muster('status')).output).toContain('until muster restart')
  expect((await muster('scope', 'assigned', '--yes')).code).toBe(0)
  expect((await muster('status')).output).toContain('scope assigned users and groups')
})

test('what a start makes of jobs: configured once stays so, and what was deleted does not come back', async () => {
  const data = programs.folder()
  const slack = { url: 'http://127.0.0.1:9', token: 'xoxp-1-2-nobody' }
  const first = startService(programs, { data })
  expect((await musterAt(programs, await first.url)('jobs')).output).toMatch(/NotConfigured +│ Disabled/)
  await stopService(first)

  const second = startService(programs, { data, slack })
  expect((await musterAt(programs, await second.url)('jobs')).output).toMatch(/NotRun +│ Active/)
  await stopService(second)

  const third = startService(programs, { data })
  const muster = musterAt(programs, await third.url)
  await vi.waitFor(async () => expect((await muster('jobs')).output).toMatch(/Quarantine +│ Active/), {
    timeout: 30_000,
  })
  expect((await muster('quarantine')).output).toContain('There is no Slack token')
  expect((await muster('jobs', 'delete', 'default', '--yes')).code).toBe(0)
  await stopService(third)

  const fourth = startService(programs, { data, slack })
  expect((await musterAt(programs, await fourth.url)('jobs')).output).toContain('There is no job')
  await stopService(fourth)
})

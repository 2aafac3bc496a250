/* Stopping the service in the middle of a cycle, with Slack in its usual health, silent, or stopped at the same moment. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { writeCompany } from '../../scripts/seed/index.ts'
import { createSimulator, type Simulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import { companyOfShortNames } from '../builders/company-of-short-names.ts'
import { differencesFrom, expectedSlack } from '../builders/expected-slack.ts'
import { musterAt, startService, stopService, type MusterService } from '../builders/muster-service.ts'
import { createPrograms, writeFiles } from '../builders/programs.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Longer than the service waits for objects in flight, shorter than service managers wait before they kill. */
const stopMsMax = 9000

const company = companyOfShortNames({ users: 60, groups: 2, seed: 7 })
const expected = expectedSlack(company, ['All staff'])

const programs = createPrograms()
let simulator: Simulator
let handle: Simulator['handle']
let listening: Awaited<ReturnType<Simulator['listen']>>
let data: string
/** Resolves when the service has asked Slack to change something. */
let firstWrite: Promise<void>
let others: ReadonlySet<string>

beforeEach(async () => {
  simulator = createSimulator({ rateScale: 0, latencyMs: 30, latencyJitterMs: 0 })
  others = new Set(simulator.people().map(({ id }) => id))
  const { promise, resolve } = Promise.withResolvers<void>()
  firstWrite = promise
  handle = (request) => {
    if (request.method !== 'GET') resolve()
    return simulator.handle(request)
  }
  listening = await listenOn(handle, {})
  data = programs.folder()
  const files = programs.folder()
  writeFiles(files, writeCompany(company, 'graph-json'))
  const service = startService(programs, { data })
  const muster = musterAt(programs, await service.url)
  expect(await muster('import', files)).toMatchObject({ code: 0 })
  expect(await muster('assign', '--group', 'All staff')).toMatchObject({ code: 0 })
  await stopService(service)
})
afterEach(async () => {
  await programs.clear()
  await listening.close()
})

const start = (): MusterService =>
  startService(programs, {
    data,
    slack: { url: listening.url, token: simulator.token },
    args: ['--log-level', 'info'],
  })

async function stopQuickly(service: MusterService): Promise<string> {
  const askedAt = Date.now()
  const end = await stopService(service)
  expect(Date.now() - askedAt).toBeLessThan(stopMsMax)
  expect(end).toMatchObject({ code: 0, errors: '' })
  expect(end.output).toMatch(/"msg":"cycle stopped"/)
  return end.output
}

async function expectItGoesOn(): Promise<void> {
  const service = start()
  await service.program.line(/"msg":"cycle goes on from its last saved page"/)
  await service.program.line(/"state":"Succeeded".*"msg":"cycle ended"/)
  expect(differencesFrom(expected, { people: simulator.people(), groups: simulator.groups() }, others)).toEqual([])
  await stopService(service)
}

test('what is in flight is finished, and the next start goes on', async () => {
  const service = start()
  await firstWrite
  await stopQuickly(service)
  await expectItGoesOn()
})

test('a Slack that does not answer is not waited for', async () => {
  simulator.addFault({ kind: 'timeoutAfter', method: 'POST' })
  const service = start()
  await firstWrite
  await stopQuickly(service)
  simulator.clearFaults()
  await expectItGoesOn()
})

test('a Slack that asks for patience is not waited for', async () => {
  simulator.addFault({ kind: 'status', status: 429, headers: { 'retry-after': '120' }, method: 'POST' })
  const service = start()
  await firstWrite
  await stopQuickly(service)
  simulator.clearFaults()
  await expectItGoesOn()
})

test('a Slack that is stopped at the same moment breaks nothing off', async () => {
  const service = start()
  await firstWrite
  const { port } = listening
  const stopping = stopQuickly(service)
  await listening.close()
  expect(await stopping).not.toMatch(/"level":50/)
  listening = await listenOn(handle, { port })
  await expectItGoesOn()
})

test('a cycle that broke off is tried again at the next start, not a minute later', async () => {
  simulator.addFault({ kind: 'status', status: 401, body: '{"Errors":{"description":"invalid_authentication"}}' })
  const service = start()
  await service.program.line(/"msg":"cycle broken off"/)
  await stopService(service)
  simulator.clearFaults()
  const startedAt = Date.now()
  await expectItGoesOn()
  expect(Date.now() - startedAt).toBeLessThan(45_000)
})

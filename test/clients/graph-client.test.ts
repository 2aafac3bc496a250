/* The journey of an administrator's script with Microsoft's packages, over HTTPS, against a service started with --tls. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSimulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import { musterAt, musterScript, startService } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'

const programs = createPrograms()
const simulator = createSimulator({ rateScale: 0, latencyMs: 0, latencyJitterMs: 0, knobs: { logBodies: false } })
let slack: Awaited<ReturnType<typeof listenOn>>
beforeAll(async () => {
  slack = await listenOn((request) => simulator.handle(request), {})
})
afterAll(async () => {
  await programs.clear()
  await slack.close()
})

const permissions = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'AuditLog.Read.All',
  'Synchronization.ReadWrite.All',
  'User.ReadWrite.All',
]

test('people, application, secrets, job, schema, on demand and the log, by a program that trusts NODE_EXTRA_CA_CERTS alone', async () => {
  const data = programs.folder()
  const environment = { MUSTER_DATA: data }
  await programs.run(musterScript, ['tls', 'init'], { environment })
  const service = startService(programs, { data, args: ['--tls', '--cycle-every', '24h'] })
  const { port } = new URL(await service.url)
  const root = `https://localhost:${port}`
  const muster = musterAt(programs, root, { environment })
  const made = await muster('client', 'create', '--name', 'script', '--permission', ...permissions, '--json')
  expect(made.errors).toBe('')
  const client = JSON.parse(made.output) as Readonly<Record<'tenantId' | 'clientId' | 'clientSecret', string>>
  const { tenantId, clientId, clientSecret } = client
  const given = [root, tenantId, clientId, clientSecret, slack.url, simulator.token]
  const script = 'test/clients/graph-client-program.ts'
  const trusting = { environment: { NODE_EXTRA_CA_CERTS: join(data, 'tls', 'authority.pem') } }

  const ended = await programs.run(script, given, trusting)
  expect(ended).toMatchObject({ code: 0, errors: '' })
  expect(JSON.parse(ended.output)).toEqual({
    users: ['Mira', 'Jonas', 'Ines'].toSorted().map(() => expect.any(String) as string),
    schedule: 'Active',
    secrets: ['BaseAddress', 'SecretToken'],
    demanded: true,
    logged: expect.any(Number) as number,
  })
  expect((JSON.parse(ended.output) as { readonly logged: number }).logged).toBeGreaterThan(0)

  // Whoever does not trust the authority sends nothing.
  const untrusting = await programs.run(script, given)
  expect(untrusting.code).not.toBe(0)
  expect(untrusting.errors).toContain('endpoints_resolution_error')
})

/* Every route that changes something has a name in the audit log, and tells of what it did, or of why it was refused. */
import fastify from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { apiPorts } from '../../test/builders/api-ports.ts'
import { aWorld, type World } from '../../test/builders/world.ts'
import type { DirectoryAudit } from '../vocabulary/index.ts'
import { auditChanges } from './audit-changes.ts'
import { auditedRoutes } from './audited-routes.ts'
import { createApi } from './index.ts'
import type { ApiPorts, ConnectionPort } from './ports.ts'

let world: World
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await world.close()
})

const never = (): never => {
  throw new Error('nobody asks for this here')
}

const connection: ConnectionPort = {
  targetUrl: 'https://api.slack.com',
  state: () => ({ origin: 'none' }) as ReturnType<ConnectionPort['state']>,
  test: never,
  save: (token) =>
    Promise.resolve({
      targetUrl: 'https://api.slack.com',
      account: null,
      notes: [],
      isAccepted: token.length > 9,
      steps: [],
    }),
  beginAuthorization: never,
  finishAuthorization: never,
  authorizationOutcome: never,
  takeCode: never,
  probe: never,
}

async function anApi(more: Partial<ApiPorts> = {}): Promise<Awaited<ReturnType<typeof createApi>>> {
  world = await aWorld()
  const app = await createApi({ ...apiPorts(world.ports, connection), ...more })
  closing.push(() => app.close())
  await app.ready()
  return app
}

const told = async (): Promise<readonly DirectoryAudit[]> =>
  (await world.store.audit.query({ limit: 100 })).entries.map(({ entry }) => entry).reverse()

test('a route that changes something and has no name in the audit log keeps the service from starting', async () => {
  world = await aWorld()
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const app = fastify()
    auditChanges(app, apiPorts(world.ports), '/muster/v1')
    app.get('/muster/v1/jobs/:job/colour', never)
    app.route({ method, url: '/muster/v1/jobs/:job/colour', handler: never })
    await expect(app.ready()).rejects.toThrow(
      new RegExp(`^${method} /jobs/:job/colour: this may change something.*Add it to src/api/audited-routes.ts`),
    )
  }
})

test('each name in the audit log belongs to a route', async () => {
  const app = await anApi()
  for (const key of Object.keys(auditedRoutes)) {
    const [method = '', path = ''] = key.split(' ')
    expect([key, app.hasRoute({ method, url: `/muster/v1${path}` })]).toEqual([key, true])
  }
})

test('what the routes do to a job is told of, each under its name, and once', async () => {
  const app = await anApi()
  const ana = await world.user('Ana Able', {}, { isAssigned: false })
  await world.run()
  const send = async (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, payload?: object): Promise<number> =>
    (
      await app.inject({
        method,
        url: `/muster/v1/jobs/default/${path}`,
        ...(payload === undefined ? {} : { payload }),
      })
    ).statusCode
  expect(await send('POST', 'assignments', { name: ana })).toBe(200)
  // A second time there is nothing to do, and nothing to tell.
  expect(await send('POST', 'assignments', { name: ana })).toBe(200)
  expect(await send('POST', 'run')).toBe(202)
  expect(await send('POST', 'pause')).toBe(200)
  expect(await send('POST', 'start')).toBe(200)
  expect(await send('POST', 'restart')).toBe(200)
  expect(await send('POST', 'schema/restoreDefaults')).toBe(200)
  expect(await send('DELETE', `assignments?name=${ana}`)).toBe(200)
  expect(await send('POST', 'removals/allow')).toBe(200)
  const entries = await told()
  expect(entries.map((entry) => entry.activityDisplayName)).toEqual([
    'Add app role assignment',
    'Run provisioning cycle',
    'Disable/pause provisioning configuration',
    'Enable/start provisioning configuration',
    'Enable/restart provisioning configuration',
    'Update attribute mappings or scope',
    'Remove app role assignment',
  ])
  expect(entries[0]?.targetResources).toMatchObject([
    { type: 'Job', id: world.job.jobId },
    { type: 'User', id: ana, displayName: 'Ana Able' },
  ])
  expect(new Set(entries.map((entry) => entry.correlationId)).size).toBe(entries.length)
  expect(await world.store.audit.verify()).toMatchObject({ isIntact: true, entries: entries.length })
})

test('a token is never told; that it was replaced, or refused, is', async () => {
  const app = await anApi()
  const save = async (token: string): Promise<number> =>
    (await app.inject({ method: 'PUT', url: '/muster/v1/jobs/default/credentials', payload: { token } })).statusCode
  expect(await save('xoxp-a-real-secret')).toBe(200)
  expect(await save('short')).toBe(400)
  expect(await told()).toMatchObject([
    { activityDisplayName: 'Update provisioning setting or credentials', result: 'success' },
    { activityDisplayName: 'Update provisioning setting or credentials', result: 'failure' },
  ])
  expect(JSON.stringify(await told())).not.toMatch(/xoxp|short/)
})

test('an attempt that is refused is told of with the reason; one that was not understood is not', async () => {
  const app = await anApi()
  await world.user('Ana Able')
  await world.run()
  const url = '/muster/v1/jobs/default/links/user-ana.able'
  expect((await app.inject({ method: 'DELETE', url })).statusCode).toBe(409)
  expect(
    (await app.inject({ method: 'POST', url: '/muster/v1/jobs/default/assignments', payload: {} })).statusCode,
  ).toBe(400)
  expect((await app.inject({ method: 'POST', url: '/muster/v1/jobs/none/pause' })).statusCode).toBe(404)
  expect(await told()).toMatchObject([
    {
      activityDisplayName: 'Remove object connection',
      result: 'failure',
      resultReason: expect.stringContaining('a link is deleted only while nothing uses it') as string,
    },
  ])
})

test('who calls is the user that the command line names, and never more than that', async () => {
  const app = await anApi()
  const pause = async (operator?: string): Promise<unknown> => {
    const headers = operator === undefined ? {} : { 'muster-operator': operator }
    await app.inject({ method: 'POST', url: '/muster/v1/jobs/default/run', headers })
    return (await told()).at(-1)?.initiatedBy
  }
  const by = (displayName: string): unknown => ({
    user: { id: null, displayName, userPrincipalName: null, ipAddress: '127.0.0.1' },
    app: null,
  })
  expect(await pause('mira')).toEqual(by('mira'))
  expect(await pause('%C3%96d%C3%B6n')).toEqual(by('Ödön'))
  expect(await pause('%E0%A4%A')).toEqual(by('local operator'))
  expect(await pause()).toEqual(by('local operator'))
})

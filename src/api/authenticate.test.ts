/* Deny by default: nobody gets in unknown, wherever they knock. */
import { afterEach, expect, test } from 'vitest'
import { apiPorts } from '../../test/builders/api-ports.ts'
import { aWorld, type World } from '../../test/builders/world.ts'
import { auditedRoutes } from './audited-routes.ts'
import { createApi, createIdentify } from './index.ts'

const operatorKey = 'muster_operator_0123456789abcdefghijklmnopqrstuvwxyz'

let world: World
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await world.close()
})

async function anApi(): Promise<Awaited<ReturnType<typeof createApi>>> {
  world = await aWorld()
  const ports = apiPorts(world.ports)
  const app = await createApi({ ...ports, identify: createIdentify({ ...ports, operatorKey }) })
  closing.push(() => app.close())
  return app
}

const host = 'localhost:8470'

test('the operator key opens both parts', async () => {
  const app = await anApi()
  for (const url of ['/muster/v1/status', '/v1.0/users', '/BETA/groups']) {
    const headers = { host, authorization: `bearer ${operatorKey}` }
    expect((await app.inject({ url, headers })).statusCode, url).toBe(200)
  }
})

test('without a key Graph answers in its own envelope, and says where a token comes from', async () => {
  const app = await anApi()
  for (const url of ['/v1.0/users', '/beta/servicePrincipals/x/synchronization/jobs', '/v1.0/no/such/thing']) {
    const answer = await app.inject({ url, headers: { host } })
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toMatchObject({
      error: { code: 'InvalidAuthenticationToken', message: 'Access token is empty.' },
    })
    expect(answer.headers['request-id']).toBeTypeOf('string')
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer realm="", authorization_uri="http://${host}/${world.ports.tenantId}/oauth2/v2.0/authorize", client_id="00000003-0000-0000-c000-000000000000"`,
    )
  }
})

test('without a key /muster/v1 says what to do', async () => {
  const app = await anApi()
  const answer = await app.inject({ url: '/muster/v1/status', headers: { host } })
  expect(answer.statusCode).toBe(401)
  expect(answer.json<{ error: object }>().error).toMatchObject({
    code: 'unauthenticated',
    message: expect.stringMatching(/operator\.key.*MUSTER_CLIENT_ID/) as string,
  })
})

test.each([
  `Bearer ${operatorKey}x`,
  `Bearer ${operatorKey.slice(1)}`,
  `Basic ${Buffer.from(`operator:${operatorKey}`).toString('base64')}`,
  'Bearer',
  operatorKey,
  'Bearer ö',
])('"%s" opens nothing, and is not repeated', async (authorization) => {
  const app = await anApi()
  for (const url of ['/muster/v1/status', '/v1.0/users']) {
    const answer = await app.inject({ url, headers: { host, authorization } })
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"')
    expect(answer.body).not.toContain(operatorKey.slice(1))
  }
})

test('the operator key counts on this machine only', async () => {
  const app = await anApi()
  const headers = { host, authorization: `Bearer ${operatorKey}` }
  const from = async (remoteAddress: string): Promise<number> =>
    (await app.inject({ url: '/muster/v1/status', headers, remoteAddress })).statusCode
  expect(await from('192.0.2.7')).toBe(401)
  expect(await from('::ffff:127.0.0.1')).toBe(200)
  expect(await from('::1')).toBe(200)
})

test('nobody known is told that the service is up, and how to find the way in; what changes something is closed', async () => {
  const app = await anApi()
  expect((await app.inject({ url: '/muster/v1/health', headers: { host } })).json()).toEqual({ status: 'ok' })
  expect((await app.inject({ url: '/metadata/endpoints', headers: { host } })).statusCode).toBe(200)
  const answers = new Map<number, number>()
  for (const key of Object.keys(auditedRoutes)) {
    const [method = '', path = ''] = key.split(' ')
    const { statusCode } = await app.inject({ method: method as 'POST', url: `/muster/v1${path}`, headers: { host } })
    answers.set(statusCode, (answers.get(statusCode) ?? 0) + 1)
  }
  // 400: the consent page's answer, which is recognised by its state, had none.
  expect([...answers.keys()].filter((status) => ![400, 401, 404].includes(status))).toEqual([])
  expect(answers.get(400)).toBe(1)
  expect(answers.get(401)).toBeGreaterThan(30)
})

import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Transport, TransportRequest } from './transport.ts'
import { createPoolTransport } from './transport.ts'
import { transportFailure } from './transport-failure.ts'

const servers: Server[] = []
const transports: Transport[] = []

afterEach(async () => {
  for (const transport of transports.splice(0)) await transport.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function open(origin: string): Transport {
  const transport = createPoolTransport(origin, 4)
  transports.push(transport)
  return transport
}

const get: TransportRequest = { method: 'GET', path: '/scim/v1/Users?count=1', headers: { authorization: 'Bearer x' } }
const { signal } = new AbortController()

async function failureOf(promise: Promise<unknown>): Promise<ReturnType<typeof transportFailure>> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return transportFailure(error)
}

test('method, path, headers and body arrive; status, headers and body come back', async () => {
  const origin = await listen(
    createServer((request, response) => {
      let body = ''
      request.on('data', (part: Buffer) => (body += part.toString()))
      request.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/json', 'retry-after': '7' })
        response.end(JSON.stringify([request.method, request.url, request.headers.authorization, body]))
      })
    }),
  )
  const post = { ...get, method: 'POST', path: '/scim/v1/Users', body: '{"userName":"zoë"}' } as const
  const answer = await open(origin).send(post, { signal })
  expect(JSON.parse(answer.body)).toEqual(['POST', '/scim/v1/Users', 'Bearer x', '{"userName":"zoë"}'])
  expect([answer.status, answer.headers['retry-after']]).toEqual([201, '7'])
})

test('an answer in parts is put together before it is read: a letter may lie across two of them', async () => {
  const bytes = Buffer.from('\ufeff{"userName":"zoë"}')
  const origin = await listen(
    createServer((_request, response) => {
      response.write(bytes.subarray(0, -3), () => setImmediate(() => response.end(bytes.subarray(-3))))
    }),
  )
  expect((await open(origin).send(get, { signal })).body).toBe('{"userName":"zoë"}')
})

test('a connection that breaks off may have carried the request', async () => {
  const origin = await listen(createServer((request) => request.socket.destroy()))
  expect((await failureOf(open(origin).send(get, { signal }))).neverArrived).toBe(false)
})

test('an answer that breaks off is a failure too', async () => {
  const origin = await listen(
    createServer((request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"id"', () => request.socket.destroy())
    }),
  )
  expect((await failureOf(open(origin).send(get, { signal }))).neverArrived).toBe(false)
})

test('where nobody listens the request never arrived', async () => {
  const server = createServer()
  const origin = await listen(server)
  servers.splice(0)
  await new Promise((resolve) => server.close(resolve))
  expect(await failureOf(open(origin).send(get, { signal }))).toEqual({ code: 'ECONNREFUSED', neverArrived: true })
})

test('an aborted request ends', async () => {
  const controller = new AbortController()
  const origin = await listen(createServer(() => controller.abort(new Error('too slow'))))
  await expect(open(origin).send(get, { signal: controller.signal })).rejects.toThrow('too slow')
})

test('what is no network failure is thrown on', () => {
  const fault = new TypeError('a fault of ours')
  expect(() => transportFailure(fault)).toThrow(fault)
})

/* Over HTTP: the same answers, broken connections, hostile input, and the controls below /_sim. */
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { aUser, aWorkspace } from '../test/builders/slack-workspace.ts'
import type { Workspace } from '../test/builders/slack-workspace.ts'
import type { Listening } from './index.ts'

const open: Listening[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((listening) => listening.close()))
})

async function listening(workspace: Workspace = aWorkspace()): Promise<{ url: string; port: number } & Workspace> {
  const server = await workspace.simulator.listen()
  open.push(server)
  return { ...workspace, url: server.url, port: server.port }
}

function post(url: string, token: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })
}

test('a person made over HTTP is there, with a body of the said length', async () => {
  const { url, simulator } = await listening()
  const made = await post(`${url}/scim/v1/Users`, simulator.token, aUser('nina', { title: 'Käpt’n' }))
  const text = await made.text()
  expect([made.status, made.headers.get('content-type')]).toEqual([201, 'application/json; charset=utf-8'])
  expect(made.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
  expect(simulator.person('nina')?.title).toBe('Käpt’n')
  const deleted = await fetch(`${url}/scim/v2/Users/${simulator.person('nina')?.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${simulator.token}` },
  })
  expect([deleted.status, await deleted.text()]).toEqual([204, ''])
})

test('resets break the connection, timeouts leave the client waiting', async () => {
  const { url, simulator } = await listening()
  simulator.addFault({ kind: 'reset', next: 1 })
  await expect(post(`${url}/scim/v1/Users`, simulator.token, aUser('nina'))).rejects.toThrow('fetch failed')
  expect(simulator.person('nina')).toBeUndefined()
  simulator.addFault({ kind: 'timeoutAfter', next: 1 })
  const impatient = new AbortController()
  const waiting = post(`${url}/scim/v1/Users`, simulator.token, aUser('nina'), impatient.signal)
  while (simulator.person('nina') === undefined) await fetch(`${url}/_sim/clock`)
  impatient.abort()
  await expect(waiting).rejects.toThrow('aborted')
})

test('a body beyond sixteen megabytes is not read', async () => {
  const { url, simulator } = await listening()
  const answer = await post(`${url}/scim/v1/Users`, simulator.token, { x: 'x'.repeat(17 * 1024 * 1024) }).catch(
    () => null,
  )
  expect(answer === null || answer.status === 413).toBe(true)
  expect((await fetch(`${url}/_sim`)).status).toBe(200)
})

test('what is no HTTP does not stop it', async () => {
  const { url, port } = await listening()
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('\u0000\u0001nonsense\r\n\r\n'))
    socket.on('error', () => resolve())
    socket.on('close', () => resolve())
    socket.resume()
  })
  expect((await fetch(`${url}/_sim`)).status).toBe(200)
})

test('everything a test needs can be done below /_sim', async () => {
  const { url, simulator } = await listening()
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/_sim${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    expect(response.status, text).toBeLessThan(300)
    return text === '' ? undefined : JSON.parse(text)
  }
  expect(await control('GET', '')).toMatchObject({ token: simulator.token, people: 3, settings: { domain: 'acme' } })
  expect(await control('PATCH', '/knobs', { latencyMs: 5 })).toMatchObject({ latencyMs: 5 })
  expect(await control('PATCH', '/settings', { profileSync: false })).toMatchObject({ profileSync: false })
  const { id: fault } = (await control('POST', '/faults', { kind: 'status', status: 503, next: 1 })) as { id: number }
  expect(await control('GET', '/faults')).toEqual([{ id: fault, kind: 'status', status: 503, next: 1, hits: 0 }])
  await control('DELETE', `/faults/${fault}`)
  const before = (await control('GET', '/clock')) as { now: number }
  expect(await control('POST', '/clock', { stepMs: 500 })).toEqual({ now: before.now + 500 })
  await control('POST', '/people', { userName: 'oscar', email: 'oscar@acme.example', role: 'owner' })
  expect(await control('PATCH', '/people/oscar', { role: 'member' })).toMatchObject({ role: 'member' })
  await control('POST', '/groups', { displayName: 'Crew', members: ['oscar'] })
  expect(await control('GET', '/groups/Crew')).toMatchObject({ memberIds: [simulator.person('oscar')?.id] })
  const { token } = (await control('POST', '/tokens', { installer: 'olga' })) as { token: string }
  expect((await post(`${url}/scim/v1/Users`, token, aUser('nina'))).status).toBe(201)
  expect(await control('GET', '/requests')).toMatchObject({ count: 1, entries: [{ status: 201 }] })
  expect(await control('GET', '/audit')).toContainEqual(expect.objectContaining({ action: 'user_created' }))
  expect(await control('GET', '/rate')).toContainEqual(expect.objectContaining({ name: 'POST /Users' }))
  const snapshot = await control('GET', '/snapshot')
  await control('POST', '/reset')
  expect(simulator.person('nina')).toBeUndefined()
  await control('POST', '/restore', snapshot)
  expect(await control('GET', '/people/nina@acme.example')).toMatchObject({ userName: 'nina' })
})

test('a control that is misspelt says so', async () => {
  const { url } = await listening()
  const wrong: readonly (readonly [string, string, string | undefined, number])[] = [
    ['GET', '/nothing', undefined, 404],
    ['GET', '/people/nobody', undefined, 404],
    ['DELETE', '/faults/7', undefined, 404],
    ['PATCH', '/knobs', '{"latency":5}', 400],
    ['PATCH', '/knobs', '{"__proto__":{"latencyMs":5}}', 400],
    ['POST', '/faults', '{"kind":"nothing"}', 400],
    ['POST', '/faults', '{"kind":"status","path":"("}', 400],
    ['POST', '/tokens', '{"installer":"nobody"}', 400],
    ['POST', '/restore', '{}', 400],
    ['POST', '/restore', '{"store":{"changes":[{"kind":"person","person":{}}],"numbers":{}},"knobs":{}}', 400],
    ['POST', '/clock', '{"stepMs":-1}', 400],
    ['POST', '/clock', '{', 400],
    ['GET', '/people/%', undefined, 400],
  ]
  for (const [method, path, body, status] of wrong) {
    const response = await fetch(`${url}/_sim${path}`, { method, ...(body === undefined ? {} : { body }) })
    expect([response.status, await response.json()], `${method} ${path}`).toEqual([
      status,
      { error: expect.any(String) as string },
    ])
  }
})

/* Microsoft's own client, unchanged, against the service over HTTP (graph-api.md 7.2). */
import { connect, type AddressInfo } from 'node:net'
import { Client, type PageCollection } from '@microsoft/microsoft-graph-client'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aWorld, type World } from '../builders/world.ts'

/** The part of Microsoft's types that is used here; their package holds declarations alone, which no tool resolves. */
interface Group {
  readonly id?: string
}
interface User {
  readonly id?: string
  readonly displayName?: string
  readonly [name: string]: unknown
}

let world: World
let app: FastifyInstance
let client: Client
beforeEach(async () => {
  world = await aWorld()
  app = await createApi(apiPorts(world.ports))
  const baseUrl = `${await app.listen({ port: 0, host: '127.0.0.1' })}/`
  client = Client.init({ baseUrl, customHosts: new Set(['127.0.0.1']), authProvider: (done) => done(null, 'none yet') })
})
afterEach(async () => {
  await app.close()
  await world.close()
})

async function ask<T>(request: Promise<unknown>): Promise<T> {
  return (await request) as T
}

/** Over HTTP this client takes an absolute link for a path, and so its own iterator cannot be used: links are cut to it. */
async function pages(path: string): Promise<{ readonly items: readonly unknown[]; readonly deltaLink: string }> {
  const items: unknown[] = []
  let next: string | undefined = path
  let deltaLink = ''
  while (next !== undefined) {
    const page: PageCollection = await ask<PageCollection>(client.api(next).get())
    items.push(...(page.value as unknown[]))
    next = page['@odata.nextLink']?.replace(/^.*\/v1\.0/, '')
    deltaLink = page['@odata.deltaLink']?.replace(/^.*\/v1\.0/, '') ?? ''
  }
  return { items, deltaLink }
}

const newUser = (name: string): User => ({
  accountEnabled: true,
  displayName: name,
  mailNickname: name.toLowerCase(),
  userPrincipalName: `${name.toLowerCase()}@example.com`,
  passwordProfile: { password: 'Wonderful-1' },
})

it('what is no HTTP, or too much of it, is answered in Graph’s envelope too', async () => {
  const { port } = app.server.address() as AddressInfo
  const raw = async (text: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    socket.end(text)
    let answer = ''
    for await (const piece of socket) answer += String(piece)
    return answer
  }
  expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"Request_BadRequest"/)
  const large = await raw(`GET /v1.0/users?$filter=${'x'.repeat(20_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  expect(large).toMatch(/^HTTP\/1.1 431 [\s\S]*"request-id":"[0-9a-f-]{36}"/)
})

describe('@microsoft/microsoft-graph-client', () => {
  it('creates people and a group, follows them by delta, and reads errors', async () => {
    const people: User[] = []
    for (const name of ['Mira', 'Tom', 'Zoe']) people.push(await ask<User>(client.api('/users').post(newUser(name))))
    const group = await ask<Group>(
      client.api('/groups').post({
        displayName: 'Crew',
        mailEnabled: false,
        mailNickname: 'crew',
        securityEnabled: true,
        'owners@odata.bind': [`https://graph.microsoft.com/v1.0/users/${people[0]?.id ?? ''}`],
      }),
    )
    const groupId = group.id ?? ''
    for (const { id = '' } of people)
      await client
        .api(`/groups/${groupId}/members/$ref`)
        .post({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })

    const names = (await pages('/users?$top=2&$select=id,displayName')).items.map((user) => (user as User).displayName)
    expect(names.toSorted()).toEqual(['Mira', 'Tom', 'Zoe'])

    const counted = await ask<PageCollection>(
      client
        .api(`/groups/${groupId}/members`)
        .header('ConsistencyLevel', 'eventual')
        .count(true)
        .filter("startswith(displayName,'m')")
        .get(),
    )
    expect(counted['@odata.count']).toBe(1)
    expect(counted.value).toMatchObject([{ '@odata.type': '#microsoft.graph.user', displayName: 'Mira' }])

    const { deltaLink } = await pages('/groups/delta?$select=displayName,members')
    const [, tom] = people
    await client.api(`/groups/${groupId}/members/${tom?.id ?? ''}/$ref`).delete()
    await client.api(`/users/${tom?.id ?? ''}`).update({ jobTitle: 'Cook' })
    const changes = await ask<PageCollection>(client.api(deltaLink).get())
    expect(changes.value).toMatchObject([
      { id: groupId, 'members@delta': [{ id: tom?.id, '@removed': { reason: 'deleted' } }] },
    ])
    expect(await ask<User>(client.api('/users/tom@example.com').version('beta').get())).toMatchObject({
      jobTitle: 'Cook',
    })

    await client.api(`/users/${tom?.id ?? ''}`).delete()
    await expect(client.api(`/users/${tom?.id ?? ''}`).get()).rejects.toMatchObject({
      statusCode: 404,
      code: 'Request_ResourceNotFound',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    })
    const restored = await ask<User>(client.api(`/directory/deletedItems/${tom?.id ?? ''}/restore`).post({}))
    expect(restored.displayName).toBe('Tom')
  })

  it('what it writes reaches the target in the next cycle', async () => {
    const { id = '' } = await ask<User>(
      client.api('/users').post({ ...newUser('Mira'), mail: 'mira@example.com', jobTitle: 'Mate' }),
    )
    await world.assign(id)
    await world.run()
    expect(await world.link('User', id)).toMatchObject({ isActive: true })
    await client.api(`/users/${id}`).update({ jobTitle: 'Captain' })
    await world.run()
    expect(world.target.objects('User').map(({ attributes }) => attributes['title'])).toEqual(['Captain'])
    await client.api(`/users/${id}`).delete()
    await world.run()
    expect(await world.link('User', id)).toMatchObject({ isActive: false })
  })
})

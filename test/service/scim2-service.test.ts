/* A SCIM 2.0 service as the target of a whole Muster: settings, test of the connection, a cycle, a change, a leaver. */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { musterAt, musterScript } from '../builders/muster-service.ts'
import { createPrograms, writeFiles } from '../builders/programs.ts'
import { startScim2Server, type Scim2Server } from '../builders/scim2-server.ts'

const programs = createPrograms()
let server: Scim2Server
afterEach(async () => {
  await programs.clear()
  await server.close()
})

const people = (title: string, isTomThere: boolean): string =>
  JSON.stringify({
    value: [
      {
        id: '11111111-1111-4111-8111-111111111111',
        displayName: 'Mira Okafor',
        givenName: 'Mira',
        surname: 'Okafor',
        userPrincipalName: 'mira@acme.example',
        mail: 'mira@acme.example',
        mailNickname: 'mira',
        jobTitle: title,
        department: 'Fleet',
        city: 'Oslo',
        accountEnabled: true,
      },
      {
        id: '22222222-2222-4222-8222-222222222222',
        displayName: 'Tom Hill',
        givenName: 'Tom',
        surname: 'Hill',
        userPrincipalName: 'tom@acme.example',
        mail: 'tom@acme.example',
        mailNickname: 'tom',
        accountEnabled: isTomThere,
        manager: { id: '11111111-1111-4111-8111-111111111111' },
      },
    ],
  })

test('people join, change and leave', async () => {
  server = await startScim2Server()
  const folder = programs.folder()
  const environment = {
    MUSTER_DIALECT: 'scim2',
    MUSTER_SLACK_URL: server.url,
    MUSTER_SLACK_TOKEN: server.token,
    MUSTER_SCIM_PROFILE: join(folder, 'profile.json'),
  }
  writeFiles(folder, [
    { name: 'profile.json', text: JSON.stringify({ name: 'The intranet', patch: 'noPath' }) },
    { name: 'first.json', text: people('Captain', true) },
    { name: 'later.json', text: people('Admiral', false) },
  ])
  const service = programs.start(musterScript, ['serve', '--port', '0', '--data', programs.folder()], { environment })
  const [, address = ''] = await service.line(/^muster ready (\S+)$/)
  const muster = musterAt(programs, address)

  const tested = await muster('slack', 'test')
  expect([tested.code, tested.errors]).toEqual([0, ''])
  expect(tested.output).toContain('The intranet accepted the token')

  const imported = await muster('import', join(folder, 'first.json'))
  expect([imported.code, imported.errors]).toEqual([0, ''])
  expect((await muster('scope', 'all')).code).toBe(0)
  expect((await muster('run')).code).toBe(0)
  const [mira, tom] = [...server.users.values()]
  expect(mira).toMatchObject({
    userName: 'mira',
    title: 'Captain',
    active: true,
    emails: [{ value: 'mira@acme.example', type: 'work', primary: true }],
    addresses: [{ type: 'work', locality: 'Oslo' }],
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Fleet' },
  })
  expect(tom).toMatchObject({
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: { value: mira?.id } },
  })

  expect((await muster('import', join(folder, 'later.json'))).code).toBe(0)
  expect((await muster('run')).code).toBe(0)
  const after = new Map([...server.users.values()].map((user) => [user['userName'], user]))
  expect(after.get('mira')).toMatchObject({ title: 'Admiral', active: true })
  expect(after.get('tom')).toMatchObject({ active: false })

  const asked = server.requests.length
  expect((await muster('run')).code).toBe(0)
  expect(server.requests.slice(asked).filter((request) => !request.startsWith('GET'))).toEqual([])

  // A token that is not taken stops the job, and says so.
  server.refuseToken()
  const refused = await muster('slack', 'test')
  expect(refused.code).toBe(1)
  expect(refused.output).toContain('FAILED query')
})

test('a profile that cannot be used keeps the service from starting, in one line', async () => {
  server = await startScim2Server()
  const folder = programs.folder()
  writeFiles(folder, [{ name: 'profile.json', text: '{"patches": "all"}' }])
  const environment = { MUSTER_DIALECT: 'scim2', MUSTER_SCIM_PROFILE: join(folder, 'profile.json') }
  const ended = await programs.run(musterScript, ['serve', '--port', '0', '--data', programs.folder()], { environment })
  expect(ended.code).toBe(2)
  expect(ended.errors).toMatch(/^The profile .*profile\.json \(MUSTER_SCIM_PROFILE\) cannot be used: .*\n$/)
})

/* Two applications made by Graph, each with secrets of its own: each writes to its own workspace, and only there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createSimulator, type Simulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import { musterAt, startService, stopService } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await programs.clear()
  for (const close of closing.splice(0)) await close()
})

async function aWorkspace(seed: number): Promise<{ readonly simulator: Simulator; readonly url: string }> {
  const simulator = createSimulator({ seed, rateScale: 0, latencyMs: 0, latencyJitterMs: 0 })
  const { url, close } = await listenOn((request) => simulator.handle(request), {})
  closing.push(() => close())
  return { simulator, url }
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

test('each job writes where its secrets lead, follows when they change, and says by name when there are none', async () => {
  const [acme, globex] = [await aWorkspace(1), await aWorkspace(2)]
  const data = programs.folder()
  const service = startService(programs, { data, environment: { MUSTER_RATE: 'off' } })
  const url = await service.url
  const muster = musterAt(programs, url)
  const key = readFileSync(join(data, 'operator.key'), 'utf8').trim()
  const graph = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(`${url}/v1.0${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) }
  }
  const made = async (displayName: string): Promise<{ readonly principal: string; readonly job: string }> => {
    const templates = await graph('GET', "/applicationTemplates?$filter=displayName eq 'Slack'")
    const [template] = templates.body['value'] as readonly { readonly id: string }[]
    const { body } = await graph('POST', `/applicationTemplates/${template?.id ?? ''}/instantiate`, { displayName })
    const principal = (body['servicePrincipal'] as { readonly id: string }).id
    const job = await graph('POST', `/servicePrincipals/${principal}/synchronization/jobs`, { templateId: 'Slack' })
    expect(job.status).toBe(201)
    return { principal, job: String(job.body['id']) }
  }
  const person = async (name: string): Promise<string> => {
    const mailNickname = name.toLowerCase()
    const { body } = await graph('POST', '/users', {
      accountEnabled: true,
      displayName: `${name} Example`,
      givenName: name,
      surname: 'Example',
      mailNickname,
      mail: `${mailNickname}@example.com`,
      userPrincipalName: `${mailNickname}@example.com`,
      passwordProfile: { password: 'not-used-1', forceChangePasswordNextSignIn: false },
    })
    return String(body['id'])
  }
  const secrets = async (principal: string, value: Readonly<Record<string, string>>): Promise<void> => {
    const pairs = Object.entries(value).map(([each, text]) => ({ key: each, value: text }))
    const answer = await graph('PUT', `/servicePrincipals/${principal}/synchronization/secrets`, { value: pairs })
    expect(answer).toMatchObject({ status: 204 })
  }
  const provision = ({ principal, job }: { readonly principal: string; readonly job: string }, objectId: string) =>
    graph('POST', `/servicePrincipals/${principal}/synchronization/jobs/${job}/provisionOnDemand`, {
      parameters: [{ ruleId: '', subjects: [{ objectId, objectTypeName: 'User' }] }],
    })
  const assign = async (principalId: string, resourceId: string): Promise<void> => {
    const { body } = await graph('GET', `/servicePrincipals/${resourceId}`)
    const [role] = body['appRoles'] as readonly { readonly id: string }[]
    const answer = await graph('POST', `/servicePrincipals/${resourceId}/appRoleAssignedTo`, {
      principalId,
      resourceId,
      appRoleId: role?.id,
    })
    expect(answer.status).toBe(201)
  }

  const [one, two] = [await made('Slack Acme'), await made('Slack Globex')]
  const [mira, noor] = [await person('Mira'), await person('Noor')]
  await assign(mira, one.principal)
  await assign(noor, two.principal)
  const without = await provision(one, mira)
  expect(without.status).toBe(400)
  expect(JSON.stringify(without.body)).toContain('CredentialsMissing')

  await secrets(one.principal, { BaseAddress: `${acme.url}/scim/v1/`, SecretToken: acme.simulator.token })
  await secrets(two.principal, { BaseAddress: globex.url, SecretToken: globex.simulator.token })
  expect((await provision(one, mira)).status).toBe(200)
  expect((await provision(two, noor)).status).toBe(200)
  const has = ({ simulator }: typeof acme, mail: string): boolean => simulator.person(mail) !== undefined
  expect(has(acme, 'mira@example.com') && has(globex, 'noor@example.com')).toBe(true)
  expect(has(acme, 'noor@example.com') || has(globex, 'mira@example.com')).toBe(false)
  const told = await muster('jobs', '--json')
  expect(told.output).toContain(acme.url)
  expect(told.output).toContain(globex.url)

  // The accounts it has linked are those of one workspace: another one's token is refused, and nothing is written there.
  await secrets(one.principal, { BaseAddress: globex.url, SecretToken: globex.simulator.token })
  const validated = await graph(
    'POST',
    `/servicePrincipals/${one.principal}/synchronization/jobs/${one.job}/validateCredentials`,
    { useSavedCredentials: true },
  )
  expect(validated.status).toBe(400)
  expect(JSON.stringify(validated.body)).toMatch(/linked to accounts in/)
  await provision(one, mira)
  expect(has(globex, 'mira@example.com')).toBe(false)

  await secrets(one.principal, { BaseAddress: acme.url, SecretToken: acme.simulator.token })
  expect((await provision(one, mira)).status).toBe(200)
  const masked = await graph('GET', `/servicePrincipals/${one.principal}/synchronization/secrets`)
  expect(masked.body['value']).toEqual([
    { key: 'BaseAddress', value: '*' },
    { key: 'SecretToken', value: '*' },
  ])
  await secrets(one.principal, { BaseAddress: '', SecretToken: '' })
  expect(JSON.stringify((await provision(one, mira)).body)).toContain('CredentialsMissing')
  await stopService(service)
})

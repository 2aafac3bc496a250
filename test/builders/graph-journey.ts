/*
 * The journey of an administrator by Microsoft's own client, unchanged: from an empty directory to people in Slack, and the log
 * of it. Where the service answers, and what shows who asks, are the caller's business.
 */
import { Client, PageIterator, type PageCollection } from '@microsoft/microsoft-graph-client'
import { expect, vi } from 'vitest'
import type { Json } from './graph-world.ts'

export interface GraphAccess {
  /** `https://host:port/`; over HTTP the client sends no token. */
  readonly baseUrl: string
  readonly token: () => Promise<string>
}

export function graphClient({ baseUrl, token }: GraphAccess): Client {
  return Client.initWithMiddleware({
    baseUrl,
    customHosts: new Set([new URL(baseUrl).hostname]),
    authProvider: { getAccessToken: token },
  })
}

interface JourneyTarget {
  readonly url: string
  readonly token: string
}

export interface Travelled {
  readonly jobId: string
  readonly servicePrincipalId: string
  /** By name. */
  readonly people: ReadonlyMap<string, string>
  /** Every entry of the log, newest first. */
  readonly log: readonly Json[]
}

const ask = async (request: Promise<unknown>): Promise<Json> => (await request) as Json
const idOf = (resource: unknown): string => String((resource as Json)['id'])
const partOf = (resource: Json, name: string): Json => resource[name] as Json

const names = ['Mira', 'Tom', 'Zoe']

export async function travel(client: Client, slack: JourneyTarget): Promise<Travelled> {
  const people = new Map<string, string>()
  for (const name of names) {
    const user = await ask(
      client.api('/users').post({
        accountEnabled: true,
        displayName: `${name} Okafor`,
        givenName: name,
        surname: 'Okafor',
        mail: `${name.toLowerCase()}@example.com`,
        mailNickname: name.toLowerCase(),
        department: 'Crew',
        userPrincipalName: `${name.toLowerCase()}@example.com`,
        passwordProfile: { password: 'Wonderful-1' },
      }),
    )
    people.set(name, idOf(user))
  }

  const templates = await ask(client.api('/applicationTemplates').filter("displayName eq 'Slack'").get())
  const [gallery] = templates['value'] as Json[]
  const made = await ask(
    client.api(`/applicationTemplates/${idOf(gallery)}/instantiate`).post({ displayName: 'Slack of the journey' }),
  )
  const principal = partOf(made, 'servicePrincipal')
  const servicePrincipalId = idOf(principal)
  const role = (principal['appRoles'] as Json[]).find(({ displayName }) => displayName === 'User')
  for (const principalId of people.values())
    await client
      .api(`/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo`)
      .post({ principalId, resourceId: servicePrincipalId, appRoleId: role?.['id'] })

  const root = `/servicePrincipals/${servicePrincipalId}/synchronization`
  const ofTheApp = await ask(client.api(`${root}/templates`).get())
  const templateId = idOf((ofTheApp['value'] as Json[])[0])
  const job = await ask(client.api(`${root}/jobs`).post({ templateId }))
  const jobId = idOf(job)
  expect(partOf(job, 'status')).toMatchObject({ code: 'NotConfigured' })
  const address = `${root}/jobs/${jobId}`

  const credentials = (token: string): readonly Json[] => [
    { key: 'BaseAddress', value: slack.url },
    { key: 'SecretToken', value: token },
  ]
  const wrong = client.api(`${address}/validateCredentials`).post({ credentials: credentials('xoxp-wrong') })
  await expect(wrong).rejects.toMatchObject({ statusCode: 400, code: expect.any(String) as string })
  await client.api(`${address}/validateCredentials`).post({ credentials: credentials(slack.token) })
  await client.api(`${root}/secrets`).put({ value: credentials(slack.token) })
  const secrets = await ask(client.api(`${root}/secrets`).get())
  expect(secrets['value']).toEqual([
    { key: 'BaseAddress', value: '*' },
    { key: 'SecretToken', value: '*' },
  ])
  // 5: a job that has credentials and was never started has not run.
  expect(partOf(await ask(client.api(address).get()), 'status')).toMatchObject({ code: 'NotRun' })

  const schema = structuredClone(await ask(client.api(`${address}/schema`).get()))
  const [rule] = schema['synchronizationRules'] as Json[]
  const [users] = rule?.['objectMappings'] as Json[]
  const title = (users?.['attributeMappings'] as Json[]).find((each) => each['targetAttributeName'] === 'title')
  Object.assign(title ?? {}, { source: { type: 'Attribute', name: 'department' } })
  await client.api(`${address}/schema`).put(schema)

  const [first = ''] = people.values()
  const pair = await ask(
    client.api(`${address}/provisionOnDemand`).post({
      parameters: [{ ruleId: rule?.['id'], subjects: [{ objectId: first, objectTypeName: 'User' }] }],
    }),
  )
  expect(JSON.parse(String(pair['value']))).toMatchObject([{ action: 'Create', statusInfo: { status: 'Success' } }])

  await client.api(`${address}/start`).post({})
  await vi.waitFor(
    async () => {
      const { status } = (await ask(client.api(address).get())) as { status: Json }
      expect(status).toMatchObject({ code: 'Active', lastExecution: { state: 'Succeeded' } })
    },
    { timeout: 60_000, interval: 100 },
  )

  const log: Json[] = []
  const page = (await client
    .api('/auditLogs/provisioning')
    .filter(`jobId eq '${jobId}'`)
    .orderby('activityDateTime desc')
    .top(2)
    .get()) as PageCollection
  await new PageIterator(client, page, (entry: Json) => {
    log.push(entry)
    return true
  }).iterate()
  return { jobId, servicePrincipalId, people, log }
}

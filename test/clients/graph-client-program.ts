/*
 * What an administrator's script does with Microsoft's own packages, unchanged: a token by @azure/identity, everything else by
 * @microsoft/microsoft-graph-client. A program of its own, so that it trusts the service by NODE_EXTRA_CA_CERTS and by nothing
 * else. Prints what it found as JSON.
 */
import { ClientSecretCredential } from '@azure/identity'
import { Client, PageIterator, type PageCollection } from '@microsoft/microsoft-graph-client'

type Json = Readonly<Record<string, unknown>>

const [root = '', tenantId = '', clientId = '', clientSecret = '', slackUrl = '', slackToken = ''] =
  process.argv.slice(2)

const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
  authorityHost: root,
  disableInstanceDiscovery: true,
})
const client = Client.initWithMiddleware({
  baseUrl: `${root}/`,
  customHosts: new Set([new URL(root).hostname]),
  authProvider: {
    getAccessToken: async () => (await credential.getToken(`${root}/.default`)).token,
  },
})

const get = async (path: string): Promise<Json> => (await client.api(path).get()) as Json
const post = async (path: string, body: Json = {}): Promise<Json> => (await client.api(path).post(body)) as Json
const idOf = (resource: Json): string => String(resource['id'])

/** Every page, by the client's own iterator over the links of the service. */
async function all(path: string): Promise<readonly Json[]> {
  const found: Json[] = []
  const first = (await client.api(path).get()) as PageCollection
  await new PageIterator(client, first, (item: Json) => found.push(item) > 0).iterate()
  return found
}

const templates = (await get("/applicationTemplates?$filter=displayName eq 'Slack'"))['value'] as readonly Json[]
const made = await post(`/applicationTemplates/${idOf(templates[0] ?? {})}/instantiate`, {
  displayName: 'Slack by script',
})
const principal = idOf(made['servicePrincipal'] as Json)
const at = `/servicePrincipals/${principal}`

const roles = (await get(at))['appRoles'] as readonly Json[]
const role = roles.find(({ displayName }) => displayName === 'User')

const users: Json[] = []
for (const name of ['Mira', 'Jonas', 'Ines'])
  users.push(
    await post('/users', {
      accountEnabled: true,
      displayName: name,
      mailNickname: name.toLowerCase(),
      mail: `${name.toLowerCase()}@example.com`,
      userPrincipalName: `${name.toLowerCase()}@example.com`,
      passwordProfile: { password: 'Wonderful-Sea-1' },
    }),
  )
for (const user of users)
  await post(`${at}/appRoleAssignedTo`, {
    principalId: idOf(user),
    resourceId: principal,
    appRoleId: role?.['id'],
  })

await client.api(`${at}/synchronization/secrets`).put({
  value: [
    { key: 'BaseAddress', value: slackUrl },
    { key: 'SecretToken', value: slackToken },
  ],
})
const [template] = (await get(`${at}/synchronization/templates`))['value'] as readonly Json[]
const job = idOf(await post(`${at}/synchronization/jobs`, { templateId: template?.['id'] }))
const jobAt = `${at}/synchronization/jobs/${job}`
await post(`${jobAt}/validateCredentials`, { useSavedCredentials: true })

const schema = await get(`${jobAt}/schema`)
await client.api(`${jobAt}/schema`).put(schema)
const [rule] = schema['synchronizationRules'] as readonly Json[]
const demanded = await post(`${jobAt}/provisionOnDemand`, {
  parameters: [{ ruleId: rule?.['id'], subjects: [{ objectId: idOf(users[0] ?? {}), objectTypeName: 'User' }] }],
})
await post(`${jobAt}/start`)

const log = await all(`/auditLogs/provisioning?$top=1&$filter=jobId eq '${job}'`)
process.stdout.write(
  `${JSON.stringify({
    users: (await all('/users?$top=2&$select=displayName')).map(({ displayName }) => displayName),
    schedule: ((await get(jobAt))['schedule'] as Json)['state'],
    secrets: ((await get(`${at}/synchronization/secrets`))['value'] as readonly Json[]).map(({ key }) => key),
    demanded: JSON.stringify(demanded).includes('mira@example.com'),
    logged: log.length,
  })}\n`,
)

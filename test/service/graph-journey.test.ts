/*
 * The journey by Microsoft's own client and by curl, each over HTTPS against the service and a Slack workspace, as processes.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import { ClientSecretCredential } from '@azure/identity'
import { ConfidentialClientApplication } from '@azure/msal-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import { repositoryRoot } from '../../scripts/run-checks.ts'
import { faultsOfResource, missingOfResource } from '../builders/graph-types.ts'
import { graphClient, travel } from '../builders/graph-journey.ts'
import { musterScript, startService } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'

const programs = createPrograms()
const usualAuthorities = getCACertificates('default')
const script = join(repositoryRoot, 'docs', 'examples', 'graph-journey.sh')

let data: string
let url: string
let made: { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
let simulator: Simulator
let slack: { readonly url: string; close(): Promise<void> }
beforeAll(async () => {
  data = programs.folder()
  simulator = createSimulator({ rateScale: 0, latencyMs: 0, latencyJitterMs: 0, knobs: { logBodies: false } })
  slack = await listenOn((request) => simulator.handle(request), {})
  await programs.run(musterScript, ['tls', 'init'], { environment: { MUSTER_DATA: data } })
  const service = startService(programs, { data, args: ['--tls'], environment: { MUSTER_RATE: 'off' } })
  url = await service.url
  setDefaultCACertificates([...usualAuthorities, readFileSync(authorityFile(), 'utf8')])
  const { output } = await programs.run(
    musterScript,
    ['client', 'create', '--name', 'Journey', '--permission', ...permissions, '--json'],
    { environment: { MUSTER_DATA: data, MUSTER_URL: url } },
  )
  made = JSON.parse(output) as typeof made
}, 120_000)
afterAll(async () => {
  setDefaultCACertificates(usualAuthorities)
  await programs.clear()
  await slack.close()
})

const authorityFile = (): string => join(data, 'tls', 'authority.pem')
const permissions = [
  'User.ReadWrite.All',
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'Synchronization.ReadWrite.All',
  'AuditLog.Read.All',
]

/** A token for the client that was made for the journey, as any program would get it. */
async function token(): Promise<string> {
  const credential = new ClientSecretCredential(made.tenantId, made.clientId, made.clientSecret, {
    authorityHost: url,
    disableInstanceDiscovery: true,
  })
  return (await credential.getToken(`${url}/.default`)).token
}

test('@microsoft/microsoft-graph-client goes from an empty directory to people in Slack and through the log', async () => {
  const client = graphClient({ baseUrl: `${url}/`, token })
  const { log, people, jobId } = await travel(client, { url: slack.url, token: simulator.token })
  const created = log.filter((entry) => entry['provisioningAction'] === 'create')
  const sources = created.map((entry) => (entry['sourceIdentity'] as { id: string }).id)
  expect(new Set(sources)).toEqual(new Set(people.values()))
  for (const entry of log) {
    expect(entry['jobId']).toBe(jobId)
    expect([
      ...faultsOfResource('ProvisioningObjectSummary', entry),
      ...missingOfResource('ProvisioningObjectSummary', entry),
    ]).toEqual([])
  }
}, 120_000)

test('@azure/msal-node gets a token for the same program', async () => {
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: made.clientId,
      clientSecret: made.clientSecret,
      authority: `${url}/${made.tenantId}`,
      knownAuthorities: [new URL(url).host],
    },
  })
  const result = await application.acquireTokenByClientCredential({ scopes: [`${url}/.default`] })
  const client = graphClient({ baseUrl: `${url}/`, token: () => Promise.resolve(result?.accessToken ?? '') })
  const created = {
    accountEnabled: true,
    displayName: 'Mo Msal',
    mailNickname: 'mo',
    userPrincipalName: 'mo@example.com',
  }
  const { id } = (await client.api('/users').post({ ...created, passwordProfile: { password: 'Wonderful-1' } })) as {
    readonly id: string
  }
  expect(await client.api(`/users/${id}`).get()).toMatchObject({ displayName: 'Mo Msal' })
})

test('curl goes the same way by the script that the documentation shows', async () => {
  const document = readFileSync(join(repositoryRoot, 'docs', 'graph-api.md'), 'utf8')
  expect(document).toContain(readFileSync(script, 'utf8').trim())
  const { stdout } = await promisify(execFile)('bash', [script], {
    env: {
      PATH: process.env['PATH'] ?? '',
      MUSTER: url,
      CACERT: authorityFile(),
      TENANT: made.tenantId,
      CLIENT_ID: made.clientId,
      CLIENT_SECRET: made.clientSecret,
      SLACK: slack.url,
      SLACK_TOKEN: simulator.token,
      SUFFIX: 'curl',
    },
    timeout: 100_000,
  })
  expect(stdout).toMatch(/^Connected\.$/m)
  expect(stdout).toMatch(/^Provisioned on demand: Create$/m)
  expect(stdout).toMatch(/^The cycle has ended: Succeeded$/m)
  expect(stdout).toMatch(/^create Ada Journey$/m)
  expect(stdout).not.toContain(simulator.token)
  expect(stdout).not.toContain(made.clientSecret)
}, 120_000)

test('a code of Slack’s consent page becomes the token of the service principal', async () => {
  const client = graphClient({ baseUrl: `${url}/`, token })
  const templates = (await client.api('/applicationTemplates').filter("displayName eq 'Slack'").get()) as {
    value: { id: string }[]
  }
  const made = (await client
    .api(`/applicationTemplates/${templates.value[0]?.id ?? ''}/instantiate`)
    .post({ displayName: 'Slack by consent' })) as { servicePrincipal: { id: string } }
  const root = `/servicePrincipals/${made.servicePrincipal.id}/synchronization`
  await client.api(`${root}/secrets`).put({ value: [{ key: 'BaseAddress', value: slack.url }] })
  const redirect = 'https://idp.example/cb'
  simulator.setBrowserUser('adam')
  const consent = await simulator.handle({
    method: 'POST',
    url: '/oauth/v2/authorize/decision',
    headers: {},
    body: new URLSearchParams({ client_id: '111.222', decision: 'allow', redirect_uri: redirect }).toString(),
  })
  const code = new URL(consent.headers['location'] ?? '').searchParams.get('code')
  const acquire = (given: string | null): Promise<unknown> =>
    client.api(`${root}/acquireAccessToken`).post({
      credentials: [
        { key: 'Oauth2AuthorizationCode', value: given },
        { key: 'Oauth2ClientId', value: '111.222' },
        { key: 'Oauth2ClientSecret', value: 'shh' },
        { key: 'Oauth2RedirectUri', value: redirect },
      ],
    })
  await acquire(code)
  // A code is good once.
  await expect(acquire(code)).rejects.toMatchObject({ statusCode: 400 })
  const secrets = (await client.api(`${root}/secrets`).get()) as { value: { key: string; value: string }[] }
  expect(secrets.value).toContainEqual({ key: 'Oauth2AccessToken', value: '*' })
  const job = (await client.api(`${root}/jobs`).post({ templateId: 'Slack' })) as { status: { code: string } }
  expect(job.status.code).toBe('NotRun')
}, 60_000)

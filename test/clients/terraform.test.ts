/*
 * What hashicorp/azuread sends when Terraform applies, reads and destroys (graph-api.md 7.1), request by request over HTTPS
 * against a service that was started with --tls, and what it looks at before it goes on.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSimulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import { musterAt, musterScript, startService } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'

type Json = Readonly<Record<string, unknown>>

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: Json
  readonly text: string
  readonly value: readonly Json[]
}

/** What the documentation of the provider asks for, with the ones for users and assignments. */
const permissions = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'Directory.ReadWrite.All',
  'Group.ReadWrite.All',
  'Synchronization.ReadWrite.All',
  'User.ReadWrite.All',
]

const programs = createPrograms()
const simulator = createSimulator({ rateScale: 0, latencyMs: 0, latencyJitterMs: 0, knobs: { logBodies: false } })
let slack: Awaited<ReturnType<typeof listenOn>>
let agent: Agent
let root = ''
let token = ''
let caller: Json = {}
let client: Readonly<Record<'tenantId' | 'clientId' | 'clientSecret', string>>

beforeAll(async () => {
  slack = await listenOn((request) => simulator.handle(request), {})
  const data = programs.folder()
  await programs.run(musterScript, ['tls', 'init'], { environment: { MUSTER_DATA: data } })
  const service = startService(programs, {
    data,
    slack: { url: slack.url, token: simulator.token },
    args: ['--tls', '--cycle-every', '24h'],
  })
  const { port } = new URL(await service.url)
  root = `https://localhost:${port}`
  agent = new Agent({ ca: readFileSync(join(data, 'tls', 'authority.pem'), 'utf8'), keepAlive: true })
  const muster = musterAt(programs, root, { environment: { MUSTER_DATA: data } })
  const made = await muster('client', 'create', '--name', 'terraform', '--permission', ...permissions, '--json')
  client = JSON.parse(made.output) as typeof client
})
afterAll(async () => {
  agent.destroy()
  await programs.clear()
  await slack.close()
})

async function send(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Answer> {
  const asking = httpsRequest(url, { method, agent, headers: { accept: 'application/json', ...headers } })
  asking.end(body)
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  const type = answer.headers['content-type'] ?? ''
  const parsed = type.startsWith('application/json') && text !== '' ? (JSON.parse(text) as Json) : {}
  return {
    status: answer.statusCode ?? 0,
    type,
    text,
    body: parsed,
    value: Array.isArray(parsed['value']) ? (parsed['value'] as readonly Json[]) : [],
  }
}

/** Codes the provider takes for success. */
const taken: Readonly<Record<string, readonly number[]>> = {
  GET: [200],
  POST: [200, 201, 202, 204],
  PUT: [200, 201, 202, 204],
  PATCH: [200, 204],
  DELETE: [200, 204],
}

/** `beta:` before an address asks the other version. */
async function ask(method: string, address: string, body?: Json): Promise<Answer> {
  const [, beta, path = ''] = /^(beta:)?(.*)$/.exec(address) ?? []
  return await send(
    method,
    `${root}/${beta === undefined ? 'v1.0' : 'beta'}${path}`,
    {
      authorization: `Bearer ${token}`,
      'user-agent': 'HashiCorp Terraform/1.9 (+https://www.terraform.io) terraform-provider-azuread',
      ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8; odata.metadata=full' }),
    },
    body === undefined ? undefined : JSON.stringify(body),
  )
}

async function well(method: string, address: string, body?: Json): Promise<Answer> {
  const answer = await ask(method, address, body)
  expect({
    method,
    address,
    status: answer.status,
    text: answer.text.slice(0, 600),
    isTaken: taken[method]?.includes(answer.status),
  }).toMatchObject({ isTaken: true })
  // The provider goes on to the next page only then.
  if (method === 'GET') expect(answer.type).toMatch(/^application\/json/)
  return answer
}

/** It waits until five readings in a row are good. */
async function fiveTimes(address: string): Promise<Answer> {
  for (let at = 0; at < 4; at += 1) await well('GET', address)
  return await well('GET', address)
}

async function goneFiveTimes(address: string): Promise<void> {
  for (let at = 0; at < 5; at += 1) expect((await ask('GET', address)).status).toBe(404)
}

const only = ({ value, text }: Answer): Json => {
  expect(value, text).toHaveLength(1)
  return value[0] ?? {}
}

const idOf = (resource: Json): string => String(resource['id'])

async function readApplication(id: string): Promise<Answer> {
  const application = await well('GET', `/applications/${id}`)
  await well('GET', `beta:/applications/${id}?$select=oauth2RequirePostResponse`)
  await well('GET', `/applications/${id}/owners`)
  return application
}

async function readPrincipal(id: string): Promise<Answer> {
  const principal = await well('GET', `/servicePrincipals/${id}`)
  await well('GET', `beta:/servicePrincipals/${id}?$select=samlMetadataUrl`)
  await well('GET', `/servicePrincipals/${id}/owners`)
  return principal
}

let templateId = ''
let application: Json = {}
let principal: Json = {}
let user: Json = {}
let group: Json = {}
let job: Json = {}
let assignmentId = ''

test('provider start: the metadata, and a token for what they name', async () => {
  const metadata = await send('GET', `${root}/metadata/endpoints?api-version=2022-09-01`, {})
  const { authentication, microsoftGraphResourceId, name, resourceManager } = metadata.body
  const { loginEndpoint } = authentication as { readonly loginEndpoint: string }
  expect([name, resourceManager].every((each) => typeof each === 'string' && each !== '')).toBe(true)
  expect([loginEndpoint, microsoftGraphResourceId]).toEqual([root, `${root}/`])
  const form = new URLSearchParams({
    client_id: client.clientId,
    client_secret: client.clientSecret,
    grant_type: 'client_credentials',
    scope: `${root}/.default`,
  })
  const answer = await send(
    'POST',
    `${loginEndpoint}/${client.tenantId}/oauth2/v2.0/token`,
    { 'content-type': 'application/x-www-form-urlencoded' },
    form.toString(),
  )
  expect(answer.status, answer.text).toBe(200)
  token = String(answer.body['access_token'])
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Json
  // The provider takes itself for the object its token names.
  caller = (await well('GET', `/servicePrincipals/${String(claims['oid'])}`)).body
})

test('data azuread_application_template: exactly one of that name', async () => {
  const template = only(await well('GET', `/applicationTemplates?$filter=displayName+eq+'Slack'`))
  expect(template['displayName']).toBe('Slack')
  templateId = idOf(template)
})

test('azuread_application with template_id: made under a name of its own, found by it, and given the final one', async () => {
  await well('GET', `/applicationTemplates/${templateId}`)
  const temporary = 'TERRAFORM_INSTANTIATE_8f1c0c54-30d0-4a39-9e3c-1d43f0a4a5a1'
  await well('POST', `/applicationTemplates/${templateId}/instantiate`, { displayName: temporary })
  application = only(
    await well(
      'GET',
      `/applications?$filter=applicationTemplateId+eq+'${templateId}'+and+displayName+eq+'${temporary}'`,
    ),
  )
  await fiveTimes(`/applications/${idOf(application)}`)
  principal = only(await well('GET', `/servicePrincipals?$filter=appId+eq+'${String(application['appId'])}'`))
  expect(principal['applicationTemplateId']).toBe(templateId)
  await well('PATCH', `/applications/${idOf(application)}`, {
    '@odata.type': '#microsoft.graph.application',
    displayName: 'Slack by Terraform',
    api: {
      '@odata.type': '#microsoft.graph.apiApplication',
      acceptMappedClaims: null,
      knownClientApplications: [],
      oauth2PermissionScopes: [],
      requestedAccessTokenVersion: 1,
    },
    info: {
      '@odata.type': '#microsoft.graph.informationalUrl',
      marketingUrl: null,
      privacyStatementUrl: null,
      supportUrl: null,
      termsOfServiceUrl: null,
    },
    web: {
      '@odata.type': '#microsoft.graph.webApplication',
      homePageUrl: null,
      logoutUrl: null,
      redirectUris: [],
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    },
    spa: { redirectUris: [] },
    publicClient: { redirectUris: [] },
    isFallbackPublicClient: false,
    notes: null,
    signInAudience: 'AzureADMyOrg',
    tags: ['WindowsAzureActiveDirectoryIntegratedApp'],
  })
  expect((await readApplication(idOf(application))).body['displayName']).toBe('Slack by Terraform')
})

test('azuread_application, plain: the caller owns it at first, names change, roles are disabled before they go', async () => {
  const owner = `${root}/v1.0/directoryObjects/${idOf(caller)}`
  const plain = (
    await well('POST', '/applications', {
      '@odata.type': '#microsoft.graph.application',
      displayName: 'Plain',
      'owners@odata.bind': [owner],
    })
  ).body
  const at = `/applications/${idOf(plain)}`
  await fiveTimes(at)
  await well('PATCH', at, { displayName: 'TERRAFORM_UPDATE_9a1c0c54-30d0-4a39-9e3c-1d43f0a4a5a2' })
  await well('PATCH', at, { displayName: 'Plain' })
  expect((await well('GET', `${at}/owners`)).value.map(idOf)).toEqual([idOf(caller)])
  await well('DELETE', `${at}/owners/${idOf(caller)}/$ref`)
  expect((await well('GET', `${at}/owners`)).value).toEqual([])
  const role = {
    id: '11111111-1111-4111-8111-111111111111',
    allowedMemberTypes: ['User'],
    description: 'Captains',
    displayName: 'Captain',
    isEnabled: true,
    value: 'captain',
  }
  await well('PATCH', at, { appRoles: [role] })
  const early = await ask('PATCH', at, { appRoles: [] })
  expect(early.text).toContain('Permission (scope or role) cannot be deleted or updated unless disabled first')
  await well('PATCH', at, { appRoles: [{ ...role, isEnabled: false }] })
  await well('PATCH', at, { appRoles: [] })
  await readApplication(idOf(plain))
  await well('DELETE', at)
  await goneFiveTimes(at)
})

test('azuread_service_principal, use_existing', async () => {
  principal = only(await well('GET', `/servicePrincipals?$filter=appId+eq+'${String(application['appId'])}'`))
  await well('PATCH', `/servicePrincipals/${idOf(principal)}`, {
    '@odata.type': '#microsoft.graph.servicePrincipal',
    appRoleAssignmentRequired: false,
    notes: null,
    tags: ['WindowsAzureActiveDirectoryIntegratedApp'],
  })
  await readPrincipal(idOf(principal))
})

test('azuread_synchronization_secret: as many are there as were put', async () => {
  const at = `/servicePrincipals/${idOf(principal)}/synchronization/secrets`
  const value = [
    { key: 'BaseAddress', value: slack.url },
    { key: 'SecretToken', value: simulator.token },
  ]
  await well('PUT', at, { value })
  for (let times = 0; times < 5; times += 1) {
    const found = (await well('GET', at)).value
    expect(found.map(({ key }) => key).toSorted()).toEqual(['BaseAddress', 'SecretToken'])
    expect(JSON.stringify(found)).not.toContain(simulator.token)
  }
})

test('azuread_synchronization_job: made, read until it stays, started', async () => {
  const jobs = `/servicePrincipals/${idOf(principal)}/synchronization/jobs`
  await well('GET', `/servicePrincipals/${idOf(principal)}`)
  const [template] = (await well('GET', `/servicePrincipals/${idOf(principal)}/synchronization/templates`)).value
  job = (
    await well('POST', jobs, { '@odata.type': '#microsoft.graph.synchronizationJob', templateId: template?.['id'] })
  ).body
  await fiveTimes(`${jobs}/${idOf(job)}`)
  await well('POST', `${jobs}/${idOf(job)}/start`)
  const read = await well('GET', `${jobs}/${idOf(job)}`)
  expect(read.body['schedule']).toMatchObject({ state: 'Active' })
  await well('POST', `${jobs}/${idOf(job)}/pause`)
})

test('azuread_user', async () => {
  user = (
    await well('POST', '/users', {
      '@odata.type': '#microsoft.graph.user',
      accountEnabled: true,
      displayName: 'Mira Okafor',
      mailNickname: 'mira',
      passwordProfile: {
        '@odata.type': '#microsoft.graph.passwordProfile',
        forceChangePasswordNextSignIn: false,
        password: 'Wonderful-Sea-1',
      },
      userPrincipalName: 'mira@example.com',
      mail: 'mira@example.com',
      otherMails: [],
      businessPhones: [],
    })
  ).body
  const at = `/users/${idOf(user)}`
  await well('PATCH', `beta:${at}`, { showInAddressList: true })
  await fiveTimes(at)
  await well(
    'GET',
    `${at}?$select=id,accountEnabled,ageGroup,businessPhones,consentProvidedForMinor,department,employeeHireDate,employeeId,employeeType,faxNumber,givenName,jobTitle,mail,mailNickname,mobilePhone,officeLocation,onPremisesSyncEnabled,otherMails,passwordPolicies,userType`,
  )
  const shown = await well('GET', `beta:${at}?$select=showInAddressList`)
  expect(shown.body['showInAddressList']).toBe(true)
  expect((await ask('GET', `${at}/manager`)).status).toBe(404)
})

test('azuread_group: all of it on beta', async () => {
  const created = await well('POST', 'beta:/groups', {
    '@odata.type': '#microsoft.graph.group',
    displayName: 'Crew',
    mailEnabled: false,
    mailNickname: '1f2e3d4c-1',
    securityEnabled: true,
    groupTypes: [],
    'owners@odata.bind': [`${root}/beta/directoryObjects/${idOf(caller)}`],
  })
  group = created.body
  const at = `beta:/groups/${idOf(group)}`
  await well('PATCH', at, { displayName: 'TERRAFORM_UPDATE_1' })
  await well('PATCH', at, { displayName: 'Crew' })
  await fiveTimes(at)
  for (const name of ['owners', 'members', 'memberOf']) await well('GET', `${at}/${name}`)
})

test('azuread_group_member', async () => {
  const at = `beta:/groups/${idOf(group)}`
  await well('GET', at)
  await well('GET', `${at}/members`)
  const reference = { '@odata.id': `https://graph.microsoft.com/beta/directoryObjects/${idOf(user)}` }
  await well('POST', `${at}/members/$ref`, reference)
  const again = await ask('POST', `${at}/members/$ref`, reference)
  expect(again).toMatchObject({ status: 400 })
  expect(again.text).toContain('One or more added object references already exist')
  const member = only(await well('GET', `${at}/members?$filter=id+eq+'${idOf(user)}'`))
  // The provider chooses its model by it.
  expect(member['@odata.type']).toBe('#microsoft.graph.user')
})

test('azuread_app_role_assignment', async () => {
  const at = `/servicePrincipals/${idOf(principal)}`
  const { appRoles } = (await well('GET', at)).body as { readonly appRoles: readonly Json[] }
  const role = appRoles.find(({ displayName, isEnabled }) => displayName === 'User' && isEnabled === true)
  const made = await well('POST', `${at}/appRoleAssignedTo`, {
    '@odata.type': '#microsoft.graph.appRoleAssignment',
    appRoleId: role?.['id'] ?? '00000000-0000-0000-0000-000000000000',
    principalId: idOf(group),
    resourceId: idOf(principal),
  })
  assignmentId = idOf(made.body)
  await well('GET', `${at}/appRoleAssignedTo/${assignmentId}`)
})

test('azuread_synchronization_job_provision_on_demand: the person is at Slack', async () => {
  const at = `/servicePrincipals/${idOf(principal)}/synchronization/jobs/${idOf(job)}`
  await well('GET', `/servicePrincipals/${idOf(principal)}`)
  await well('GET', at)
  const schema = (await well('GET', `${at}/schema`)).body as { readonly synchronizationRules: readonly Json[] }
  const answer = await well('POST', `${at}/provisionOnDemand`, {
    parameters: [
      { ruleId: schema.synchronizationRules[0]?.['id'], subjects: [{ objectId: idOf(user), objectTypeName: 'User' }] },
    ],
  })
  expect(answer.text).toContain('mira@example.com')
  const filter = encodeURIComponent('email eq "mira@example.com"')
  const accounts = await fetch(`${slack.url}/scim/v1/Users?filter=${filter}`, {
    headers: { authorization: `Bearer ${simulator.token}` },
  })
  expect(await accounts.json()).toMatchObject({ totalResults: 1 })
})

test('destroy: everything is gone, and stays gone', async () => {
  const sp = `/servicePrincipals/${idOf(principal)}`
  await well('DELETE', `${sp}/appRoleAssignedTo/${assignmentId}`)
  await well('DELETE', `beta:/groups/${idOf(group)}/members/${idOf(user)}/$ref`)
  await well('GET', `beta:/groups/${idOf(group)}`)
  await well('DELETE', `beta:/groups/${idOf(group)}`)
  await goneFiveTimes(`beta:/groups/${idOf(group)}`)
  await well('DELETE', `/users/${idOf(user)}`)
  await goneFiveTimes(`/users/${idOf(user)}`)
  const jobAt = `${sp}/synchronization/jobs/${idOf(job)}`
  await well('DELETE', jobAt)
  await goneFiveTimes(jobAt)
  await well('PUT', `${sp}/synchronization/secrets`, {
    value: [
      { key: 'BaseAddress', value: '' },
      { key: 'SecretToken', value: '' },
    ],
  })
  for (let at = 0; at < 5; at += 1) expect((await well('GET', `${sp}/synchronization/secrets`)).value).toEqual([])
  await well('DELETE', `/applications/${idOf(application)}`)
  await goneFiveTimes(`/applications/${idOf(application)}`)
})

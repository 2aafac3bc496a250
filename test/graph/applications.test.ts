/* Applications, service principals, templates, roles and assignments (graph-api.md 3.4 to 3.6, 7.1). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureApplication } from '../../src/directory/index.ts'
import { defaultAccessRoleId } from '../../src/vocabulary/index.ts'
import { aGraphWorld, type GraphAnswer, type GraphWorld, type Json } from '../builders/graph-world.ts'

let world: GraphWorld
beforeEach(async () => {
  world = await aGraphWorld()
})
afterEach(() => world.close())

const errorOf = (body: Json): Json => body['error'] as Json
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const userRoleId = '18d14569-c3bd-439b-9a66-3a2aee01d14f'

async function make(set: string, body: Json): Promise<GraphAnswer> {
  const answer = await world.ask('POST', `/${set}`, body)
  expect(answer.status, answer.text).toBe(201)
  return answer
}

async function slack(): Promise<{
  readonly application: Json
  readonly servicePrincipal: Json
  readonly templateId: string
}> {
  const [template] = (await world.get("/applicationTemplates?$filter=displayName+eq+'Slack'")).value
  const templateId = String(template?.['id'])
  const { body } = await make(`applicationTemplates/${templateId}/instantiate`, { displayName: 'Our Slack' })
  return { application: body['application'] as Json, servicePrincipal: body['servicePrincipal'] as Json, templateId }
}

describe('the gallery', () => {
  it('is listed, filtered and read', async () => {
    const { value } = await world.get('/applicationTemplates')
    expect(value.map((item) => item['displayName'])).toEqual(expect.arrayContaining(['Slack']))
    expect((await world.get("/applicationTemplates?$filter=contains(displayName,'sla')")).value).toHaveLength(1)
    expect(
      (await world.get("/applicationTemplates?$filter=categories/any(c:contains(c,'collab'))")).value,
    ).toHaveLength(1)
    expect((await world.get('/applicationTemplates?$skip=1')).value).toHaveLength(value.length - 1)
    expect((await world.get('/applicationTemplates?$orderby=displayName desc&$top=1')).value).toMatchObject([
      { displayName: 'Slack' },
    ])
    expect((await world.get(`/applicationTemplates/${String(value[0]?.['id'])}`)).body).toMatchObject(value[0] ?? {})
    expect((await world.get('/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621')).status).toBe(200)
    expect((await world.get('/applicationTemplates/none')).status).toBe(404)
  })

  it('makes an application and its service principal at once', async () => {
    const { application, servicePrincipal, templateId } = await slack()
    expect(application).toMatchObject({ displayName: 'Our Slack', applicationTemplateId: templateId })
    expect(application['appId']).toMatch(guid)
    expect(servicePrincipal).toMatchObject({
      appId: application['appId'],
      displayName: 'Our Slack',
      applicationTemplateId: templateId,
      appRoleAssignmentRequired: true,
      tags: ['WindowsAzureActiveDirectoryIntegratedApp'],
      appRoles: [
        { displayName: 'User', id: userRoleId, isEnabled: true, value: null, allowedMemberTypes: ['User'] },
        { displayName: 'msiam_access', origin: 'Application' },
      ],
    })
    expect((await world.ask('POST', `/applicationTemplates/${templateId}/instantiate`, {})).status).toBe(400)
    expect((await world.ask('POST', `/applicationTemplates/none/instantiate`, { displayName: 'x' })).status).toBe(404)
  })
})

describe('an application', () => {
  it('keeps and echoes what Terraform sends', async () => {
    const owner = await world.user('Mira Okafor')
    const sent = {
      '@odata.type': '#microsoft.graph.application',
      displayName: 'TERRAFORM_UPDATE_1',
      signInAudience: 'AzureADMyOrg',
      api: { knownClientApplications: [], requestedAccessTokenVersion: 2 },
      web: { homePageUrl: 'https://app.example', redirectUris: ['https://app.example/cb'] },
      spa: { redirectUris: [] },
      optionalClaims: { idToken: [{ name: 'email', essential: true }] },
      requiredResourceAccess: [
        { resourceAppId: '00000003-0000-0000-c000-000000000000', resourceAccess: [{ id: userRoleId, type: 'scope' }] },
      ],
      tags: ['a', 'b'],
      notes: 'ours',
      identifierUris: ['api://app.example'],
      'owners@odata.bind': [`http://localhost/v1.0/directoryObjects/${owner}`],
    }
    const { body } = await make('applications', sent)
    const id = String(body['id'])
    const read = (await world.get(`/applications/${id}`)).body
    expect(read).toMatchObject({
      displayName: 'TERRAFORM_UPDATE_1',
      api: { requestedAccessTokenVersion: 2, acceptMappedClaims: null, oauth2PermissionScopes: [] },
      web: {
        homePageUrl: 'https://app.example',
        redirectUris: ['https://app.example/cb'],
        implicitGrantSettings: { enableIdTokenIssuance: false },
      },
      optionalClaims: {
        idToken: [{ name: 'email', essential: true, source: null, additionalProperties: [] }],
        accessToken: [],
      },
      requiredResourceAccess: [{ resourceAccess: [{ id: userRoleId, type: 'Scope' }] }],
      tags: ['a', 'b'],
      info: { logoUrl: null },
      createdDateTime: new Date(world.clock.now()).toISOString().replace('.000Z', 'Z'),
    })
    expect((await world.get(`/applications/${id}/owners`)).value).toMatchObject([{ id: owner }])
    // Only the parts given are changed; a list is replaced; null clears.
    const change = { displayName: 'Real', web: { logoutUrl: 'https://app.example/out' }, tags: ['c'], notes: null }
    expect(
      (await world.ask('PATCH', `/applications(appId='${String(body['appId']).toUpperCase()}')`, change)).status,
    ).toBe(204)
    expect((await world.get(`/applications/${id}`)).body).toMatchObject({
      displayName: 'Real',
      web: { homePageUrl: 'https://app.example', logoutUrl: 'https://app.example/out' },
      tags: ['c'],
      notes: null,
    })
    const single = await world.get(`/beta/applications/${id}?$select=oauth2RequirePostResponse`)
    expect(single.body['oauth2RequirePostResponse']).toBe(false)
    expect((await world.ask('DELETE', `/applications/${id}/owners/${owner}/$ref`)).status).toBe(204)
    expect((await world.ask('DELETE', `/applications/${id}`)).status).toBe(204)
    expect((await world.get(`/applications/${id}`)).status).toBe(404)
  })

  it('is found as Terraform looks for it', async () => {
    const { application, servicePrincipal, templateId } = await slack()
    const byTemplate = `applicationTemplateId+eq+'${templateId}'+and+displayName+eq+'Our+Slack'`
    expect((await world.get(`/applications?$filter=${byTemplate}`)).value).toMatchObject([{ id: application['id'] }])
    const byAppId = `/servicePrincipals?$filter=appId+eq+'${String(servicePrincipal['appId'])}'`
    expect((await world.get(byAppId)).value).toMatchObject([
      { id: servicePrincipal['id'], applicationTemplateId: templateId },
    ])
    expect((await world.get('/servicePrincipals?$orderby=displayName&$search="displayName:slack"')).value).toHaveLength(
      1,
    )
    const named = await world.get(`/servicePrincipals(appId='${String(servicePrincipal['appId'])}')`)
    expect(named.body['id']).toBe(servicePrincipal['id'])
  })

  it.each([
    [{ displayName: '' }, 'displayName'],
    [{ displayName: 'x', colour: 'red' }, 'colour'],
    [{ displayName: 'x', web: { colour: 'red' } }, 'colour'],
    [{ displayName: 'x', web: 5 }, 'web'],
    [{ displayName: 'x', appId: userRoleId }, 'read-only'],
    [{ displayName: 'x', signInAudience: 'Everybody' }, 'signInAudience'],
    [{ displayName: 'x', appRoles: [{ id: 'x' }] }, 'GUID'],
    [{ displayName: 'x', appRoles: [{ id: userRoleId }] }, 'displayName'],
  ])('%j is refused', async (body, said) => {
    const answer = await world.ask('POST', '/applications', body)
    expect(answer.status).toBe(400)
    expect(String(errorOf(answer.body)['message'])).toContain(said)
  })
})

describe('roles', () => {
  const role = (id: string, more: Json = {}): Json => ({
    id,
    allowedMemberTypes: ['User'],
    displayName: 'Admin',
    description: 'An admin',
    isEnabled: true,
    value: 'admin',
    ...more,
  })

  it('are disabled before they go, and the service principal follows', async () => {
    const { application, servicePrincipal } = await slack()
    const address = `/applications/${String(application['id'])}`
    const roles = application['appRoles'] as readonly Json[]
    const rolesOf = async (): Promise<readonly unknown[]> =>
      (
        (await world.get(`/servicePrincipals/${String(servicePrincipal['id'])}?$select=appRoles`)).body[
          'appRoles'
        ] as Json[]
      ).map((each) => each['displayName'])
    const added = [...roles, role('11111111-1111-4111-8111-111111111111')]
    expect((await world.ask('PATCH', address, { appRoles: added })).status).toBe(204)
    expect(await rolesOf()).toEqual(['User', 'msiam_access', 'Admin'])
    const refused = await world.ask('PATCH', address, { appRoles: [] })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('Permission (scope or role) cannot be deleted or updated unless disabled first')
    const disabled = added.map((each) => ({ ...each, isEnabled: false }))
    expect((await world.ask('PATCH', address, { appRoles: disabled })).status).toBe(204)
    expect((await world.ask('PATCH', address, { appRoles: [] })).status).toBe(204)
    expect(await rolesOf()).toEqual([])
    expect((await world.ask('PATCH', address, { appRoles: [role(userRoleId), role(userRoleId)] })).status).toBe(400)
  })

  it('that are renamed are known by their new name to whoever holds them', async () => {
    const { application, servicePrincipal } = await slack()
    const mira = await world.user('Mira Okafor')
    const sp = String(servicePrincipal['id'])
    await world.store.directory.transaction((transaction) =>
      transaction.putAssignments([
        {
          ...{
            assignmentId: 'a',
            servicePrincipalId: sp,
            principalId: mira,
            principalType: 'User',
            appRoleId: userRoleId,
          },
          ...{ appRoleDisplayName: 'User', appRoleValue: null, createdAt: null },
        },
      ]),
    )
    const before = (await world.store.directory.changesWaiting(0)).newest
    const roles = (application['appRoles'] as readonly Json[]).map((each) => ({
      ...each,
      displayName: `New ${String(each['displayName'])}`,
    }))
    await world.ask('PATCH', `/applications/${String(application['id'])}`, { appRoles: roles })
    expect(await world.store.directory.getAssignment('a')).toMatchObject({ appRoleDisplayName: 'New User' })
    expect((await world.store.directory.changesAfter(before, 5)).map(({ objectId }) => objectId)).toEqual([mira])
  })
})

describe('a service principal', () => {
  it('is made for an application, once', async () => {
    const { body } = await make('applications', { displayName: 'App', web: { homePageUrl: 'https://app.example' } })
    const appId = String(body['appId'])
    const principal = await make('servicePrincipals', { appId, tags: ['x'], appRoleAssignmentRequired: true })
    expect(principal.body).toMatchObject({
      appId,
      displayName: 'App',
      appDisplayName: 'App',
      homepage: 'https://app.example',
      servicePrincipalNames: [appId],
      servicePrincipalType: 'Application',
      accountEnabled: true,
      appRoleAssignmentRequired: true,
      tags: ['x'],
    })
    const again = await world.ask('POST', '/servicePrincipals', { appId })
    expect(again.status).toBe(409)
    expect(errorOf(again.body)).toMatchObject({
      code: 'Request_MultipleObjectsWithSameKeyValue',
      details: [{ code: 'ConflictingObjects' }],
    })
    const unknown = await world.ask('POST', '/servicePrincipals', { appId: userRoleId })
    expect(unknown.status).toBe(400)
    expect(unknown.text).toContain(
      `The appId '${userRoleId}' of the service principal does not reference a valid application object`,
    )
    const id = String(principal.body['id'])
    const change = { notes: 'ours', loginUrl: 'https://app.example/in', samlSingleSignOnSettings: { relayState: '/' } }
    expect((await world.ask('PATCH', `/servicePrincipals/${id}`, change)).status).toBe(204)
    await world.ask('PATCH', `/applications/${String(body['id'])}`, {
      displayName: 'Renamed',
      identifierUris: ['api://x'],
    })
    expect((await world.get(`/servicePrincipals/${id}`)).body).toMatchObject({
      ...change,
      displayName: 'Renamed',
      appDisplayName: 'Renamed',
      servicePrincipalNames: [appId, 'api://x'],
    })
    expect(
      (await world.get(`/beta/servicePrincipals/${id}?$select=samlMetadataUrl`)).body['samlMetadataUrl'],
    ).toBeNull()
    const owners = `/servicePrincipals/${id}/owners`
    const other = await slack()
    const link = { '@odata.id': `x/directoryObjects/${String(other.servicePrincipal['id'])}` }
    expect((await world.ask('POST', `${owners}/$ref`, link)).status).toBe(204)
    expect((await world.get(owners)).value).toMatchObject([{ '@odata.type': '#microsoft.graph.servicePrincipal' }])
  })

  it('goes into the recycle bin with its application, and comes back with it', async () => {
    const { application, servicePrincipal } = await slack()
    const id = String(application['id'])
    expect((await world.ask('DELETE', `/applications/${id}`)).status).toBe(204)
    const bin = '/directory/deletedItems'
    expect((await world.get(`${bin}/microsoft.graph.application`)).value).toMatchObject([{ id }])
    expect((await world.get(`${bin}/microsoft.graph.servicePrincipal/$count`)).text).toBe('1')
    expect((await world.get(`/servicePrincipals/${String(servicePrincipal['id'])}`)).status).toBe(404)
    expect((await world.ask('POST', `${bin}/${String(servicePrincipal['id'])}/restore`)).status).toBe(409)
    expect((await world.ask('POST', `${bin}/${id}/restore`)).body).toMatchObject({
      '@odata.type': '#microsoft.graph.application',
      id,
    })
    expect((await world.get(`/servicePrincipals/${String(servicePrincipal['id'])}`)).status).toBe(200)
    await world.ask('DELETE', `/servicePrincipals/${String(servicePrincipal['id'])}`)
    expect((await world.ask('DELETE', `${bin}/${String(servicePrincipal['id'])}`)).status).toBe(204)
    expect((await world.get(`${bin}/${String(servicePrincipal['id'])}`)).status).toBe(404)
  })

  it('of a job is there from the beginning, and is not deleted under the job', async () => {
    const { store, job, clock } = world
    await ensureApplication(store.directory, job, { tenantId: 'tenant', now: clock.now() })
    await ensureApplication(store.directory, job, { tenantId: 'tenant', now: clock.now() })
    expect((await world.get('/servicePrincipals')).value).toMatchObject([
      { id: job.servicePrincipalId, displayName: 'Slack' },
    ])
    const [application] = (await world.get('/applications')).value
    for (const address of [
      `/servicePrincipals/${job.servicePrincipalId}`,
      `/applications/${String(application?.['id'])}`,
    ]) {
      const answer = await world.ask('DELETE', address)
      expect(answer.status).toBe(400)
      expect(answer.text).toContain('provisioning job')
    }
  })
})

describe('an assignment', () => {
  it('is made and taken back from either side, and reaches the target', async () => {
    const { store, job, clock } = world
    await ensureApplication(store.directory, job, { tenantId: 'tenant', now: clock.now() })
    const sp = `/servicePrincipals/${job.servicePrincipalId}`
    const { body: person } = await make('users', {
      ...{ accountEnabled: true, displayName: 'Mira Okafor', mailNickname: 'mira', mail: 'mira@example.com' },
      ...{ userPrincipalName: 'mira@example.com', passwordProfile: { password: 'Wonderful-1' } },
    })
    const principalId = String(person['id'])
    const asked = { principalId, resourceId: job.servicePrincipalId, appRoleId: userRoleId }
    const { body } = await make(`${sp.slice(1)}/appRoleAssignedTo`, asked)
    expect(body).toMatchObject({
      ...asked,
      principalType: 'User',
      principalDisplayName: 'Mira Okafor',
      resourceDisplayName: 'Slack',
      createdDateTime: new Date(clock.now()).toISOString().replace('.000Z', 'Z'),
    })
    const id = String(body['id'])
    expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const bytes = Buffer.from(id, 'base64url')
    expect(bytes.readUInt32LE(0).toString(16).padStart(8, '0')).toBe(principalId.slice(0, 8))
    expect(bytes.subarray(8, 16).toString('hex')).toBe(principalId.slice(19).replace('-', ''))

    const again = await world.ask('POST', `/users/${principalId}/appRoleAssignments`, asked)
    expect(again.status).toBe(400)
    expect(again.text).toContain('Permission being assigned already exists on the object')
    expect((await world.get(`${sp}/appRoleAssignedTo?$top=999`)).value).toMatchObject([{ id }])
    expect((await world.get(`${sp}/appRoleAssignedTo/$count`)).text).toBe('1')
    expect((await world.get(`${sp}/appRoleAssignedTo?$filter=principalId eq ${principalId}`)).value).toHaveLength(1)
    expect((await world.get(`${sp}/appRoleAssignedTo/${id}`)).body['principalId']).toBe(principalId)
    expect((await world.get(`/users/${principalId}/appRoleAssignments/${id}`)).status).toBe(200)
    expect((await world.get(`${sp}/appRoleAssignments`)).value).toEqual([])

    await world.run()
    expect(await world.link('User', principalId)).toMatchObject({ isActive: true })
    expect((await world.ask('DELETE', `/users/${principalId}/appRoleAssignments/${id}`)).status).toBe(204)
    expect((await world.ask('DELETE', `${sp}/appRoleAssignedTo/${id}`)).status).toBe(404)
    await world.run()
    expect(await world.link('User', principalId)).toMatchObject({ isActive: false })
  })

  it('of a group takes its members along', async () => {
    const { store, job, clock } = world
    await ensureApplication(store.directory, job, { tenantId: 'tenant', now: clock.now() })
    const { body: person } = await make('users', {
      ...{ accountEnabled: true, displayName: 'Mira Okafor', mailNickname: 'mira', mail: 'mira@example.com' },
      ...{ userPrincipalName: 'mira@example.com', passwordProfile: { password: 'Wonderful-1' } },
    })
    const { body: crew } = await make('groups', {
      ...{ displayName: 'Crew', mailEnabled: false, mailNickname: 'crew', securityEnabled: true },
      'members@odata.bind': [`x/${String(person['id'])}`],
    })
    await make(`groups/${String(crew['id'])}/appRoleAssignments`, {
      principalId: crew['id'],
      resourceId: job.servicePrincipalId,
      appRoleId: userRoleId,
    })
    await world.run()
    expect(await world.link('User', String(person['id']))).toMatchObject({ isActive: true })
  })

  it.each([
    [{ principalId: '22222222-2222-4222-8222-222222222222' }, 404],
    [{ resourceId: '22222222-2222-4222-8222-222222222222' }, 400],
    [{ appRoleId: '22222222-2222-4222-8222-222222222222' }, 400],
    [{ appRoleId: defaultAccessRoleId }, 400],
    [{ principalId: 5 }, 400],
    [{ colour: 'red' }, 400],
  ])('%j is refused', async (more, status) => {
    const { servicePrincipal } = await slack()
    const { body: group } = await make('groups', {
      ...{ displayName: 'Crew', mailEnabled: false, mailNickname: 'crew', securityEnabled: true },
    })
    const answer = await world.ask('POST', `/servicePrincipals/${String(servicePrincipal['id'])}/appRoleAssignedTo`, {
      principalId: group['id'],
      resourceId: servicePrincipal['id'],
      appRoleId: userRoleId,
      ...more,
    })
    expect(answer.status, answer.text).toBe(status)
  })

  it('without a role is for applications that have none for people', async () => {
    const { body } = await make('applications', { displayName: 'App' })
    const { body: principal } = await make('servicePrincipals', { appId: body['appId'] })
    const { body: group } = await make('groups', {
      ...{ displayName: 'Crew', mailEnabled: false, mailNickname: 'crew', securityEnabled: true },
    })
    const made = await make(`groups/${String(group['id'])}/appRoleAssignments`, {
      principalId: group['id'],
      resourceId: principal['id'],
    })
    expect(made.body).toMatchObject({ appRoleId: defaultAccessRoleId, principalType: 'Group' })
  })
})

describe('Terraform', () => {
  it('finds us by the metadata of the cloud', async () => {
    const answer = await world.get('/metadata/endpoints?api-version=2022-09-01')
    expect(answer.body).toEqual({
      name: 'Muster',
      portal: 'http://localhost',
      authentication: {
        loginEndpoint: 'http://localhost',
        audiences: ['http://localhost/arm'],
        tenant: 'common',
        identityProvider: 'AAD',
      },
      resourceManager: 'http://localhost/arm',
      microsoftGraphResourceId: 'http://localhost/',
      suffixes: {},
    })
  })
})

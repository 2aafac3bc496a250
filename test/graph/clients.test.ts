/* Programs by way of Graph: secrets, certificates and permissions, as scripts for Entra make them (graph-api.md 2.5, 3.5, 4.1). */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureGraphPrincipal } from '../../src/directory/index.ts'
import { appPermissionTable, graphAppId } from '../../src/vocabulary/index.ts'
import { aGraphWorld, type GraphWorld, type Json } from '../builders/graph-world.ts'

let world: GraphWorld
let graphId: string
beforeEach(async () => {
  world = await aGraphWorld()
  await ensureGraphPrincipal(world.store.directory, world.clock.now())
  graphId = String((await world.get(`/servicePrincipals(appId='${graphAppId}')`)).body['id'])
})
afterEach(() => world.close())

async function anApplication(
  displayName = 'Payroll',
): Promise<{ readonly application: Json; readonly principal: Json }> {
  const application = await world.ask('POST', '/applications', { displayName })
  const principal = await world.ask('POST', '/servicePrincipals', { appId: application.body['appId'] })
  expect([application.status, principal.status]).toEqual([201, 201])
  return { application: application.body, principal: principal.body }
}

const idOf = (json: Json): string => String(json['id'])

describe.each(['applications', 'servicePrincipals'])('a secret of %s', (set) => {
  const made = async (): Promise<string> => {
    const { application, principal } = await anApplication()
    return `/${set}/${idOf(set === 'applications' ? application : principal)}`
  }

  test('is told once, in the answer that makes it', async () => {
    const address = await made()
    const answer = await world.ask('POST', `${address}/addPassword`, {
      passwordCredential: { displayName: 'laptop', endDateTime: '2099-01-01T00:00:00Z', '@odata.type': 'x' },
    })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      '@odata.context': 'http://localhost/v1.0/$metadata#microsoft.graph.passwordCredential',
      displayName: 'laptop',
      endDateTime: '2099-01-01T00:00:00Z',
      keyId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    })
    const secret = String(answer.body['secretText'])
    expect(answer.body['hint']).toBe(secret.slice(0, 3))
    for (const query of ['', '?$select=passwordCredentials']) {
      const shown = await world.get(`${address}${query}`)
      expect(shown.text).not.toContain(secret)
      expect(shown.text).not.toContain('Hash')
      const { '@odata.context': _, secretText: __, ...kept } = answer.body
      expect(shown.body['passwordCredentials']).toEqual([{ ...kept, secretText: null }])
    }
    expect((await world.get(`${address}?$select=secretHashes`)).status).toBe(400)
  })

  test('lasts two years, needs no body, and goes', async () => {
    const address = await made()
    const answer = await world.ask('POST', `${address}/addPassword`)
    const [from, to] = ['startDateTime', 'endDateTime'].map((name) => Date.parse(String(answer.body[name])))
    expect((to ?? 0) - (from ?? 0)).toBe(730 * 86_400_000)
    const { keyId } = answer.body
    expect((await world.ask('POST', `${address}/removePassword`, { keyId })).status).toBe(204)
    expect((await world.get(address)).body['passwordCredentials']).toEqual([])
    const again = await world.ask('POST', `${address}/removePassword`, { keyId })
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('No password credential found')])
  })

  test.each([
    [{ passwordCredential: { secretText: 'mine' } }, /cannot be chosen/],
    [{ passwordCredential: { endDateTime: '2001-01-01T00:00:00Z' } }, /would end before it begins/],
    [{ passwordCredential: { colour: 'red' } }, /colour/],
    [{ passwordCredential: 'x' }, /must be an object/],
    ['[]', /JSON object/],
  ])('%j is refused', async (body, says) => {
    const answer = await world.ask('POST', `${await made()}/addPassword`, body)
    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(says)
  })

  test('cannot be written by PATCH, nor taken from nobody', async () => {
    const address = await made()
    const patched = await world.ask('PATCH', address, { passwordCredentials: [{ secretText: 'x' }] })
    expect([patched.status, patched.text]).toEqual([400, expect.stringContaining('read-only')])
    expect((await world.ask('POST', `${address}/removePassword`, {})).status).toBe(400)
    expect((await world.ask('POST', `/${set}/none/addPassword`)).status).toBe(404)
  })
})

describe('Microsoft Graph as a service principal', () => {
  test('is there with the permissions under Microsoft’s ids, for programs alone', async () => {
    const { body } = await world.get(`/servicePrincipals?$filter=appId eq '${graphAppId}'`)
    const [graph] = body['value'] as readonly Json[]
    expect(graph).toMatchObject({ displayName: 'Microsoft Graph', appId: graphAppId })
    const roles = graph?.['appRoles'] as readonly Json[]
    expect(roles).toHaveLength(appPermissionTable.length)
    expect(roles.find(({ value }) => value === 'User.Read.All')).toMatchObject({
      id: 'df021288-bdef-4463-88db-98f22de89214',
      allowedMemberTypes: ['Application'],
      isEnabled: true,
    })
    // Another start finds it as it is.
    await ensureGraphPrincipal(world.store.directory, world.clock.now())
    expect((await world.get(`/servicePrincipals?$filter=appId eq '${graphAppId}'`)).value).toHaveLength(1)
  })

  test('stays: what scripts that adopt it write is taken, what it is and grants is not', async () => {
    const address = `/servicePrincipals/${graphId}`
    expect((await world.ask('PATCH', address, { notes: 'ours', accountEnabled: true })).status).toBe(204)
    for (const body of [{ appRoles: [] }, { accountEnabled: false }, { keyCredentials: [] }])
      expect((await world.ask('PATCH', address, body)).status, JSON.stringify(body)).toBe(400)
    expect((await world.ask('DELETE', address)).status).toBe(400)
    expect((await world.ask('POST', '/servicePrincipals', { appId: graphAppId })).status).toBe(409)
  })
})

describe('a permission', () => {
  const role = (value: string): string => appPermissionTable.find((each) => each.value === value)?.id ?? ''

  test('is an assignment, seen and taken back from either side', async () => {
    const { principal } = await anApplication()
    const body = { principalId: idOf(principal), resourceId: graphId, appRoleId: role('User.Read.All') }
    const mine = await world.ask('POST', `/servicePrincipals/${idOf(principal)}/appRoleAssignments`, body)
    expect(mine.status).toBe(201)
    expect(mine.body).toMatchObject({
      ...body,
      principalType: 'ServicePrincipal',
      principalDisplayName: 'Payroll',
      resourceDisplayName: 'Microsoft Graph',
    })
    const other = { ...body, appRoleId: role('Group.Read.All') }
    expect((await world.ask('POST', `/servicePrincipals/${graphId}/appRoleAssignedTo`, other)).status).toBe(201)
    const again = await world.ask('POST', `/servicePrincipals/${graphId}/appRoleAssignedTo`, other)
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('already exists on the object')])

    expect((await world.get(`/servicePrincipals/${idOf(principal)}/appRoleAssignments`)).value).toHaveLength(2)
    expect((await world.get(`/servicePrincipals/${graphId}/appRoleAssignedTo`)).value).toHaveLength(2)
    const address = `/servicePrincipals/${idOf(principal)}/appRoleAssignments/${idOf(mine.body)}`
    expect((await world.get(address)).status).toBe(200)
    expect((await world.ask('DELETE', address)).status).toBe(204)
    expect((await world.get(address)).status).toBe(404)
  })

  test('is for programs, and one that there is', async () => {
    const { application, principal } = await anApplication()
    const mira = idOf(
      (
        await world.ask('POST', '/users', {
          accountEnabled: true,
          displayName: 'Mira Okafor',
          mailNickname: 'mira',
          userPrincipalName: 'mira@acme.example',
          passwordProfile: { password: 'Wonderful-1' },
        })
      ).body,
    )
    const ask = async (principalId: string, appRoleId: string, resourceId = graphId) =>
      await world.ask('POST', `/servicePrincipals/${resourceId}/appRoleAssignedTo`, {
        principalId,
        resourceId,
        appRoleId,
      })
    expect((await ask(mira, role('User.Read.All'))).text).toMatch(/no enabled role for people/)
    expect((await ask(idOf(principal), 'f00df00d-0000-4000-8000-000000000000')).text).toMatch(
      /no enabled role for programs/,
    )
    expect((await ask(idOf(principal), '00000000-0000-0000-0000-000000000000')).text).toMatch(/roles for programs/)
    expect((await ask(idOf(application), role('User.Read.All'))).text).toMatch(/by its service principal/)
    const slack = world.job.servicePrincipalId
    expect((await ask(idOf(principal), role('User.Read.All'), slack)).status).toBeGreaterThanOrEqual(400)
  })

  test('goes for good with its program', async () => {
    const { application, principal } = await anApplication()
    const body = { principalId: idOf(principal), resourceId: graphId, appRoleId: role('User.Read.All') }
    await world.ask('POST', `/servicePrincipals/${graphId}/appRoleAssignedTo`, body)
    expect((await world.ask('DELETE', `/applications/${idOf(application)}`)).status).toBe(204)
    for (const each of [principal, application])
      expect((await world.ask('DELETE', `/directory/deletedItems/${idOf(each)}`)).status).toBe(204)
    expect((await world.get(`/servicePrincipals/${graphId}/appRoleAssignedTo`)).value).toEqual([])
  })
})

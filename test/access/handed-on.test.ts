/* Nobody hands on more than he holds: permissions, secrets and owners of programs; and what a program makes is its own. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { builtInRoles } from '../../src/access/index.ts'
import { anAccessWorld, type AccessWorld } from '../builders/access-world.ts'

const graphId = '33333333-3333-4333-8333-333333333333'
const program = '44444444-4444-4444-8444-444444444444'
const programAppId = '44444444-4444-4444-8444-000000000000'
const idOf = { 'User.ReadWrite.All': '741f803b-c850-494e-b5df-cde7c675a1ca' } as const
const readLogId = 'b0afded3-3588-46d8-8b3d-9842eff778da'

let world: AccessWorld
beforeEach(async () => {
  world = await anAccessWorld()
  const role = (id: string, value: string): Readonly<Record<string, unknown>> => ({
    id,
    value,
    displayName: value,
    isEnabled: true,
    allowedMemberTypes: ['User', 'Application'],
  })
  const row = { objectType: 'ServicePrincipal', presence: 'present', deletedAt: null } as const
  await world.store.directory.transaction((transaction) =>
    transaction.putApplications([
      {
        ...row,
        objectId: graphId,
        appId: '00000003-0000-0000-c000-000000000000',
        properties: {
          displayName: 'Microsoft Graph',
          appRoles: [
            role(idOf['User.ReadWrite.All'], 'User.ReadWrite.All'),
            role(readLogId, 'AuditLog.Read.All'),
          ] as never,
        },
      },
      { ...row, objectId: program, appId: programAppId, properties: { displayName: 'Program' } },
    ]),
  )
})
afterEach(() => world.close())

const admin = 'Application Administrator'

it('a permission of Graph is given by whoever holds all of it', async () => {
  const person = await world.user('Somebody Else')
  const give = async (caller: string, appRoleId: string): Promise<number> =>
    (
      await world.ask(caller, 'POST', `/v1.0/servicePrincipals/${graphId}/appRoleAssignedTo`, {
        body: { principalId: person, resourceId: graphId, appRoleId },
      })
    ).status
  expect(await give(admin, idOf['User.ReadWrite.All'])).toBe(403)
  expect(await give('User Administrator', readLogId)).toBe(403)
  expect(await give(admin, readLogId)).not.toBe(403)
  expect(await give('User Administrator', idOf['User.ReadWrite.All'])).not.toBe(403)
})

it('secrets and owners of a program that may more are not for whoever may less', async () => {
  const ownersUrl = `/v1.0/servicePrincipals/${program}/owners/$ref`
  const addOwner = async (caller: string): Promise<number> => {
    const person = await world.user(`Owner by ${caller}`)
    return (await world.ask(caller, 'POST', ownersUrl, { body: { '@odata.id': `x/directoryObjects/${person}` } }))
      .status
  }
  const addSecret = async (caller: string): Promise<number> =>
    (
      await world.ask(caller, 'PATCH', `/v1.0/servicePrincipals/${program}`, {
        body: { passwordCredentials: [], notes: 'x' },
      })
    ).status
  expect(await addOwner(admin)).toBe(204)
  expect(await addSecret(admin)).not.toBe(403)
  const strong = builtInRoles.find(({ displayName }) => displayName === 'Global Administrator')
  await world.store.access.addAssignment({
    roleAssignmentId: 'strong',
    principalId: program,
    roleDefinitionId: strong?.roleDefinitionId ?? '',
    directoryScopeId: '/',
    createdAt: 0,
  })
  expect(await addOwner(admin)).toBe(403)
  expect(await addSecret(admin)).toBe(403)
  expect(await addOwner('Global Administrator')).toBe(204)
})

it('a program with Application.ReadWrite.OwnedBy owns what it makes, configures it, and touches nothing else', async () => {
  world.bringIn('Program', {
    kind: 'application',
    objectId: program,
    appId: programAppId,
    displayName: 'Program',
    permissions: ['Application.ReadWrite.OwnedBy'],
  })
  const template = '/v1.0/applicationTemplates'
  const [slack] = ((await world.ask('Program', 'GET', template)).json as { readonly value: readonly { id: string }[] })
    .value
  const made = await world.ask('Program', 'POST', `${template}/${slack?.id ?? ''}/instantiate`, {
    body: { displayName: 'Slack of the program' },
  })
  expect(made.status).toBe(201)
  const { servicePrincipal, application } = made.json as Record<string, { readonly id: string; readonly appId: string }>
  const own = `/v1.0/servicePrincipals/${servicePrincipal?.id ?? ''}`
  expect((await world.ask('Program', 'PATCH', own, { body: { notes: 'mine' } })).status).toBe(204)
  expect(
    (await world.ask('Program', 'PATCH', `/v1.0/applications/${application?.id ?? ''}`, { body: { notes: 'mine' } }))
      .status,
  ).toBe(204)
  expect((await world.ask('Program', 'GET', `${own}/synchronization/jobs`)).status).toBe(200)
  const others = `/v1.0/servicePrincipals/${world.another.servicePrincipalId}`
  expect((await world.ask('Program', 'GET', others)).status).toBe(200)
  expect((await world.ask('Program', 'PATCH', others, { body: { notes: 'mine' } })).status).toBe(403)
  expect((await world.ask('Program', 'GET', `${others}/synchronization/jobs`)).status).toBe(403)

  const plain = await world.ask('Program', 'POST', '/v1.0/applications', { body: { displayName: 'Plain' } })
  const appId = (plain.json as { readonly appId: string }).appId
  expect((await world.ask('Program', 'POST', '/v1.0/servicePrincipals', { body: { appId } })).status).toBe(201)
  const foreign = await world.ask('operator', 'POST', '/v1.0/applications', { body: { displayName: 'Foreign' } })
  const foreignAppId = (foreign.json as { readonly appId: string }).appId
  const taken = await world.ask('Program', 'POST', '/v1.0/servicePrincipals', { body: { appId: foreignAppId } })
  expect(taken.status).toBe(403)
})

it('whoever may read a group and not its people learns their ids alone, and cannot find them by what they are called', async () => {
  const mira = await world.user('Mira Secret')
  const group = await world.group('Crew', [mira])
  world.bringIn('Reader', {
    kind: 'application',
    objectId: program,
    appId: programAppId,
    displayName: 'Reader',
    permissions: ['GroupMember.Read.All'],
  })
  const members = `/v1.0/groups/${group}/members`
  const answer = await world.ask('Reader', 'GET', members)
  expect(answer).toMatchObject({ status: 200, json: { value: [{ '@odata.type': '#microsoft.graph.user', id: mira }] } })
  expect(answer.text).not.toContain('Secret')
  expect((await world.ask('Reader', 'GET', `/v1.0/groups/${group}?$expand=members`)).text).not.toContain('Secret')
  const found = await world.ask(
    'Reader',
    'GET',
    `${members}/microsoft.graph.user?$filter=startswith(displayName,'Mira')`,
  )
  expect(found.json).toMatchObject({ value: [] })
  expect((await world.ask('Reader', 'GET', `${members}?$orderby=displayName`)).status).toBe(400)
  expect((await world.ask('Reader', 'GET', `/v1.0/users/${mira}`)).status).toBe(403)
})

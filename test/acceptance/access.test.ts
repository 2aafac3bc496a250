/* Spec section 16: who may do what, and whose name the audit log has. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { builtInRoles } from '../../src/access/index.ts'
import type { DirectoryAudit } from '../../src/vocabulary/index.ts'
import { anAccessWorld, personCalled, type AccessWorld } from '../builders/access-world.ts'

const owner = 'Application Owner'
const refused = { status: 403, json: { error: { code: 'accessDenied' } } }

let world: AccessWorld
beforeEach(async () => {
  world = await anAccessWorld()
})
afterEach(() => world.close())

const settingsOf = (jobId: string): string => `/muster/v1/jobs/${jobId}/settings`

async function auditEntries(): Promise<readonly DirectoryAudit[]> {
  return (await world.store.audit.query({ limit: 100 })).entries.map(({ entry }) => entry)
}

test('90: an app owner configures his own app, and not another one', async () => {
  const body = { cycleEveryMs: 60_000 }
  expect(await world.ask(owner, 'PATCH', settingsOf(world.own.jobId), { body })).toMatchObject({ status: 200 })
  expect((await world.store.jobs.get(world.own.jobId))?.settings.cycleEveryMs).toBe(60_000)
  const before = await world.store.jobs.get(world.another.jobId)
  expect(await world.ask(owner, 'PATCH', settingsOf(world.another.jobId), { body })).toMatchObject(refused)
  expect(await world.store.jobs.get(world.another.jobId)).toEqual(before)
})

test('90: an app owner sees his own job and its log, and learns nothing of others', async () => {
  const status = await world.ask(owner, 'GET', '/muster/v1/status')
  expect(status).toMatchObject({ status: 200, json: { jobs: [{ jobId: world.own.jobId }], directory: [] } })
  const log = await world.ask(owner, 'GET', '/muster/v1/log')
  expect(log).toMatchObject({ status: 200, json: { entries: [{ jobId: world.own.jobId }] } })
  for (const path of ['/muster/v1/log/export?format=csv', '/muster/v1/log/export?format=lines', '/muster/v1/status'])
    expect((await world.ask(owner, 'GET', path)).text).not.toMatch(/Another|another/)
  expect(await world.ask(owner, 'GET', '/muster/v1/log/entry%20of%20Another')).toMatchObject({ status: 404 })
  expect((await world.ask(owner, 'GET', `/muster/v1/log?job=${world.another.jobId}`)).json).toMatchObject({
    entries: [],
  })
})

test('90: where he owns one app of several, the only job of an app owner is his', async () => {
  expect(await world.ask(owner, 'GET', '/muster/v1/jobs/default')).toMatchObject({
    status: 200,
    json: { jobId: world.own.jobId },
  })
})

test('90: an app owner may add owners to his app, and they may from then on', async () => {
  const person = await world.user('New Owner')
  world.bringIn('New Owner', { ...personCalled('New Owner'), objectId: person })
  expect(await world.ask('New Owner', 'GET', `/muster/v1/jobs/${world.own.jobId}`)).toMatchObject(refused)
  const body = { '@odata.id': `https://graph/v1.0/directoryObjects/${person}` }
  const owners = (id: string): string => `/v1.0/servicePrincipals/${id}/owners/$ref`
  expect((await world.ask(owner, 'POST', owners(world.own.servicePrincipalId), { body })).status).toBe(204)
  expect((await world.ask(owner, 'POST', owners(world.another.servicePrincipalId), { body })).status).toBe(403)
  expect(await world.ask('New Owner', 'GET', `/muster/v1/jobs/${world.own.jobId}`)).toMatchObject({ status: 200 })
})

test('90: a reports reader reads the logs and nothing else', async () => {
  const reader = 'Reports Reader'
  const log = await world.ask(reader, 'GET', '/muster/v1/log')
  expect((log.json as { readonly entries: readonly unknown[] }).entries).toHaveLength(2)
  expect((await world.ask(reader, 'GET', '/muster/v1/audit')).status).toBe(200)
  for (const path of [
    '/muster/v1/status',
    `/muster/v1/jobs/${world.own.jobId}`,
    '/v1.0/users',
    '/v1.0/servicePrincipals',
  ])
    expect((await world.ask(reader, 'GET', path)).status, path).toBe(403)
  const body = { cycleEveryMs: 60_000 }
  expect(await world.ask(reader, 'PATCH', settingsOf(world.own.jobId), { body })).toMatchObject(refused)
})

/** A role made by way of Graph, with the permission of the job and to read it, and somebody who has it. */
async function aJobKeeper(...more: readonly string[]): Promise<void> {
  const allowedResourceActions = [
    'microsoft.directory/servicePrincipals/synchronization/standard/read',
    'microsoft.directory/servicePrincipals/synchronizationJobs/manage',
    ...more,
  ]
  const made = await world.ask('Global Administrator', 'POST', '/v1.0/roleManagement/directory/roleDefinitions', {
    body: { displayName: 'Job Keeper', isEnabled: true, rolePermissions: [{ allowedResourceActions }] },
  })
  expect(made).toMatchObject({ status: 201 })
  const person = await world.user('Keeper')
  world.bringIn('Keeper', { ...personCalled('Keeper'), objectId: person })
  const given = await world.ask('Global Administrator', 'POST', '/v1.0/roleManagement/directory/roleAssignments', {
    body: {
      principalId: person,
      roleDefinitionId: (made.json as { readonly id: string }).id,
      directoryScopeId: `/${world.own.servicePrincipalId}`,
    },
  })
  expect(given).toMatchObject({ status: 201 })
}

test('91: a custom role with the job permission only does not set the scope', async () => {
  await aJobKeeper()
  const url = settingsOf(world.own.jobId)
  expect(await world.ask('Keeper', 'PATCH', url, { body: { cycleEveryMs: 60_000 } })).toMatchObject({ status: 200 })
  for (const body of [{ syncAll: true }, { defaultAccessIsEntitled: false }, { cycleEveryMs: 1000, syncAll: false }]) {
    const answer = await world.ask('Keeper', 'PATCH', url, { body })
    expect(answer).toMatchObject(refused)
    expect(answer.text).toContain('synchronizationCredentials/manage')
  }
  const { settings } = (await world.store.jobs.get(world.own.jobId)) ?? {}
  expect(settings).toMatchObject({ cycleEveryMs: 60_000, syncAll: false })
})

test('91: nor does it make a narrowed scope effective by a restart, on either way in', async () => {
  await aJobKeeper()
  const { jobId, servicePrincipalId } = world.own
  await world.setSettings({ syncAll: false, scopeWaitsForRestart: true })
  const graph = `/v1.0/servicePrincipals/${servicePrincipalId}/synchronization/jobs/${jobId}/restart`
  expect(await world.ask('Keeper', 'POST', `/muster/v1/jobs/${jobId}/restart`)).toMatchObject(refused)
  expect((await world.ask('Keeper', 'POST', graph)).status).toBe(403)
  await world.setSettings({ scopeWaitsForRestart: false })
  expect((await world.ask('Keeper', 'POST', `/muster/v1/jobs/${jobId}/restart`)).status).toBe(200)
  expect((await world.ask('Keeper', 'POST', graph)).status).toBe(204)
})

test('91: with both permissions it sets the scope', async () => {
  await aJobKeeper('microsoft.directory/servicePrincipals/synchronizationCredentials/manage')
  const answer = await world.ask('Keeper', 'PATCH', settingsOf(world.own.jobId), { body: { syncAll: true } })
  expect(answer).toMatchObject({ status: 200, json: { settings: { syncAll: true } } })
})

test('86: the audit log names who changed a threshold or a mapping, by the name he signed in with; the provisioning log stays', async () => {
  const admin = 'Application Administrator'
  const { jobId } = world.own
  const before = await world.store.provisioning.logPosition()
  const deletionPrevention = { isOn: true, threshold: 7, percentage: null, windowHours: null }
  const changed = await world.ask(admin, 'PATCH', settingsOf(jobId), { body: { deletionPrevention } })
  expect(changed.status).toBe(200)
  expect((await world.ask(admin, 'POST', `/muster/v1/jobs/${jobId}/schema/restoreDefaults`)).status).toBe(200)
  const initiatedBy = {
    user: { id: 'person Application Administrator', userPrincipalName: 'application.administrator@example.com' },
    app: null,
  }
  expect(await auditEntries()).toMatchObject([
    { activityDisplayName: 'Update attribute mappings or scope', result: 'success', initiatedBy },
    { activityDisplayName: 'Update provisioning setting or credentials', result: 'success', initiatedBy },
  ])
  expect(await world.store.provisioning.logPosition()).toBe(before)
})

test('the audit log tells of a refused change once an hour, and never of a refused question', async () => {
  const body = { cycleEveryMs: 60_000 }
  for (let times = 0; times < 5; times += 1) {
    await world.ask('Reports Reader', 'PATCH', settingsOf(world.own.jobId), { body })
    await world.ask('Reports Reader', 'GET', '/muster/v1/status')
  }
  const told = await auditEntries()
  expect(told).toMatchObject([
    {
      activityDisplayName: 'Update provisioning setting or credentials',
      result: 'failure',
      initiatedBy: { user: { displayName: 'Reports Reader' } },
    },
  ])
  await world.clock.advance(60 * 60 * 1000)
  await world.ask('Reports Reader', 'PATCH', settingsOf(world.own.jobId), { body })
  expect(await auditEntries()).toHaveLength(2)
})

test('nobody gives more than he may himself, neither by a role nor by a custom one', async () => {
  const person = await world.user('Helper')
  const manager = { principalId: person, roleDefinitionId: '', directoryScopeId: '/' }
  const body = {
    displayName: 'Role Giver',
    rolePermissions: [
      {
        allowedResourceActions: [
          'microsoft.directory/roleAssignments/allProperties/allTasks',
          'microsoft.directory/roleDefinitions/allProperties/allTasks',
          'microsoft.directory/provisioningLogs/allProperties/read',
          'microsoft.directory/auditLogs/allProperties/read',
        ],
      },
    ],
  }
  const roles = '/v1.0/roleManagement/directory/roleDefinitions'
  const assignments = '/v1.0/roleManagement/directory/roleAssignments'
  const made = await world.ask('operator', 'POST', roles, { body })
  world.bringIn('Helper', { ...personCalled('Helper'), objectId: person })
  const roleDefinitionId = (made.json as { readonly id: string }).id
  expect(await world.ask('operator', 'POST', assignments, { body: { ...manager, roleDefinitionId } })).toMatchObject({
    status: 201,
  })
  const other = await world.user('Other')
  const idOf = (name: string): string =>
    builtInRoles.find(({ displayName }) => displayName === name)?.roleDefinitionId ?? ''
  const give = async (name: string): Promise<number> =>
    (
      await world.ask('Helper', 'POST', assignments, {
        body: { principalId: other, roleDefinitionId: idOf(name), directoryScopeId: '/' },
      })
    ).status
  expect(await give('Reports Reader')).toBe(201)
  expect(await give('Reports Reader')).toBe(400)
  for (const name of ['Global Administrator', 'Application Administrator', 'Global Reader'])
    expect(await give(name), name).toBe(403)
  const more = { displayName: 'More', rolePermissions: [{ allowedResourceActions: ['muster/plans/apply'] }] }
  expect((await world.ask('Helper', 'POST', roles, { body: more })).status).toBe(403)
  const grown = { rolePermissions: [{ allowedResourceActions: ['muster/plans/apply'] }] }
  expect((await world.ask('Helper', 'PATCH', `${roles}/${roleDefinitionId}`, { body: grown })).status).toBe(403)
})

/* App permissions of programs are given by whoever may give as much, not by everybody who assigns people (graph-api.md 2.5). */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensureGraphPrincipal, graphPrincipal } from '../../src/directory/index.ts'
import { appPermissionTable, graphAppId } from '../../src/vocabulary/index.ts'
import { anAccessWorld, type AccessWorld } from '../builders/access-world.ts'
import { bringInPrograms } from './probe.ts'

let world: AccessWorld
let graphId: string
beforeAll(async () => {
  world = await anAccessWorld()
  await bringInPrograms(world)
  await ensureGraphPrincipal(world.store.directory, world.clock.now())
  graphId = (await graphPrincipal(world.store.directory))?.objectId ?? ''
})
afterAll(() => world.close())

const appRoleId = appPermissionTable.find(({ value }) => value === 'Directory.ReadWrite.All')?.id

it.each([
  ['Global Administrator', 'let in'],
  // It may assign, and does not hold what it would hand on.
  ['AppRoleAssignment.ReadWrite.All', 'refused'],
  ['Application Administrator', 'refused'],
  ['User Administrator', 'refused'],
  ['Application Owner', 'refused'],
  ['Application.ReadWrite.All', 'refused'],
  ['Directory.ReadWrite.All', 'refused'],
])('%s is %s', async (caller, verdict) => {
  const principalId = '88888888-8888-4888-8888-888888888888'
  const body = { principalId, resourceId: graphId, appRoleId }
  const addresses = [
    `/servicePrincipals/${graphId}/appRoleAssignedTo`,
    `/servicePrincipals(appId='${graphAppId}')/appRoleAssignedTo`,
    `/servicePrincipals/${world.own.servicePrincipalId}/appRoleAssignments`,
  ]
  for (const address of addresses) {
    const { status } = await world.ask(caller, 'POST', `/v1.0${address}`, { body })
    expect({ address, found: status === 403 || status === 404 ? status : 'let in' }).toEqual({
      address,
      found: verdict === 'let in' ? (expect.anything() as unknown) : 403,
    })
    if (verdict === 'let in') expect(status).not.toBe(403)
  }
})

it.each(['Application Administrator', 'Application.ReadWrite.All', 'Global Administrator'])(
  '%s makes a program; with permissions only who may give them',
  async (caller) => {
    const make = async (permissions: readonly string[]) =>
      await world.ask(caller, 'POST', '/muster/v1/clients', { body: { displayName: caller, permissions } })
    expect((await make([])).status).toBe(201)
    expect((await make(['RoleManagement.ReadWrite.Directory'])).status).toBe(
      caller === 'Global Administrator' ? 201 : 403,
    )
  },
)

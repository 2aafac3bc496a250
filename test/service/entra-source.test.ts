/*
 * A tenant as the source, end to end: Muster's own Graph API over HTTP stands for it, `muster serve` follows it, and a simulated
 * Slack shows what came of it.
 */
import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPrograms } from '../builders/programs.ts'
import { startServiceWithSlack, type ServiceWithSlack } from '../builders/muster-service.ts'
import { aTenantService, type TenantService } from '../builders/tenant-service.ts'

const programs = createPrograms()
let tenant: TenantService
let service: ServiceWithSlack

beforeEach(async () => {
  tenant = await aTenantService()
})
afterEach(async () => {
  await programs.clear()
  await service.close()
  await tenant.close()
})

const begin = async (environment: Readonly<Record<string, string>> = {}): Promise<void> => {
  service = await startServiceWithSlack(programs, [], { environment: { ...tenant.environment, ...environment } })
}

interface Member {
  readonly active: boolean
  readonly displayName: string
  readonly title?: string
  readonly userType?: string
  readonly manager?: string
  readonly id: string
}

const managerKey = 'urn:scim:schemas:extension:enterprise:1.0'

/** Whoever Slack has, by first name. */
async function inSlack(): Promise<Readonly<Record<string, Member>>> {
  const answer = await service.simulator.handle({
    method: 'GET',
    url: '/scim/v1/Users?count=100',
    headers: { authorization: `Bearer ${service.simulator.token}` },
  })
  const { Resources } = JSON.parse(answer.body) as {
    readonly Resources: readonly (Omit<Member, 'manager'> & {
      readonly name: { readonly givenName: string }
      readonly [managerKey]?: { readonly manager?: { readonly managerId?: string } }
    })[]
  }
  const names = new Map(Resources.map((each) => [each.id, each.name.givenName]))
  return Object.fromEntries(
    Resources.map((each) => {
      const managerId = each[managerKey]?.manager?.managerId
      return [each.name.givenName, { ...each, manager: names.get(managerId ?? '') ?? '' }]
    }),
  )
}

/** Slack comes to show it; what it shows instead when it does not. */
async function until(shows: (slack: Readonly<Record<string, Member>>) => boolean): Promise<void> {
  await expect.poll(async () => shows(await inSlack()), { timeout: 25_000, interval: 100 }).toBe(true)
}

test('who joins, changes, leaves, is disabled, deleted and restored in the tenant is so in Slack', async () => {
  const boss = await tenant.hire('Bea Boss')
  const mate = await tenant.hire('Max Mate', { jobTitle: 'Mate' })
  const guest = await tenant.hire('Gil Guest', {
    userType: 'Guest',
    userPrincipalName: 'gil_partner.example#EXT#@acme.example',
    mail: 'gil@partner.example',
  })
  await tenant.hire('Una Unassigned')
  const crew = await tenant.group('Crew', [boss, mate])
  await tenant.assign(crew)
  const ofGuest = await tenant.assign(guest)
  await begin()
  await until((slack) => ['Bea', 'Max', 'Gil'].every((name) => slack[name]?.active === true))
  expect((await inSlack())['Una']).toBeUndefined()

  // A joiner, a title and a manager.
  const joiner = await tenant.hire('Joy Joiner')
  await tenant.join(crew, joiner)
  await tenant.ask('PATCH', `/users/${mate}`, { jobTitle: 'Captain' })
  await tenant.setManager(mate, boss)
  await until((slack) => slack['Joy']?.active === true)
  await until((slack) => slack['Max']?.title === 'Captain' && slack['Max'].manager === 'Bea')

  // Who leaves the group, loses the assignment, or is disabled.
  await tenant.leave(crew, joiner)
  await tenant.unassign(ofGuest)
  await tenant.ask('PATCH', `/users/${mate}`, { accountEnabled: false })
  await until((slack) => ['Joy', 'Gil', 'Max'].every((name) => slack[name]?.active === false))

  // Who is deleted, and comes back.
  await tenant.ask('PATCH', `/users/${mate}`, { accountEnabled: true })
  await until((slack) => slack['Max']?.active === true)
  await tenant.ask('DELETE', `/users/${boss}`)
  await until((slack) => slack['Bea']?.active === false)
  expect((await inSlack())['Max']?.active).toBe(true)
  await tenant.ask('POST', `/directory/deletedItems/${boss}/restore`)
  await until((slack) => slack['Bea']?.active === true)

  // The tenant falls silent: nobody leaves because of it.
  await tenant.close()
  const { output } = await service.muster('source', 'show')
  expect(output).toContain('The source is the tenant')
  expect((await inSlack())['Max']?.active).toBe(true)
}, 120_000)

test('what is of the tenant cannot be changed here, and the refusal says where', async () => {
  const ana = await tenant.hire('Ana Able')
  const group = await tenant.group('Crew', [ana])
  await tenant.assign(group)
  await begin()
  await until((slack) => slack['Ana']?.active === true)
  const refused = async (...args: readonly string[]): Promise<void> => {
    const { code, errors } = await service.muster(...args)
    expect(errors).toContain('Change it in Microsoft Entra')
    expect(code).not.toBe(0)
  }
  await refused('unassign', 'Crew', '--yes')
  await refused('assign', 'Ana Able')
  const file = programs.folder()
  writeFileSync(
    `${file}/users.json`,
    JSON.stringify([{ id: ana, displayName: 'Ana Other', userPrincipalName: 'ana@x.example' }]),
  )
  await refused('import', `${file}/users.json`)
}, 60_000)

test('each permission is shown, with what is missing and why it matters; the secret is shown nowhere', async () => {
  await tenant.hire('Ana Able')
  await begin()
  await until(() => true)
  const tested = await service.muster('source', 'test')
  expect([tested.code, tested.errors]).toEqual([0, ''])
  for (const permission of ['User.Read.All', 'GroupMember.Read.All', 'Application.Read.All'])
    expect(tested.output).toContain(`ok      ${permission}`)
  const shown = await service.muster('source', 'show')
  expect(shown.output).toContain('with a secret')
  const json = JSON.parse((await service.muster('source', 'show', '--json')).output) as { readonly kind: string }
  expect(json.kind).toBe('entra')
  expect((await service.muster('source', 'confirm', '--missing', '5')).code).toBe(4)
  expect((await service.muster('source', 'confirm', '--missing', 'many', '--yes')).code).toBe(2)
  expect((await service.muster('source', 'confirm', '--missing', '5', '--yes')).code).toBe(0)
  for (const { output, errors } of [tested, shown]) expect(output + errors).not.toContain(tenant.secret)
  expect(service.program.output() + service.program.errors()).not.toContain(tenant.secret)
}, 60_000)

test('a wrong secret keeps the service up, and says which setting is meant', async () => {
  await begin({ MUSTER_ENTRA_CLIENT_SECRET: 'wrong' })
  const tested = await service.muster('source', 'test')
  expect(tested.code).toBe(1)
  expect(tested.output).toContain('MUSTER_ENTRA_CLIENT_SECRET')
  await expect
    .poll(async () => (await service.muster('source', 'show')).output, { timeout: 30_000 })
    .toContain('TROUBLE')
}, 60_000)

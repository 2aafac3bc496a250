/* Spec 3.2 and section 11: roles of assignments, and a scope that is narrowed; through the API, as an administrator does. */
import { afterEach, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { defaultAccessRoleId } from '../../src/vocabulary/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aWorld, type World, type WorldOptions } from '../builders/world.ts'

let world: World
let app: Awaited<ReturnType<typeof createApi>>
afterEach(async () => {
  await app.close()
  await world.close()
})

async function begin(options: WorldOptions = {}): Promise<void> {
  world = await aWorld({
    assignEverybody: false,
    ...options,
    settings: {
      deletionPrevention: { isOn: true, threshold: 0, percentage: null, windowHours: null },
      ...options.settings,
    },
  })
  app = await createApi(apiPorts(world.ports))
}

async function send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) {
  const payload = body === undefined ? {} : { payload: body }
  const url = `/muster/v1/jobs/default/${path}`
  const answer = await app.inject({ method, url, headers: { host: 'localhost' }, ...payload })
  return { status: answer.statusCode, json: JSON.parse(answer.body) as unknown }
}

const active = () => world.target.objects('User').filter(({ attributes }) => attributes['active'] === true).length

test('26: narrowed to assigned, the scope holds after a restart and not before', async () => {
  await begin({ settings: { syncAll: true } })
  await world.user('Ana Able', {}, { isAssigned: true })
  const out = await world.user('Otto Out')
  await world.group('Crew', [out])
  await world.run()
  expect([active(), world.target.objects('Group').length]).toEqual([2, 1])

  expect(await send('PATCH', 'settings?dryRun=true', { syncAll: false })).toMatchObject({
    json: { isChanged: false, losing: 1, losingGroups: 1 },
  })
  expect(await send('PATCH', 'settings', { syncAll: false })).toMatchObject({
    json: { isChanged: true, settings: { syncAll: false, scopeWaitsForRestart: true } },
  })
  // Asked for once more, the number is told once more.
  expect(await send('PATCH', 'settings?dryRun=true', { syncAll: false })).toMatchObject({ json: { losing: 1 } })
  // Whatever happens to somebody meanwhile, they are still in scope; so is whoever joins.
  await world.change(out, { jobTitle: 'Captain' })
  await world.user('Nora New')
  expect(await world.run()).toMatchObject({ kind: 'incremental' })
  expect(active()).toBe(3)

  expect(await send('POST', 'restart')).toMatchObject({ status: 200 })
  expect(await world.run()).toMatchObject({ kind: 'initial' })
  // Whoever narrowed it was told: the threshold of 0 holds nobody back a second time.
  expect([active(), world.target.objects('Group').length]).toEqual([1, 0])
  expect(await send('GET', '')).toBeDefined()
  expect((await world.store.jobs.get(world.job.jobId))?.settings).toMatchObject({
    syncAll: false,
    scopeWaitsForRestart: false,
  })
})

test('a widened scope takes nobody out who is out already, and answers for nobody who waits', async () => {
  await begin()
  const ana = await world.user('Ana Able', {}, { isAssigned: true })
  await world.run()
  await world.change(ana, { accountEnabled: false })
  await world.run()
  expect(await world.store.provisioning.heldRemovals(world.job.jobId)).toMatchObject([{ state: 'staged' }])
  expect(await send('PATCH', 'settings?dryRun=true', { syncAll: true })).toMatchObject({ json: { losing: 0 } })
  expect(await send('PATCH', 'settings', { syncAll: true })).toMatchObject({ json: { losing: 0, isChanged: true } })
  await world.run()
  expect(active()).toBe(1)
  expect(await world.store.provisioning.heldRemovals(world.job.jobId)).toMatchObject([{ state: 'staged' }])
})

test('26: taken back before the restart, nobody leaves', async () => {
  await begin({ settings: { syncAll: true } })
  await world.user('Otto Out')
  await world.run()
  await send('PATCH', 'settings', { syncAll: false })
  expect(await send('PATCH', 'settings', { syncAll: true })).toMatchObject({
    json: { losing: 0, settings: { syncAll: true, scopeWaitsForRestart: false } },
  })
  await send('POST', 'restart')
  await world.run()
  expect(active()).toBe(1)
})

test('widened to all, the scope holds with the next cycle', async () => {
  await begin()
  await world.user('Otto Out')
  await world.run()
  expect(active()).toBe(0)
  await send('PATCH', 'settings', { syncAll: true })
  expect(await world.run()).toMatchObject({ kind: 'initial' })
  expect(active()).toBe(1)
})

test('11: Default Access does not permit an account; the same person assigned in a role gets one', async () => {
  await begin({ settings: { defaultAccessIsEntitled: false } })
  const ana = await world.user('Ana Able')
  expect(await send('POST', 'assignments', { name: ana })).toMatchObject({ status: 200 })
  await world.run()
  expect(active()).toBe(0)
  expect(await send('POST', 'assignments', { name: ana, role: 'user' })).toMatchObject({ json: { isChanged: true } })
  expect(await send('POST', 'assignments', { name: ana, role: 'User' })).toMatchObject({ json: { isChanged: false } })
  await world.run()
  expect(active()).toBe(1)
})

test('11: members of a group assigned in a role are entitled by it', async () => {
  await begin({ settings: { defaultAccessIsEntitled: false } })
  const ana = await world.user('Ana Able')
  const crew = await world.group('Crew', [ana])
  await send('POST', 'assignments', { name: crew, role: 'msiam_access' })
  await world.run()
  expect(active()).toBe(1)
})

test('roles are listed with their assignments, added, and removed when nobody has them', async () => {
  await begin()
  const ana = await world.user('Ana Able')
  expect(await send('POST', 'assignments', { name: ana, role: 'Workspace admin' })).toMatchObject({
    status: 404,
    json: { error: { message: expect.stringContaining('Known are Default Access, User, msiam_access') as string } },
  })
  expect(await send('POST', 'roles', { displayName: 'Workspace admin', value: 'admin' })).toMatchObject({ status: 201 })
  for (const [displayName, value] of [['workspace ADMIN'], ['Other', 'Admin'], ['Default Access']])
    expect(await send('POST', 'roles', { displayName, ...(value === undefined ? {} : { value }) })).toMatchObject({
      status: 409,
      json: { error: { code: 'nameTaken' } },
    })
  await send('POST', 'assignments', { name: ana, role: 'admin' })
  const { json } = await send('GET', 'roles')
  expect(json).toMatchObject({
    roles: [
      { id: defaultAccessRoleId, assignments: 0 },
      { displayName: 'User', assignments: 0 },
      { displayName: 'msiam_access', assignments: 0 },
      { displayName: 'Workspace admin', value: 'admin', assignments: 1 },
    ],
  })
  expect(await send('DELETE', 'roles/admin')).toMatchObject({ status: 409, json: { error: { code: 'roleInUse' } } })
  await send('DELETE', `assignments?name=${encodeURIComponent(ana)}`)
  expect(await send('DELETE', 'roles/admin')).toMatchObject({ status: 200 })
  expect(await send('DELETE', 'roles/admin')).toMatchObject({ status: 404 })
  expect(await send('DELETE', `roles/${encodeURIComponent('Default Access')}`)).toMatchObject({ status: 409 })
})

test('a role flows through a mapping function', async () => {
  await begin({
    schema: (schema) => ({
      ...schema,
      synchronizationRules: schema.synchronizationRules.map((rule) => ({
        ...rule,
        objectMappings: rule.objectMappings.map((mapping) =>
          mapping.sourceObjectName === 'User'
            ? {
                ...mapping,
                attributeMappings: mapping.attributeMappings.map((each) =>
                  each.targetAttributeName === 'title'
                    ? {
                        ...each,
                        source: { ...each.source, expression: 'SingleAppRoleAssignment([appRoleAssignments])' },
                      }
                    : each,
                ),
              }
            : mapping,
        ),
      })),
    }),
  })
  const ana = await world.user('Ana Able')
  await send('POST', 'roles', { displayName: 'Workspace admin', value: 'admin' })
  await send('POST', 'assignments', { name: ana, role: 'admin' })
  await world.run()
  expect(JSON.stringify(world.target.objects('User')[0]?.attributes['title'])).toMatch(/admin/)
})

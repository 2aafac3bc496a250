/* What the vectors leave open about groups (slack.md section 4). */
import { expect, test } from 'vitest'
import { aUser, aWorkspace, patchOp, refusalOf, v1 } from '../../test/builders/slack-workspace.ts'
import type { Workspace } from '../../test/builders/slack-workspace.ts'

async function aGroup(names: readonly string[], workspace = aWorkspace({ users: 0 })): Promise<Workspace> {
  for (const name of names) await workspace.send('POST', '/scim/v1/Users', aUser(name))
  const members = names.map((name) => ({ value: workspace.idOf(name) }))
  await workspace.send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'Crew', members })
  return workspace
}

function membersOf({ simulator }: Workspace): readonly string[] {
  return (simulator.group('Crew')?.memberIds ?? []).map((id) => simulator.person(id)?.userName ?? '')
}

async function operate(workspace: Workspace, ...operations: readonly unknown[]): Promise<number> {
  const url = `/scim/v2/Groups/${workspace.idOf('Crew')}`
  return (await workspace.send('PATCH', url, { schemas: [patchOp], Operations: operations })).status
}

test('v1: both kinds of change in one call, with a new name', async () => {
  const workspace = await aGroup(['nina', 'ned'])
  await workspace.send('POST', '/scim/v1/Users', aUser('ann'))
  const url = `/scim/v1/Groups/${workspace.idOf('Crew')}`
  const members = [{ value: workspace.idOf('nina'), operation: 'delete' }, { value: workspace.idOf('ann') }]
  expect((await workspace.send('PATCH', url, { schemas: [v1], displayName: 'CREW', members })).status).toBe(204)
  expect(membersOf(workspace)).toEqual(['ned', 'ann'])
  const empty = { schemas: [v1], meta: { attributes: ['members'] } }
  expect((await workspace.send('PATCH', url, empty)).status).toBe(204)
  expect(membersOf(workspace)).toEqual([])
})

test('v2: adding, removing by quoted and bare id, and the empty list that removes everybody', async () => {
  const workspace = await aGroup(['nina', 'ned', 'ann'])
  await operate(workspace, { op: 'remove', path: `members[value eq "${workspace.idOf('nina')}"]` })
  await operate(workspace, { op: 'remove', path: `members[value eq ${workspace.idOf('ned')}]` })
  expect(membersOf(workspace)).toEqual(['ann'])
  await operate(workspace, { op: 'Add', path: 'members', value: [{ value: workspace.idOf('ned') }] })
  await operate(workspace, { op: 'add', value: { members: [{ value: workspace.idOf('nina') }] } })
  expect(membersOf(workspace)).toEqual(['ann', 'ned', 'nina'])
  await operate(workspace, { op: 'remove', path: 'members', value: [] })
  expect(membersOf(workspace)).toEqual([])
})

test('a name in use is refused without regard to case, one too long as well', async () => {
  const workspace = await aGroup([])
  const taken = await workspace.send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'crew' })
  expect([taken.status, refusalOf(taken)]).toEqual([500, 'group_creation_failed'])
  const long = await workspace.send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'x'.repeat(256) })
  expect(refusalOf(long)).toBe('group_creation_failed')
})

test('a name that is no text is refused in every write, a missing one as well', async () => {
  const workspace = await aGroup([])
  const url = `/scim/v1/Groups/${workspace.idOf('Crew')}`
  for (const displayName of [5, true, ['Crew'], {}]) {
    for (const [method, target] of [
      ['POST', '/scim/v1/Groups'] as const,
      ['PATCH', url] as const,
      ['PUT', url] as const,
    ]) {
      const refused = await workspace.send(method, target, { schemas: [v1], displayName })
      expect([refused.status, refusalOf(refused)]).toEqual([400, 'invalid_attribute_format'])
    }
    expect(await operate(workspace, { op: 'replace', path: 'displayName', value: displayName })).toBe(400)
  }
  for (const displayName of [undefined, null, ' ']) {
    const refused = await workspace.send('POST', '/scim/v1/Groups', { schemas: [v1], displayName })
    expect(refusalOf(refused)).toBe('invalid_request_payload')
  }
  expect(workspace.simulator.groups().map(({ displayName }) => displayName)).toEqual(['Crew'])
})

test('a refused change changes nothing, the right half included', async () => {
  const workspace = await aGroup(['nina'])
  const url = `/scim/v1/Groups/${workspace.idOf('Crew')}`
  const members = [{ value: workspace.idOf('nina'), operation: 'delete' }, { value: 'U0NOBODY' }]
  const refused = await workspace.send('PATCH', url, { schemas: [v1], displayName: 'New', members })
  expect(refusalOf(refused)).toBe('no_such_group_members')
  expect(membersOf(workspace)).toEqual(['nina'])
  for (const wrong of ['x', [7], [{}], [{ value: 7 }], [{ value: '__proto__' }]]) {
    expect((await workspace.send('PATCH', url, { schemas: [v1], members: wrong })).status).toBe(400)
  }
})

test('deactivation leaves groups for good, unless the knob keeps the membership', async () => {
  const workspace = await aGroup(['nina', 'ned'])
  const url = `/scim/v1/Users/${workspace.idOf('nina')}`
  await workspace.send('DELETE', url)
  await workspace.send('PATCH', url, { schemas: [v1], active: true })
  expect(membersOf(workspace)).toEqual(['ned'])
  workspace.simulator.setKnobs({ deactivateLeavesGroups: false })
  await workspace.send('DELETE', `/scim/v1/Users/${workspace.idOf('ned')}`)
  expect(membersOf(workspace)).toEqual(['ned'])
})

test('the answer to a deactivation no longer lists the groups it ends, like every read after it', async () => {
  const workspace = await aGroup(['nina', 'ned'])
  const url = `/scim/v1/Users/${workspace.idOf('nina')}`
  const crew = [{ value: workspace.idOf('Crew'), display: 'Crew' }]
  expect((await workspace.send('GET', url)).json).toMatchObject({ groups: crew })
  const answer = await workspace.send('PATCH', url, { schemas: [v1], active: false })
  expect(answer.json).toMatchObject({ active: false, groups: [] })
  expect((await workspace.send('GET', url)).json).toMatchObject({ groups: [] })
  workspace.simulator.setKnobs({ deactivateLeavesGroups: false })
  const ned = `/scim/v2/Users/${workspace.idOf('ned')}`
  const kept = await workspace.send('PATCH', ned, {
    schemas: [patchOp],
    Operations: [{ op: 'replace', path: 'active', value: false }],
  })
  expect(kept.json).toMatchObject({ active: false, groups: crew })
})

test('reads show a change after the delay, in the list and alone; what was asked again counts as asked', async () => {
  const workspace = await aGroup(['nina', 'ned'])
  const { simulator } = workspace
  const url = `/scim/v1/Groups/${workspace.idOf('Crew')}`
  const remove = { schemas: [v1], members: [{ value: workspace.idOf('nina'), operation: 'delete' }] }
  await workspace.send('PATCH', url, { ...remove, displayName: 'Sailors' })
  simulator.stepClock(500)
  await workspace.send('PATCH', url, { schemas: [v1], members: [{ value: workspace.idOf('nina') }] })
  const seen = async (): Promise<unknown> => (await workspace.send('GET', url)).json
  expect(await seen()).toMatchObject({ displayName: 'Crew', members: [{}, {}] })
  simulator.stepClock(500)
  expect(await seen()).toMatchObject({ displayName: 'Sailors', members: [{ value: workspace.idOf('ned') }] })
  expect((await workspace.send('GET', '/scim/v1/Groups')).json).toMatchObject({ Resources: [await seen()] })
  simulator.stepClock(500)
  expect(await seen()).toMatchObject({ members: [{}, {}] })
})

test('groups are found by name with a filter', async () => {
  const workspace = await aGroup(['nina'])
  const { json } = await workspace.send('GET', '/scim/v1/Groups?filter=displayName%20eq%20%22CREW%22')
  expect(json).toMatchObject({ totalResults: 1, Resources: [{ displayName: 'Crew' }] })
})

test('an organisation takes 15,000 members, a workspace 5,000, counted after the change', async () => {
  const workspace = aWorkspace({ users: 5001, plan: 'enterprise' })
  const ids = workspace.simulator
    .people()
    .filter(({ role }) => role === 'member')
    .map(({ id }) => ({ value: id }))
  const made = await workspace.send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'Crew', members: ids })
  expect(made.status).toBe(201)
  const small = aWorkspace({ users: 5001 })
  const people = small.simulator
    .people()
    .filter(({ role }) => role === 'member')
    .map(({ id }) => id)
  const first = people.slice(0, 5000).map((value) => ({ value }))
  await small.send('POST', '/scim/v1/Groups', { schemas: [v1], displayName: 'Crew', members: first })
  const swap = [{ value: people[5000] }, { value: people[0], operation: 'delete' }]
  const url = `/scim/v1/Groups/${small.idOf('Crew')}`
  expect((await small.send('PATCH', url, { schemas: [v1], members: swap })).status).toBe(204)
  expect(refusalOf(await small.send('PATCH', url, { schemas: [v1], members: [{ value: people[0] }] }))).toBe(
    'group_member_max_exceeded',
  )
})

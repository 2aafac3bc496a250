/* What is changed through Graph stands in the audit log (spec 12.6), by Entra's names. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { aGraphWorld, type GraphWorld } from '../builders/graph-world.ts'

let world: GraphWorld
beforeEach(async () => {
  world = await aGraphWorld()
})
afterEach(() => world.close())

it('every change is told of once, with names of what was set and never a value', async () => {
  const { body } = await world.ask('POST', '/users', {
    ...{ accountEnabled: true, displayName: 'Mira', mailNickname: 'mira', userPrincipalName: 'mira@example.com' },
    passwordProfile: { password: 'Wonderful-1' },
  })
  const id = String(body['id'])
  const group = await world.group('Crew', [])
  await world.ask('PATCH', `/users/${id}`, { jobTitle: 'Captain' })
  await world.ask('POST', `/groups/${group}/members/$ref`, { '@odata.id': `x/directoryObjects/${id}` })
  await world.ask('DELETE', `/groups/${group}/members/${id}/$ref`)
  await world.ask('DELETE', `/users/${id}`)
  await world.ask('POST', `/directory/deletedItems/${id}/restore`)
  await world.get('/users')
  const { entries: sealed } = await world.store.audit.query({ limit: 100 })
  const entries = sealed.map(({ entry }) => entry)
  const told = entries.map(({ activityDisplayName, targetResources }) => [
    activityDisplayName,
    targetResources.map((target) => target.id ?? target.displayName),
  ])
  expect(told.toReversed()).toEqual([
    ['Add user', ['Mira']],
    ['Update user', [id]],
    ['Add member to group', [group, id]],
    ['Remove member from group', [group, id]],
    ['Delete user', [id]],
    ['Restore deleted object', [id]],
  ])
  expect(
    entries.find(({ activityDisplayName }) => activityDisplayName === 'Update user')?.additionalDetails,
  ).toContainEqual({ key: 'Properties', value: 'jobTitle' })
  expect(JSON.stringify(entries)).not.toMatch(/Wonderful|Captain/)
})

it('what is refused changes nothing, and is not told as a change', async () => {
  expect((await world.ask('POST', '/users', { displayName: 'Mira' })).status).toBe(400)
  expect((await world.ask('DELETE', '/users/nobody')).status).toBe(404)
  expect((await world.store.audit.query({ limit: 100 })).entries).toEqual([])
})

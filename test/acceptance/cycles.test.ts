import { afterEach, expect, test } from 'vitest'
import { aWorld, type World } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

const sent = () => world.target.writes.map((each) => each.write)

test('48: a first cycle evaluates everybody, writes references after objects and stores a watermark', async () => {
  world = await aWorld()
  // Reports come before their manager in the feed, the group before its members.
  const group = await world.group('Crew', [])
  await world.assign(group)
  const ana = await world.user('Ana Able', { manager: 'user-mo.chief' })
  const mo = await world.user('Mo Chief')
  const out = await world.user('Otto Out')
  await world.unassign(out)
  await world.members(group, [ana, mo])
  const cycle = await world.run()
  expect(cycle.counters.countImported).toBe(4)
  expect(cycle.counters.created).toBe(3)
  const writes = sent()
  const created = new Set<string>()
  for (const [index, each] of writes.entries()) {
    const receipt = world.target.writes[index]?.receipt
    if (each.kind === 'create') {
      const manager = each.attributes['urn:scim:schemas:extension:enterprise:1.0.manager']
      if (manager !== undefined) expect(created).toContain(manager)
      created.add(receipt?.anchor ?? '')
    }
    if (each.kind === 'update') {
      for (const change of each.changes)
        if (change.kind === 'set' && change.attribute.endsWith('.manager')) expect(created).toContain(change.value)
      for (const member of each.members?.add ?? []) expect(created).toContain(member)
    }
  }
  expect(writes.some((each) => each.kind === 'update' && each.members?.add.length === 2)).toBe(true)
  expect((await world.store.jobs.get(world.job.jobId))?.watermark).not.toBeNull()
})

test('49: no change, nothing is written', async () => {
  world = await aWorld()
  await world.assign(await world.group('Crew', [await world.user('Ana Able')]))
  await world.run()
  world.target.forgetCalls()
  const cycle = await world.run()
  expect(cycle.kind).toBe('incremental')
  expect(sent()).toEqual([])
})

test('50: one changed attribute, only that attribute is sent', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { jobTitle: 'Mate', department: 'Deck' })
  await world.run()
  world.target.forgetCalls()
  await world.change(ana, { jobTitle: 'Captain' })
  await world.run()
  expect(sent()).toMatchObject([{ kind: 'update', changes: [{ attribute: 'title', kind: 'set', value: 'Captain' }] }])
  expect(sent()).toHaveLength(1)
})

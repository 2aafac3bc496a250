import { expect, test } from 'vitest'
import { createMemoryTarget } from '../connectors/memory/index.ts'
import type { TargetObject } from '../vocabulary/index.ts'
import { plannedTarget } from './planned-target.ts'

const bob: TargetObject = {
  objectType: 'User',
  anchor: 'U-BOB',
  displayName: 'Bob',
  attributes: { active: true, userName: 'bob', title: 'Mate' },
}
const byName = (value: string) => ({ objectType: 'User', attribute: 'userName', value }) as const

test('what is planned is seen by later looks, and nothing is sent', async () => {
  const target = createMemoryTarget({ objects: [bob] })
  const planned = plannedTarget(target)
  const receipt = await planned.write({ kind: 'create', objectType: 'User', attributes: { userName: 'Ana' } })
  expect(receipt.anchor).toBe('planned-1')
  expect((await planned.find(byName('ANA'))).map((hit) => hit.anchor)).toEqual(['planned-1'])
  expect((await planned.read('User', 'planned-1'))?.attributes).toEqual({ userName: 'Ana' })
  const changes = [
    { attribute: 'userName', kind: 'set', value: 'robert' },
    { attribute: 'title', kind: 'cleared' },
  ] as const
  await planned.write({ kind: 'update', objectType: 'User', anchor: 'U-BOB', changes, known: bob.attributes })
  expect(await planned.find(byName('bob'))).toEqual([])
  expect((await planned.find(byName('robert'))).map((hit) => hit.attributes)).toEqual([
    { active: true, userName: 'robert' },
  ])
  await planned.write({ kind: 'disable', objectType: 'User', anchor: 'U-BOB' })
  expect(target.writes).toEqual([])
  expect(target.objects('User')).toEqual([bob])
})

test.each(['disable', 'delete'] as const)(
  'an account that a %s deactivates is shown so by later looks',
  async (kind) => {
    const planned = plannedTarget(createMemoryTarget({ objects: [bob] }))
    await planned.write({ kind, objectType: 'User', anchor: 'U-BOB' })
    expect((await planned.read('User', 'U-BOB'))?.attributes['active']).toBe(false)
    expect((await planned.find(byName('bob'))).map((hit) => hit.attributes['active'])).toEqual([false])
  },
)

test('what would be deleted is gone for later looks', async () => {
  const planned = plannedTarget(createMemoryTarget({ objects: [bob], deleteDeactivatesUsers: false }))
  await planned.write({ kind: 'delete', objectType: 'User', anchor: 'U-BOB' })
  expect(await planned.read('User', 'U-BOB')).toBeNull()
  expect(await planned.find(byName('bob'))).toEqual([])
})

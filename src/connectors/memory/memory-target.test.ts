import { expect, test } from 'vitest'
import { ConnectorError } from '../../vocabulary/index.ts'
import { slackPerson, targetContract } from '../target.contract.ts'
import { createMemoryTarget } from './index.ts'

const outage = new ConnectorError('The target is down.', {
  code: 'InternalServerError',
  scope: 'object',
  retry: 'nextCycle',
})

targetContract('memory', () => {
  const target = createMemoryTarget()
  return Promise.resolve({
    target,
    person: slackPerson,
    loseNextAnswer: () => target.loseNextAnswer(),
    refuseCredentials: () => {
      const fields = { code: 'Unauthorized', scope: 'job', retry: 'never' } as const
      target.failNext('checkCredentials', new ConnectorError('The token is unknown.', fields))
    },
  })
})

test('a fault on a write is thrown once, changes nothing and is recorded', async () => {
  const target = createMemoryTarget()
  target.failNext('write', outage)
  const create = { kind: 'create', objectType: 'User', attributes: { userName: 'mira' } } as const
  await expect(target.write(create)).rejects.toBe(outage)
  expect(target.objects('User')).toEqual([])
  await target.write(create)
  expect(target.writes.map((record) => record.outcome)).toEqual(['refused', 'done'])
})

test('a fault can wait for one particular write', async () => {
  const target = createMemoryTarget()
  target.failNext('write', outage, 1, (write) => write.kind === 'create' && write.attributes.userName === 'noor')
  await target.write({ kind: 'create', objectType: 'User', attributes: { userName: 'mira' } })
  const second = target.write({ kind: 'create', objectType: 'User', attributes: { userName: 'noor' } })
  await expect(second).rejects.toBe(outage)
})

test('a lost answer takes effect and is recorded as lost', async () => {
  const target = createMemoryTarget()
  target.loseNextAnswer()
  const create = target.write({ kind: 'create', objectType: 'User', attributes: { userName: 'mira' } })
  await expect(create).rejects.toMatchObject({ code: 'Timeout' })
  expect(target.objects('User')).toHaveLength(1)
  expect(target.writes.map((record) => record.outcome)).toEqual(['lost'])
})

test('finds, reads and lists are recorded in order', async () => {
  const target = createMemoryTarget()
  const request = { objectType: 'User', attribute: 'userName', value: 'mira' } as const
  await target.find(request)
  await target.read('User', 'U1')
  for await (const page of target.listObjects('Group')) expect(page).toEqual([])
  expect([target.finds, target.reads, target.lists]).toEqual([
    [request],
    [{ objectType: 'User', anchor: 'U1' }],
    ['Group'],
  ])
})

test('a change by hand is found by its new value and no longer by the old one', async () => {
  const target = createMemoryTarget()
  const { anchor } = await target.write({ kind: 'create', objectType: 'User', attributes: { userName: 'mira' } })
  target.put({ objectType: 'User', anchor, displayName: 'Noor', attributes: { userName: 'noor', active: true } })
  expect(await target.find({ objectType: 'User', attribute: 'userName', value: 'mira' })).toEqual([])
  expect(await target.find({ objectType: 'User', attribute: 'userName', value: 'NOOR' })).toHaveLength(1)
})

test('two accounts put in by hand with one e-mail address are both found', async () => {
  const attributes = { 'emails[type eq "work"].value': 'mira@acme.example', active: true }
  const target = createMemoryTarget({
    objects: ['U7', 'U8'].map((anchor) => ({ objectType: 'User', anchor, displayName: anchor, attributes })),
  })
  const found = await target.find({
    objectType: 'User',
    attribute: 'emails[type eq "work"].value',
    value: 'Mira@acme.example',
  })
  expect(found.map((object) => object.anchor)).toEqual(['U7', 'U8'])
})

test('a person can be deleted for good when the target is told so', async () => {
  const target = createMemoryTarget({ deleteDeactivatesUsers: false })
  const { anchor } = await target.write({ kind: 'create', objectType: 'User', attributes: { userName: 'mira' } })
  await target.write({ kind: 'delete', objectType: 'User', anchor })
  expect(await target.read('User', anchor)).toBeNull()
})

import { expect, test } from 'vitest'
import type { FakeSlack } from '../../../test/builders/fake-slack.ts'
import { createFakeSlack } from '../../../test/builders/fake-slack.ts'
import { createJumpingClock } from '../../../test/builders/jumping-clock.ts'
import { slackPerson } from '../target.contract.ts'
import type { TargetConnector } from '../target.ts'
import { createSlackTarget } from './index.ts'

interface Crowd {
  readonly slack: FakeSlack
  readonly target: TargetConnector
  readonly group: string
  readonly people: readonly string[]
}

/** As many ids as wanted, all of them people of the workspace. */
async function aCrowd(size: number): Promise<Crowd> {
  const slack = createFakeSlack()
  const target = createSlackTarget({
    token: 'xoxp-fake-token',
    clock: createJumpingClock(),
    random: () => 0.5,
    send: slack.send,
  })
  const { anchor } = await target.write({ kind: 'create', objectType: 'User', attributes: slackPerson(1) })
  const somebody = slack.users.get(anchor)
  if (somebody === undefined) throw new Error('Nobody was created.')
  const people = Array.from({ length: size }, (_, number) => `U1CROWD${String(number)}`)
  for (const id of people) (slack.users as Map<string, typeof somebody>).set(id, { ...somebody, id })
  const group = await target.write({ kind: 'create', objectType: 'Group', attributes: { displayName: 'Everybody' } })
  return { slack, target, group: group.anchor, people }
}

const patches = (slack: FakeSlack): number => slack.requests.filter(({ method }) => method === 'PATCH').length

async function add({ target, group }: Crowd, people: readonly string[]): Promise<unknown> {
  const members = { add: people, remove: [] }
  const update = { kind: 'update', objectType: 'Group', anchor: group, changes: [], members, known: {} } as const
  return target.write(update).catch((error: unknown) => error)
}

test('a group too large for a workspace is refused before its first member is added', async () => {
  const crowd = await aCrowd(5001)
  expect(await add(crowd, crowd.people)).toMatchObject({
    code: 'UnprocessableEntity',
    scope: 'object',
    message: expect.stringContaining('5,001 members and Slack allows 5,000 here') as string,
  })
  expect(patches(crowd.slack)).toBe(0)
})

test('an org may have groups of 15,000, in batches of 5,000', async () => {
  const crowd = await aCrowd(12_000)
  crowd.slack.isOrg = true
  await add(crowd, crowd.people)
  expect(crowd.slack.groups.get(crowd.group)?.members.size).toBe(12_000)
  expect(patches(crowd.slack)).toBe(3)
})

test('who is in already and who goes counts', async () => {
  const crowd = await aCrowd(16_000)
  crowd.slack.isOrg = true
  await add(crowd, crowd.people.slice(0, 12_000))
  const before = patches(crowd.slack)
  expect(await add(crowd, crowd.people.slice(8000))).toMatchObject({ targetErrorName: 'group_member_max_exceeded' })
  expect(patches(crowd.slack)).toBe(before)
  const members = { add: crowd.people.slice(12_000), remove: crowd.people.slice(0, 2000) }
  await crowd.target.write({
    kind: 'update',
    objectType: 'Group',
    anchor: crowd.group,
    changes: [],
    members,
    known: {},
  })
  expect(crowd.slack.groups.get(crowd.group)?.members.size).toBe(14_000)
})

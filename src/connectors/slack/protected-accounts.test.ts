import { expect, test } from 'vitest'
import type { FakeSlack } from '../../../test/builders/fake-slack.ts'
import { createFakeSlack, refusal } from '../../../test/builders/fake-slack.ts'
import { createJumpingClock } from '../../../test/builders/jumping-clock.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import { slackPerson } from '../target.contract.ts'
import type { TargetConnector, TargetWrite } from '../target.ts'
import { createSlackTarget } from './index.ts'

interface Workspace {
  readonly slack: FakeSlack
  readonly target: TargetConnector
  readonly anchor: string
}

async function aWorkspace(protectedAccounts: readonly string[] = []): Promise<Workspace> {
  const slack = createFakeSlack()
  const target = createSlackTarget({
    token: 'xoxp-fake-token',
    clock: createJumpingClock(),
    random: () => 0.5,
    send: slack.send,
    protectedAccounts,
  })
  const { anchor } = await target.write({ kind: 'create', objectType: 'User', attributes: slackPerson(1) })
  return { slack, target, anchor }
}

const waysToDisable = (anchor: string): readonly TargetWrite[] => [
  { kind: 'disable', objectType: 'User', anchor },
  { kind: 'delete', objectType: 'User', anchor },
  {
    kind: 'update',
    objectType: 'User',
    anchor,
    changes: [{ attribute: 'active', kind: 'set', value: 'False' }],
    known: {},
  },
]

async function expectKept({ slack, target, anchor }: Workspace, reason: RegExp): Promise<void> {
  for (const write of waysToDisable(anchor)) {
    const refused = await target.write(write).catch((error: unknown) => error)
    if (!(refused instanceof ConnectorError)) throw new Error(`${write.kind} went through`)
    expect([refused.code, refused.scope]).toEqual(['NotPermitted', 'object'])
    expect(refused.message).toMatch(reason)
  }
  expect(slack.users.get(anchor)?.active).toBe(true)
}

test('the account that authorized the connection is never disabled', async () => {
  const workspace = await aWorkspace()
  workspace.slack.installer = workspace.anchor
  await expectKept(workspace, /authorized this connection \(adam\)/)
})

test.each([
  ['its user name', 'CONTRACT.1'],
  ['its e-mail address', 'contract.1@ACME.example'],
])('an account named by %s on the list is never disabled', async (_how, name) => {
  await expectKept(await aWorkspace([name]), /list of protected accounts/)
})

test('an account named by its id on the list is never disabled', async () => {
  const { anchor } = await aWorkspace()
  await expectKept(await aWorkspace([anchor.toLowerCase()]), /list of protected accounts/)
})

test('with the scope users:read an owner is never disabled, and nobody else is kept', async () => {
  const workspace = await aWorkspace()
  const { slack, target, anchor } = workspace
  slack.owners = [anchor]
  await expectKept(workspace, /is an owner/)
  slack.owners = ['U0ANOTHER']
  await target.write({ kind: 'disable', objectType: 'User', anchor })
  expect(slack.users.get(anchor)?.active).toBe(false)
})

test('nobody is disabled while it cannot be learned who authorized the connection', async () => {
  const { slack, target, anchor } = await aWorkspace()
  slack.fault({ matches: ({ path }) => path === '/api/auth.test', does: 'reset' })
  const refused = await target.write({ kind: 'disable', objectType: 'User', anchor }).catch((error: unknown) => error)
  expect(refused).toMatchObject({ scope: 'object', retry: 'nextCycle' })
  expect(slack.users.get(anchor)?.active).toBe(true)
})

test('where nothing answers for the Web API, a leaver does not stay because of it', async () => {
  const { slack, target, anchor } = await aWorkspace()
  const nobody = { status: 404, headers: {}, body: '<h1>Not Found</h1>' }
  slack.fault({ matches: ({ path }) => path.startsWith('/api/'), does: nobody })
  await target.write({ kind: 'disable', objectType: 'User', anchor })
  expect(slack.users.get(anchor)?.active).toBe(false)
})

test('what Slack itself protects stays an error of that account', async () => {
  const { slack, target, anchor } = await aWorkspace()
  for (const name of ['cannot_disable_primary_owner', 'cannot_disable_bot_user_with_scim', 'cannot_modify_owner']) {
    slack.fault({ matches: ({ path }) => path.includes('/Users/'), does: refusal(403, name) })
    const refused = await target.write({ kind: 'disable', objectType: 'User', anchor }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ scope: 'object', retry: 'backoff', targetErrorName: name })
  }
})

test('other writes, and those to groups, ask nothing of the Web API', async () => {
  const { slack, target, anchor } = await aWorkspace(['somebody'])
  const changes = [{ attribute: 'title', kind: 'set', value: 'Captain' }] as const
  await target.write({ kind: 'update', objectType: 'User', anchor, changes, known: {} })
  const group = await target.write({ kind: 'create', objectType: 'Group', attributes: { displayName: 'Crew' } })
  await target.write({ kind: 'delete', objectType: 'Group', anchor: group.anchor })
  expect(slack.requests.filter(({ path }) => path.startsWith('/api/'))).toEqual([])
})

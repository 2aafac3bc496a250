/*
 * What the connector keeps the engine from doing to Slack, and whom it finds when somebody was quicker: protected accounts,
 * and accounts that come into being meanwhile.
 */
import { afterEach, expect, test } from 'vitest'
import { aSlackWorld, type SlackWorld } from '../builders/slack-world.ts'

let slack: SlackWorld
afterEach(async () => {
  await slack.close()
})

test('the account that authorized the connection stays when its person leaves, and the log says why', async () => {
  slack = await aSlackWorld()
  const { muster, simulator } = slack
  const adam = await muster.user('Adam Abbot', { mail: 'adam@acme.example' })
  const mira = await muster.user('Mira Okafor')
  await slack.cycle()
  await muster.softDelete(adam)
  await muster.softDelete(mira)
  await slack.cycle()
  expect(simulator.person('adam')?.active).toBe(true)
  expect(simulator.person('mira.okafor@example.com')?.active).toBe(false)
  const [entry] = await muster.log(adam)
  expect(entry).toMatchObject({
    provisioningAction: 'disable',
    provisioningStatusInfo: { status: 'failure', errorInformation: { errorCode: 'NotPermitted' } },
  })
  expect(entry?.provisioningStatusInfo.errorInformation?.reason).toContain('authorized this connection (adam)')
})

test.each(['v1', 'v2'] as const)(
  'an account that came into being during the cycle is linked when the e-mail address matches (%s)',
  async (version) => {
    slack = await aSlackWorld(
      {},
      {
        target: { dialect: `slack-${version}` },
        beforeRequest: ({ method, path }, simulator) => {
          if (method !== 'POST' || !path.endsWith('/Users')) return
          if (simulator.person('mira') === undefined)
            simulator.addPerson({ userName: 'mira', email: 'mira.okafor@example.com' })
        },
      },
    )
    const { muster, simulator } = slack
    const mira = await muster.user('Mira Okafor', { jobTitle: 'Captain' })
    expect(await slack.cycle()).toMatchObject({ state: 'Succeeded' })
    const account = simulator.person('mira.okafor@example.com')
    expect(account).toMatchObject({ userName: 'mira', title: 'Captain' })
    expect(await muster.link('User', mira)).toMatchObject({ targetAnchor: account?.id })
    expect(simulator.people().filter(({ email }) => email === 'mira.okafor@example.com')).toHaveLength(1)
  },
)

test('an account that holds only the user name is not taken: the create fails as a conflict', async () => {
  slack = await aSlackWorld()
  const { muster, simulator } = slack
  const mira = await muster.user('Mira Okafor')
  simulator.addPerson({ userName: 'mira.okafor', email: 'somebody@else.example' })
  await muster.setSchema((schema) => ({
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((mapping) => ({
        ...mapping,
        attributeMappings: mapping.attributeMappings.map((each) =>
          each.targetAttributeName === 'userName' ? { ...each, matchingPriority: 0 } : each,
        ),
      })),
    })),
  }))
  await slack.cycle()
  expect(await muster.link('User', mira)).toBeUndefined()
  const [entry] = await muster.log(mira)
  expect(entry?.provisioningStatusInfo.errorInformation?.errorCode).toBe('Conflict')
  expect(simulator.person('mira.okafor')?.email).toBe('somebody@else.example')
})

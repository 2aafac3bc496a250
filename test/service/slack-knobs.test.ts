/*
 * Where nobody knows how Slack behaves (slack.md section 12), the simulator has a knob. Whatever a knob says, the life of a
 * small company ends as it should, and a full evaluation at the end writes nothing.
 */
import { afterEach, describe, expect, test } from 'vitest'
import type { Knobs } from '../../simulator/index.ts'
import { aSlackWorld, type SlackWorld } from '../builders/slack-world.ts'
import { managerAttribute } from '../builders/world.ts'

let slack: SlackWorld
afterEach(async () => {
  await slack.close()
})

type InferredKnob = Exclude<
  keyof Knobs,
  'latencyMs' | 'latencyJitterMs' | 'latencyByEndpoint' | 'rateScale' | 'logBodies'
>

const table: { readonly [knob in InferredKnob]: readonly Knobs[knob][] } = {
  conflictStatus: [409, 400, 422],
  planGateStatus: [400, 402],
  notFoundStatus: [404, 400, 410],
  forbiddenStatus: [403, 400],
  longUserNameError: [
    { create: 'username_too_long', update: 'long_username' },
    { create: 'long_username', update: 'username_too_long' },
  ],
  usernameConflict: ['byPlan', 'reject', 'dedupe'],
  displayNameMode: ['microsoft', 'slackTable'],
  displayNameUpdateWhenNoSync: ['ignore', 'reject'],
  externalIdEcho: ['empty', 'stored'],
  putMissingActive: ['keep', 'deactivate'],
  unknownManager: ['dropProfileOnCreate', 'reject'],
  patchSupportedFlag: [true, false],
  filterSupportedFlag: [false, true],
  v2Enabled: [true, false],
  v2FilterEnabled: [true, false],
  reservedUserNames: [[], ['slackbot', 'here']],
  reservedWords: [[], ['here', 'channel']],
  deactivateLeavesGroups: [true, false],
  rejectedCostsToken: [false, true],
  consistency: [
    { deactivateMs: 0, groupMs: 0, photoMs: 0 },
    { deactivateMs: 1000, groupMs: 1000, photoMs: 3000 },
    { deactivateMs: 10_000, groupMs: 60_000, photoMs: 60_000 },
  ],
}

const cases = Object.entries(table).flatMap(([knob, values]) =>
  values.flatMap((value: unknown) =>
    (['slack-v1', 'slack-v2'] as const).map((dialect) => [knob, JSON.stringify(value), dialect, value] as const),
  ),
)

const email = (name: string): string => `${name}@example.com`

function shown(): Readonly<Record<string, unknown>> {
  const { simulator } = slack
  const people = simulator.people().filter((person) => person.email.endsWith('@example.com'))
  const emailOf = (id: string | null | undefined): string | null => simulator.person(id ?? '')?.email ?? null
  return {
    people: people
      .map((person) => [person.email, person.active, person.title, emailOf(person.profile?.managerId)])
      .sort(),
    groups: simulator
      .groups()
      .map((group) => [
        group.displayName,
        group.memberIds
          .map((id) => simulator.person(id))
          .filter((person) => person?.active === true)
          .map((person) => person?.email)
          .sort(),
      ])
      .sort(),
  }
}

const writes = (): number => slack.simulator.requests().filter(({ method }) => method !== 'GET').length

/** Joins, moves, leaves, comes back; then everything is looked at once more. */
async function live(): Promise<void> {
  const { muster, simulator } = slack
  // An account that was there before, deactivated and known by its address in capitals.
  simulator.addPerson({ userName: 'ola', email: 'ola.lind@example.com', active: false, title: 'Guest' })
  const mira = await muster.user('Mira Okafor', { jobTitle: 'Captain', preferredLanguage: 'en-GB' })
  const tom = await muster.user('Tom Hill', { manager: mira, jobTitle: 'Mate', country: 'NO', mobile: '+47 1' })
  const ola = await muster.user('Ola Lind', {
    manager: tom,
    mail: 'Ola.Lind@Example.com',
    displayName: 'Ola (Ops), Lind',
  })
  const sales = await muster.group('Sales', [mira, tom, ola])
  await muster.assign(sales)
  await slack.cycle()
  expect(shown()).toEqual({
    people: [
      [email('mira.okafor'), true, 'Captain', null],
      [email('ola.lind'), true, 'Guest', email('tom.hill')],
      [email('tom.hill'), true, 'Mate', email('mira.okafor')],
    ],
    groups: [['Sales', [email('mira.okafor'), email('ola.lind'), email('tom.hill')]]],
  })

  await muster.change(mira, { jobTitle: 'Admiral', telephoneNumber: '+47 2' })
  await muster.change(ola, { manager: mira })
  await muster.softDelete(tom)
  await slack.cycle()
  expect(shown()).toMatchObject({
    people: [
      [email('mira.okafor'), true, 'Admiral', null],
      [email('ola.lind'), true, 'Guest', email('mira.okafor')],
      [email('tom.hill'), false, 'Mate', email('mira.okafor')],
    ],
    groups: [['Sales', [email('mira.okafor'), email('ola.lind')]]],
  })

  await muster.restore(tom)
  await muster.members(sales, [tom, ola])
  await slack.cycle()
  expect(shown()).toMatchObject({
    people: [expect.anything(), expect.anything(), [email('tom.hill'), true, 'Mate', email('mira.okafor')]],
    groups: [['Sales', [email('ola.lind'), email('tom.hill')]]],
  })
  const links = await Promise.all([mira, tom, ola].map((id) => muster.link('User', id)))
  expect(links.map((link) => simulator.person(link?.targetAnchor ?? '')?.email)).toEqual(
    ['mira.okafor', 'tom.hill', 'ola.lind'].map(email),
  )
  expect(links[1]?.known[managerAttribute]).toBe(links[0]?.targetAnchor)

  await muster.restart()
  simulator.clearRequests()
  expect(await slack.cycle()).toMatchObject({ kind: 'initial', state: 'Succeeded' })
  expect(writes()).toBe(0)
  expect(await muster.store.provisioning.countEscrow(muster.job.jobId)).toBe(0)
}

const quick = { latencyMs: 0, latencyJitterMs: 0 } as const

test.each(cases)('%s = %s, %s: the company converges', async (knob, _shown, dialect, value) => {
  slack = await aSlackWorld({ ...quick, knobs: { [knob]: value } }, { target: { dialect } })
  await live()
})

test('all knobs at their last values at once: the company converges', async () => {
  const knobs = Object.fromEntries(Object.entries(table).map(([knob, values]) => [knob, values.at(-1)]))
  slack = await aSlackWorld({ ...quick, knobs })
  await live()
})

describe('a userName that somebody else has', () => {
  test.each([
    ['reject', 'failure'],
    ['dedupe', 'linked'],
  ] as const)('%s: %s, and the other account is not touched', async (usernameConflict, outcome) => {
    slack = await aSlackWorld({ ...quick, knobs: { usernameConflict } })
    const { muster, simulator } = slack
    const other = simulator.addPerson({ userName: 'mira.okafor', email: 'somebody@else.example', title: 'Cook' })
    await muster.setSchema(
      (schema) =>
        JSON.parse(JSON.stringify(schema).replace(/"matchingPriority":2/g, '"matchingPriority":0')) as typeof schema,
    )
    const mira = await muster.user('Mira Okafor')
    await slack.cycle()
    const link = await muster.link('User', mira)
    if (outcome === 'failure') {
      expect(link).toBeUndefined()
      expect((await muster.log(mira))[0]?.provisioningStatusInfo.errorInformation?.errorCode).toBe('Conflict')
    } else {
      // The name that came back is remembered; it is no change to be written again.
      expect(link?.known['userName']).toBe(simulator.person(email('mira.okafor'))?.userName)
      expect(link?.known['userName']).not.toBe('mira.okafor')
      await muster.restart()
      simulator.clearRequests()
      await slack.cycle()
      expect(writes()).toBe(0)
    }
    expect(simulator.person(other.id)).toMatchObject({ userName: 'mira.okafor', title: 'Cook', active: true })
  })
})

test('every knob the simulator has is in the table, or has nothing to do with what Slack answers', async () => {
  slack = await aSlackWorld(quick)
  const answer = await slack.simulator.handle({ method: 'GET', url: '/_sim/knobs', headers: {} })
  const plain = ['latencyMs', 'latencyJitterMs', 'latencyByEndpoint', 'rateScale', 'logBodies']
  const known = [...Object.keys(table), ...plain]
  expect(Object.keys(JSON.parse(answer.body) as object).filter((knob) => !known.includes(knob))).toEqual([])
})

/* What the probe learns of a workspace: each knob of the simulator that it can see, at each of its values. */
import { afterEach, expect, test } from 'vitest'
import type { Knobs } from '../../simulator/index.ts'
import type { ProbeReport } from '../../src/vocabulary/index.ts'
import { aSlackWorld, type SlackWorld } from '../builders/slack-world.ts'

let slack: SlackWorld
afterEach(async () => {
  await slack.close()
})

const quick = { latencyMs: 0, latencyJitterMs: 0 } as const

async function probe(testUser?: string): Promise<ProbeReport> {
  const answer = await slack.send('POST', '/muster/v1/slack/probe', testUser === undefined ? {} : { testUser })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.json as ProbeReport
}

const findings = ({ readings }: ProbeReport): Readonly<Record<string, string | null>> =>
  Object.fromEntries(readings.map(({ id, finding }) => [id, finding]))

const writes = (): readonly string[] =>
  slack.simulator
    .requests()
    .filter(({ method }) => method !== 'GET')
    .map(({ method, url }) => `${method} ${url}`)

test('by reading alone nothing is written, and what needs an account says so', async () => {
  slack = await aSlackWorld(quick)
  slack.simulator.addGroup({ displayName: 'Crew' })
  const report = await probe()
  expect(writes()).toEqual([])
  expect(findings(report)).toEqual({
    unknownUser: '404 no_such_user',
    unknownGroup: '404 no_such_group',
    announcedFilter: 'no',
    announcedPatch: 'yes',
    groupFilter: 'yes',
    version2: 'yes',
    version2Filter: 'yes',
    unknownManager: null,
    externalId: null,
    emailTaken: null,
    existingUser: null,
    groupNameTaken: null,
    deactivationLeavesGroups: null,
  })
  expect(report.readings.find(({ id }) => id === 'externalId')?.evidence).toContain('--with-test-user')
})

const seen: readonly (readonly [Partial<Knobs>, Readonly<Record<string, string>>])[] = [
  [{ notFoundStatus: 410 }, { unknownUser: '410 no_such_user' }],
  [
    { filterSupportedFlag: true, patchSupportedFlag: false },
    { announcedFilter: 'yes', announcedPatch: 'no' },
  ],
  [{ v2Enabled: false }, { version2: 'no' }],
  [{ v2FilterEnabled: false }, { version2Filter: 'ignored' }],
  [{ externalIdEcho: 'stored' }, { externalId: 'yes' }],
  [{ externalIdEcho: 'empty' }, { externalId: 'no' }],
  [{ unknownManager: 'dropProfileOnCreate' }, { unknownManager: 'the whole profile is dropped' }],
  [{ unknownManager: 'reject' }, { unknownManager: 'improper_enterprise_schema_format' }],
  [{ conflictStatus: 422 }, { emailTaken: '422 email_taken' }],
  [{ deactivateLeavesGroups: true }, { deactivationLeavesGroups: 'yes' }],
  [{ deactivateLeavesGroups: false }, { deactivationLeavesGroups: 'no' }],
]

test.each(seen)('%j is seen as %j', async (knobs, expected) => {
  slack = await aSlackWorld({ ...quick, knobs })
  const report = await probe('probe@acme.example')
  expect(findings(report)).toMatchObject(expected)
})

test('the throw-away account is left deactivated, its groups are gone, nobody else is touched', async () => {
  slack = await aSlackWorld(quick)
  const { simulator } = slack
  const before = simulator.people().map((person) => ({ ...person }))
  await probe('probe@acme.example')
  expect(simulator.person('probe@acme.example')?.active).toBe(false)
  expect(simulator.groups()).toEqual([])
  expect(simulator.people().filter(({ email }) => email !== 'probe@acme.example')).toEqual(before)
  // A second account of that address is never made.
  const again = await slack.send('POST', '/muster/v1/slack/probe', { testUser: 'probe@acme.example' })
  expect(again.text).toContain('Somebody has the address')
  expect(simulator.people()).toHaveLength(before.length + 1)
})

test('a workspace that answers otherwise than before is noticed; what was not tried again stays', async () => {
  slack = await aSlackWorld(quick)
  expect((await probe('probe@acme.example')).changes).toEqual([])
  expect((await probe()).changes).toEqual([])
  slack.simulator.setKnobs({ v2Enabled: false })
  expect((await probe()).changes).toMatchObject([
    { id: 'version2', before: 'yes', after: 'no' },
    { id: 'version2Filter' },
  ])
  expect((await probe()).changes).toEqual([])
})

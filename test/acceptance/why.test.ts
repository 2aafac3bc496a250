/* Why, and why not: now without a run, and at an earlier cycle from the log; through the API, as an administrator asks. */
import { afterEach, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { ConnectorError, type FilterClause, type WhyNow, type WhyThen } from '../../src/vocabulary/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { withFilter } from '../builders/schema-changes.ts'
import { aPlan, aPlannedWrite } from '../builders/stored.ts'
import { anAccount, aWorld, type World, type WorldOptions } from '../builders/world.ts'

let world: World
let app: Awaited<ReturnType<typeof createApi>>
afterEach(async () => {
  await app.close()
  await world.close()
})

async function begin(options: WorldOptions = {}): Promise<void> {
  world = await aWorld(options)
  app = await createApi(apiPorts(world.ports))
}

async function ask(
  name: string,
  query: Readonly<Record<string, string>> = {},
): Promise<{ status: number; json: unknown }> {
  const url = `/muster/v1/jobs/default/why?${new URLSearchParams({ name, ...query }).toString()}`
  const answer = await app.inject({ method: 'GET', url, headers: { host: 'localhost' } })
  return { status: answer.statusCode, json: JSON.parse(answer.body) as unknown }
}

async function whyNow(name: string): Promise<WhyNow> {
  const { status, json } = await ask(name)
  expect({ status, json }).toMatchObject({ status: 200, json: { kind: 'now' } })
  return json as WhyNow
}

async function whyThen(name: string, query: Readonly<Record<string, string>>): Promise<WhyThen> {
  const { status, json } = await ask(name, query)
  expect({ status, json }).toMatchObject({ status: 200, json: { kind: 'then' } })
  return json as WhyThen
}

const equals = (attribute: string, value: string): FilterClause => ({
  sourceOperandName: attribute,
  operatorName: 'EQUALS',
  targetOperand: { values: [value] },
})
const onlySales: WorldOptions = {
  schema: (schema) =>
    withFilter(schema, 'User', {
      groups: [{ name: 'Sales in the US', clauses: [equals('department', 'Sales'), equals('country', 'US')] }],
    }),
}

describe('now', () => {
  test('whose account SkipOutOfScopeDeletions leaves alone: nothing takes it away', async () => {
    await begin({ settings: { skipOutOfScopeDeletions: true } })
    const ana = await world.user('Ana Able')
    await world.run()
    await world.unassign(ana)
    const { headline } = await whyNow('Ana Able')
    expect(headline).toMatch(/still has the account U1\. It is left as it is: SkipOutOfScopeDeletions is on/)
  })

  test('who is filtered out: each clause with what was found, and the smallest change that would turn it', async () => {
    await begin(onlySales)
    await world.user('Ana Able', { department: 'Marketing', country: 'US' })
    const { headline, explanation, would } = await whyNow('Ana Able')
    expect(headline).toMatch(/^Ana Able is out of scope and has no account\. .*department EQUALS "Sales"/)
    expect(explanation).toMatchObject({
      inScope: false,
      scope: {
        isActive: true,
        isAssigned: true,
        hasRole: true,
        filters: [
          {
            name: 'Sales in the US',
            held: false,
            clauses: [
              { attribute: 'department', operator: 'EQUALS', operand: ['Sales'], seen: 'Marketing', held: false },
              { attribute: 'country', operator: 'EQUALS', operand: ['US'], seen: 'US', held: true },
            ],
          },
        ],
      },
      turn: { wanted: 'in', ways: ['in scope if department were "Sales"'], none: null },
    })
    expect(would).toMatchObject({ result: 'Skipped' })
    // What was said holds.
    await world.change('user-ana.able', { department: 'Sales' })
    expect((await whyNow('Ana Able')).explanation.inScope).toBe(true)
    expect(world.sent()).toEqual([])
  })

  test('who is not assigned: a group that is assigned is named as an example', async () => {
    await begin()
    await world.user('Ana Able', {}, { isAssigned: false })
    await world.assign(await world.group('Crew', []))
    expect((await whyNow('Ana Able')).explanation.turn.ways).toEqual([
      'in scope if it were assigned, itself or as a direct member of a group that is assigned, such as Crew',
    ])
  })

  test('who comes next: matched by what, and what would be written', async () => {
    await begin()
    await world.user('Ana Able', { jobTitle: 'Captain' })
    world.target.put(anAccount({ anchor: 'U7', mail: 'ana.able@example.com' }))
    const { headline, would, explanation } = await whyNow('Ana Able')
    expect(headline).toBe(
      'Ana Able is in scope and has no account yet: the next cycle makes one, or takes over the one that is there.',
    )
    expect(would?.steps.find((step) => step.name === 'matchObject')?.details).toMatchObject({ TargetId: 'U7' })
    expect(would?.entries[0]?.modifiedProperties).toContainEqual({
      displayName: 'title',
      oldValue: null,
      newValue: 'Captain',
    })
    expect(explanation.paths).toMatchObject([{ kind: 'direct' }])
    expect(world.sent()).toEqual([])
    expect(await world.log('user-ana.able')).toEqual([])
  })

  test('who is in step, and then differs', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    await world.run()
    expect((await whyNow('Ana Able')).headline).toBe(
      'Ana Able is in scope and has the account U1, which is as it should be.',
    )
    await world.change(ana, { jobTitle: 'Captain' })
    await world.store.jobs.setStatus(world.job.jobId, 'Paused')
    expect((await whyNow('Ana Able')).headline).toBe(
      'Ana Able is in scope and has the account U1. The next cycle sends title. The job is paused: nothing happens before "muster start".',
    )
  })

  test('who differs and is not due is told so, and who was taken back is due', async () => {
    await begin()
    const ana = await world.user('Ana Able', { jobTitle: 'Pilot' })
    await world.run()
    const byHand = world.target.object('User', 'U1')
    if (byHand !== undefined) world.target.put({ ...byHand, attributes: { ...byHand.attributes, title: 'By hand' } })
    const nothingDue =
      'Nothing is due: no cycle looks at it before it changes, or before everybody is evaluated ("muster restart").'
    expect((await whyNow('Ana Able')).headline).toBe(
      `Ana Able is in scope and has the account U1, where this differs: title. ${nothingDue}`,
    )
    await world.restart()
    expect((await whyNow('Ana Able')).headline).toMatch(/U1\. The next cycle sends title\.$/)
    await world.run()
    await world.unassign(ana)
    const undone = await world.planUndo({ cycleId: (await world.run()).cycleId })
    await world.applyPlan(undone.plan.planId)
    expect((await whyNow('Ana Able')).headline).toMatch(
      /^Ana Able is out of scope and still has the account U1\. The next cycle takes it away\. .* The job is paused/,
    )
    await world.run()
    expect((await whyNow('Ana Able')).headline).toMatch(/^Ana Able lost the account/)
  })

  test('what failed, and when it is tried again', async () => {
    await begin()
    await world.user('Ana Able')
    world.target.failNext(
      'write',
      new ConnectorError('Refused.', { code: 'UnprocessableEntity', scope: 'object', retry: 'backoff' }),
    )
    await world.run()
    const { headline, explanation } = await whyNow('Ana Able')
    expect(headline).toMatch(
      /^Ana Able is in scope, and provisioning fails: UnprocessableEntity, Refused\. It is tried again at 2026-01-05 /,
    )
    expect(explanation.escrow).toMatchObject({ errorCode: 'UnprocessableEntity', attempts: 1 })
  })

  test('whose removal waits for an administrator', async () => {
    await begin({ settings: { deletionPrevention: { isOn: true, threshold: 0, percentage: null, windowHours: null } } })
    const ana = await world.user('Ana Able')
    await world.run()
    await world.unassign(ana)
    await world.run()
    const { headline, explanation } = await whyNow('Ana Able')
    expect(headline).toMatch(
      /^Ana Able is out of scope and still has the account U1\. Its removal waits for an administrator.*not assigned/,
    )
    expect(explanation.held).toMatchObject({ state: 'staged', kind: 'disable' })
  })

  test('a plan that waits for an answer, with what it would write', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    const { jobId } = world.job
    await world.store.plans.put(aPlan('waiting', { jobId, state: 'open', origin: 'review: everything' }), [
      aPlannedWrite(1, ana),
      aPlannedWrite(2, 'somebody-else'),
    ])
    await world.store.plans.put(aPlan('applied', { jobId, state: 'applied' }), [aPlannedWrite(1, ana)])
    expect((await whyNow('Ana Able')).explanation.plans).toEqual([
      { planId: 'waiting', origin: 'review: everything', writes: ['update: User differs in title.'] },
    ])
  })

  test('who lost the account is told when, by which cycle and why, in the first sentence', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    await world.run()
    await world.unassign(ana)
    const { cycleId } = await world.run()
    await world.run()
    const { headline, explanation } = await whyNow('Ana Able')
    expect(headline).toBe(
      `Ana Able lost the account: U1 was disabled on 2026-01-05 08:00:00 UTC (in cycle ${cycleId}). It is not assigned to the application, neither itself nor through a group it is a direct member of.`,
    )
    expect(explanation.lastRemoval).toMatchObject({ action: 'disable', cycleId, targetId: 'U1', by: null })
    // Who has it again did not lose it.
    await world.assign(ana)
    await world.run()
    expect((await whyNow('Ana Able')).headline).toMatch(/^Ana Able is in scope and has the account U1/)
  })

  test('who was deleted for good is found by the name the log remembers', async () => {
    await begin({ target: { deleteDeactivatesUsers: false } })
    const ana = await world.user('Ana Able')
    await world.run()
    await world.hardDelete(ana)
    await world.run()
    const { headline, explanation } = await whyNow('Ana Able')
    expect(headline).toMatch(/^Ana Able lost the account: U1 was deleted .* It was deleted for good in the source\.$/)
    expect(explanation.turn).toMatchObject({ ways: [], none: expect.stringContaining('deleted for good') as string })
  })

  test('a target that does not answer: all else is said', async () => {
    await begin()
    await world.user('Ana Able')
    world.target.failNext(
      'checkCredentials',
      new ConnectorError('Slack is away.', { code: 'Timeout', scope: 'job', retry: 'backoff' }),
    )
    expect(await whyNow('Ana Able')).toMatchObject({
      would: null,
      unknown: 'Slack is away.',
      explanation: { inScope: true },
    })
  })

  test('a group, with the members it would get', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    const crew = await world.group('Crew', [])
    await world.assign(crew)
    await world.run()
    await world.members(crew, [ana])
    const { would } = await whyNow('Crew')
    expect(would?.entries.flatMap((entry) => entry.modifiedProperties)).toEqual([
      { displayName: 'members', oldValue: null, newValue: 'U1' },
    ])
    expect((await ask('Crew', { type: 'User' })).status).toBe(404)
  })
})

describe('at an earlier cycle', () => {
  test('the entry of that cycle tells scope, clauses with what was found, and under which schema', async () => {
    await begin(onlySales)
    const ana = await world.user('Ana Able', { department: 'Marketing', country: 'US' })
    const first = await world.run()
    await world.change(ana, { department: 'Sales' })
    await world.clock.advance(60_000)
    const second = await world.run()
    const before = await whyThen('Ana Able', { cycle: first.cycleId })
    expect(before).toMatchObject({
      isOfThatCycle: true,
      schemaVersion: '1',
      cycle: { cycleId: first.cycleId },
      clauses: [
        { text: "Sales in the US.department EQUALS 'Sales'", seen: 'Marketing', held: false },
        { text: "Sales in the US.country EQUALS 'US'", seen: 'US', held: true },
      ],
    })
    expect(before.headline).toMatch(
      /^On 2026-01-05 08:00:00 UTC nothing was written about Ana Able\. EntrySynchronizationSkipped: /,
    )
    const after = await whyThen('Ana Able', { cycle: second.cycleId })
    expect(after).toMatchObject({ isOfThatCycle: true, found: { provisioningAction: 'create' } })
    expect(after.headline).toMatch(/^On .* Ana Able was created \(.* and \d+ more\)\.$/)
  })

  test('a cycle that did not meet the object: the last entry before it', async () => {
    await begin()
    await world.user('Ana Able')
    await world.run()
    await world.clock.advance(60_000)
    const { cycleId } = await world.run()
    await world.setSchema((schema) => schema)
    await world.clock.advance(60_000)
    await world.run()
    const report = await whyThen('Ana Able', { cycle: cycleId })
    expect(report).toMatchObject({ isOfThatCycle: false, schemaVersion: '1', found: { provisioningAction: 'create' } })
    expect(report.headline).toMatch(/The last before it: On 2026-01-05 08:00:00 UTC Ana Able was created/)
  })

  test('at a time: the last that was said by then', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    await world.run()
    const at = new Date(world.clock.now() + 1000).toISOString()
    await world.clock.advance(60_000)
    await world.unassign(ana)
    await world.run()
    expect((await whyThen('Ana Able', { at })).found).toMatchObject({ provisioningAction: 'create' })
    const now = await whyThen('Ana Able', { at: new Date(world.clock.now()).toISOString() })
    expect(now.headline).toMatch(/^Ana Able lost the account: U1 was disabled/)
    expect(await whyThen('Ana Able', { at: '2025-01-01T00:00:00Z' })).toMatchObject({
      found: null,
      headline: expect.stringContaining('past the log') as string,
    })
  })

  test('what is past the retention is said to be', async () => {
    await begin()
    await world.user('Ana Able')
    const { cycleId } = await world.run()
    await world.clock.advance(60_000)
    await world.store.provisioning.purgeLog(world.clock.now(), 1000)
    const report = await whyThen('Ana Able', { cycle: cycleId })
    expect(report).toMatchObject({ found: null, schemaVersion: null, cycle: { cycleId } })
    expect(report.headline).toContain('past the log’s retention'.replace('’', "'"))
    expect(await ask('Ana Able', { cycle: 'no-such-cycle' })).toMatchObject({ status: 404 })
  })
})

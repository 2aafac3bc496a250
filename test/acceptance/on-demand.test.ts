/* Spec section 10: one person or one group at once, through the API, as an administrator does. */
import { afterEach, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { ConnectorError, type OnDemandReport, type ProvisioningObjectSummary } from '../../src/vocabulary/index.ts'
import { leaseMs } from '../../src/cycle/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { withFilter } from '../builders/schema-changes.ts'
import { aWorld, anAccount, workEmail, type World, type WorldOptions } from '../builders/world.ts'

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

interface Answer {
  readonly status: number
  readonly json: unknown
}

async function ask(body: object): Promise<Answer> {
  const url = '/muster/v1/jobs/default/provisionOnDemand'
  const answer = await app.inject({ method: 'POST', url, headers: { host: 'localhost' }, payload: body })
  return { status: answer.statusCode, json: JSON.parse(answer.body) as unknown }
}

async function provision(name: string, more: object = {}): Promise<OnDemandReport> {
  const { status, json } = await ask({ name, ...more })
  expect({ status, json }).toMatchObject({ status: 200 })
  return json as OnDemandReport
}

/** The only object of the report. */
function onlyOne(report: OnDemandReport): OnDemandReport['objects'][number] {
  const [object, ...others] = report.objects
  if (object === undefined || others.length > 0) throw new Error(`${String(report.objects.length)} objects`)
  return object
}

const stepNames = (report: OnDemandReport): readonly string[] => onlyOne(report).steps.map((step) => step.name)

async function entryOfLog(report: OnDemandReport): Promise<ProvisioningObjectSummary | undefined> {
  const { jobId } = world.job
  const { entries } = await world.store.provisioning.queryLog({ jobId, cycleId: report.cycleId, limit: 10 })
  expect(entries).toHaveLength(1)
  return entries[0]
}

const fourSteps = ['importObject', 'determineScope', 'matchObject', 'performAction']

describe('one person', () => {
  test('77: a user out of scope is skipped, with the failing conditions listed and nothing written', async () => {
    await begin({
      schema: (schema) =>
        withFilter(schema, 'User', {
          groups: [
            {
              name: null,
              clauses: [
                { sourceOperandName: 'department', operatorName: 'EQUALS', targetOperand: { values: ['Sales'] } },
                { sourceOperandName: 'country', operatorName: 'EQUALS', targetOperand: { values: ['US'] } },
              ],
            },
          ],
        }),
    })
    await world.user('Ana Able', { department: 'Marketing', country: 'US' }, { isAssigned: false })
    const report = await provision('Ana Able')
    expect(report).toMatchObject({ result: 'Skipped', connection: null })
    expect(onlyOne(report)).toMatchObject({ result: 'Skipped', errorCode: 'NotEffectivelyEntitled' })
    expect(onlyOne(report).errorMessage).toMatch(
      /1\. It is not assigned .* 2\. .*department EQUALS "Sales" does not hold \(found "Marketing"\)/,
    )
    const scope = onlyOne(report).steps.find((step) => step.name === 'determineScope')
    expect(scope).toMatchObject({
      status: 'skipped',
      details: { 'Assigned to the application': 'False', 'Scoping filter evaluation passed': 'False' },
    })
    expect(JSON.parse(scope?.details['ScopeEvaluationResult'] ?? '')).toEqual({
      "filter.department EQUALS 'Sales'": false,
      "filter.country EQUALS 'US'": true,
    })
    expect(world.sent()).toEqual([])
  })

  test('78: a user already in sync is skipped with RedundantExport', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    await world.run()
    world.target.forgetCalls()
    const report = await provision('Ana Able')
    expect(onlyOne(report)).toMatchObject({ sourceId: ana, result: 'Skipped', errorCode: 'RedundantExport' })
    expect(stepNames(report)).toEqual(fourSteps)
    expect(world.sent()).toEqual([])
  })

  test('80: with a healthy connection no connection step is shown', async () => {
    await begin()
    await world.user('Ana Able', { jobTitle: 'Captain' })
    const report = await provision('Ana Able')
    expect(report).toMatchObject({ result: 'Success', connection: null })
    expect(stepNames(report)).toEqual(fourSteps)
    const [imported, , , performed] = onlyOne(report).steps
    expect(imported?.details).toMatchObject({ displayName: 'Ana Able', jobTitle: 'Captain' })
    expect(imported?.details).not.toHaveProperty('department')
    expect(performed?.details).toMatchObject({ title: 'Captain', [workEmail]: 'ana.able@example.com' })
    expect(world.target.objects('User')).toHaveLength(1)
  })

  test('80: with a broken connection only that step is shown, with its error', async () => {
    await begin()
    await world.user('Ana Able')
    const message = 'Slack refused the stored token (HTTP 401 invalid_authentication).'
    const refusal = new ConnectorError(message, { code: 'Unauthorized', scope: 'job', retry: 'backoff' })
    world.target.failNext('checkCredentials', refusal)
    const report = await provision('Ana Able')
    expect(report).toMatchObject({
      result: 'Failure',
      objects: [],
      connection: {
        name: 'testConnection',
        status: 'failure',
        description: message,
        details: { ErrorCode: 'Unauthorized' },
      },
    })
    expect(await world.log('user-ana.able')).toEqual([])
  })

  test('a connection that breaks while it is worked on is such a step too', async () => {
    await begin()
    await world.user('Ana Able')
    world.target.failNext(
      'find',
      new ConnectorError('Slack is away.', { code: 'Timeout', scope: 'job', retry: 'backoff' }),
    )
    expect(await provision('Ana Able')).toMatchObject({ result: 'Failure', connection: { name: 'testConnection' } })
  })

  test('the log has an entry under a cycle id of its own, initiated by who asked', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    const report = await provision('Ana Able')
    expect(await entryOfLog(report)).toMatchObject({
      provisioningAction: 'create',
      initiatedBy: { displayName: 'local operator', initiatorType: 'user' },
      sourceIdentity: { id: ana },
      targetSystem: { details: { SchemaVersion: world.job.schema.version } },
    })
    expect(await world.store.jobs.cycles(world.job.jobId, 10)).toEqual([])
    const audited = (await world.store.audit.query({ limit: 10 })).entries.map(({ entry }) => entry.activityDisplayName)
    expect(audited).toContain('Provision on demand')
    // The next cycle finds nothing left to do.
    world.target.forgetCalls()
    expect((await world.run()).counters.skipped).toEqual({ RedundantExport: 1 })
    expect(world.sent()).toEqual([])
  })

  test('what failed shows what was tried to be sent, and is tried again by the cycles', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    world.target.failNext(
      'write',
      new ConnectorError('No.', { code: 'UnprocessableEntity', scope: 'object', retry: 'backoff' }),
    )
    const report = await provision('Ana Able')
    expect(onlyOne(report)).toMatchObject({ result: 'Failure', errorCode: 'UnprocessableEntity' })
    expect(onlyOne(report).steps.at(-1)).toMatchObject({
      status: 'failure',
      details: { [workEmail]: 'ana.able@example.com' },
    })
    expect((await world.store.provisioning.escrow(world.job.jobId, 'User', [ana])).size).toBe(1)
  })

  test('several accounts that match are all shown', async () => {
    await begin({ target: { uniqueAttributes: { User: [], Group: [] } } })
    await world.user('Ana Able')
    for (const anchor of ['U7', 'U8']) world.target.put(anAccount({ anchor, mail: 'ana.able@example.com' }))
    const report = await provision('Ana Able')
    expect(onlyOne(report)).toMatchObject({ result: 'Failure', errorCode: 'DuplicateTargetEntries' })
    expect(onlyOne(report).steps.find((step) => step.name === 'matchObject')?.details).toEqual({ TargetIds: 'U7, U8' })
  })

  test.each(['Paused', 'Quarantine', 'NotRun', 'Active'] as const)('in a job that is %s', async (status) => {
    await begin()
    await world.user('Ana Able')
    await world.store.jobs.setStatus(world.job.jobId, status)
    expect(await provision('Ana Able')).toMatchObject({ result: 'Success' })
    expect((await world.store.jobs.get(world.job.jobId))?.status).toBe(status)
  })

  test('asked for twice at once, nobody is made twice', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    const both = Promise.all([provision('Ana Able'), provision('Ana Able'), provision('Ana Able', { dryRun: true })])
    const results = (await world.clock.runUntilDone(both)).map((report) => onlyOne(report).errorCode)
    expect(results.slice(0, 2).toSorted()).toEqual(['RedundantExport', null])
    expect(world.sent()).toHaveLength(1)
    expect(await world.log(ana)).toHaveLength(2)
  })

  test('a group that waits for somebody gets them with a cycle that begins at once', async () => {
    await begin()
    const ana = await world.user('Ana Able', {}, { isAssigned: false })
    await world.assign(await world.group('Crew', [ana]))
    world.target.failNext(
      'write',
      new ConnectorError('No.', { code: 'UnprocessableEntity', scope: 'object', retry: 'backoff' }),
    )
    await world.run()
    expect((await world.store.jobs.get(world.job.jobId))?.nextRunAt).toBeGreaterThan(world.clock.now())
    await provision('Ana Able')
    expect((await world.store.jobs.get(world.job.jobId))?.nextRunAt).toBe(world.clock.now())
    await world.run()
    expect(world.target.objects('Group')[0]?.attributes['members']).toHaveLength(1)
  })

  test('a create whose answer is lost is found, and said to be done', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    world.target.loseNextAnswer()
    const report = await provision('Ana Able')
    expect(onlyOne(report)).toMatchObject({
      result: 'Success',
      steps: [{ name: 'importObject' }, { name: 'determineScope' }, {}, {}],
    })
    expect(world.target.objects('User')).toHaveLength(1)
    expect(await world.link('User', ana)).toMatchObject({ isActive: true })
  })

  test('a dry run shows the same steps and writes nothing, in Slack and here', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    const dry = await provision('Ana Able', { dryRun: true })
    expect(dry).toMatchObject({ isDryRun: true, result: 'Success' })
    expect(stepNames(dry)).toEqual(fourSteps)
    expect(onlyOne(dry).steps.at(-1)?.description).toBe("User 'Ana Able' will be created in Slack.")
    expect(world.sent()).toEqual([])
    expect(await world.log(ana)).toEqual([])
    expect(await world.link('User', ana)).toBeUndefined()
    const real = await provision('Ana Able')
    const performed = ({ steps }: OnDemandReport['objects'][number]) => steps.at(-1)?.details['userName']
    expect(performed(onlyOne(real))).toBe(performed(onlyOne(dry)))
  })

  test('more than five in ten seconds are refused with when to come again', async () => {
    await begin()
    await world.user('Ana Able')
    for (let time = 0; time < 5; time += 1) await provision('Ana Able')
    expect(await ask({ name: 'Ana Able' })).toMatchObject({
      status: 429,
      json: {
        error: {
          code: 'tooManyRequests',
          message: expect.stringContaining('5 requests in 10 seconds') as string,
          innerError: { retryAfterSeconds: 10 },
        },
      },
    })
    await world.clock.advance(10_000)
    await provision('Ana Able')
  })
})

describe('who is out of scope', () => {
  async function unassigned(): Promise<string> {
    await begin()
    const ana = await world.user('Ana Able')
    await world.run()
    await world.unassign(ana)
    world.target.forgetCalls()
    return ana
  }

  test('is disabled after the caller was told how many it concerns', async () => {
    const ana = await unassigned()
    expect(await ask({ name: 'Ana Able' })).toMatchObject({
      status: 409,
      json: { error: { code: 'tooManyRemovals', innerError: { removals: 1, names: ['Ana Able'] } } },
    })
    expect(world.sent()).toEqual([])
    const report = await provision('Ana Able', { removals: 1 })
    expect(onlyOne(report)).toMatchObject({ result: 'Success', entries: [{ provisioningAction: 'disable' }] })
    expect(await world.link('User', ana)).toMatchObject({ isActive: false, isManaged: false })
    expect(world.sent()).toHaveLength(1)
    await world.run()
    expect(world.sent()).toHaveLength(1)
  })

  test('is disabled too when it is the directory that disabled or deleted them', async () => {
    await begin()
    const [ana, bo, cy] = [await world.user('Ana Able'), await world.user('Bo Beck'), await world.user('Cy Cole')]
    await world.run()
    await world.change(ana, { accountEnabled: false })
    await world.softDelete(bo)
    await world.hardDelete(cy)
    world.target.forgetCalls()
    for (const name of ['Ana Able', 'Bo Beck', cy]) {
      expect(await ask({ name })).toMatchObject({ status: 409 })
      expect(await provision(name, { removals: 1 })).toMatchObject({ result: 'Success' })
    }
    expect(world.sent().map((write) => write.kind)).toEqual(['disable', 'disable', 'delete'])
    await world.run()
    expect(world.sent()).toHaveLength(3)
  })

  test('is disabled at once by Graph’s form, which names whom it means', async () => {
    const ana = await unassigned()
    const subjects = [{ objectId: ana, objectTypeName: 'User' }]
    const { status, json } = await ask({ parameters: [{ ruleId: '03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8', subjects }] })
    expect(status).toBe(200)
    const { key, value } = json as { key: string; value: string }
    expect(key).toContain('StatusInfo')
    expect(JSON.parse(value)).toMatchObject([
      {
        action: 'Disable',
        statusInfo: { status: 'Success' },
        sourceIdentity: { id: ana, type: 'User' },
        provisioningSteps: [
          { type: 'Import', status: 'Success' },
          { type: 'Scoping' },
          { type: 'Processing' },
          { type: 'Export' },
        ],
      },
    ])
  })

  test('who was out of a group before they are removed is not put back into it by an undo, though nobody had heard so', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    const crew = await world.group('Crew', [ana])
    await world.assign(crew)
    await world.run()
    await world.members(crew, [])
    world.target.loseNextAnswer()
    await world.run()
    await world.unassign(ana)
    const removed = await provision('Ana Able', { removals: 1 })
    expect(removed).toMatchObject({ result: 'Success' })
    const { plan } = await world.planUndo({ cycleId: removed.cycleId })
    await world.applyPlan(plan.planId)
    const { targetAnchor = '' } = (await world.link('User', ana)) ?? {}
    expect(world.target.object('User', targetAnchor)?.attributes['active']).toBe(true)
    expect(world.target.objects('Group')[0]?.attributes['members']).toEqual([])
    const statuses = (await world.log(crew)).map((entry) => entry.provisioningStatusInfo.status)
    expect(statuses).toEqual(['success', 'failure', 'success', 'success'])
  })

  test('a member nobody agreed to is left to the next cycle, which carries it out', async () => {
    await begin()
    const ana = await world.user('Ana Able')
    await world.run()
    await world.unassign(ana)
    const { provisionOnDemand } = await import('../../src/cycle/index.ts')
    const report = await provisionOnDemand(world.ports, {
      job: world.job,
      subject: { objectType: 'User', anchor: ana },
      members: 'all',
      isDryRun: false,
      initiatedBy: { id: '', displayName: '', initiatorType: 'user' },
      agreed: [],
      stop: new AbortController().signal,
    })
    expect(onlyOne(report)).toMatchObject({ result: 'Skipped' })
    expect(onlyOne(report).errorMessage).toContain('the next cycle decides')
    expect((await world.link('User', ana))?.isActive).toBe(true)
    await world.run()
    expect((await world.link('User', ana))?.isActive).toBe(false)
  })
})

describe('a group', () => {
  async function crew(size: number): Promise<{ readonly people: readonly string[]; readonly group: string }> {
    await begin()
    const people: string[] = []
    for (let number = 0; number < size; number += 1)
      people.push(await world.user(`Ana ${'abcdefghij'.slice(0, number + 1)}`, {}, { isAssigned: false }))
    const group = await world.group('Crew', people)
    await world.assign(group)
    return { people, group }
  }

  const membersOf = (): number => {
    const members = world.target.objects('Group')[0]?.attributes['members']
    return typeof members === 'object' ? members.length : 0
  }

  test('79: six selected members are refused, five are accepted', async () => {
    const { people } = await crew(7)
    const six = await ask({ name: 'Crew', members: people.slice(0, 6) })
    expect(six).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringContaining('at most 5') as string } },
    })
    expect(world.sent()).toEqual([])
    const report = await provision('Crew', { members: people.slice(0, 5) })
    expect(report.objects.map((object) => [object.objectType, object.result])).toEqual([
      ...Array.from({ length: 5 }, () => ['User', 'Success']),
      ['Group', 'Success'],
    ])
    expect(world.target.objects('User')).toHaveLength(5)
    expect(membersOf()).toBe(5)
    // The others are the cycle's, as before.
    await world.run()
    expect(world.target.objects('User')).toHaveLength(7)
    expect(membersOf()).toBe(7)
  })

  test('79: the same holds for Graph’s form', async () => {
    const { people, group } = await crew(6)
    const graph = (count: number): object => ({
      parameters: [
        {
          subjects: [
            {
              objectId: group,
              objectTypeName: 'Group',
              links: { members: people.slice(0, count).map((objectId) => ({ objectId, objectTypeName: 'User' })) },
            },
          ],
        },
      ],
    })
    expect(await ask(graph(6))).toMatchObject({ status: 400 })
    expect(await ask(graph(5))).toMatchObject({ status: 200 })
    expect(membersOf()).toBe(5)
  })

  test('without selected members it is the whole group, however many there are', async () => {
    await crew(8)
    const report = await provision('Crew')
    expect(report).toMatchObject({ result: 'Success' })
    expect(report.objects).toHaveLength(9)
    expect(membersOf()).toBe(8)
    world.target.forgetCalls()
    await world.run()
    expect(world.sent()).toEqual([])
  })

  test('selected members are put in and taken out, the others are left alone', async () => {
    const { people, group } = await crew(4)
    await world.run()
    const [one = '', two = '', three = ''] = people
    await world.members(group, [three])
    await world.assign(one)
    world.target.forgetCalls()
    await provision('Crew', { members: [one] })
    expect(world.sent()).toMatchObject([
      { kind: 'update', objectType: 'Group', members: { add: [], remove: [expect.any(String)] } },
    ])
    expect(membersOf()).toBe(3)
    expect((await world.link('User', two))?.isActive).toBe(true)
  })

  test('a person has no members to select', async () => {
    await crew(1)
    expect(await ask({ name: 'Ana a', members: ['Ana a'] })).toMatchObject({ status: 400 })
  })

  test('more people than are taken at once: a cycle that is due begins in between', async () => {
    await begin()
    const people: string[] = []
    for (let number = 0; number < 60; number += 1) {
      const letters = [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
      people.push(await world.user(`Many ${letters}x`))
    }
    await world.assign(await world.group('Many', people))
    const report = await world.clock.runUntilDone(provision('Many'))
    expect(report.objects).toHaveLength(61)
    expect(world.target.objects('User')).toHaveLength(60)
    expect(membersOf()).toBe(60)
  })
})

describe('the right to write', () => {
  test('when another process has the job it is said who, and what to do', async () => {
    await begin()
    await world.user('Ana Able')
    const { jobs } = world.store
    const claim = await jobs.claim({
      owner: 'other-host:4711',
      leaseMs: 600_000,
      now: world.clock.now(),
      jobId: world.job.jobId,
    })
    expect(claim).not.toBeNull()
    expect(await world.clock.runUntilDone(ask({ name: 'Ana Able' }))).toMatchObject({
      status: 409,
      json: {
        error: {
          code: 'jobBusy',
          message: expect.stringMatching(/other-host:4711 .* 20 seconds.*Nothing was done/) as string,
        },
      },
    })
    expect(world.sent()).toEqual([])
  })

  test('a process that died is waited for no longer than its lease', async () => {
    await begin()
    await world.user('Ana Able')
    await world.store.jobs.claim({ owner: 'dead', leaseMs, now: world.clock.now(), jobId: world.job.jobId })
    expect(await world.clock.runUntilDone(provision('Ana Able'))).toMatchObject({ result: 'Success' })
  })

  test('the job is given back afterwards', async () => {
    await begin()
    await world.user('Ana Able')
    await provision('Ana Able')
    expect(await world.store.jobs.leaseHolder(world.job.jobId)).toBeNull()
  })
})

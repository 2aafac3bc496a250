/* Spec section 6: cycles, what they send, what fails and when it is tried again. */
import { afterEach, expect, test } from 'vitest'
import type { TargetWrite } from '../../src/connectors/target.ts'
import { ConnectorError, type RetryAdvice } from '../../src/vocabulary/index.ts'
import { startScheduler, type JobRunEnd } from '../../src/cycle/index.ts'
import { aWorld, type World } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

const hourMs = 3_600_000
const refusal = (code: string, retry: RetryAdvice): ConnectorError =>
  new ConnectorError(`The target answers ${code}.`, { code, scope: 'object', retry })
const isAbout = (userName: string) => (write: TargetWrite) =>
  write.kind === 'create' && write.attributes['userName'] === userName
const watermark = async () => (await world.store.jobs.get(world.job.jobId))?.watermark

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
  const writes = world.sent()
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
  expect(world.sent()).toEqual([])
})

test('50: one changed attribute, only that attribute is sent', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { jobTitle: 'Mate', department: 'Deck' })
  await world.run()
  world.target.forgetCalls()
  await world.change(ana, { jobTitle: 'Captain' })
  await world.run()
  expect(world.sent()).toMatchObject([
    { kind: 'update', changes: [{ attribute: 'title', kind: 'set', value: 'Captain' }] },
  ])
  expect(world.sent()).toHaveLength(1)
})

test('51: one user fails, the others are done, the watermark advanced, the failed one is retried', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  const bob = await world.user('Bob Baker')
  const cai = await world.user('Cai Cook')
  world.target.failNext('write', refusal('InternalServerError', 'nextCycle'), 1, isAbout('bob.baker'))
  const cycle = await world.run()
  expect(cycle.state).toBe('EntryLevelErrors')
  expect(cycle.counters).toMatchObject({ created: 2, failed: { InternalServerError: 1 } })
  expect(await world.link('User', ana)).toBeDefined()
  expect(await world.link('User', cai)).toBeDefined()
  const waiting = (await world.store.directory.changesWaiting(Number(await watermark()))).count
  expect(waiting).toBe(0)
  const [failure] = await world.log(bob)
  expect(failure).toMatchObject({
    provisioningAction: 'create',
    provisioningStatusInfo: {
      status: 'failure',
      errorInformation: { errorCode: 'InternalServerError', errorCategory: 'failure' },
    },
  })
  const exported = failure?.provisioningSteps.find((step) => step.provisioningStepType === 'export')
  expect(exported).toMatchObject({ name: 'EntryExportAdd', status: 'failure' })
  world.target.forgetCalls()
  await world.clock.advance(2_400_000)
  const next = await world.run()
  expect(next.kind).toBe('incremental')
  expect(world.sent()).toMatchObject([{ kind: 'create', attributes: { userName: 'bob.baker' } }])
  expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(0)
})

test.each(['find', 'read'] as const)('51: a failing %s concerns one user only', async (call) => {
  world = await aWorld({ target: { capabilities: { list: false, concurrencyMax: 1 } } })
  const ana = await world.user('Ana Able', { jobTitle: 'Mate' })
  if (call === 'read') await world.run()
  await world.change(ana, { jobTitle: 'Captain' })
  const bob = await world.user('Bob Baker')
  world.target.failNext(call, refusal('Timeout', 'nextCycle'))
  const cycle = await world.run()
  expect(cycle.counters.failed).toEqual({ Timeout: 1 })
  expect((await world.log(ana))[0]?.provisioningStatusInfo).toMatchObject({
    status: 'failure',
    errorInformation: { errorCode: 'Timeout' },
  })
  expect(await world.link('User', bob)).toBeDefined()
  await world.run()
  const anchor = (await world.link('User', ana))?.targetAnchor ?? ''
  expect(world.target.object('User', anchor)?.attributes['title']).toBe('Captain')
})

test('51: a change of the object makes it due at once', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  world.target.failNext('write', refusal('Conflict', 'backoff'), 20)
  for (let hour = 0; hour <= 7; hour += 1) {
    await world.run()
    await world.clock.advance(hourMs)
  }
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
  await world.change(ana, { jobTitle: 'Captain' })
  await world.run()
  expect(world.sent()).toHaveLength(1)
})

test('52: attempts with the cycles of the first 6 h, then 12 h and 24 h after the first failure, daily to day 28', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  world.target.failNext('write', refusal('LicenseLimitExceeded', 'backoff'), Number.MAX_SAFE_INTEGER)
  const attempts: number[] = []
  const everyMs = 2_400_000
  for (let after = 0; after <= 30 * 24 * hourMs;) {
    world.target.forgetCalls()
    await world.run()
    if (world.sent().length > 0) attempts.push(after / hourMs)
    // The first two days with every cycle, then four times a day.
    const step = after < 48 * hourMs ? everyMs : 6 * hourMs
    await world.clock.advance(step)
    after += step
  }
  const withEachCycle = Array.from({ length: 10 }, (_, cycle) => (cycle * 40) / 60)
  const daily = Array.from({ length: 28 }, (_, day) => (day + 1) * 24)
  expect(attempts.map((hours) => hours.toFixed(2))).toEqual(
    [...withEachCycle, 12, ...daily].map((hours) => hours.toFixed(2)),
  )
  // After 28 days it is given up.
  expect(await world.store.provisioning.countEscrow(world.job.jobId)).toBe(0)
  expect((await world.log(ana))[0]?.provisioningStatusInfo.status).toBe('failure')
})

test('53: a member added to a linked group, one group update with that member, no full list', async () => {
  world = await aWorld()
  const people = await Promise.all(['Ana Able', 'Bob Baker', 'Cai Cook'].map((name) => world.user(name)))
  const crew = await world.group('Crew', people)
  await world.assign(crew)
  await world.run()
  const dee = await world.user('Dee Deck')
  await world.run()
  const anchor = (await world.link('User', dee))?.targetAnchor
  world.target.forgetCalls()
  await world.members(crew, [...people, dee])
  await world.run()
  expect(world.sent()).toEqual([
    {
      kind: 'update',
      objectType: 'Group',
      anchor: (await world.link('Group', crew))?.targetAnchor,
      changes: [],
      members: { add: [anchor], remove: [] },
      known: expect.anything() as unknown,
    },
  ])
  expect(world.target.objects('Group')[0]?.attributes['members']).toHaveLength(4)
  expect((await world.log(crew))[0]).toMatchObject({
    provisioningAction: 'update',
    provisioningStatusInfo: { status: 'success' },
    modifiedProperties: [{ displayName: 'members', oldValue: null, newValue: anchor }],
  })
  world.target.forgetCalls()
  await world.members(crew, people)
  await world.run()
  expect(world.sent()).toMatchObject([{ kind: 'update', members: { add: [], remove: [anchor] } }])
})

test('54: a group in scope with a member out of scope exists without that member', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  const gone = await world.user('Gil Gone', { accountEnabled: false })
  const crew = await world.group('Crew', [ana, gone])
  await world.assign(crew)
  await world.run()
  const anchor = (await world.link('User', ana))?.targetAnchor
  expect(world.target.objects('Group')).toMatchObject([{ displayName: 'Crew', attributes: { members: [anchor] } }])
  const [entry] = await world.log(crew)
  expect(entry?.provisioningStatusInfo).toMatchObject({
    status: 'warning',
    errorInformation: { errorCode: 'UnableToResolveReferenceAttributeValue' },
  })
  const step = entry?.provisioningSteps.find((each) => each.provisioningStepType === 'referenceResolution')
  expect(step?.description).toContain(gone)
  expect(step?.description).toContain('Crew')
  // When the member comes into scope it is added in that cycle (5.5).
  world.target.forgetCalls()
  await world.change(gone, { accountEnabled: true })
  await world.run()
  const added = (await world.link('User', gone))?.targetAnchor
  expect(world.sent()).toMatchObject([{ kind: 'create' }, { kind: 'update', members: { add: [added], remove: [] } }])
})

test('54: a member the target refuses is left out, the others are in, and it is tried again', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  const bob = await world.user('Bob Baker')
  const crew = await world.group('Crew', [])
  await world.assign(crew)
  await world.run()
  const anaAnchor = (await world.link('User', ana))?.targetAnchor ?? ''
  const bobAnchor = (await world.link('User', bob))?.targetAnchor ?? ''
  const account = world.target.object('User', bobAnchor)
  if (account === undefined) throw new Error('Bob has no account')
  // Somebody deactivates Bob in the target, so it refuses him as a member from now on.
  world.target.put({ ...account, attributes: { ...account.attributes, active: false } })
  await world.store.directory.transaction(async (transaction) => {
    await transaction.replaceMembers(crew, [ana, bob])
    await transaction.touch([crew])
  })
  await world.run()
  expect(world.target.objects('Group')[0]?.attributes['members']).toEqual([anaAnchor])
  const [entry] = await world.log(crew)
  expect(entry).toMatchObject({
    provisioningAction: 'update',
    provisioningStatusInfo: {
      status: 'warning',
      errorInformation: { errorCode: 'UnableToResolveReferenceAttributeValue' },
    },
    modifiedProperties: [{ displayName: 'members', oldValue: null, newValue: anaAnchor }],
  })
  expect(entry?.provisioningStatusInfo.errorInformation?.reason).toContain(bobAnchor)
  world.target.put(account)
  await world.run()
  expect(world.target.objects('Group')[0]?.attributes['members']).toEqual([anaAnchor, bobAnchor])
  world.target.forgetCalls()
  await world.run()
  expect(world.sent()).toEqual([])
})

test('6: status set to Off during a cycle, that cycle completes and no further one starts', async () => {
  world = await aWorld()
  await world.user('Ana Able')
  await world.user('Bob Baker')
  const ended: JobRunEnd[] = []
  world.observeWrites((_write, number) =>
    number === 1 ? world.store.jobs.setStatus(world.job.jobId, 'Paused') : undefined,
  )
  const scheduler = startScheduler(world.ports, 'test', (end) => ended.push(end))
  await world.clock.advance(4 * 2_400_000)
  await world.clock.runUntilDone(scheduler.stop())
  expect(ended).toMatchObject([{ kind: 'ended', cycle: { state: 'Succeeded', counters: { created: 2 } } }])
  expect(await world.store.jobs.get(world.job.jobId)).toMatchObject({ status: 'Paused' })
})

test('7: a paused job, when started, continues from the stored watermark without an initial cycle', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { jobTitle: 'Mate' })
  await world.user('Bob Baker')
  await world.run()
  await world.store.jobs.setStatus(world.job.jobId, 'Paused')
  await world.change(ana, { jobTitle: 'Captain' })
  await world.store.jobs.setStatus(world.job.jobId, 'Active')
  world.target.forgetCalls()
  const cycle = await world.run()
  expect(cycle).toMatchObject({ kind: 'incremental', counters: { countImported: 1, updated: 1 } })
  expect(world.sent()).toMatchObject([{ changes: [{ attribute: 'title', value: 'Captain' }] }])
})

test('55: a cycle still running at the next due time, no second cycle of that job starts', async () => {
  world = await aWorld()
  await world.user('Ana Able')
  let goOn: () => void = () => undefined
  world.observeWrites(() => new Promise<void>((resolve) => (goOn = resolve)))
  const ended: JobRunEnd[] = []
  const schedulers = ['one', 'two'].map((owner) => startScheduler(world.ports, owner, (end) => ended.push(end)))
  // Three due times pass while the one write is on its way.
  await world.clock.advance(3 * 2_400_000 + 60_000)
  expect(await world.store.jobs.cycles(world.job.jobId, 10)).toHaveLength(1)
  expect(await world.store.jobs.claim({ owner: 'three', leaseMs: 15_000, now: world.clock.now() })).toBeNull()
  expect(ended).toEqual([])
  world.observeWrites(undefined)
  goOn()
  await world.clock.advance(10_000)
  // The next one is due long since and follows at once.
  expect(ended.map((end) => end.kind)).toEqual(['ended', 'ended'])
  expect(world.target.objects('User')).toHaveLength(1)
  for (const scheduler of schedulers) await world.clock.runUntilDone(scheduler.stop())
})

test('81: links exist and a restart, all objects are evaluated, links are reused, no duplicates', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  const bob = await world.user('Bob Baker', { jobTitle: 'Mate' })
  await world.assign(await world.group('Crew', [ana, bob]))
  await world.run()
  const links = [await world.link('User', ana), await world.link('User', bob)]
  const account = world.target.object('User', links[1]?.targetAnchor ?? '')
  if (account === undefined) throw new Error('Bob has no account')
  // Nobody noticed a change by hand until everything is compared again.
  world.target.put({ ...account, attributes: { ...account.attributes, title: 'Stowaway' } })
  await world.run()
  await world.restart()
  world.target.forgetCalls()
  const cycle = await world.run()
  expect(cycle).toMatchObject({ kind: 'initial', counters: { countImported: 3, created: 0, updated: 1 } })
  expect(world.target.finds).toEqual([])
  expect(world.sent()).toMatchObject([{ kind: 'update', changes: [{ attribute: 'title', value: 'Mate' }] }])
  expect([await world.link('User', ana), await world.link('User', bob)]).toEqual(links)
  expect(world.target.objects('User')).toHaveLength(2)
  expect(world.target.objects('Group')).toHaveLength(1)
})

test('a cycle that breaks off is tried again after a minute and goes on', async () => {
  world = await aWorld()
  await world.user('Ana Able')
  await world.user('Bob Baker')
  const outage = new ConnectorError('The target is away.', { code: 'Timeout', scope: 'job', retry: 'nextCycle' })
  world.target.failNext('write', outage, 1, isAbout('bob.baker'))
  const ended: JobRunEnd[] = []
  const scheduler = startScheduler(world.ports, 'test', (end) => ended.push(end))
  await world.clock.advance(59_000)
  expect(ended).toMatchObject([{ kind: 'broken', error: 'The target is away.' }])
  expect(await world.store.jobs.runningCycle(world.job.jobId)).toMatchObject({ error: 'The target is away.' })
  await world.clock.advance(2_000)
  expect(ended).toMatchObject([{}, { kind: 'ended', cycle: { kind: 'initial', error: null } }])
  expect(world.target.objects('User')).toHaveLength(2)
  await world.clock.runUntilDone(scheduler.stop())
})

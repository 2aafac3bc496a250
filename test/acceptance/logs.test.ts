/* Spec section 12: what the provisioning log says of every operation. */
import { parse } from 'csv-parse/sync'
import { afterEach, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import { startRetention } from '../../src/cycle/index.ts'
import { readSettings } from '../../src/settings.ts'
import { logFileNames, type ProvisioningObjectSummary } from '../../src/vocabulary/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aWorld, type World } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

const entriesOf = async (cycleId: string): Promise<readonly ProvisioningObjectSummary[]> =>
  (await world.store.provisioning.queryLog({ cycleId, limit: 100 })).entries

test('84: any operation has one entry with change id, cycle id, steps, status and old and new values', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able', { jobTitle: 'Mate' })
  const bob = await world.user('Bob Baker')
  const cai = await world.user('Cai Cook')
  const crew = await world.group('Crew', [ana])
  await world.assign(crew)
  const first = await world.run()
  await world.change(ana, { jobTitle: 'Captain' })
  await world.unassign(bob)
  await world.hardDelete(cai)
  await world.members(crew, [])
  world.target.forgetCalls()
  const second = await world.run()

  const entries = await entriesOf(second.cycleId)
  const told = entries.map((entry) => [
    entry.sourceIdentity.displayName,
    entry.provisioningAction,
    entry.modifiedProperties,
  ])
  const anchor = (await world.link('User', ana))?.targetAnchor
  expect(told).toHaveLength(4)
  expect(told).toEqual(
    expect.arrayContaining([
      ['Ana Able', 'update', [{ displayName: 'title', oldValue: 'Mate', newValue: 'Captain' }]],
      ['Bob Baker', 'disable', [{ displayName: 'active', oldValue: 'True', newValue: 'False' }]],
      ['Cai Cook', 'delete', []],
      ['Crew', 'update', [{ displayName: 'members', oldValue: anchor, newValue: null }]],
    ]),
  )
  expect(world.sent()).toHaveLength(4)

  const all = [...entries, ...(await entriesOf(first.cycleId))]
  // Four objects were created, the group's members are a change of their own.
  expect(all).toHaveLength(9)
  expect(new Set(all.map((entry) => entry.id)).size).toBe(9)
  expect(new Set(all.map((entry) => entry.changeId)).size).toBe(9)
  for (const entry of all) {
    expect(entry.jobId).toBe(world.job.jobId)
    expect(entry.provisioningStatusInfo).toEqual({ status: 'success', errorInformation: null })
    expect(entry.provisioningSteps.map((step) => step.provisioningStepType)).toContain('export')
    expect(entry.initiatedBy.initiatorType).toBe('system')
    expect(entry.servicePrincipal).toEqual({ id: world.job.servicePrincipalId, displayName: 'Slack' })
    expect([entry.sourceSystem.displayName, entry.targetSystem.displayName]).toEqual([
      'Azure Active Directory',
      'Slack',
    ])
    expect(entry.sourceIdentity.identityType).toMatch(/^(User|Group)$/)
    expect(entry.targetIdentity.id).not.toBe('')
  }
})

test('84: entries cannot be edited', async () => {
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  const [entry] = await world.log(ana)
  if (entry === undefined) throw new Error('nothing was logged')
  const claim = await world.store.jobs.claim({ owner: 'test', leaseMs: 1000, now: 0, jobId: world.job.jobId })
  if (claim === null) throw new Error('the job is taken')
  const forged: ProvisioningObjectSummary = { ...entry, provisioningAction: 'delete' }
  await expect(world.store.provisioning.saveOutcomes(claim.lease, [{ logEntry: forged }])).rejects.toThrow()
  expect(await world.store.provisioning.getLogEntry(entry.id)).toEqual(entry)
})

test('85: a CSV export with a filter is three files joined by change id, with matching entries only', async () => {
  world = await aWorld()
  await world.user('Ana "Able", 1st', { jobTitle: '=cmd|calc\nsecond line' })
  await world.user('Bob Baker', { mail: null, userPrincipalName: null, mailNickname: null })
  await world.user('Ödön Cook', { accountEnabled: false })
  await world.run()
  const app = await createApi(apiPorts(world.ports))
  const file = async (name: string, filter: string): Promise<readonly Record<string, string>[]> => {
    const answer = await app.inject({ url: `/muster/v1/log/export?format=csv&file=${name}&${filter}` })
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="${name}.csv"`)
    return parse<Record<string, string>>(answer.body, { columns: true })
  }
  const all = (await world.store.provisioning.queryLog({ limit: 100 })).entries
  expect(new Set(all.map((entry) => entry.provisioningStatusInfo.status)).size).toBeGreaterThan(1)
  for (const filter of [
    '',
    'status=success',
    'status=skipped&text=ÖDÖN',
    'error=NotEffectivelyEntitled',
    'text=nobody',
  ]) {
    const query = `/muster/v1/log?limit=100&${filter}`
    const matching = (await app.inject({ url: query })).json<{ entries: ProvisioningObjectSummary[] }>().entries
    const [logs, steps, properties] = await Promise.all(logFileNames.map((name) => file(name, filter)))
    expect(logs?.map((row) => row['changeId'])).toEqual(matching.map((entry) => entry.changeId))
    // Joined again by change id, every entry has its own steps and properties, in their order, and nobody else's.
    for (const entry of matching) {
      const own = (
        rows: readonly Record<string, string>[] | undefined,
      ): readonly Record<string, string>[] | undefined => rows?.filter((row) => row['changeId'] === entry.changeId)
      expect(own(logs)).toMatchObject([
        {
          id: entry.id,
          'sourceIdentity.displayName': entry.sourceIdentity.displayName,
          status: entry.provisioningStatusInfo.status,
          reason: entry.provisioningStatusInfo.errorInformation?.reason ?? '',
        },
      ])
      expect(own(steps)?.map((row) => [row['step'], row['description'], row['details']])).toEqual(
        entry.provisioningSteps.map((step, at) => [String(at + 1), step.description, JSON.stringify(step.details)]),
      )
      expect(own(properties)?.map((row) => row['displayName'])).toEqual(
        entry.modifiedProperties.map((property) => property.displayName),
      )
    }
    expect(steps).toHaveLength(matching.flatMap((entry) => entry.provisioningSteps).length)
    expect(properties).toHaveLength(matching.flatMap((entry) => entry.modifiedProperties).length)
  }
  // What begins like a formula is text in a spreadsheet; a line break stays inside its cell.
  const title = (await file('ProvisioningLogs_ModifiedProperties', '')).find((row) => row['displayName'] === 'title')
  expect(title?.['newValue']).toBe("'=cmd|calc\nsecond line")
  await app.close()
})

test('85: an export as JSON is the entries as they are', async () => {
  world = await aWorld()
  const app = await createApi(apiPorts(world.ports))
  const exported = async (query: string): Promise<unknown> =>
    (await app.inject({ url: `/muster/v1/log/export?${query}` })).json()
  expect(await exported('format=json')).toEqual([])
  const ana = await world.user('Ana Able')
  await world.user('Bob Baker')
  await world.run()
  expect(await exported('format=json')).toEqual((await world.store.provisioning.queryLog({ limit: 9 })).entries)
  expect(await exported(`format=json&id=${ana}`)).toEqual(await world.log(ana))
  await app.close()
})

test('86: a threshold or mapping change is in the audit log with actor and activity; the provisioning log is unchanged', async () => {
  world = await aWorld()
  await world.user('Ana Able')
  await world.run()
  const provisioningLog = async (): Promise<unknown> =>
    (await world.store.provisioning.queryLog({ limit: 100 })).entries
  const before = await provisioningLog()
  const app = await createApi(apiPorts(world.ports))
  const headers = { 'muster-operator': encodeURIComponent('Zoë of IT') }
  const url = `/muster/v1/jobs/${world.job.jobId}`

  const threshold = { isOn: true, threshold: 3, percentage: null, windowHours: null }
  const saved = await app.inject({
    method: 'PATCH',
    url: `${url}/settings`,
    headers,
    payload: { deletionPrevention: threshold },
  })
  expect(saved.statusCode).toBe(200)
  const schema = (await app.inject({ url: `${url}/schema` })).body.replace('"[jobTitle]"', '"[department]"')
  const mapped = await app.inject({
    method: 'PUT',
    url: `${url}/schema?accept=ActiveNotMapped`,
    headers: { ...headers, 'content-type': 'application/json' },
    payload: schema.replace('"name": "jobTitle"', '"name": "department"'),
  })
  expect(mapped.json()).toMatchObject({ isSaved: true, isChanged: true })

  const { entries } = await world.store.audit.query({ limit: 9 })
  const job = { id: world.job.jobId, displayName: 'Slack', type: 'Job' }
  const user = { id: null, displayName: 'Zoë of IT', userPrincipalName: null, ipAddress: '127.0.0.1' }
  expect(entries.map(({ entry }) => entry)).toMatchObject([
    {
      activityDisplayName: 'Update attribute mappings or scope',
      result: 'success',
      initiatedBy: { user, app: null },
      targetResources: [job],
    },
    {
      activityDisplayName: 'Update provisioning setting or credentials',
      category: 'ProvisioningManagement',
      loggedByService: 'Account Provisioning',
      activityDateTime: new Date(world.clock.now()).toISOString(),
      result: 'success',
      initiatedBy: { user, app: null },
      targetResources: [
        {
          ...job,
          modifiedProperties: [
            { displayName: 'settings.deletionPrevention.percentage', oldValue: '20', newValue: null },
            { displayName: 'settings.deletionPrevention.threshold', oldValue: '500', newValue: '3' },
          ],
        },
      ],
    },
  ])
  const [mapping] = entries
  expect(mapping?.entry.targetResources[0]?.modifiedProperties).toContainEqual({
    displayName: expect.stringMatching(/attributeMappings\[title\]/) as string,
    oldValue: expect.stringContaining('jobTitle') as string,
    newValue: expect.not.stringMatching(/^$/) as string,
  })
  expect(await world.store.audit.verify()).toMatchObject({ isIntact: true, entries: 2 })
  expect(await provisioningLog()).toEqual(before)

  // What is only asked changes nothing, and is not told of.
  await app.inject({ method: 'PATCH', url: `${url}/settings?dryRun=1`, payload: { syncAll: true } })
  await app.inject({ method: 'PATCH', url: `${url}/settings`, payload: { syncAll: 'perhaps' } })
  expect((await world.store.audit.query({ limit: 9 })).entries).toHaveLength(2)
  await app.close()
})

test('86: a quarantine and its end are in the audit log; the service itself did it', async () => {
  world = await aWorld({
    settings: { deletionPrevention: { isOn: true, threshold: 0, percentage: null, windowHours: null } },
  })
  const ana = await world.user('Ana Able')
  await world.run()
  await world.unassign(ana)
  await world.run()
  await world.run()
  await world.assign(ana)
  await world.run()
  const { entries } = await world.store.audit.query({ limit: 9 })
  expect(
    entries.map(({ entry }) => [
      entry.activityDisplayName,
      entry.initiatedBy.app?.displayName,
      entry.targetResources[0]?.modifiedProperties.filter((each) => each.displayName === 'quarantine'),
    ]),
  ).toEqual([
    ['Quarantine', 'Muster', [{ displayName: 'quarantine', oldValue: 'TooManyDeletes', newValue: null }]],
    ['Quarantine', 'Muster', [{ displayName: 'quarantine', oldValue: null, newValue: 'TooManyDeletes' }]],
  ])
})

const day = 24 * 60 * 60_000

test('87: entries older than the retention are gone, with their images; a day before, they are there', async () => {
  world = await aWorld()
  const { provisioning } = world.store
  const ana = await world.user('Ana Able')
  await world.run()
  const retention = startRetention(world.ports, [
    {
      name: 'provisioning log',
      keptMs: readSettings({}, {}).logRetention,
      purge: (olderThan, limit) => provisioning.purgeLog(olderThan, limit),
    },
  ])
  await world.clock.advance(29 * day)
  await world.change(ana, { jobTitle: 'Mate' })
  await world.run()
  expect(await world.log(ana)).toHaveLength(2)
  await world.clock.advance(1.1 * day)
  expect((await world.log(ana)).map((entry) => entry.provisioningAction)).toEqual(['update'])
  const { images } = await provisioning.beforeImages({ jobId: world.job.jobId, limit: 9 })
  expect(images.map(({ image }) => image.kind)).toEqual(['update'])
  await world.clock.advance(30 * day)
  expect(await world.log(ana)).toEqual([])
  // What Muster does does not depend on what it still remembers having done.
  await world.change(ana, { jobTitle: 'Captain' })
  expect((await world.run()).counters).toMatchObject({ created: 0, updated: 1 })
  await retention.stop()
})

test('87: the retention is 30 days unless set; 0 keeps everything for ever', async () => {
  expect(readSettings({}, {}).logRetention).toBe(30 * day)
  expect(readSettings({}, { MUSTER_LOG_RETENTION: '90d' }).logRetention).toBe(90 * day)
  expect(readSettings({}, { MUSTER_LOG_RETENTION: '0' }).logRetention).toBeNull()
  expect(() => readSettings({}, { MUSTER_LOG_RETENTION: 'a while' })).toThrow(
    /logRetention "a while".*30d, or 0 for ever/,
  )
  world = await aWorld()
  const ana = await world.user('Ana Able')
  await world.run()
  const { provisioning } = world.store
  const purge = (olderThan: number, limit: number): Promise<number> => provisioning.purgeLog(olderThan, limit)
  const retention = startRetention(world.ports, [{ name: 'provisioning log', keptMs: null, purge }])
  await world.clock.advance(400 * day)
  expect(await world.log(ana)).toHaveLength(1)
  await retention.stop()
})

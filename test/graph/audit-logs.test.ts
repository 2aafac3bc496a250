/* The logs by way of Graph (graph-api.md 3.11, 4.1, 4.5): filters clients really send, pages, and what is refused by name. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/store/store.ts'
import { aGraphWorld, type GraphWorld, type Json } from '../builders/graph-world.ts'
import { aLogEntry } from '../builders/stored.ts'

let world: GraphWorld
beforeEach(async () => {
  world = await aGraphWorld()
})
afterEach(() => world.close())

const errorOf = (body: Json): Json => body['error'] as Json
const day = Date.parse('2023-07-30T00:00:00Z')
const hour = 3_600_000

async function write(...entries: readonly ReturnType<typeof aLogEntry>[]): Promise<void> {
  const claim = await world.store.jobs.claim({ owner: 'me', leaseMs: 60_000, now: 0, jobId: world.job.jobId })
  if (claim === null) throw new Error('The job is in other hands.')
  await world.store.provisioning.saveOutcomes(
    claim.lease,
    entries.map((logEntry): Outcome => ({ logEntry })),
  )
  await world.store.jobs.release(claim.lease)
}

const log = '/auditLogs/provisioning'
const idsOf = (value: readonly Json[]): readonly unknown[] => value.map(({ id }) => id)
async function found(filter: string): Promise<readonly unknown[]> {
  const { value, status, text } = await world.get(`${log}?$filter=${encodeURIComponent(filter)}`)
  expect(status, text).toBe(200)
  return idsOf(value)
}

describe('the provisioning log', () => {
  it('shows what a cycle did, as the log has it, newest first', async () => {
    const mira = await world.user('Mira Okafor')
    await world.assign(mira)
    await world.run()
    const { value, body } = await world.get(`${log}?$orderby=activityDateTime desc&$top=1`)
    expect(body['@odata.context']).toBe('http://localhost/v1.0/$metadata#auditLogs/provisioning')
    const [entry] = await world.log(mira)
    expect(value).toEqual([entry])
    expect(value[0]).toMatchObject({
      provisioningAction: 'create',
      jobId: world.job.jobId,
      servicePrincipal: { id: world.job.servicePrincipalId },
      provisioningStatusInfo: { status: 'success' },
    })
    const one = await world.get(`${log}/${String(entry?.id)}`)
    expect(one.body).toMatchObject({ id: entry?.id, changeId: entry?.changeId })
    expect((await world.get(`${log}/none`)).status).toBe(404)
    expect((await world.get(`${log}?$select=id,provisioningAction`)).value).toEqual([
      { id: entry?.id, provisioningAction: 'create' },
    ])
  })

  it('takes the filters that are seen in the wild', async () => {
    await write(
      aLogEntry('a', { at: day - hour, status: 'failure', errorCode: 'SlackUserNameTaken' }),
      aLogEntry('b', { at: day, action: 'create', source: { id: 's', displayName: 'Mira Okafor' } }),
      aLogEntry('c', { at: day + hour, cycleId: '5B1F4A70-8b43-4a56-8f9b-2d6d7b0f7a21'.toLowerCase() }),
      aLogEntry('d', { at: day + 25 * hour, action: 'disable', source: { id: 'mira-id', displayName: 'Mira' } }),
    )
    expect(
      await found(
        "((contains(tolower(servicePrincipal/id), 'sp') or contains(tolower(servicePrincipal/displayName), 'sp')) and activityDateTime gt 2023-07-30 and activityDateTime lt 2023-07-31)",
      ),
    ).toEqual(['c'])
    expect(await found('activityDateTime ge 2023-07-30T00:00:00Z')).toEqual(['d', 'c', 'b'])
    expect(await found('activityDateTime le 2023-07-30')).toEqual(['b', 'a'])
    expect(await found("jobId eq 'job'")).toEqual(['d', 'c', 'b', 'a'])
    expect(await found("jobId eq 'JOB'")).toEqual([])
    expect(await found('cycleId eq 5B1F4A70-8B43-4A56-8F9B-2D6D7B0F7A21')).toEqual(['c'])
    expect(await found("cycleId eq '5B1F4A70-8B43-4A56-8F9B-2D6D7B0F7A21'")).toEqual(['c'])
    expect(await found("provisioningStatusInfo/status eq 'Failure'")).toEqual(['a'])
    expect(await found("provisioningAction eq 'create' or provisioningAction eq 'disable'")).toEqual(['d', 'b'])
    expect(await found("provisioningStatusInfo/errorInformation/errorCode eq 'SlackUserNameTaken'")).toEqual(['a'])
    expect(await found("contains(sourceIdentity/displayName,'Okafor')")).toEqual(['b'])
    // The log is compared as it is written; tolower says otherwise.
    expect(await found("contains(sourceIdentity/displayName,'okafor')")).toEqual([])
    expect(await found("contains(tolower(sourceIdentity/displayName),'okafor')")).toEqual(['b'])
    expect(await found("sourceIdentity/id eq 'mira-id' and provisioningAction ne 'create'")).toEqual(['d'])
    expect(await found("id eq 'b'")).toEqual(['b'])
    expect(await found("modifiedProperties/any(p:p/displayName eq 'title')")).toHaveLength(4)
    expect(await found("not (provisioningStatusInfo/status eq 'success')")).toEqual(['a'])
    expect(await found("provisioningAction eq 'nonsense'")).toEqual([])
    const counted = await world.get(`${log}?$count=true&$top=1&$filter=provisioningAction eq 'create'`)
    expect(counted.body['@odata.count']).toBe(1)
    expect((await world.get(`${log}/$count`)).text).toBe('4')
    expect((await world.get(`${log}/$count?$filter=activityDateTime gt 2023-07-30`)).text).toBe('2')
  })

  it('what it cannot answer is refused by name', async () => {
    for (const [query, named] of [
      ["$filter=colour eq 'red'", "'colour'"],
      ["$filter=sourceIdentity/details/UserPrincipalName eq 'x'", "'UserPrincipalName'"],
      ["$filter=activityDateTime gt 'yesterday'", "'activityDateTime'"],
      ['$filter=activityDateTime gt', 'a value is expected'],
      ["$filter=provisioningSteps eq 'x'", "'provisioningSteps'"],
      ['$orderby=jobId', "'jobId'"],
      ['$search="jobId:x"', "'jobId'"],
      ['$skip=1', '$skip'],
      ['$expand=steps', "'steps'"],
      ['$select=colour', "'colour'"],
      ['$top=1000', "'1000'"],
      ['$format=json', "'$format'"],
    ] as const) {
      const { status, body } = await world.get(`${log}?${query}`)
      expect(status, query).toBe(400)
      expect(errorOf(body)['message'], query).toContain(named)
    }
    expect((await world.ask('POST', log, {})).status).toBe(405)
    expect((await world.ask('DELETE', `${log}/x`)).status).toBe(405)
  })

  it('pages go on where the last one ended, whatever is written meanwhile, in a process of its own too', async () => {
    const ids = Array.from({ length: 25 }, (_, at) => `e${String(at).padStart(2, '0')}`)
    await write(...ids.map((id, at) => aLogEntry(id, { at: day + Math.floor(at / 10) })))
    const first = await world.get(`${log}?$top=10&$filter=jobId eq 'job'`)
    const link = String(first.body['@odata.nextLink'])
    expect(link).toMatch(/^http:\/\/localhost\/v1\.0\/auditLogs\/provisioning\?\$skiptoken=[\w-]+$/)
    await write(aLogEntry('later', { at: day + hour }))
    const rest = await world.pages(link)
    expect([...idsOf(first.value), ...idsOf(rest.items)]).toEqual(ids.toReversed())
    const upwards = await world.pages(`${log}?$orderby=activityDateTime asc&$top=7`)
    expect(idsOf(upwards.items)).toEqual([...ids, 'later'])
    expect((await world.get(`${log}?$skiptoken=nonsense`)).status).toBe(400)
    expect((await world.get(link.replace('provisioning', 'directoryAudits'))).status).toBe(400)
  })

  it('a filter finds exactly those it says, whatever of it the columns can answer', async () => {
    const entries = Array.from({ length: 40 }, (_, at) =>
      aLogEntry(`e${String(at)}`, {
        at: day + (at % 5) * hour,
        jobId: at % 3 === 0 ? 'job' : 'Job',
        status: at % 2 === 0 ? 'success' : 'failure',
        action: at % 4 === 0 ? 'create' : 'update',
        source: { displayName: at % 7 === 0 ? 'Mira Okafor' : 'Tom', id: `s${String(at % 6)}` },
      }),
    )
    await write(...entries)
    type Entry = (typeof entries)[number]
    const simple = fc.oneof(
      fc.constantFrom('job', 'Job', 'JOB').map((value) => ({
        text: `jobId eq '${value}'`,
        holds: (entry: Entry) => entry.jobId === value,
      })),
      fc.constantFrom('success', 'failure', 'warning').map((value) => ({
        text: `provisioningStatusInfo/status eq '${value}'`,
        holds: (entry: Entry) => entry.provisioningStatusInfo.status === value,
      })),
      fc.constantFrom('create', 'update').map((value) => ({
        text: `provisioningAction ne '${value}'`,
        holds: (entry: Entry) => entry.provisioningAction !== value,
      })),
      fc.constantFrom('Mira', 'mira', 'o').map((value) => ({
        text: `contains(sourceIdentity/displayName,'${value}')`,
        holds: (entry: Entry) => entry.sourceIdentity.displayName.includes(value),
      })),
      fc.constantFrom('s1', 'U1', 'S2').map((value) => ({
        text: `sourceIdentity/id eq '${value}'`,
        holds: (entry: Entry) => entry.sourceIdentity.id === value,
      })),
      fc
        .record({ operator: fc.constantFrom('gt', 'ge', 'lt', 'le', 'eq', 'ne'), at: fc.nat(5) })
        .map(({ operator, at }) => ({
          text: `activityDateTime ${operator} ${new Date(day + at * hour).toISOString()}`,
          holds: (entry: Entry) => {
            const [one, other] = [Date.parse(entry.activityDateTime), day + at * hour]
            const outcome = { gt: one > other, ge: one >= other, lt: one < other, le: one <= other, eq: one === other }
            return operator === 'ne' ? one !== other : outcome[operator as 'gt']
          },
        })),
    )
    const { filter } = fc.letrec<{ filter: { text: string; holds: (entry: Entry) => boolean } }>((tie) => ({
      filter: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        simple,
        fc.tuple(tie('filter'), tie('filter')).map(([one, other]) => ({
          text: `(${one.text} and ${other.text})`,
          holds: (entry: Entry) => one.holds(entry) && other.holds(entry),
        })),
        fc.tuple(tie('filter'), tie('filter')).map(([one, other]) => ({
          text: `(${one.text} or ${other.text})`,
          holds: (entry: Entry) => one.holds(entry) || other.holds(entry),
        })),
        tie('filter').map((one) => ({ text: `not (${one.text})`, holds: (entry: Entry) => !one.holds(entry) })),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(filter, async ({ text, holds }) => {
        const wanted = entries.filter(holds).map(({ id }) => id)
        expect([...(await found(text))].sort()).toEqual(wanted.sort())
        const count = await world.get(`${log}/$count?$filter=${encodeURIComponent(text)}`)
        expect(count.text).toBe(String(wanted.length))
      }),
      { numRuns: 60 },
    )
  })
})

describe('the audit log', () => {
  it('tells of what was changed by way of Graph, and by whom', async () => {
    const made = await world.ask('POST', '/groups', {
      displayName: 'Crew',
      mailEnabled: false,
      mailNickname: 'crew',
      securityEnabled: true,
    })
    const groupId = String(made.body['id'])
    await world.ask('PATCH', `/groups/${groupId}`, { description: 'x' })
    const audits = '/auditLogs/directoryAudits'
    const { value, body } = await world.get(`${audits}?$top=1`)
    expect(body['@odata.context']).toBe('http://localhost/v1.0/$metadata#auditLogs/directoryAudits')
    expect(value).toMatchObject([
      {
        activityDisplayName: 'Update group',
        category: 'ProvisioningManagement',
        loggedByService: 'Account Provisioning',
        operationType: 'Update',
        result: 'success',
        targetResources: [{ id: groupId, type: 'Group' }],
      },
    ])
    const ask = async (filter: string): Promise<readonly unknown[]> => {
      const answer = await world.get(`${audits}?$filter=${encodeURIComponent(filter)}`)
      expect(answer.status, answer.text).toBe(200)
      return answer.value.map((entry) => entry['activityDisplayName'])
    }
    expect(await ask("category eq 'ProvisioningManagement'")).toEqual(['Update group', 'Add group'])
    expect(await ask("activityDisplayName eq 'Add group'")).toEqual(['Add group'])
    expect(await ask(`targetResources/any(t:t/id eq '${groupId}')`)).toEqual(['Update group'])
    expect(await ask("targetResources/any(t:t/displayName eq 'Crew')")).toEqual(['Add group'])
    expect(await ask("result eq 'failure'")).toEqual([])
    expect(await ask('activityDateTime gt 2000-01-01')).toEqual(['Update group', 'Add group'])
    expect(await ask(`id eq '${String(value[0]?.['id'])}'`)).toEqual(['Update group'])
    expect((await world.get(`${audits}/${String(value[0]?.['id'])}`)).body).toMatchObject(value[0] ?? {})
    expect((await world.get(`${audits}/$count`)).text).toBe('2')
    const oldest = await world.pages(`${audits}?$orderby=activityDateTime&$top=1`)
    expect([oldest.pages, oldest.items[0]?.['activityDisplayName']]).toEqual([2, 'Add group'])
    expect((await world.get(`${audits}?$filter=actor eq 'x'`)).status).toBe(400)
    expect((await world.get(`${audits}/none`)).status).toBe(404)
  })
})

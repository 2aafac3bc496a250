/* The commands that change something, against a running service in front of the simulated workspace. */
import { afterEach, expect, test, vi } from 'vitest'
import { ageCompany } from '../../scripts/seed/index.ts'
import type {
  AssignmentReport,
  Cycle,
  ModifiedProperty,
  Plan,
  PlannedChange,
  SettingsReport,
  StatusReport,
} from '../../src/vocabulary/index.ts'
import type { ServiceWithSlack } from '../builders/muster-service.ts'
import { aProvisionedCompany, company, folderWith, jsonOf, type LogPage } from '../builders/provisioned-company.ts'
import { createPrograms } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
let service: ServiceWithSlack
afterEach(async () => {
  await service.close()
  await programs.clear()
})

const [chief] = company.users
const chiefAddress = String(chief?.attributes['mail'])
const isActive = (address: string): boolean => service.simulator.person(address)?.active === true

/** Values that name other accounts are not known before those are made. */
function properties(modified: readonly ModifiedProperty[]): readonly unknown[] {
  return modified
    .map(({ displayName, oldValue, newValue }) =>
      /manager|members/.test(displayName) ? [displayName] : [displayName, oldValue, newValue],
    )
    .sort()
}

test('plan says what run then does, and writes nothing itself', async () => {
  // Joiners come into this group.
  service = await aProvisionedCompany(programs, ['Slack users', 'Leadership'])
  const { muster, simulator, program } = service
  // Slack refuses the token for a moment, so that the changes wait.
  simulator.addFault({ kind: 'status', status: 401, body: '{"Errors":{"description":"invalid_authentication"}}' })
  const later = ageCompany(company, { changes: 20, seed: 3 }).company
  expect(await muster('import', '--full', folderWith(programs, later))).toMatchObject({ code: 0 })
  await program.line(/cycle broken off/)
  const refused = await muster('run')
  expect(refused).toMatchObject({ code: 1, output: '' })
  expect(refused.errors).toMatch(/The cycle broke off: .*token/)
  simulator.clearFaults()

  const writes = service.writesToSlack()
  const plan = jsonOf<Plan & { readonly changes: readonly PlannedChange[] }>(await muster('plan', '--json'))
  const text = await muster('plan', '--rows', '200')
  expect(service.writesToSlack()).toBe(writes)
  expect(text).toMatchObject({ code: 0 })
  expect(text.output).toMatch(/\d+ objects? would be disabled:[^]*\d+ objects? would be created:/)

  const cycle = jsonOf<Cycle>(await muster('run', '--json'))
  const { requests: _requests, throttled: _throttled, ...counters } = plan.counters
  expect(cycle.counters).toMatchObject(counters)
  expect(counters.created).toBeGreaterThan(0)
  expect(counters.updated).toBeGreaterThan(0)
  expect(counters.disabled).toBeGreaterThan(0)
  const { entries } = jsonOf<LogPage>(await muster('log', '--cycle', cycle.cycleId, '--limit', '1000', '--json'))
  const planned = plan.changes.map((change) => ({
    id: change.sourceId,
    action: change.action,
    status: change.status,
    code: change.code,
    properties: properties(change.modifiedProperties),
  }))
  const done = entries.map((entry) => ({
    id: entry.sourceIdentity.id,
    action: entry.provisioningAction,
    status: entry.provisioningStatusInfo.status,
    code: entry.provisioningStatusInfo.errorInformation?.errorCode ?? null,
    properties: properties(entry.modifiedProperties),
  }))
  const inOrder = (list: readonly unknown[]): readonly string[] => list.map((each) => JSON.stringify(each)).sort()
  expect(inOrder(planned)).toEqual(inOrder(done))
})

test('assign and unassign: who leaves the scope is disabled only when that is meant', async () => {
  service = await aProvisionedCompany(programs)
  const { muster } = service
  const assignedGroups = company.groups.filter(({ displayName }) => ['Engineering', 'Leadership'].includes(displayName))
  const members = new Set(assignedGroups.flatMap((group) => group.members))
  const loner = company.users.find((user) => !members.has(user.objectId) && user.attributes['accountEnabled'] !== false)
  const address = String(loner?.attributes['mail'])
  expect(service.simulator.person(address)).toBeUndefined()

  const assigned = await muster('assign', address)
  expect(assigned).toMatchObject({ code: 0, errors: '' })
  expect(assigned.output).toMatch(/ is assigned; 1 person evaluated in the next cycle/)
  expect((await muster('assign', address)).output).toContain('was assigned already')
  expect(jsonOf<AssignmentReport>(await muster('assign', address, '--json'))).toMatchObject({ isChanged: false })
  await muster('run')
  expect(isActive(address)).toBe(true)

  const asked = await muster('unassign', address)
  expect(asked).toMatchObject({ code: 4, output: '' })
  expect(asked.errors).toMatch(/1 person with a Slack account leaves the scope and will be disabled.*--yes/)
  await muster('run')
  expect(isActive(address)).toBe(true)

  const meant = await muster('unassign', address, '--yes', '--json')
  expect(meant).toMatchObject({ code: 0, errors: '' })
  expect(jsonOf<AssignmentReport>(meant)).toMatchObject({ isChanged: true, losing: 1 })
  await muster('run')
  expect(isActive(address)).toBe(false)
  expect((await muster('people', address)).output).toMatch(/link +U\w+, disabled/)
})

test('scope: all and back, with a question before anybody is taken out', async () => {
  service = await aProvisionedCompany(programs)
  const { muster } = service
  const before = jsonOf<StatusReport>(await muster('status', '--json')).jobs[0]?.managed

  const all = await muster('scope', 'all')
  expect(all).toMatchObject({ code: 0, errors: '' })
  expect(all.output).toContain('The scope is all users and groups; 0 leave it.')
  await muster('run')
  const wide = jsonOf<StatusReport>(await muster('status', '--json')).jobs[0]
  expect(wide?.settings.syncAll).toBe(true)
  const enabled = company.users.filter((user) => user.attributes['accountEnabled'] !== false).length
  expect(wide?.managed).toEqual(
    expect.arrayContaining([
      { objectType: 'User', count: enabled, active: enabled },
      { objectType: 'Group', count: 8, active: 8 },
    ]),
  )

  const asked = await muster('scope', 'assigned')
  expect(asked).toMatchObject({ code: 4, output: '' })
  expect(asked.errors).toMatch(/leaves? the scope and will be disabled.*--yes/)
  const meant = await muster('scope', 'assigned', '--yes', '--json')
  expect(meant).toMatchObject({ code: 0, errors: '' })
  expect(jsonOf<SettingsReport>(meant)).toMatchObject({ isChanged: true, settings: { syncAll: false } })
  await muster('run')
  const narrow = jsonOf<StatusReport>(await muster('status', '--json')).jobs[0]?.managed
  const activeOf = (managed: typeof narrow): readonly number[] | undefined => managed?.map(({ active }) => active)
  expect(activeOf(narrow)).toEqual(activeOf(before))
})

test('run ends with 1 when objects failed, and with 0 once they are right', async () => {
  service = await aProvisionedCompany(programs)
  const { muster, simulator } = service
  const id = simulator.person(chiefAddress)?.id ?? ''
  simulator.addFault({
    kind: 'status',
    status: 403,
    body: '{"Errors":{"description":"permission_denied","code":403}}',
    method: 'PATCH',
    path: id,
  })
  const renamed = company.users.map((user) =>
    user === chief ? { ...user, attributes: { ...user.attributes, jobTitle: 'Captain' } } : user,
  )
  await muster('import', folderWith(programs, { ...company, users: renamed }))
  const failed = await muster('run')
  expect(failed.code).toBe(1)
  expect(failed.output).toMatch(/│ failed +│ 1 +1 InsufficientRights/)
  expect(failed.output).toContain('muster log --status failure says why')
  expect((await muster('log', '--status', 'failure')).output).toContain('InsufficientRights')
  const asJson = await muster('run', '--json')
  expect(asJson.code).toBe(1)
  expect(jsonOf<Cycle>(asJson)).toMatchObject({
    state: 'EntryLevelErrors',
    counters: { failed: { InsufficientRights: 1 } },
  })

  simulator.clearFaults()
  expect(await muster('run')).toMatchObject({ code: 0 })
  expect(simulator.person(chiefAddress)?.title).toBe('Captain')
})

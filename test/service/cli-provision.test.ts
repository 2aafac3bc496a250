/* `muster provision` and `muster why` against a running service in front of the simulated workspace. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { OnDemandReport, WhyReport } from '../../src/vocabulary/index.ts'
import type { ServiceWithSlack } from '../builders/muster-service.ts'
import { aProvisionedCompany, company, jsonOf } from '../builders/provisioned-company.ts'
import { createPrograms } from '../builders/programs.ts'

// Five runs of `provision` in all, as many as are taken in ten seconds. Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
let service: ServiceWithSlack
beforeAll(async () => {
  service = await aProvisionedCompany(programs, ['Engineering'])
})
afterAll(async () => {
  await service.close()
  await programs.clear()
})

/** Nobody of the Engineering group. */
const outsider = 'Not At All Known'
const [someone] = company.users
const address = String(someone?.attributes['mail'])

test('the five steps of one person, dry and done, then the removal with a question', async () => {
  const { muster, writesToSlack } = service
  expect(await muster('assign', address)).toMatchObject({ code: 0 })
  await muster('run')
  const writes = writesToSlack()
  const same = await muster('provision', address)
  expect(same).toMatchObject({ code: 0, errors: '' })
  expect(same.output).toMatch(
    /2 import +ok +Retrieved[^]*3 determine scope +ok +User is in scope\.[^]*4 match +ok[^]*5 perform action +skipped/,
  )
  expect(same.output).toMatch(
    /Skipped RedundantExport: [^]*0 objects done, 1 skipped, 0 failed\. The log has it: muster log --cycle \S+/,
  )
  expect(same.output).not.toContain('test connection')
  expect(await muster('unassign', address, '--yes')).toMatchObject({ code: 0 })
  await muster('run')
  const gone = jsonOf<OnDemandReport>(await muster('provision', address, '--dry-run', '--json'))
  expect(gone).toMatchObject({ isDryRun: true, result: 'Skipped' })
  expect(writesToSlack()).toBeGreaterThan(writes)
})

test('a group with selected members, and one without anybody of that name', async () => {
  const { muster } = service
  const report = jsonOf<OnDemandReport>(await muster('provision', 'Engineering', '--group', '--json'))
  expect(report.objects.at(-1)).toMatchObject({ objectType: 'Group', result: 'Skipped', errorCode: 'RedundantExport' })
  expect(report.objects.length).toBeGreaterThan(1)
  expect(await muster('provision', outsider)).toMatchObject({ code: 3, output: '' })
})

test('who would lose the account is named, and nothing is done without an answer', async () => {
  const { muster, writesToSlack } = service
  await muster('pause')
  const member = jsonOf<OnDemandReport>(await muster('provision', 'Engineering', '--group', '--dry-run', '--json'))
    .objects[0]
  const id = member?.sourceId ?? ''
  expect(await muster('unassign', '--group', 'Engineering', '--yes')).toMatchObject({ code: 0 })
  const writes = writesToSlack()
  const asked = await muster('provision', id)
  expect(asked).toMatchObject({ code: 4, output: '' })
  expect(asked.errors).toMatch(/1 of those asked for is out of scope and will be removed from Slack .*Nothing was done/)
  expect(writesToSlack()).toBe(writes)
  const done = await muster('provision', id, '--yes')
  expect(done.code).toBe(0)
  expect(done.output).toMatch(/5 perform action +ok +.* will be disabled/)
  expect(writesToSlack()).toBe(writes + 1)
})

test('why somebody lost the account, now and at the cycle before', async () => {
  const { muster } = service
  const member = company.users.find((user) => user.attributes['mail'] !== address)
  const assigned = String(member?.attributes['mail'])
  await muster('start')
  await muster('assign', assigned)
  await muster('run')
  const standing = await muster('why', assigned)
  expect(standing).toMatchObject({ code: 0, errors: '' })
  expect(standing.output).toMatch(/^[^\n]* is in scope and has the account \S+, which is as it should be\.\n/)
  expect(standing.output).toMatch(/it would be +out of scope if it were no longer assigned/)
  await muster('unassign', assigned, '--yes')
  await muster('run')
  expect((await muster('why', assigned)).output).toMatch(/^[^\n]* lost the account: /)
  const report = jsonOf<WhyReport>(await muster('why', assigned, '--json'))
  if (report.kind !== 'now') throw new Error('asked for now')
  const cycle = report.explanation.lastRemoval?.cycleId ?? ''
  expect(report.explanation.lastRemoval).toMatchObject({ action: 'disable' })
  const then = await muster('why', assigned, '--cycle', cycle)
  expect(then.output).toMatch(/schema +[0-9a-f]{16}[^]*disable {2}success/)
  expect(await muster('why', assigned, '--cycle', cycle, '--at', '2026-01-01')).toMatchObject({ code: 2 })
  expect(await muster('why', outsider)).toMatchObject({ code: 3 })
})

/* Removals above the threshold, as an administrator meets them: nobody goes, the commands say who would, and then they do. */
import { afterEach, expect, test, vi } from 'vitest'
import type { JobSettings, RemovalsReport, StatusReport } from '../../src/vocabulary/index.ts'
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

test('too many removals wait until they are allowed', async () => {
  service = await aProvisionedCompany(programs, ['Engineering'])
  const { muster, writesToSlack } = service
  const before = await muster('removals')
  expect(before.code).toBe(0)
  expect(before.output).toMatch(
    /more than 500 removals in one cycle, or more than 20 % .* wait for an administrator[^]*No removal waits/,
  )
  expect(await muster('removals', 'threshold', '--count', 'few')).toMatchObject({ code: 2, output: '' })
  const threshold = await muster('removals', 'threshold', '--count', '1')
  expect(threshold.output).toContain('more than 1 removal in one cycle')

  const writes = writesToSlack()
  const blocked = company.users.map((user) => ({ ...user, attributes: { ...user.attributes, accountEnabled: false } }))
  const later = folderWith(programs, { ...company, users: blocked })
  expect(await muster('import', '--full', later)).toMatchObject({ code: 0 })
  await muster('run')
  expect(writesToSlack()).toBe(writes)
  const waiting = jsonOf<RemovalsReport>(await muster('removals', '--json'))
  expect(waiting).toMatchObject({ approved: 0, quarantine: { reason: 'TooManyDeletes' } })
  expect(waiting.staged).toBeGreaterThan(1)
  expect(waiting.removals).toHaveLength(waiting.staged)
  const [first] = waiting.removals
  const found = await muster('removals', 'list', first?.displayName ?? '')
  expect(found.output).toMatch(/waits/)
  expect((await muster('status')).output).toMatch(/status {8}Quarantine[^]*quarantine {4}TooManyDeletes since/)

  const why = (await muster('quarantine')).output
  expect(why).toMatch(/removals wait: "muster removals" shows[^]*"muster removals allow"/)
  expect(why).not.toContain('one that succeeds ends the quarantine')
  const started = await muster('start')
  expect(started.output).toContain(`${String(waiting.staged)} removals still wait`)
  await muster('run')

  const unanswered = await muster('removals', 'allow')
  expect(unanswered.code).toBe(4)
  expect(unanswered.errors).toMatch(/people and groups are removed from Slack in the next cycle.*Nothing was done/)
  expect(unanswered.errors).toContain(first?.displayName)
  const forced = await muster('restart', '--scope', 'ForceDeletes')
  expect(forced).toMatchObject({ code: 4, output: '' })
  expect(forced.errors).toContain(`${String(waiting.staged)} people and groups are removed from Slack`)
  expect(forced.errors).toContain(first?.displayName)
  expect(jsonOf<RemovalsReport>(await muster('removals', '--json'))).toMatchObject({ staged: waiting.staged })
  expect(await muster('removals', 'allow', '--yes')).toMatchObject({ code: 0 })
  await muster('run')
  expect(writesToSlack() - writes).toBeGreaterThanOrEqual(waiting.staged)
  const [job] = jsonOf<StatusReport>(await muster('status', '--json')).jobs
  expect(job).toMatchObject({ status: 'Active', quarantine: null })
  expect((await muster('removals', 'allow', '--yes')).output).toContain('nothing was done')
  const lifted = await muster('quarantine', 'lift')
  expect(lifted.code).toBe(0)
  expect(lifted.output).toContain('The job is not in quarantine, so nothing was lifted')
})

test('who was told how many it concerns and agreed is not asked again', async () => {
  service = await aProvisionedCompany(programs, ['Engineering'])
  const { muster, writesToSlack } = service
  expect(await muster('removals', 'threshold', '--count', '0')).toMatchObject({ code: 0 })
  const writes = writesToSlack()
  const answer = await muster('unassign', '--group', 'Engineering', '--yes')
  const [, leaving] = /(\d+) leave the scope/.exec(answer.output) ?? []
  expect(Number(leaving)).toBeGreaterThan(1)
  await muster('run')
  expect(writesToSlack() - writes).toBeGreaterThanOrEqual(Number(leaving))
  // The group they named is deleted with it.
  expect(jsonOf<RemovalsReport>(await muster('removals', '--json'))).toMatchObject({ staged: 0, approved: 0 })
  expect(jsonOf<LogPage>(await muster('log', 'Engineering', '--action', 'delete', '--json')).entries).toHaveLength(1)
})

test('settings are listed with their meaning, and one is changed after a question', async () => {
  service = await aProvisionedCompany(programs, ['Engineering'])
  const { muster } = service
  expect((await muster('settings')).output).toMatch(/repairsReferences[^]*true[^]*failuresMin[^]*5000/)
  const changed = await muster('settings', 'set', 'quarantineThresholds.failuresMin', '50')
  expect(changed.output).toContain('quarantineThresholds.failuresMin is 50.')
  const asked = await muster('settings', 'set', 'defaultAccessIsEntitled', 'false')
  expect(asked.code).toBe(4)
  expect(asked.errors).toMatch(/people with Slack accounts leave the scope.*Nothing was done/)
  const settings = jsonOf<JobSettings>(await muster('settings', '--json'))
  expect(settings).toMatchObject({ defaultAccessIsEntitled: true, quarantineThresholds: { failuresMin: 50 } })
  expect(await muster('settings', 'set', 'speed', '9')).toMatchObject({ code: 2 })
  expect(await muster('settings', 'set', 'cycleEveryMs', 'soon')).toMatchObject({ code: 2 })
})

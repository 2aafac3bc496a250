/* `muster undo` against a running service in front of the simulated workspace: planned, read, applied, and undone again. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { PlanReport, StatusReport, UndoReport } from '../../src/vocabulary/index.ts'
import type { ServiceWithSlack } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'
import { aProvisionedCompany, company, folderWith, jsonOf } from '../builders/provisioned-company.ts'

// Each command is a process of its own, and the machine may be busy.
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

/** The whole company as files, everybody with this title. */
function titled(jobTitle: string): string {
  const users = company.users.map((user) => ({ ...user, attributes: { ...user.attributes, jobTitle } }))
  return folderWith(programs, { ...company, users })
}

test('a cycle is taken back, the job is paused with it, and the undo is undone', async () => {
  const { muster, writesToSlack } = service
  expect(await muster('import', titled('Navigator'))).toMatchObject({ code: 0 })
  await muster('run')
  const writes = writesToSlack()

  expect((await muster('undo')).errors).toContain('Nothing says what is to be undone')
  expect(await muster('undo', '--cycle', 'nonsense')).toMatchObject({ code: 3 })
  expect((await muster('undo', '--since', 'yesterday')).errors).toContain('or how long ago')
  const shown = await muster('undo', '--cycle', 'latest')
  expect(shown.code).toBe(0)
  expect(shown.output).toMatch(/writes? to take back \(undo of cycle .*\)\. Nothing is written yet\./)
  expect(shown.output).toContain('title: Navigator →')
  expect(writesToSlack()).toBe(writes)

  const { plan, conflicts } = jsonOf<UndoReport>(await muster('undo', '--cycle', 'latest', '--json'))
  expect(conflicts).toBe(0)
  expect(plan?.counts.updates).toBeGreaterThan(3)
  const asked = await muster('apply', plan?.planId ?? '')
  expect(asked.code).toBe(4)
  expect(asked.errors).toMatch(/\d+ people are written in Slack now.* The job is paused with it\./)
  const applied = await muster('apply', plan?.planId ?? '', '--yes')
  expect(applied.output).toContain('THE JOB IS PAUSED')
  expect(applied.code).toBe(0)
  const status = jsonOf<StatusReport>(await muster('status', '--json'))
  expect(status.jobs[0]).toMatchObject({ status: 'Paused' })
  expect((await muster('log', 'Undo', '--json')).code).toBe(0)

  const again = jsonOf<UndoReport>(await muster('undo', '--cycle', 'latest', '--json'))
  expect(again.plan?.counts).toEqual(plan?.counts)
  const report = jsonOf<PlanReport>(
    await muster('apply', again.plan?.planId ?? '', '--yes', '--keep-running', '--json'),
  )
  expect(report.outcomes).toEqual([{ outcome: 'done', moved: null, count: plan?.counts.updates }])
  // All is as the directory wants it: nothing is left to be done.
  expect(await muster('start')).toMatchObject({ code: 0 })
  const done = writesToSlack()
  await muster('run')
  expect(writesToSlack()).toBe(done)
})

/* Plans and reviews as an administrator meets them: planned, read, applied once, and waiting for an answer. */
import { afterEach, expect, test, vi } from 'vitest'
import type {
  NotificationsReport,
  PlanReport,
  PlansReport,
  PlannedWritesReport,
  SealedPlan,
  StatusReport,
} from '../../src/vocabulary/index.ts'
import type { ServiceWithSlack } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'
import { aProvisionedCompany, company, folderWith, jsonOf } from '../builders/provisioned-company.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
let service: ServiceWithSlack
afterEach(async () => {
  await service.close()
  await programs.clear()
})

/** The whole company as files, with these titles. */
function titled(title: (index: number) => string): string {
  const users = company.users.map((user, index) => ({
    ...user,
    attributes: { ...user.attributes, jobTitle: title(index) },
  }))
  return folderWith(programs, { ...company, users })
}

type Saved = { readonly sealed: SealedPlan }

test('a plan is kept, read, applied once, and says what has moved since', async () => {
  service = await aProvisionedCompany(programs, ['Engineering'])
  const { muster, writesToSlack } = service
  expect(await muster('pause')).toMatchObject({ code: 0 })
  expect(
    await muster(
      'import',
      titled(() => 'Navigator'),
    ),
  ).toMatchObject({ code: 0 })
  const writes = writesToSlack()
  const saved = jsonOf<Saved>(await muster('plan', '--save', '--json')).sealed
  expect(saved.counts.updates).toBeGreaterThan(3)
  expect(writesToSlack()).toBe(writes)
  expect((await muster('plans')).output).toContain(saved.planId.slice(0, 8))

  const shown = await muster('plans', 'show', 'latest')
  expect(shown.output).toMatch(
    /\d+ people get another title: it changes[^]*→ "Navigator"[^]*If it is meant: muster apply/,
  )
  const [first] = jsonOf<PlannedWritesReport>(await muster('plans', 'show', 'latest', '--json')).writes
  const who = first?.image.displayName ?? ''
  const found = jsonOf<PlannedWritesReport>(await muster('plans', 'show', 'latest', who, '--json'))
  expect(found.writes.map((each) => each.image.displayName)).toContain(who)
  expect(await muster('plans', 'show', 'nobody')).toMatchObject({ code: 3 })

  // One of them moves on before the plan is applied.
  const moved = company.users.findIndex((user) => user.attributes['displayName'] === who)
  expect(moved).toBeGreaterThanOrEqual(0)
  expect(
    await muster(
      'import',
      titled((index) => (index === moved ? 'Pilot' : 'Navigator')),
    ),
  ).toMatchObject({ code: 0 })
  const asked = await muster('apply', 'latest')
  expect(asked.code).toBe(4)
  expect(asked.errors).toMatch(
    /\d+ people are written in Slack now: \d+ changed\. Nothing else is done\. Nothing was done/,
  )
  expect(writesToSlack()).toBe(writes)

  // Two who answer at the same time: one of them does it.
  const both = await Promise.all([muster('apply', saved.planId, '--yes'), muster('apply', saved.planId, '--yes')])
  const [applied, late] = both.toSorted((one, other) => other.output.length - one.output.length)
  expect(applied?.code).toBe(1)
  expect(applied?.output).toMatch(
    new RegExp(`Void, because something has moved since the plan was made \\(1\\)[^]*${who.split(' ')[0] ?? ''}`),
  )
  expect(late?.code).toBe(1)
  expect(late?.errors).toMatch(
    /cannot be applied or rejected. It has been applied already|A cycle of this job is running/,
  )
  expect(writesToSlack() - writes).toBe(saved.counts.updates - 1)
  const report = jsonOf<PlanReport>(await muster('plans', 'show', saved.planId, '--json'))
  expect(report.plan.state).toBe('applied')
  expect(report.outcomes).toEqual(
    expect.arrayContaining([
      { outcome: 'done', moved: null, count: saved.counts.updates - 1 },
      { outcome: 'void', moved: 'source', count: 1 },
    ]),
  )
  expect(await muster('plans', 'reject', saved.planId)).toMatchObject({ code: 1 })

  // The job is still paused; started, it does what was void.
  expect((await muster('status')).output).toMatch(/Paused/)
  await muster('start')
  await muster('run')
  expect(writesToSlack() - writes).toBe(saved.counts.updates)
})

test('under review every cycle that writes waits: applied, rejected, or superseded by the next one', async () => {
  service = await aProvisionedCompany(programs, ['Engineering'])
  const { muster, writesToSlack } = service
  await muster('notifications', 'set', '--webhook', 'http://127.0.0.1:9/nobody')
  expect((await muster('settings', 'set', 'review.mode', 'sometimes')).code).toBe(2)
  expect((await muster('settings', 'set', 'review.mode', 'always')).output).toContain('review.mode is always.')
  const writes = writesToSlack()

  // Nothing to write: the cycle runs.
  expect((await muster('run')).output).toContain('requests sent')
  expect(jsonOf<PlansReport>(await muster('plans', '--json')).plans).toEqual([])

  await muster(
    'import',
    titled(() => 'Navigator'),
  )
  const waits = await muster('run')
  expect(waits.output).toMatch(
    /The cycle was planned and waits for an answer; nothing was written\. Plan .* concerns \d+ people/,
  )
  expect(writesToSlack()).toBe(writes)
  const { waiting } = jsonOf<PlansReport>(await muster('plans', '--json'))
  expect(waiting).toMatchObject({ state: 'open', waitsFor: ['always'] })
  const status = await muster('status')
  expect(status.output).toMatch(/status {8}Active[^]*waits {9}plan /)

  // The same again is the same plan, and nobody is told twice.
  await muster('run')
  expect(jsonOf<PlansReport>(await muster('plans', '--json')).waiting?.planId).toBe(waiting?.planId)
  const told = async () =>
    jsonOf<NotificationsReport>(await muster('notifications', '--json')).deliveries.filter(
      ({ notification }) => notification.kind === 'planWaits',
    )
  expect(await told()).toHaveLength(1)

  // What changes meanwhile makes another plan, which takes its place.
  await muster(
    'import',
    titled(() => 'Captain'),
  )
  await muster('run')
  const plans = jsonOf<PlansReport>(await muster('plans', '--json')).plans
  expect(plans.map(({ state }) => state)).toEqual(['open', 'superseded'])
  expect(await told()).toHaveLength(1)
  expect((await muster('apply', waiting?.planId ?? '', '--yes')).errors).toContain('Another plan has taken its place')

  expect((await muster('plans', 'reject', 'latest')).output).toContain('is rejected; nothing was written.')
  await muster('run')
  expect(await told()).toHaveLength(1)
  const again = jsonOf<PlansReport>(await muster('plans', '--json')).waiting
  expect(again?.contentHash).toBe(plans[0]?.contentHash)
  const applied = await muster('apply', 'latest', '--yes')
  expect(applied).toMatchObject({ code: 0 })
  expect(writesToSlack() - writes).toBe(again?.counts.updates)
  const [job] = jsonOf<StatusReport>(await muster('status', '--json')).jobs
  expect(job).toMatchObject({ status: 'Active', waitingPlan: null, quarantine: null })
  expect((await muster('run')).output).toContain('requests sent')
})

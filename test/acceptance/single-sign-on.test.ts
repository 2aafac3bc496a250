/*
 * Sign-on settings stand on the same service principal as the job (graph-api.md 3.5), and have nothing to do with it: changed
 * by way of Graph while a scheduler runs, in front of a simulated Slack.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { startScheduler, type Scheduler } from '../../src/cycle/index.ts'
import { ensureApplication } from '../../src/directory/index.ts'
import type { Cycle, SynchronizationJob } from '../../src/vocabulary/index.ts'
import { aSlackWorld, type SlackWorld } from '../builders/slack-world.ts'

let closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.toReversed()) await close()
  closers = []
})

/** One after the other, as the portal's sign-on page saves them, and Terraform. */
const signOnChanges: readonly object[] = [
  { preferredSingleSignOnMode: 'saml', loginUrl: 'https://acme.slack.example/sign-in' },
  { samlSingleSignOnSettings: { relayState: 'https://acme.slack.example/home' } },
  { replyUrls: ['https://acme.slack.example/sso/saml'], logoutUrl: 'https://acme.slack.example/out' },
  { servicePrincipalNames: ['https://slack.example'], preferredTokenSigningKeyThumbprint: 'AB12CD34' },
  {
    keyCredentials: [
      {
        keyId: '9c1e9d0d-7c32-4c0e-9d0a-2f8f6d7f1c01',
        type: 'X509CertAndPassword',
        usage: 'Sign',
        displayName: 'CN=Slack sign-on',
        startDateTime: '2026-01-01T00:00:00Z',
        endDateTime: '2029-01-01T00:00:00Z',
      },
    ],
  },
  { notificationEmailAddresses: ['certificates@acme.example'] },
  { preferredSingleSignOnMode: null, samlSingleSignOnSettings: null, loginUrl: null, replyUrls: [] },
]

/** The same on the application, whose service principal follows. */
const applicationChanges: readonly object[] = [
  { web: { redirectUris: ['https://acme.slack.example/sso'], logoutUrl: 'https://acme.slack.example/out' } },
  { identifierUris: ['https://slack.example'] },
]

interface Company {
  readonly slack: SlackWorld
  /** Requests to Slack so far. */
  requests(): number
  /** Makes all the changes, by way of Graph. */
  changeSignOn(): Promise<void>
  job(): Promise<SynchronizationJob>
  cycles(): Promise<readonly Cycle[]>
}

async function aCompany(onRequest: (number: number) => void = () => undefined, wake?: () => void): Promise<Company> {
  let requests = 0
  const slack = await aSlackWorld(
    { latencyMs: 0, latencyJitterMs: 0 },
    {
      beforeRequest() {
        requests += 1
        onRequest(requests)
      },
      ...(wake === undefined ? {} : { wake }),
    },
  )
  closers.push(() => slack.close())
  const { store, job, clock } = slack.muster
  await ensureApplication(store.directory, job, { tenantId: 'tenant', now: clock.now() })
  for (const name of ['Ana Able', 'Bo Beck', 'Cy Cole']) await slack.muster.user(name)
  return {
    slack,
    requests: () => requests,
    async changeSignOn() {
      const principal = `/v1.0/servicePrincipals/${job.servicePrincipalId}`
      const { json } = await slack.ask('GET', principal)
      const application = `/v1.0/applications(appId='${(json as { readonly appId: string }).appId}')`
      for (const [address, changes] of [
        [principal, signOnChanges],
        [application, applicationChanges],
      ] as const) {
        for (const change of changes) {
          const answer = await slack.ask('PATCH', address, change)
          expect(answer.status, answer.text).toBe(204)
        }
      }
      const { json: kept } = await slack.ask('GET', principal)
      expect(kept).toMatchObject({
        preferredTokenSigningKeyThumbprint: 'AB12CD34',
        keyCredentials: [{ displayName: 'CN=Slack sign-on' }],
        logoutUrl: 'https://acme.slack.example/out',
      })
    },
    async job() {
      const found = await store.jobs.get(job.jobId)
      if (found === null) throw new Error('The job is gone.')
      return found
    },
    cycles: () => store.jobs.cycles(job.jobId, 100),
  }
}

describe('97: SSO settings change, provisioning is unaffected', () => {
  test('between cycles: status, watermark, schema and next run stay, and nothing goes to Slack', async () => {
    const started: { scheduler?: Scheduler } = {}
    const company = await aCompany(undefined, () => started.scheduler?.wake())
    const { slack } = company
    const { clock } = slack.muster
    const scheduler = startScheduler(slack.ports, 'test', () => undefined)
    started.scheduler = scheduler
    closers.push(() => clock.runUntilDone(scheduler.stop()))
    await clock.advance(60_000)
    const [first, ...others] = await company.cycles()
    expect([first?.state, others]).toEqual(['Succeeded', []])
    const earlier = { job: await company.job(), cycles: await company.cycles(), requests: company.requests() }
    await company.changeSignOn()
    // Time for whatever a change in the directory would set off.
    await clock.advance(60_000)
    expect({ job: await company.job(), cycles: await company.cycles(), requests: company.requests() }).toEqual(earlier)
    // Its next cycle comes when it would have come, goes on from the watermark and has nothing to write.
    await clock.advance(earlier.job.nextRunAt - clock.now() + 5000)
    const [second] = await company.cycles()
    expect(second).toMatchObject({ kind: 'incremental', beganAt: earlier.job.nextRunAt, state: 'Succeeded' })
    expect(second?.counters).toMatchObject({ created: 0, updated: 0, disabled: 0, deleted: 0 })
    expect((await company.job()).status).toBe(earlier.job.status)
  })

  test('while a cycle runs it goes on as it would without', async () => {
    const ends: unknown[] = []
    for (const isChanged of [false, true]) {
      const changes: Promise<void>[] = []
      const company: Company = await aCompany((number) => {
        if (isChanged && number === 4) changes.push(company.changeSignOn())
      })
      const cycle = await company.slack.cycle()
      await Promise.all(changes)
      expect(changes).toHaveLength(isChanged ? 1 : 0)
      ends.push({ cycle, job: await company.job(), requests: company.requests() })
    }
    expect(ends[1]).toEqual(ends[0])
  })
})

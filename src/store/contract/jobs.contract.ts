/* The part of jobs, leases and cycles in the store contract. */
import { describe, expect, it } from 'vitest'
import { aCycle, aJob, anAssignment, anEscrowEntry, anOutcome, aSchema, noon } from '../../../test/builders/stored.ts'
import type { Cycle, Quarantine } from '../../vocabulary/index.ts'
import { LeaseLostError, type JobStore, type Lease } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

const owner = 'process-1'
const minute = 60_000
const quiet = {
  watermark: null,
  status: 'Active',
  nextRunAt: noon,
  steadyStateAchievedAt: null,
  quarantine: null,
  outgoing: [],
} as const
const aQuarantine: Quarantine = {
  reason: 'TooManyDeletes',
  currentBegan: noon,
  seriesBegan: noon - 1,
  seriesCount: 2,
  nextAttempt: noon + 9,
  error: { code: 'TooManyDeletes', message: 'Four of nine.' },
}

export function jobsContract(under: () => StoreUnderTest, isShared: boolean): void {
  const jobs = (): JobStore => under().store.jobs
  const claim = async (jobId: string, leaseMs = minute): Promise<Lease> => {
    const claimed = await jobs().claim({ owner, leaseMs, now: noon, jobId })
    if (claimed === null) throw new Error(`the job ${jobId} could not be claimed`)
    return claimed.lease
  }

  describe('jobs', () => {
    it('come back as they were created, in order of id', async () => {
      const one = aJob('one', { watermark: 'w', steadyStateFirstAchievedAt: 1, steadyStateLastAchievedAt: 2 })
      const two = aJob('two')
      await jobs().create(two)
      await jobs().create(one)
      expect(await jobs().list()).toEqual([one, two])
      expect(await jobs().get('one')).toEqual(one)
      expect(await jobs().get('three')).toBeNull()
      await expect(jobs().create(one)).rejects.toThrow()
    })

    it('settings, status and next run change alone', async () => {
      await jobs().create(aJob('job', { watermark: 'w' }))
      const settings = { ...aJob().settings, syncAll: true }
      await jobs().saveSettings('job', settings)
      await jobs().setStatus('job', 'Paused')
      await jobs().setNextRun('job', noon + 1)
      expect(await jobs().get('job')).toEqual(
        aJob('job', { watermark: 'w', settings, status: 'Paused', nextRunAt: noon + 1 }),
      )
    })

    it('saving the schema clears the watermark', async () => {
      await jobs().create(aJob('job', { watermark: 'w' }))
      await jobs().saveSchema('job', aSchema('2'))
      expect(await jobs().get('job')).toEqual(aJob('job', { schema: aSchema('2') }))
    })

    it('a quarantine is imposed and lifted, and a paused job stays paused', async () => {
      await jobs().create(aJob('job', { status: 'Active' }))
      await jobs().setQuarantine('job', aQuarantine, [])
      expect(await jobs().get('job')).toEqual(aJob('job', { status: 'Quarantine', quarantine: aQuarantine }))
      await jobs().setQuarantine('job', null, [])
      expect(await jobs().get('job')).toEqual(aJob('job', { status: 'Active' }))
      await jobs().setStatus('job', 'Paused')
      await jobs().setQuarantine('job', aQuarantine, [])
      expect(await jobs().get('job')).toEqual(aJob('job', { status: 'Paused', quarantine: aQuarantine }))
      await expect(jobs().setQuarantine('nobody', null, [])).rejects.toThrow('There is no job nobody')
    })

    it('saving the schema clears the escrows of that job alone; clearing the watermark leaves them (spec 11)', async () => {
      for (const jobId of ['job', 'other']) {
        await jobs().create(aJob(jobId))
        const escrow = { kind: 'put', entry: anEscrowEntry('mira') } as const
        await under().store.provisioning.saveOutcomes(await claim(jobId), [anOutcome({ logEntry: null, escrow })])
      }
      await jobs().clearWatermark('job')
      expect(await under().store.provisioning.countEscrow('job')).toBe(1)
      await jobs().saveSchema('job', aSchema('2'))
      expect(await under().store.provisioning.countEscrow('job')).toBe(0)
      expect(await under().store.provisioning.countEscrow('other')).toBe(1)
    })

    it('the schedule changes with the status, or stays; who activates a job ends its quarantine too', async () => {
      await jobs().create(aJob('job', { scheduleState: 'Disabled', escrowsPruned: true }))
      await jobs().setStatus('job', 'Active')
      expect(await jobs().get('job')).toMatchObject({ status: 'Active', scheduleState: 'Disabled' })
      await jobs().setStatus('job', 'Paused', 'Paused')
      expect(await jobs().get('job')).toMatchObject({ status: 'Paused', scheduleState: 'Paused', escrowsPruned: true })
      await jobs().setQuarantine('job', aQuarantine, [])
      await jobs().activate('job', 'NotRun')
      expect(await jobs().get('job')).toMatchObject({
        status: 'NotRun',
        scheduleState: 'Active',
        quarantine: null,
        escrowsPruned: false,
      })
      await expect(jobs().activate('nobody', 'Active')).rejects.toThrow('There is no job nobody')
    })

    it('a deleted job leaves nothing but its log; others and their assignments stay', async () => {
      for (const jobId of ['job', 'other']) {
        await jobs().create(aJob(jobId, { servicePrincipalId: `sp-${jobId}` }))
        const lease = await claim(jobId)
        await jobs().saveCycle(lease, aCycle(`cycle-${jobId}`, { jobId }))
        const escrow = { kind: 'put', entry: anEscrowEntry('mira') } as const
        await under().store.provisioning.saveOutcomes(lease, [anOutcome({ escrow })])
        await under().store.directory.transaction((transaction) =>
          transaction.putAssignments([anAssignment(`of-${jobId}`, 'mira', { servicePrincipalId: `sp-${jobId}` })]),
        )
        await jobs().release(lease)
      }
      await jobs().delete(await claim('job'))
      const { provisioning, directory } = under().store
      expect(await jobs().get('job')).toBeNull()
      expect(await jobs().cycles('job', 9)).toEqual([])
      expect([await provisioning.countEscrow('job'), await provisioning.countEscrow('other')]).toEqual([0, 1])
      expect(await directory.listAssignments('sp-job')).toEqual([])
      expect(await directory.listAssignments('sp-other')).toHaveLength(1)
      expect((await jobs().list()).map((job) => job.jobId)).toEqual(['other'])
      await jobs().delete(await claim('other'), { keepsAssignments: true })
      expect(await directory.listAssignments('sp-other')).toHaveLength(1)
      expect(await jobs().list()).toEqual([])
    })

    it('a job is deleted only by whoever holds it', async () => {
      await jobs().create(aJob('job'))
      const lease = await claim('job')
      await jobs().release(lease)
      await expect(jobs().delete(lease)).rejects.toThrow(LeaseLostError)
      expect(await jobs().get('job')).not.toBeNull()
    })

    it('a job that does not exist cannot be changed', async () => {
      await expect(jobs().setStatus('nobody', 'Paused')).rejects.toThrow('There is no job nobody')
      await expect(jobs().clearWatermark('nobody')).rejects.toThrow('There is no job nobody')
    })
  })

  describe('leases', () => {
    it('any due job is claimed once, the longest due first', async () => {
      await jobs().create(aJob('later', { nextRunAt: noon + 1 }))
      await jobs().create(aJob('second', { nextRunAt: noon }))
      await jobs().create(aJob('first', { nextRunAt: noon - 1, status: 'Active' }))
      await jobs().create(aJob('paused', { nextRunAt: noon - 9, status: 'Paused' }))
      await jobs().create(aJob('not started', { nextRunAt: noon - 9, scheduleState: 'Disabled' }))
      await jobs().create(aJob('seldom', { nextRunAt: noon + 9, status: 'Quarantine' }))
      const request = { owner, leaseMs: minute, now: noon }
      expect((await jobs().claim(request))?.job).toEqual(aJob('first', { nextRunAt: noon - 1, status: 'Active' }))
      expect((await jobs().claim(request))?.lease).toEqual({ jobId: 'second', fence: 1 })
      expect(await jobs().claim(request)).toBeNull()
    })

    it('idle are those that could run and wait for their time', async () => {
      const waiting = { status: 'Active', watermark: 'w', nextRunAt: noon + 1 } as const
      await jobs().create(aJob('idle', waiting))
      await jobs().create(aJob('in quarantine', { ...waiting, status: 'Quarantine' }))
      await jobs().create(aJob('due', { ...waiting, nextRunAt: noon }))
      await jobs().create(aJob('fresh', { ...waiting, watermark: null }))
      await jobs().create(aJob('paused', { ...waiting, status: 'Paused', scheduleState: 'Paused' }))
      await jobs().create(aJob('given up', { ...waiting, status: 'Quarantine', scheduleState: 'Disabled' }))
      await jobs().create(aJob('held', waiting))
      await claim('held')
      await jobs().create(aJob('broken off', waiting))
      const lease = await claim('broken off')
      await jobs().saveCycle(lease, aCycle('broken', { jobId: 'broken off' }))
      await jobs().release(lease)
      expect((await jobs().idle(noon)).map((job) => job.jobId)).toEqual(['idle', 'in quarantine'])
      expect((await jobs().idle(noon))[0]).toEqual(aJob('idle', waiting))
    })

    it('a job in quarantine is claimed when its attempt is due', async () => {
      await jobs().create(aJob('job', { status: 'Quarantine', nextRunAt: noon }))
      expect(await jobs().claim({ owner, leaseMs: minute, now: noon - 1 })).toBeNull()
      expect((await jobs().claim({ owner, leaseMs: minute, now: noon }))?.lease.jobId).toBe('job')
    })

    it('a named job is claimed whether it is due or not, but never twice', async () => {
      await jobs().create(aJob('job', { status: 'Paused', nextRunAt: noon + minute }))
      const request = { owner, leaseMs: minute, now: noon, jobId: 'job' }
      expect((await jobs().claim(request))?.lease.jobId).toBe('job')
      expect(await jobs().claim(request)).toBeNull()
      expect(await jobs().claim({ ...request, jobId: 'nobody' })).toBeNull()
    })

    it('many who claim at once share the jobs out', async () => {
      const stores = isShared ? [under().store, await under().another()] : [under().store]
      for (let job = 0; job < 5; job += 1) await jobs().create(aJob(`job-${String(job)}`))
      const claims = await Promise.all(
        Array.from({ length: 6 }, () =>
          stores.map((store) => store.jobs.claim({ owner, leaseMs: minute, now: noon })),
        ).flat(),
      )
      const taken = claims.flatMap((claimed) => claimed?.lease.jobId ?? [])
      expect(taken.toSorted()).toEqual(['job-0', 'job-1', 'job-2', 'job-3', 'job-4'])
    })

    it('a lease that ran out is taken over with a higher fence, and the old one may write nothing', async () => {
      await jobs().create(aJob())
      const old = await claim('job', 0)
      const current = await claim('job')
      expect(current.fence).toBeGreaterThan(old.fence)
      const writes = [
        () => jobs().beat(old, { leaseMs: minute, now: noon }),
        () => jobs().saveCycle(old, aCycle()),
        () => jobs().endCycle(old, aCycle('cycle', { endedAt: noon }), quiet),
        () => under().store.provisioning.saveOutcomes(old, [anOutcome()]),
      ]
      for (const write of writes) await expect(write()).rejects.toThrow(LeaseLostError)
      expect(await jobs().cycles('job', 9)).toEqual([])
      await jobs().release(old)
      await jobs().saveCycle(current, aCycle())
      expect(await jobs().claim({ owner, leaseMs: minute, now: noon })).toBeNull()
    })

    it('whoever holds the lease is named until it is given back', async () => {
      await jobs().create(aJob('job'))
      expect(await jobs().leaseHolder('job')).toBeNull()
      const lease = await claim('job')
      expect(await jobs().leaseHolder('job')).toBe(owner)
      await jobs().release(lease)
      expect(await jobs().leaseHolder('job')).toBeNull()
    })

    it('a beat prolongs the lease', async () => {
      await jobs().create(aJob())
      const lease = await claim('job', 0)
      await jobs().beat(lease, { leaseMs: minute, now: noon })
      expect(await jobs().claim({ owner, leaseMs: minute, now: noon })).toBeNull()
    })

    it('a lease given back is free at once and good for nothing', async () => {
      await jobs().create(aJob())
      const lease = await claim('job')
      await jobs().release(lease)
      await jobs().release(lease)
      await expect(jobs().saveCycle(lease, aCycle())).rejects.toThrow(LeaseLostError)
      expect((await claim('job')).fence).toBeGreaterThan(lease.fence)
    })

    it('broken leases are free at once, and their holders may write nothing', async () => {
      await jobs().create(aJob())
      const lease = await claim('job')
      await jobs().breakLeases()
      await expect(jobs().saveCycle(lease, aCycle())).rejects.toThrow(LeaseLostError)
      expect((await claim('job')).fence).toBeGreaterThan(lease.fence)
    })
  })

  describe('cycles', () => {
    it('the one that has not ended is the running one; lists are newest first', async () => {
      await jobs().create(aJob())
      const lease = await claim('job')
      const first = aCycle('first', { beganAt: noon, endedAt: noon + 1, state: 'Succeeded' })
      const second = aCycle('second', {
        kind: 'incremental',
        beganAt: noon + 2,
        position: 'p',
        objectsDone: 3,
        objectsKnown: 5,
        error: 'the wire broke',
        brokenSince: noon + 1,
        counters: { ...aCycle().counters, skipped: { RedundantExport: 2 } },
      })
      await jobs().saveCycle(lease, first)
      await jobs().saveCycle(lease, aCycle('second', { beganAt: noon + 2 }))
      await jobs().saveCycle(lease, second)
      expect(await jobs().runningCycle('job')).toEqual(second)
      expect(await jobs().cycles('job', 9)).toEqual([second, first])
      expect(await jobs().cycles('job', 1)).toEqual([second])
      expect(await jobs().runningCycle('other')).toBeNull()
    })

    it('of those that ended, the last, the last without errors and the last of these with exports are found', async () => {
      await jobs().create(aJob())
      const none = { last: null, lastSuccessful: null, lastSuccessfulWithExports: null }
      expect(await jobs().executions('job')).toEqual(none)
      const lease = await claim('job')
      const ended = (id: string, at: number, state: Cycle['state'], countExported: number): Cycle =>
        aCycle(id, { beganAt: noon + at, endedAt: noon + at, state, counters: { ...aCycle().counters, countExported } })
      const wrote = ended('wrote', 1, 'Succeeded', 3)
      const good = ended('good', 2, 'Succeeded', 0)
      const bad = ended('bad', 3, 'EntryLevelErrors', 5)
      for (const cycle of [bad, wrote, good, aCycle('running', { beganAt: noon + 4 })])
        await jobs().saveCycle(lease, cycle)
      const executions = { last: bad, lastSuccessful: good, lastSuccessfulWithExports: wrote }
      expect(await jobs().executions('job')).toEqual(executions)
      expect(await jobs().executions('other')).toEqual(none)
    })

    it('ending one moves the job with it', async () => {
      await jobs().create(aJob())
      const lease = await claim('job')
      await jobs().saveCycle(lease, aCycle())
      const ended = aCycle('cycle', { endedAt: noon + 9, state: 'Succeeded' })
      await jobs().endCycle(lease, ended, { ...quiet, watermark: 'w1', nextRunAt: noon + 99, steadyStateAchievedAt: 7 })
      expect(await jobs().runningCycle('job')).toBeNull()
      expect(await jobs().cycles('job', 9)).toEqual([ended])
      const moved = { status: 'Active', watermark: 'w1', nextRunAt: noon + 99 } as const
      expect(await jobs().get('job')).toEqual(
        aJob('job', { ...moved, steadyStateFirstAchievedAt: 7, steadyStateLastAchievedAt: 7 }),
      )
      const next = aCycle('next', { beganAt: noon + 1, endedAt: noon + 2 })
      await jobs().endCycle(lease, next, { ...quiet, watermark: 'w2', steadyStateAchievedAt: 8 })
      await jobs().endCycle(lease, { ...next, cycleId: 'third' }, { ...quiet, watermark: 'w2' })
      expect(await jobs().get('job')).toMatchObject({
        watermark: 'w2',
        steadyStateFirstAchievedAt: 7,
        steadyStateLastAchievedAt: 8,
      })
    })

    it('ending one imposes a quarantine and lifts it', async () => {
      await jobs().create(aJob())
      const lease = await claim('job')
      const ended = aCycle('cycle', { endedAt: noon })
      await jobs().endCycle(lease, ended, { ...quiet, status: 'Quarantine', quarantine: aQuarantine })
      expect(await jobs().get('job')).toMatchObject({ status: 'Quarantine', quarantine: aQuarantine })
      await jobs().endCycle(lease, ended, quiet)
      expect(await jobs().get('job')).toMatchObject({ status: 'Active', quarantine: null })
    })

    it('ending one can give the job up, and drop its failures; what was paused meanwhile stays paused', async () => {
      await jobs().create(aJob())
      const lease = await claim('job')
      const escrow = { kind: 'put', entry: anEscrowEntry('mira') } as const
      const due = { kind: 'put', entry: anEscrowEntry('due', { errorCode: 'PlanVoid' }) } as const
      await under().store.provisioning.saveOutcomes(lease, [
        anOutcome({ logEntry: null, escrow }),
        anOutcome({ logEntry: null, escrow: due }),
      ])
      const ended = aCycle('cycle', { endedAt: noon })
      await jobs().endCycle(lease, ended, { ...quiet, scheduleState: 'Disabled' })
      expect(await jobs().get('job')).toMatchObject({ scheduleState: 'Disabled', escrowsPruned: false })
      expect(await under().store.provisioning.countEscrow('job')).toBe(2)
      await jobs().setStatus('job', 'Paused', 'Paused')
      await jobs().endCycle(lease, ended, { ...quiet, scheduleState: 'Disabled', prunesEscrows: true })
      expect(await jobs().get('job')).toMatchObject({ scheduleState: 'Paused', escrowsPruned: true })
      expect([...(await under().store.provisioning.escrow('job', 'User', ['mira', 'due'])).keys()]).toEqual(['due'])
    })

    it('a watermark cleared while the cycle ran stays cleared (spec 5.8)', async () => {
      await jobs().create(aJob('job', { watermark: 'w0' }))
      const lease = await claim('job')
      await jobs().saveCycle(lease, aCycle())
      await jobs().saveSchema('job', aSchema('2'))
      await jobs().endCycle(lease, aCycle('cycle', { endedAt: noon }), { ...quiet, watermark: 'w1' })
      expect(await jobs().get('job')).toMatchObject({ watermark: null, status: 'Active' })

      await jobs().release(lease)
      const next = await claim('job')
      await jobs().endCycle(next, aCycle('next', { endedAt: noon }), { ...quiet, watermark: 'w2' })
      expect(await jobs().get('job')).toMatchObject({ watermark: 'w2' })
    })

    it('a cycle that another process goes on with keeps the beginning it had', async () => {
      await jobs().create(aJob('job', { watermark: 'w0' }))
      await jobs().saveCycle(await claim('job', 0), aCycle())
      await jobs().clearWatermark('job')
      const successor = await claim('job')
      await jobs().saveCycle(successor, aCycle())
      await jobs().endCycle(successor, aCycle('cycle', { endedAt: noon }), { ...quiet, watermark: 'w1' })
      expect(await jobs().get('job')).toMatchObject({ watermark: null })
    })

    it('a job that was paused or lost its configuration while the cycle ran stays so (spec 11)', async () => {
      await jobs().create(aJob())
      const lease = await claim('job')
      await jobs().setStatus('job', 'Paused')
      await jobs().endCycle(lease, aCycle('cycle', { endedAt: noon }), { ...quiet, watermark: 'w' })
      expect(await jobs().get('job')).toMatchObject({ status: 'Paused', watermark: 'w' })
      await jobs().setStatus('job', 'NotConfigured')
      await jobs().endCycle(lease, aCycle('next', { endedAt: noon }), quiet)
      expect(await jobs().get('job')).toMatchObject({ status: 'NotConfigured' })
    })
  })
}

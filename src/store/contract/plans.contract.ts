/* The part of plans in the store contract. */
import { beforeEach, describe, expect, it } from 'vitest'
import { aCycle, aJob, aNotification, anOutcome, aPlan, aPlannedWrite, noon } from '../../../test/builders/stored.ts'
import type { PlannedWriteQuery } from '../../vocabulary/index.ts'
import { LeaseLostError, type Lease, type PlanStore } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function plansContract(under: () => StoreUnderTest, isShared: boolean): void {
  const plans = (): PlanStore => under().store.plans
  const claim = async (): Promise<Lease> => {
    const claimed = await under().store.jobs.claim({ owner: 'me', leaseMs: 60_000, now: noon, jobId: 'job' })
    if (claimed === null) throw new Error('the job could not be claimed')
    return claimed.lease
  }
  const numbers = async (query: Partial<PlannedWriteQuery>): Promise<readonly number[]> =>
    (await plans().writes('plan', { after: 0, limit: 9, ...query })).writes.map((each) => each.number)
  const carriedOut = { cycle: aCycle('cycle', { planId: 'plan' }), at: noon + 5, by: 'ana' }

  describe('plans', () => {
    beforeEach(async () => {
      await under().store.jobs.create(aJob())
    })

    it('come back as they were put, with the writes that were added', async () => {
      await plans().put(aPlan('plan', { state: 'draft' }), [aPlannedWrite(1, 'mira'), aPlannedWrite(2, 'tom')])
      await plans().put(aPlan('plan', { waitsFor: ['always'] }), [aPlannedWrite(3, 'ß')])
      expect(await plans().get('plan')).toEqual(aPlan('plan', { waitsFor: ['always'] }))
      expect(await plans().get('another')).toBeNull()
      expect(await plans().writes('plan', { after: 1, limit: 1 })).toEqual({
        writes: [aPlannedWrite(2, 'tom')],
        total: 3,
      })
      expect(await plans().writesOf('plan', 'User', 'tom')).toEqual([aPlannedWrite(2, 'tom')])
      expect(await plans().writesOf('plan', 'Group', 'tom')).toEqual([])
    })

    it('what is to be told of one begins its way with it', async () => {
      const told = { notification: aNotification('a'), channel: 'mail' } as const
      await plans().put(aPlan('plan'), [], [told])
      expect(await under().store.notifications.list('job', 9)).toMatchObject([{ notification: { id: 'a' } }])
    })

    it('a draft is forgotten with its writes, anything else stays', async () => {
      await plans().put(aPlan('plan'), [aPlannedWrite(1, 'mira')])
      await plans().put(aPlan('draft', { state: 'draft' }), [aPlannedWrite(1, 'mira')])
      await plans().removeDraft('plan')
      await plans().removeDraft('draft')
      expect(await plans().writesOf('plan', 'User', 'mira')).toHaveLength(1)
      expect(await plans().get('draft')).toBeNull()
      expect(await plans().writesOf('draft', 'User', 'mira')).toEqual([])
    })

    it('are listed newest first, in pages, without drafts, by state and by words', async () => {
      await plans().put(aPlan('a', { origin: 'Undo of cycle 7' }), [])
      await plans().put(aPlan('b', { createdAt: noon + 1, state: 'rejected' }), [])
      await plans().put(aPlan('c'), [])
      await plans().put(aPlan('d', { state: 'draft' }), [])
      const first = await plans().list('job', { limit: 2 })
      expect(first.plans.map((each) => each.planId)).toEqual(['b', 'c'])
      const rest = await plans().list('job', { limit: 2, cursor: first.cursor ?? '' })
      expect([rest.plans.map((each) => each.planId), rest.cursor]).toEqual([['a'], null])
      const ids = async (request: object) =>
        (await plans().list('job', { limit: 9, ...request })).plans.map((each) => each.planId)
      expect(await ids({ state: 'open' })).toEqual(['c', 'a'])
      expect(await ids({ text: 'UNDO OF' })).toEqual(['a'])
      expect((await plans().list('other', { limit: 9 })).plans).toEqual([])
      await expect(plans().list('job', { limit: 9, cursor: 'page 2' })).rejects.toThrow(RangeError)
    })

    it('writes are found by name, kind, type and what became of them', async () => {
      await plans().put(aPlan('plan'), [
        aPlannedWrite(1, 'mira', { displayName: 'Mira Große' }),
        aPlannedWrite(2, 'crew', { objectType: 'Group', kind: 'create', targetAnchor: null }),
        aPlannedWrite(3, 'tom', { kind: 'disable', targetAnchor: 'U_77' }),
      ])
      expect(await numbers({ text: 'grosse' })).toEqual([1])
      expect(await numbers({ text: 'u_77' })).toEqual([3])
      expect(await numbers({ kind: 'create' })).toEqual([2])
      expect(await numbers({ objectType: 'User' })).toEqual([1, 3])
      const end = { planId: 'plan', moved: null, outcomeReason: null } as const
      await plans().noteEnds(await claim(), [
        { ...end, number: 1, outcome: 'done' },
        { ...end, number: 2, outcome: 'partly' },
      ])
      expect(await numbers({ outcome: 'open' })).toEqual([2, 3])
      expect(await numbers({ outcome: 'done' })).toEqual([1])
      expect(await plans().countOutcomes('plan')).toEqual(
        expect.arrayContaining([
          { outcome: null, moved: null, count: 1 },
          { outcome: 'done', moved: null, count: 1 },
          { outcome: 'partly', moved: null, count: 1 },
        ]),
      )
    })

    it('what became of a write is saved with what its object leaves behind, under the lease', async () => {
      await plans().put(aPlan('plan'), [aPlannedWrite(1, 'mira')])
      const lease = await claim()
      const end = { number: 1, outcome: 'void', moved: 'source', outcomeReason: 'Mira has changed.' } as const
      const planned = [{ planId: 'plan', ...end }]
      const { provisioning, jobs } = under().store
      await provisioning.saveOutcomes(lease, [anOutcome({ planned })])
      expect((await plans().writesOf('plan', 'User', 'mira'))[0]).toMatchObject(end)
      await jobs.release(lease)
      await expect(provisioning.saveOutcomes(lease, [anOutcome({ planned })])).rejects.toThrow(LeaseLostError)
      await expect(plans().noteEnds(lease, planned)).rejects.toThrow(LeaseLostError)
    })

    it('one is used up once: by being applied, rejected or superseded', async () => {
      for (const id of ['plan', 'rejected', 'superseded']) await plans().put(aPlan(id), [])
      const lease = await claim()
      expect(await plans().apply(lease, 'plan', carriedOut)).toBe(true)
      expect(await plans().get('plan')).toMatchObject({
        state: 'applied',
        cycleId: 'cycle',
        decidedAt: noon + 5,
        decidedBy: 'ana',
      })
      expect(await under().store.jobs.runningCycle('job')).toEqual(carriedOut.cycle)
      const again = { cycle: aCycle('again', { planId: 'plan' }), at: noon + 6, by: 'ben' }
      expect(await plans().apply(lease, 'plan', again)).toBe(false)
      const decision = { state: 'rejected', at: noon + 6, by: 'ben' } as const
      expect(await plans().decide('plan', decision)).toBe(false)
      expect(await plans().decide('rejected', decision)).toBe(true)
      expect(await plans().decide('superseded', { ...decision, state: 'superseded' })).toBe(true)
      for (const id of ['rejected', 'superseded', 'unknown'])
        expect(await plans().apply(lease, id, { ...again, cycle: aCycle(id, { planId: id }) })).toBe(false)
      expect((await under().store.jobs.cycles('job', 9)).map((each) => each.cycleId)).toEqual(['cycle'])
    })

    it('of several who apply or reject one at the same moment, one does', async () => {
      await plans().put(aPlan('plan'), [])
      const lease = await claim()
      const other = isShared ? (await under().another()).plans : plans()
      const answers = await Promise.all([
        plans().apply(lease, 'plan', carriedOut),
        other.apply(lease, 'plan', { ...carriedOut, by: 'ben' }),
        plans().decide('plan', { state: 'rejected', at: noon, by: 'cem' }),
        other.decide('plan', { state: 'superseded', at: noon, by: '' }),
      ])
      expect(answers.filter((each) => each)).toHaveLength(1)
    })

    it('who has lost the lease applies nothing', async () => {
      await plans().put(aPlan('plan'), [])
      const lease = await claim()
      await under().store.jobs.release(lease)
      await expect(plans().apply(lease, 'plan', carriedOut)).rejects.toThrow(LeaseLostError)
      expect(await plans().get('plan')).toMatchObject({ state: 'open' })
    })

    it('a newer one supersedes the open ones of its kind', async () => {
      await plans().put(aPlan('mine'), [])
      await plans().put(aPlan('waits', { waitsFor: ['always'] }), [])
      await plans().put(aPlan('undo', { kind: 'undo' }), [])
      await plans().put(aPlan('done', { state: 'applied' }), [])
      const request = { kinds: ['cycle', 'everything'], except: null, at: noon } as const
      expect(await plans().supersede('job', { ...request, onlyReviews: true })).toEqual(['waits'])
      expect(await plans().supersede('job', { ...request, onlyReviews: false, except: 'mine' })).toEqual([])
      expect(await plans().supersede('job', { ...request, onlyReviews: false })).toEqual(['mine'])
      expect(await plans().get('undo')).toMatchObject({ state: 'open' })
    })

    it('a plan goes on although its job is paused, any other cycle does not', async () => {
      const { jobs } = under().store
      await plans().put(aPlan('plan'), [])
      const lease = await claim()
      await plans().apply(lease, 'plan', carriedOut)
      await jobs.release(lease)
      await jobs.setStatus('job', 'Paused', 'Paused')
      const due = { owner: 'me', leaseMs: 60_000, now: noon }
      const claimed = await jobs.claim(due)
      expect(claimed).not.toBeNull()
      if (claimed === null) return
      await jobs.saveCycle(claimed.lease, aCycle('cycle', { planId: null }))
      await jobs.release(claimed.lease)
      expect(await jobs.claim(due)).toBeNull()
    })

    it('old ones are removed with their writes, except for open ones and the one that is being carried out', async () => {
      for (const id of ['plan', 'open', 'old', 'new'])
        await plans().put(
          aPlan(id, { createdAt: id === 'new' ? noon : noon - 1, state: id === 'old' ? 'rejected' : 'open' }),
          [aPlannedWrite(1, 'mira')],
        )
      const lease = await claim()
      await plans().apply(lease, 'plan', carriedOut)
      expect(await plans().purge(noon, 9)).toBe(1)
      expect(await plans().writesOf('old', 'User', 'mira')).toEqual([])
      await under().store.jobs.saveCycle(lease, { ...carriedOut.cycle, endedAt: noon })
      expect(await plans().purge(noon, 9)).toBe(1)
      expect((await plans().list('job', { limit: 9 })).plans.map((each) => each.planId)).toEqual(['new', 'open'])
    })
  })
}

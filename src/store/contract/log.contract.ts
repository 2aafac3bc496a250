/* The provisioning log's part of the store contract (spec section 12). */
import { beforeEach, describe, expect, it } from 'vitest'
import { aJob, aLogEntry, anOutcome, noon } from '../../../test/builders/stored.ts'
import type { ProvisioningObjectSummary } from '../../vocabulary/index.ts'
import type { Lease, LogFilter, LogQuery, Placed, ProvisioningStore } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function logContract(under: () => StoreUnderTest, isShared: boolean): void {
  describe('the provisioning log', () => {
    let lease: Lease
    const provisioning = (): ProvisioningStore => under().store.provisioning
    const write = (...entries: readonly ProvisioningObjectSummary[]): Promise<void> =>
      provisioning().saveOutcomes(
        lease,
        entries.map((logEntry) => anOutcome({ logEntry })),
      )
    const found = async (query: Partial<LogQuery>): Promise<readonly string[]> =>
      (await provisioning().queryLog({ limit: 100, ...query })).entries.map((entry) => entry.id)

    beforeEach(async () => {
      await under().store.jobs.create(aJob())
      const claimed = await under().store.jobs.claim({ owner: 'me', leaseMs: 60_000, now: noon })
      if (claimed === null) throw new Error('the job could not be claimed')
      lease = claimed.lease
    })

    it('an entry comes back unchanged', async () => {
      await write(aLogEntry('1'))
      expect(await provisioning().getLogEntry('1')).toEqual(aLogEntry('1'))
      expect(await provisioning().getLogEntry('2')).toBeNull()
      expect(await provisioning().queryLog({ limit: 9 })).toEqual({ entries: [aLogEntry('1')], cursor: null })
    })

    it('newest first; of one instant the one written last', async () => {
      await write(aLogEntry('b', { at: noon }), aLogEntry('d', { at: noon + 1 }))
      await write(aLogEntry('a', { at: noon - 1 }), aLogEntry('c', { at: noon }))
      expect(await found({})).toEqual(['d', 'c', 'b', 'a'])
    })

    it('pages follow each other without gap or repetition, whatever is written meanwhile', async () => {
      const ids = Array.from({ length: 25 }, (_, at) => `e${String(at).padStart(2, '0')}`)
      await write(...ids.map((id, at) => aLogEntry(id, { at: noon + Math.floor(at / 10) })))
      const seen: string[] = []
      let cursor: string | null | undefined
      while (cursor !== null) {
        const page = await provisioning().queryLog({ limit: 10, ...(cursor === undefined ? {} : { cursor }) })
        seen.push(...page.entries.map((entry) => entry.id))
        cursor = page.cursor
        await write(aLogEntry(`later-${String(seen.length)}`, { at: noon + 99 }))
      }
      expect(seen).toEqual(ids.toReversed())
    })

    it('a page that just fills its limit is the last one', async () => {
      await write(aLogEntry('1'), aLogEntry('2'))
      expect(await provisioning().queryLog({ limit: 2 })).toMatchObject({ cursor: null })
      expect(await provisioning().queryLog({ limit: 1 })).not.toMatchObject({ cursor: null })
    })

    it('a foreign cursor is refused', async () => {
      await expect(provisioning().queryLog({ limit: 1, cursor: 'next' })).rejects.toThrow(RangeError)
    })

    it('the list with places goes on behind any of them, in either order, and is counted', async () => {
      await write(aLogEntry('b', { at: noon }), aLogEntry('c', { at: noon }), aLogEntry('d', { at: noon + 1 }))
      await write(aLogEntry('a', { at: noon - 1, status: 'failure' }))
      for (const order of ['newestFirst', 'oldestFirst'] as const) {
        const seen: string[] = []
        let after: string | null = null
        for (;;) {
          const [one]: readonly Placed<ProvisioningObjectSummary>[] = await provisioning().listLog({
            order,
            after,
            limit: 1,
          })
          if (one === undefined) break
          seen.push(one.object.id)
          after = one.position
        }
        expect(seen).toEqual(order === 'newestFirst' ? ['d', 'c', 'b', 'a'] : ['a', 'b', 'c', 'd'])
      }
      expect(await provisioning().countLog({})).toBe(4)
      expect(await provisioning().countLog({ status: 'failure' })).toBe(1)
      expect(await provisioning().countLog({ since: noon, until: noon })).toBe(2)
      const foreign = { order: 'newestFirst', after: 'next', limit: 1 } as const
      await expect(provisioning().listLog(foreign)).rejects.toThrow(RangeError)
    })

    it('is filtered by job, cycle, status, action and time', async () => {
      await write(
        aLogEntry('1', { jobId: 'other', at: noon }),
        aLogEntry('2', { cycleId: 'other', at: noon + 1 }),
        aLogEntry('3', { status: 'failure', at: noon + 2 }),
        aLogEntry('4', { action: 'stagedDelete', at: noon + 3 }),
      )
      expect(await found({ jobId: 'other' })).toEqual(['1'])
      expect(await found({ cycleId: 'other' })).toEqual(['2'])
      expect(await found({ status: 'failure' })).toEqual(['3'])
      expect(await found({ action: 'stagedDelete' })).toEqual(['4'])
      expect(await found({ since: noon + 1, until: noon + 2 })).toEqual(['3', '2'])
      expect(await found({ jobId: 'job', cycleId: 'cycle', status: 'success', action: 'update' })).toEqual([])
    })

    it('removals that succeeded are counted since an instant', async () => {
      await write(
        aLogEntry('1', { action: 'disable', at: noon - 1 }),
        aLogEntry('2', { action: 'disable', at: noon }),
        aLogEntry('3', { action: 'delete', status: 'warning', at: noon + 1 }),
        aLogEntry('4', { action: 'delete', status: 'failure', at: noon + 1 }),
        aLogEntry('5', { action: 'update', at: noon + 1 }),
        aLogEntry('6', { action: 'disable', jobId: 'other', at: noon + 1 }),
      )
      expect(await provisioning().countRemovals('job', noon)).toBe(2)
    })

    it('removals that succeeded are counted by cycle', async () => {
      await write(
        aLogEntry('1', { action: 'disable' }),
        aLogEntry('2', { action: 'delete', status: 'warning' }),
        aLogEntry('3', { action: 'disable', status: 'failure' }),
        aLogEntry('4', { action: 'update' }),
        aLogEntry('5', { action: 'disable', cycleId: 'other' }),
      )
      expect(await provisioning().countRemovalsIn('cycle')).toBe(2)
    })

    it('is searched by id on either side exactly, by part of a name or id without case', async () => {
      await write(
        aLogEntry('1', { source: { id: 'A-1', displayName: 'Ödön' }, target: { id: 'U77', displayName: '' } }),
        aLogEntry('2', { source: { id: 'A-2', displayName: 'Mira' }, target: { id: '', displayName: '100%_sure' } }),
        aLogEntry('3', { source: { id: 'U77', displayName: 'Tom' }, target: { id: 'U78', displayName: 'x' } }),
      )
      expect(await found({ identityId: 'U77' })).toEqual(['3', '1'])
      expect(await found({ identityId: 'U7' })).toEqual([])
      expect(await found({ text: 'ÖDÖN' })).toEqual(['1'])
      expect(await found({ text: 'u7' })).toEqual(['3', '1'])
      expect(await found({ text: '%_' })).toEqual(['2'])
      expect(await found({ text: 'a-', identityId: 'A-2' })).toEqual(['2'])
    })

    it('a text is searched however far back it lies', async () => {
      await write(aLogEntry('needle', { source: { id: 's', displayName: 'Needle' }, at: noon - 1 }))
      await write(...Array.from({ length: 30 }, (_, at) => aLogEntry(`hay-${String(at)}`)))
      expect(await found({ text: 'needle', limit: 1 })).toEqual(['needle'])
    })

    it('old entries are purged and counted', async () => {
      await write(...Array.from({ length: 50 }, (_, at) => aLogEntry(`e${String(at)}`, { at: noon + at })))
      expect(await provisioning().purgeLog(noon + 40, 30)).toBe(30)
      expect(await found({})).toHaveLength(20)
      expect(await provisioning().purgeLog(noon + 40, 30)).toBe(10)
      expect(await provisioning().purgeLog(noon + 40, 30)).toBe(0)
      expect(await found({})).toHaveLength(10)
      expect(await provisioning().getLogEntry('e39')).toBeNull()
    })

    it('is filtered by change, error code and part of the name of a system', async () => {
      const failed = aLogEntry('1', { status: 'failure', errorCode: 'Timeout' })
      await write(failed, aLogEntry('2', { errorCode: 'Conflict' }), aLogEntry('3'))
      expect(await found({ changeId: 'change-2' })).toEqual(['2'])
      expect(await found({ errorCode: 'Timeout' })).toEqual(['1'])
      expect(await found({ errorCode: 'timeout' })).toEqual([])
      expect(await found({ system: 'SLA' })).toEqual(['3', '2', '1'])
      expect(await found({ system: 'DIRECTORY', errorCode: 'Conflict' })).toEqual(['2'])
      expect(await found({ system: 'Zoom' })).toEqual([])
    })

    it('is followed in the order it was written, from any position', async () => {
      expect(await provisioning().logPosition()).toBe(0)
      await write(aLogEntry('1', { at: noon + 9 }), aLogEntry('2', { at: noon }), aLogEntry('3', { status: 'failure' }))
      const position = await provisioning().logPosition()
      const all = await provisioning().logAfter(0, { limit: 9 })
      expect(all.map(({ entry }) => entry)).toEqual([
        aLogEntry('1', { at: noon + 9 }),
        aLogEntry('2'),
        aLogEntry('3', { status: 'failure' }),
      ])
      expect(all.at(-1)?.number).toBe(position)
      const [first] = all
      const after = async (query: LogFilter): Promise<readonly string[]> =>
        (await provisioning().logAfter(first?.number ?? 0, { limit: 9, ...query })).map(({ entry }) => entry.id)
      expect(await after({})).toEqual(['2', '3'])
      expect(await after({ status: 'failure' })).toEqual(['3'])
      expect(await after({ through: position - 1 })).toEqual(['2'])
      expect(await provisioning().logAfter(0, { limit: 2 })).toHaveLength(2)
      await write(aLogEntry('4'))
      expect(await found({ through: position })).toEqual(['1', '3', '2'])
    })

    it('no entry is changed: writing one again is refused, with all that came along', async () => {
      await write(aLogEntry('1'))
      await expect(write(aLogEntry('2'), aLogEntry('1', { action: 'delete' }))).rejects.toThrow()
      expect(await provisioning().queryLog({ limit: 9 })).toMatchObject({ entries: [aLogEntry('1')] })
    })

    it('no method changes an entry', () => {
      // Whoever adds a method that touches the log says so here.
      const ofTheLog = Object.keys(provisioning()).filter((name) => /log/i.test(name))
      expect(ofTheLog.sort()).toEqual([
        'countLog',
        'getLogEntry',
        'listLog',
        'logAfter',
        'logPosition',
        'purgeLog',
        'queryLog',
      ])
    })

    if (isShared)
      it('the database itself refuses to change an entry', async () => {
        await write(aLogEntry('1'))
        for (const statement of ["update log_entry set status = 'success'", "update log_entry_text set entry = '{}'"])
          await expect(under().sql(statement)).rejects.toThrow(/An entry of a log is never changed/)
        expect(await provisioning().getLogEntry('1')).toEqual(aLogEntry('1'))
      })
  })
}

/* The audit log's part of the store contract (spec 12.6): told with the change or not at all, one chain, provable after purging. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { aJob, anAudit, anEscrowEntry, anOutcome, aUser, noon } from '../../../test/builders/stored.ts'
import { usualJobSettings, type DirectoryAudit, type SealedAudit } from '../../vocabulary/index.ts'
import type { AuditStore } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

/** The chain as the documentation describes it, written a second time. */
function hashOf({ number, previousHash, entry }: SealedAudit): string {
  const ordered = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(ordered)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((name) => [name, ordered((value as Record<string, unknown>)[name])]),
          )
        : value
  return createHash('sha256')
    .update(JSON.stringify(ordered({ number, previousHash, entry })))
    .digest('hex')
}

export function auditContract(under: () => StoreUnderTest, isShared: boolean): void {
  describe('the audit log', () => {
    const audit = (): AuditStore => under().store.audit
    const append = async (...ids: readonly string[]): Promise<void> => {
      for (const [at, id] of ids.entries())
        await audit().append(anAudit(id, { activityDateTime: new Date(noon + at).toISOString() }))
    }
    const ids = async (): Promise<readonly string[]> =>
      (await audit().query({ limit: 100 })).entries.map(({ entry }) => entry.id)

    it('is read from its other end too, and counted', async () => {
      await append('a', 'b', 'c')
      const { entries, cursor } = await audit().query({ limit: 2, oldestFirst: true })
      expect(entries.map(({ entry }) => entry.id)).toEqual(['a', 'b'])
      const rest = await audit().query({ limit: 2, oldestFirst: true, ...(cursor === null ? {} : { cursor }) })
      expect(rest).toMatchObject({ entries: [{ entry: { id: 'c' } }], cursor: null })
      expect(await audit().count({})).toBe(3)
      expect(await audit().count({ since: noon + 1 })).toBe(2)
    })

    it('an entry comes back unchanged, sealed with the hash of the one before', async () => {
      await append('a', 'b', 'c')
      const { entries, cursor } = await audit().query({ limit: 9 })
      expect(cursor).toBeNull()
      expect(entries.map(({ number }) => number)).toEqual([3, 2, 1])
      expect(entries.at(-1)).toMatchObject({ previousHash: '0'.repeat(64), entry: anAudit('a') })
      for (const [at, sealed] of entries.entries()) {
        expect(sealed.hash).toBe(hashOf(sealed))
        if (at > 0) expect(entries[at - 1]?.previousHash).toBe(sealed.hash)
      }
      expect(await audit().get('a')).toEqual(entries.at(-1))
      expect(await audit().get('z')).toBeNull()
      const head = { number: 3, hash: entries[0]?.hash }
      expect(await audit().verify()).toEqual({ isIntact: true, entries: 3, checkpoint: null, head, broken: null })
      expect(await audit().verify(entries[1]?.hash)).toMatchObject({ isIntact: true, noted: 2 })
      expect(await audit().verify('f'.repeat(64))).toMatchObject({ isIntact: true, noted: null })
    })

    it('is filtered by activity, result, who did it, text and time, in pages', async () => {
      const user = { id: null, displayName: 'Örjan', userPrincipalName: null, ipAddress: null }
      await audit().append(anAudit('a', { activityDisplayName: 'Quarantine' }))
      await audit().append(anAudit('b', { initiatedBy: { user, app: null }, result: 'failure' }))
      await audit().append(anAudit('c', { activityDateTime: new Date(noon + 9).toISOString() }))
      const found = async (query: Omit<Parameters<AuditStore['query']>[0], 'limit'>): Promise<readonly string[]> =>
        (await audit().query({ limit: 9, ...query })).entries.map(({ entry }) => entry.id)
      expect(await found({ activity: 'Quarantine' })).toEqual(['a'])
      expect(await found({ result: 'failure' })).toEqual(['b'])
      expect(await found({ initiator: 'örj' })).toEqual(['b'])
      expect(await found({ text: 'SYNCALL' })).toEqual(['c', 'b', 'a'])
      expect(await found({ text: 'no such' })).toEqual([])
      expect(await found({ since: noon + 1 })).toEqual(['c'])
      expect(await found({ until: noon })).toEqual(['b', 'a'])
      const page = await audit().query({ limit: 2 })
      expect(page).toMatchObject({ cursor: 2 })
      expect(await found({ cursor: page.cursor ?? 0 })).toEqual(['a'])
    })

    it('a change is told of in its own transaction, with what it leaves behind', async () => {
      const { jobs } = under().store
      await jobs.create(aJob())
      const told: unknown[] = []
      await audit().during(
        async (job) => {
          told.push((await job('job'))?.settings.syncAll)
          return anAudit('changed')
        },
        () => jobs.saveSettings('job', { ...usualJobSettings, syncAll: true }),
      )
      expect(told).toEqual([true])
      expect(await ids()).toEqual(['changed'])
    })

    it('a change that fails is not told of, and one that cannot be told of is not made', async () => {
      const { jobs, directory } = under().store
      await jobs.create(aJob())
      const broken = audit().during(
        () => Promise.resolve(anAudit('a')),
        () =>
          directory.transaction(async (transaction) => {
            await transaction.putObjects([aUser('u')])
            throw new Error('refused')
          }),
      )
      await expect(broken).rejects.toThrow('refused')
      const untold = audit().during(
        () => Promise.reject(new Error('no words')),
        () => jobs.setStatus('job', 'Paused'),
      )
      await expect(untold).rejects.toThrow('no words')
      expect((await jobs.get('job'))?.status).toBe('NotRun')
      expect(await ids()).toEqual([])
    })

    it('reading, a transaction without a change, and a lease are not told of', async () => {
      const { jobs, directory, provisioning } = under().store
      await jobs.create(aJob())
      await audit().during(
        () => Promise.resolve(anAudit('never')),
        async () => {
          await jobs.get('job')
          await directory.transaction((transaction) => transaction.objects(['u']))
          expect(await provisioning.approveRemovals('job')).toBe(0)
          const claim = await jobs.claim({ owner: 'me', leaseMs: 1000, now: noon })
          if (claim !== null) await jobs.release(claim.lease)
        },
      )
      expect(await ids()).toEqual([])
    })

    it('what an object leaves behind is told of like any other change', async () => {
      const { jobs, provisioning } = under().store
      await jobs.create(aJob())
      const claim = await jobs.claim({ owner: 'me', leaseMs: 60_000, now: noon })
      if (claim === null) throw new Error('the job could not be claimed')
      const outcome = anOutcome({ escrow: { kind: 'put', entry: anEscrowEntry('u') } })
      await audit().during(
        () => Promise.resolve(anAudit('failed')),
        () => provisioning.saveOutcomes(claim.lease, [outcome]),
      )
      expect(await ids()).toEqual(['failed'])
    })

    it('whoever writes at the same time, there is one chain', async () => {
      const stores = isShared ? [under().store, await under().another()] : [under().store]
      const { jobs } = under().store
      await jobs.create(aJob())
      const writers = Array.from({ length: 12 }, (_, at) =>
        stores.map((store, which) => {
          const entry = anAudit(`${String(at)}-${String(which)}`)
          return at % 2 === 0
            ? store.audit.append(entry)
            : store.audit.during(
                () => Promise.resolve(entry),
                () => store.jobs.setNextRun('job', noon + at),
              )
        }),
      )
      await Promise.all(writers.flat())
      expect(await audit().verify()).toMatchObject({ isIntact: true, entries: 12 * stores.length, broken: null })
    })

    it('old entries are purged from the beginning, told of, and what is left stays provable', async () => {
      await append('a', 'b', 'c', 'd', 'e')
      const [, , , second] = (await audit().query({ limit: 9 })).entries
      const telling = { id: 'purged', at: noon + 99 }
      expect(await audit().purge(noon, 9, telling)).toBe(0)
      expect(await audit().purge(noon + 3, 2, telling)).toBe(2)
      expect(await ids()).toEqual(['purged', 'e', 'd', 'c'])
      const checkpoint = { number: 2, hash: second?.hash }
      expect(await audit().verify()).toMatchObject({ isIntact: true, entries: 4, checkpoint })
      expect(await audit().verify(second?.hash)).toMatchObject({ noted: 2 })
      expect((await audit().get('purged'))?.entry.additionalDetails).toContainEqual({
        key: 'Last hash',
        value: second?.hash,
      })
      // All of them may go; the next one still follows the last.
      expect(await audit().purge(noon + 50, 9, { id: 'purged-2', at: noon + 99 })).toBe(3)
      expect(await audit().purge(noon + 500, 9, { id: 'never', at: noon + 600 })).toBe(0)
      await append('f')
      expect(await audit().verify()).toMatchObject({ isIntact: true, entries: 3, checkpoint: { number: 5 } })
      expect(await ids()).toEqual(['f', 'purged-2', 'purged'])
    })

    it('an entry is not changed: writing it again is refused', async () => {
      await append('a')
      await expect(audit().append(anAudit('a', { result: 'failure' }))).rejects.toThrow()
      expect((await audit().get('a'))?.entry).toEqual(anAudit('a'))
      expect(await audit().verify()).toMatchObject({ isIntact: true, entries: 1 })
    })

    if (!isShared) return
    const intrude = (statements: string): Promise<void> => under().sql(statements)
    /** Whoever has the database can put the refusal out of the way. */
    const unlock = (): Promise<void> =>
      intrude(
        under().store.dialect === 'sqlite'
          ? 'drop trigger audit_entry_is_final'
          : 'alter table audit_entry disable trigger audit_entry_is_final',
      )
    const lockAgain = (): Promise<void> =>
      under().store.dialect === 'sqlite'
        ? Promise.resolve()
        : intrude('alter table audit_entry enable trigger audit_entry_is_final')

    it('the database itself refuses to change an entry', async () => {
      await append('a')
      await expect(intrude("update audit_entry set result = 'failure'")).rejects.toThrow(/never changed/)
    })

    it.each([
      [
        'update audit_entry set entry = replace(entry, \'"true"\', \'"false"\') where entry_number = 3',
        3,
        /content gives hash .* changed after it was written/,
      ],
      [
        "update audit_entry set initiator = 'somebody else' where entry_number = 2",
        2,
        /Listed with initiator "somebody else", it says "muster"/,
      ],
      ['delete from audit_entry where entry_number = 2', 2, /Entry 2 is missing; the next one there is 3/],
      ['delete from audit_entry where entry_number = 1', 1, /Entry 1 is missing/],
      [
        'delete from audit_entry where entry_number > 3',
        4,
        /ends at entry 3, and 5 were written: the newest are missing/,
      ],
      ['delete from audit_entry', 1, /newest are missing/],
      ['update audit_entry set hash = previous_hash where entry_number = 4', 4, /changed after it was written/],
      ["update audit_entry set entry = 'gone' where entry_number = 4", 4, /no longer JSON/],
      ["update audit_entry set entry = '{}' where entry_number = 4", 4, /A part that every entry has is missing/],
    ] as const)('after "%s" the first broken entry is named, with what differs', async (statement, number, found) => {
      await append('a', 'b', 'c', 'd', 'e')
      await unlock()
      await intrude(statement)
      const verification = await audit().verify()
      await lockAgain()
      expect(verification).toMatchObject({ isIntact: false, broken: { number }, entries: number - 1 })
      expect(verification.broken?.found).toMatch(found)
    })

    it('an entry that is sealed anew breaks the chain at the next one', async () => {
      await append('a', 'b', 'c')
      const [, second] = (await audit().query({ limit: 9 })).entries
      if (second === undefined) throw new Error('there is no second entry')
      const entry: DirectoryAudit = { ...second.entry, resultReason: 'as if' }
      const hash = hashOf({ ...second, entry })
      await unlock()
      const folded = `activity = activity, entry = '${JSON.stringify(entry)}', hash = '${hash}', folded_text = '${'update provisioning setting or credentials\nmuster\nas if\njob\nslack\nsettings.syncall\nfalse\ntrue'}'`
      await intrude(`update audit_entry set ${folded} where entry_number = 2`)
      const verification = await audit().verify()
      await lockAgain()
      expect(verification.broken).toMatchObject({ number: 3, id: 'c' })
      expect(verification.broken?.found).toMatch(/sealed after an entry with hash .* one of them was replaced/)
    })
  })
}

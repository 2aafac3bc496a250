/* What the provisioning of objects leaves behind: links, escrow, deferred references, held removals. */
import { beforeEach, describe, expect, it } from 'vitest'
import {
  aCycle,
  aJob,
  aLink,
  aLogEntry,
  anEscrowEntry,
  anImage,
  anOutcome,
  noon,
} from '../../../test/builders/stored.ts'
import type { AllottedName, BeforeImage, DeferredReference, Link } from '../../vocabulary/index.ts'
import { LeaseLostError, type Lease, type Outcome, type ProvisioningStore } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function outcomesContract(under: () => StoreUnderTest): void {
  let lease: Lease
  const provisioning = (): ProvisioningStore => under().store.provisioning
  const save = (...outcomes: readonly Partial<Outcome>[]): Promise<void> =>
    provisioning().saveOutcomes(lease, outcomes.map(anOutcome))
  const put = (link: Link): Partial<Outcome> => ({ link: { kind: 'put', link } })
  const group = (anchor: string, members: readonly string[]): Link => aLink(anchor, { objectType: 'Group', members })

  const claim = async (jobId: string): Promise<Lease> => {
    await under().store.jobs.create(aJob(jobId))
    const claimed = await under().store.jobs.claim({ owner: 'me', leaseMs: 60_000, now: noon, jobId })
    if (claimed === null) throw new Error(`the job ${jobId} could not be claimed`)
    return claimed.lease
  }

  describe('outcomes', () => {
    beforeEach(async () => {
      lease = await claim('job')
    })

    it('a link that goes makes those due who failed because the account was taken', async () => {
      const blocked = { ...anEscrowEntry('eve'), errorCode: 'DuplicateSourceEntries', nextAttemptAt: noon + 60_000 }
      const other = { ...anEscrowEntry('tom'), nextAttemptAt: noon + 60_000 }
      await save(
        put(aLink('mira')),
        { escrow: { kind: 'put', entry: blocked } },
        { escrow: { kind: 'put', entry: other } },
      )
      expect(await provisioning().escrowDue('job', noon, 10)).toEqual([])
      const logEntry = { ...aLogEntry('gone'), activityDateTime: new Date(noon).toISOString() }
      await save({ logEntry, link: { kind: 'delete', objectType: 'User', sourceAnchor: 'mira' } })
      expect(await provisioning().escrowDue('job', noon, 10)).toEqual([{ ...blocked, nextAttemptAt: noon }])
    })

    it('one outcome is saved whole', async () => {
      const reference = {
        ownerType: 'User',
        ownerAnchor: 'mira',
        attribute: 'manager',
        referencedAnchor: 'tom',
      } as const
      const held = { objectType: 'User', sourceAnchor: 'mira', kind: 'disable', state: 'held' } as const
      await save({
        logEntry: aLogEntry('1'),
        ...put(aLink('mira')),
        escrow: { kind: 'put', entry: anEscrowEntry('mira') },
        deferred: { ownerType: 'User', ownerAnchor: 'mira', references: [reference] },
        hold: held,
      })
      expect(await provisioning().getLogEntry('1')).toEqual(aLogEntry('1'))
      expect(await provisioning().linksBySource('job', 'User', ['mira'])).toEqual(new Map([['mira', aLink('mira')]]))
      expect(await provisioning().escrow('job', 'User', ['mira'])).toEqual(new Map([['mira', anEscrowEntry('mira')]]))
      expect(await provisioning().deferredOf('job', 'mira')).toEqual([reference])
      expect(await provisioning().heldRemovals('job')).toEqual([held])
    })

    it('what was ever synchronized is counted once, stays counted when its link goes, and is counted anew after a reset', async () => {
      const other = await claim('other')
      await save(put(aLink('mira')), put(aLink('tom')), put(group('crew', [])))
      await save(put(aLink('mira', { isActive: false })))
      await save({ link: { kind: 'delete', objectType: 'User', sourceAnchor: 'tom' } })
      const three = [
        { objectType: 'Group', count: 1 },
        { objectType: 'User', count: 2 },
      ]
      expect(await provisioning().countSynchronized('job')).toEqual(three)
      await provisioning().resetSynchronized(other)
      expect(await provisioning().countSynchronized('job')).toEqual(three)
      await provisioning().resetSynchronized(lease)
      expect(await provisioning().countSynchronized('job')).toEqual([])
      await save(put(aLink('mira')))
      expect(await provisioning().countSynchronized('job')).toEqual([{ objectType: 'User', count: 1 }])
    })

    it('all of a batch are saved, or none', async () => {
      await save({ logEntry: aLogEntry('taken') })
      await expect(save(put(aLink('mira')), { logEntry: aLogEntry('taken') })).rejects.toThrow()
      expect(await provisioning().linksBySource('job', 'User', ['mira'])).toEqual(new Map())
      await save(put(aLink('mira')))
      await save()
    })

    it('the last word on an object counts', async () => {
      await save(
        put(aLink('mira', { targetAnchor: 'T1' })),
        put(aLink('mira', { targetAnchor: 'T2', isActive: false, isManaged: false })),
        put(aLink('tom')),
        { link: { kind: 'delete', objectType: 'User', sourceAnchor: 'tom' } },
        { escrow: { kind: 'put', entry: anEscrowEntry('mira') } },
        { escrow: { kind: 'clear', objectType: 'User', sourceAnchor: 'mira' } },
        { hold: { objectType: 'User', sourceAnchor: 'mira', kind: 'disable', state: 'held' } },
        { releaseHold: { objectType: 'User', sourceAnchor: 'mira' } },
      )
      const expected = aLink('mira', { targetAnchor: 'T2', isActive: false, isManaged: false })
      expect(await provisioning().linksBySource('job', 'User', ['mira', 'tom'])).toEqual(new Map([['mira', expected]]))
      expect(await provisioning().countEscrow('job')).toBe(0)
      expect(await provisioning().heldRemovals('job')).toEqual([])
    })

    it('staged removals are approved together, and only these', async () => {
      const held = { objectType: 'User', kind: 'disable', state: 'held' } as const
      await save(
        { hold: { ...held, sourceAnchor: 'held' } },
        { hold: { ...held, sourceAnchor: 'one', state: 'staged' } },
        { hold: { ...held, sourceAnchor: 'two', state: 'staged' } },
      )
      expect(await provisioning().approveRemovals('job')).toBe(2)
      expect(await provisioning().approveRemovals('job')).toBe(0)
      const states = (await provisioning().heldRemovals('job')).map((each) => `${each.sourceAnchor} ${each.state}`)
      expect(states).toEqual(['held held', 'one approved', 'two approved'])
    })

    it('removals are approved before they are due, and one that waits already', async () => {
      const removal = { objectType: 'User', kind: 'disable' } as const
      await save({ hold: { ...removal, sourceAnchor: 'one', state: 'staged' } })
      await provisioning().approveBeforehand('job', [
        { ...removal, sourceAnchor: 'one' },
        { ...removal, sourceAnchor: 'two' },
      ])
      const states = (await provisioning().heldRemovals('job')).map((each) => `${each.sourceAnchor} ${each.state}`)
      expect(states).toEqual(['one approved', 'two approved'])
    })

    it('a job that waits for nobody else is not touched', async () => {
      const other = await claim('other')
      await save(put(aLink('mira')), { escrow: { kind: 'put', entry: anEscrowEntry('mira') } })
      await provisioning().saveOutcomes(other, [
        anOutcome({ link: { kind: 'delete', objectType: 'User', sourceAnchor: 'mira' } }),
        anOutcome({ escrow: { kind: 'clear', objectType: 'User', sourceAnchor: 'mira' } }),
      ])
      expect(await provisioning().linksBySource('other', 'User', ['mira'])).toEqual(new Map())
      expect((await provisioning().linksBySource('job', 'User', ['mira'])).size).toBe(1)
      expect(await provisioning().countEscrow('job')).toBe(1)
    })

    it('a cycle and outcomes saved at once both hold', async () => {
      await Promise.all([
        save(put(aLink('mira'))),
        under().store.jobs.saveCycle(lease, aCycle()),
        save(put(aLink('tom'))),
      ])
      expect(await under().store.jobs.runningCycle('job')).toEqual(aCycle())
      expect((await provisioning().linksBySource('job', 'User', ['mira', 'tom'])).size).toBe(2)
    })
  })

  describe('links', () => {
    beforeEach(async () => {
      lease = await claim('job')
    })

    it('are found from either side, by type', async () => {
      const user = aLink('same', { targetAnchor: 'T1' })
      const crew = aLink('same', { objectType: 'Group', targetAnchor: 'T1', members: ['U2', 'U1'] })
      await save(put(user), put(crew))
      expect(await provisioning().linksBySource('job', 'User', ['same', 'x'])).toEqual(new Map([['same', user]]))
      expect(await provisioning().linksByTarget('job', 'User', ['T1', 'x'])).toEqual(new Map([['T1', user]]))
      expect(await provisioning().linksByTarget('job', 'Group', ['T1'])).toEqual(
        new Map([['T1', { ...crew, members: ['U1', 'U2'] }]]),
      )
      expect(await provisioning().linksBySource('job', 'User', [])).toEqual(new Map())
      expect(await provisioning().linksBySource('other', 'User', ['same'])).toEqual(new Map())
    })

    it('are listed in pages by source anchor, and counted', async () => {
      await save(
        ...['c', 'a', 'é', 'B'].map((anchor) => put(aLink(anchor, { isActive: anchor !== 'c' }))),
        put(group('g', [])),
      )
      const first = await provisioning().listLinks('job', { objectType: 'User', after: null, limit: 3 })
      expect(first.map((link) => link.sourceAnchor)).toEqual(['B', 'a', 'c'])
      const rest = await provisioning().listLinks('job', { objectType: 'User', after: 'c', limit: 3 })
      expect(rest.map((link) => link.sourceAnchor)).toEqual(['é'])
      expect(await provisioning().countLinks('job')).toEqual([
        { objectType: 'Group', count: 1, active: 1 },
        { objectType: 'User', count: 4, active: 3 },
      ])
      expect(await provisioning().countLinks('other')).toEqual([])
    })

    it('members follow the link that was put last', async () => {
      await save(put(group('g', ['U1', 'U2', 'U3'])), put(group('h', ['U3'])))
      await save(put(group('g', ['U3', 'U4'])))
      const anchors = async (member: string): Promise<readonly string[]> =>
        (await provisioning().groupsWithMember('job', member)).map((link) => link.sourceAnchor)
      expect((await provisioning().linksBySource('job', 'Group', ['g'])).get('g')?.members).toEqual(['U3', 'U4'])
      expect(await anchors('U3')).toEqual(['g', 'h'])
      expect(await anchors('U1')).toEqual([])
      await save({ link: { kind: 'delete', objectType: 'Group', sourceAnchor: 'g' } })
      expect(await provisioning().groupsWithMember('job', 'U3')).toEqual([group('h', ['U3'])])
      await save(put(group('g', [])))
      expect((await provisioning().linksBySource('job', 'Group', ['g'])).get('g')?.members).toEqual([])
    })

    it('a forgotten member leaves all groups of this job, those put before in the same batch too', async () => {
      const other = await claim('other')
      await provisioning().saveOutcomes(other, [anOutcome(put(group('g', ['U1'])))])
      await save(put(group('g', ['U1', 'U2'])))
      await save(put(group('h', ['U1'])), { ...put(aLink('mira')), forgetMember: 'U1' }, put(group('i', ['U1'])))
      expect((await provisioning().groupsWithMember('job', 'U1')).map((link) => link.sourceAnchor)).toEqual(['i'])
      expect((await provisioning().linksBySource('job', 'Group', ['g'])).get('g')?.members).toEqual(['U2'])
      expect((await provisioning().linksBySource('job', 'Group', ['h'])).get('h')?.members).toEqual([])
      expect((await provisioning().linksBySource('job', 'User', ['mira'])).size).toBe(1)
      expect(await provisioning().groupsWithMember('other', 'U1')).toHaveLength(1)
    })
  })

  describe('open writes', () => {
    beforeEach(async () => {
      lease = await claim('job')
    })
    const openPut = (image: Partial<BeforeImage>, sentAt = noon): Partial<Outcome> => ({
      openWrite: { kind: 'put', write: { image: anImage(image), sentAt, cycleId: 'cycle' } },
    })

    it('are there until they are closed, one for each object', async () => {
      const other = await claim('other')
      await provisioning().saveOutcomes(other, [anOutcome(openPut({ sourceAnchor: 'mira' }))])
      const created = {
        kind: 'create',
        targetAnchor: null,
        before: { userName: null },
        after: { userName: 'm' },
      } as const
      await save(
        openPut({ sourceAnchor: 'tom', membersAdded: ['U1'] }),
        openPut({ sourceAnchor: 'mira', before: { title: 'old' }, after: { title: null } }),
        openPut({ sourceAnchor: 'mira', ...created }, noon + 1),
        openPut({ sourceAnchor: 'mira', objectType: 'Group' }),
      )
      const mira = { image: anImage({ sourceAnchor: 'mira', ...created }), sentAt: noon + 1, cycleId: 'cycle' }
      const tom = { image: anImage({ sourceAnchor: 'tom', membersAdded: ['U1'] }), sentAt: noon, cycleId: 'cycle' }
      const crew = { image: anImage({ sourceAnchor: 'mira', objectType: 'Group' }), sentAt: noon, cycleId: 'cycle' }
      expect(await provisioning().openWrites('job')).toEqual([crew, mira, tom])
      expect(await provisioning().openWrites('job', { objectType: 'User', sourceAnchor: 'mira' })).toEqual([mira])
      await save({ openWrite: { kind: 'close', objectType: 'User', sourceAnchor: 'mira' } })
      expect(await provisioning().openWrites('job')).toEqual([crew, tom])
      expect(await provisioning().openWrites('other')).toHaveLength(1)
    })
  })

  describe('names', () => {
    const name = (sourceAnchor: string, value: string, attribute = 'userName'): AllottedName => ({
      objectType: 'User',
      sourceAnchor,
      attribute,
      value,
    })
    const userNames = (...values: readonly string[]) => ({ objectType: 'User' as const, attribute: 'userName', values })
    beforeEach(async () => {
      lease = await claim('job')
    })

    it('are kept for their object and found from either side', async () => {
      const kept = [name('mira', 'm.o', 'nickName'), name('mira', 'mira'), name('tom', 'tom')]
      await save({ names: [name('tom', 'tom'), name('mira', 'mira')] }, { names: [name('mira', 'm.o', 'nickName')] })
      expect(await provisioning().allottedNames('job', 'User', ['tom', 'mira', 'x'])).toEqual(kept)
      expect(await provisioning().allottedNames('job', 'Group', ['tom'])).toEqual([])
      expect(await provisioning().allottedNames('other', 'User', ['tom'])).toEqual([])
      expect(await provisioning().allottedNames('job', 'User', [])).toEqual([])
      expect(await provisioning().nameHolders('job', userNames('mira', 'tom', 'm.o', 'free'))).toEqual(
        new Map([
          ['mira', 'mira'],
          ['tom', 'tom'],
        ]),
      )
      expect(await provisioning().nameHolders('other', userNames('mira'))).toEqual(new Map())
      expect(await provisioning().nameHolders('job', userNames())).toEqual(new Map())
    })

    it('an object that gets another name gives the earlier one free', async () => {
      await save({ names: [name('mira', 'mira')] })
      await save({ names: [name('mira', 'mira2')] })
      await save({ names: [name('tom', 'mira')] })
      expect(await provisioning().nameHolders('job', userNames('mira', 'mira2'))).toEqual(
        new Map([
          ['mira', 'tom'],
          ['mira2', 'mira'],
        ]),
      )
    })

    it('a name that is kept for somebody else is refused, and what came with it', async () => {
      const other = await claim('other')
      await provisioning().saveOutcomes(other, [anOutcome({ names: [name('tom', 'mira')] })])
      await save({ names: [name('mira', 'mira')] })
      await expect(save(put(aLink('tom')), { names: [name('tom', 'mira')] })).rejects.toThrow()
      expect(await provisioning().linksBySource('job', 'User', ['tom'])).toEqual(new Map())
      expect(await provisioning().nameHolders('job', userNames('mira'))).toEqual(new Map([['mira', 'mira']]))
    })

    it('are given free together, also to another one in the same batch', async () => {
      await save({ names: [name('mira', 'mira'), name('mira', 'm', 'nickName'), name('tom', 'tom')] })
      await save({ releaseNames: { objectType: 'User', sourceAnchor: 'mira' } }, { names: [name('ana', 'mira')] })
      expect(await provisioning().allottedNames('job', 'User', ['ana', 'mira', 'tom'])).toEqual([
        name('ana', 'mira'),
        name('tom', 'tom'),
      ])
    })

    it('are kept under the lease only', async () => {
      const stale = lease
      await under().store.jobs.release(lease)
      await expect(
        provisioning().saveOutcomes(stale, [anOutcome({ names: [name('mira', 'mira')] })]),
      ).rejects.toBeInstanceOf(LeaseLostError)
      expect(await provisioning().nameHolders('job', userNames('mira'))).toEqual(new Map())
    })
  })

  describe('escrow', () => {
    beforeEach(async () => {
      lease = await claim('job')
    })

    it('entries are due at their time, the longest due first', async () => {
      const entries = [3, 1, 2].map((at) => anEscrowEntry(`u${String(at)}`, { nextAttemptAt: noon + at, attempts: at }))
      await save(...entries.map((entry) => ({ escrow: { kind: 'put', entry } }) as const))
      const due = await provisioning().escrowDue('job', noon + 2, 9)
      expect(due.map((entry) => entry.sourceAnchor)).toEqual(['u1', 'u2'])
      expect(await provisioning().escrowDue('job', noon + 9, 1)).toEqual([entries[1]])
      expect(await provisioning().countEscrow('job')).toBe(3)
    })
  })

  describe('deferred references', () => {
    const reference = (ownerAnchor: string, referencedAnchor: string): DeferredReference => ({
      ownerType: 'User',
      ownerAnchor,
      attribute: 'manager',
      referencedAnchor,
    })
    const deferring = (ownerAnchor: string, ...referenced: readonly string[]): Partial<Outcome> => ({
      deferred: {
        ownerType: 'User',
        ownerAnchor,
        references: referenced.map((anchor) => reference(ownerAnchor, anchor)),
      },
    })
    beforeEach(async () => {
      lease = await claim('job')
    })

    it('an owner replaces all of its own; added ones come beside them', async () => {
      await save(deferring('a', 'x', 'y'), deferring('b', 'x'))
      await save(deferring('a', 'z'), { addDeferred: [reference('b', 'y'), reference('b', 'x'), reference('c', 'x')] })
      expect(await provisioning().deferredOf('job', 'a')).toEqual([reference('a', 'z')])
      expect(await provisioning().deferredOf('job', 'b')).toEqual([reference('b', 'x'), reference('b', 'y')])
      expect(await provisioning().deferredTo('job', ['x', 'z'])).toEqual([
        reference('a', 'z'),
        reference('b', 'x'),
        reference('c', 'x'),
      ])
      await save(deferring('b'))
      expect(await provisioning().deferredOf('job', 'b')).toEqual([])
    })

    it('can be resolved once the referenced object has an active link', async () => {
      await save(deferring('a', 'linked', 'unlinked', 'inactive'), deferring('b', 'group'), deferring('c', 'linked'))
      await save(put(aLink('linked')), put(aLink('inactive', { isActive: false })), put(group('group', [])))
      const resolvable = await provisioning().deferredResolvable('job', 9)
      expect(resolvable).toEqual([reference('a', 'linked'), reference('b', 'group'), reference('c', 'linked')])
      expect(await provisioning().deferredResolvable('job', 2)).toEqual(resolvable.slice(0, 2))
      expect(await provisioning().deferredResolvable('other', 9)).toEqual([])
    })
  })
}

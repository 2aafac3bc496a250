/* The directory's journal: its part of the store contract. */
import { describe, expect, it } from 'vitest'
import { aGroup, aUser, noon } from '../../../test/builders/stored.ts'
import type { ObjectTypeName } from '../../vocabulary/index.ts'
import type { DirectoryTransaction } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

const day = 24 * 60 * 60 * 1000

export function directoryJournalContract(under: () => StoreUnderTest): void {
  const write = (work: (directory: DirectoryTransaction) => Promise<void>): Promise<void> =>
    under().store.directory.transaction(work)

  /** What the journal has since then, without what is empty. */
  async function journal(objectType: ObjectTypeName, after = 0): Promise<readonly unknown[]> {
    const entries = await under().store.directory.journalAfter(objectType, after, 1000)
    return entries.map(({ number: _, ...entry }) =>
      Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null && value.length > 0)),
    )
  }
  const newest = async (): Promise<number> => (await under().store.directory.journalRange()).newest

  describe('the journal of the directory', () => {
    it('names what became different, and nothing for a write that changed nothing', async () => {
      await write((directory) => directory.putObjects([aUser('a', { jobTitle: 'Mate', tags: ['x'], age: 3n })]))
      const since = await newest()
      await write((directory) =>
        directory.putObjects([aUser('a', { jobTitle: 'Mate', tags: ['x'], age: 3n, department: null })]),
      )
      await write((directory) => directory.touch(['a']))
      expect(await journal('User', since)).toEqual([])
      await write((directory) =>
        directory.putObjects([aUser('a', { jobTitle: 'Captain', tags: ['x', 'y'] }), aUser('b', { jobTitle: 'Cook' })]),
      )
      expect(await journal('User')).toEqual([
        { objectId: 'a', attributes: 'all' },
        { objectId: 'a', attributes: ['jobTitle', 'tags', 'age'] },
        { objectId: 'b', attributes: 'all' },
      ])
      expect(await journal('User', await newest())).toEqual([])
    })

    it('names the manager somebody had before', async () => {
      await write((directory) => directory.putObjects([aUser('a', { manager: 'x' }), aUser('b')]))
      const since = await newest()
      await write((directory) => directory.putObjects([aUser('a', { manager: 'y' }), aUser('b', { manager: 'x' })]))
      await write((directory) => directory.putObjects([aUser('a', { jobTitle: 'Mate' })]))
      expect(await journal('User', since)).toEqual([
        { objectId: 'a', attributes: ['manager'], managerBefore: 'x' },
        { objectId: 'b', attributes: ['manager'] },
        { objectId: 'a', attributes: ['manager', 'jobTitle'], managerBefore: 'y' },
      ])
    })

    it('a group that comes back has its members and owners again', async () => {
      await write(async (directory) => {
        await directory.putObjects([aGroup('g')])
        await directory.changeMembers('g', { added: ['a', 'b'], removed: [] })
        await directory.changeOwners('g', { added: ['c'], removed: [] })
        await directory.putObjects([aGroup('g', {}, { presence: 'softDeleted', deletedAt: noon })])
      })
      const since = await newest()
      await write((directory) => directory.putObjects([aGroup('g')]))
      expect(await journal('Group', since)).toEqual([
        { objectId: 'g', attributes: 'all' },
        { objectId: 'g', membersAdded: ['a', 'b'] },
        { objectId: 'g', ownersAdded: ['c'] },
      ])
    })

    it('names who came into a group, left it, or owns it', async () => {
      await write(async (directory) => {
        await directory.putObjects([aUser('a'), aGroup('g')])
        await directory.replaceMembers('g', ['a', 'b'])
        await directory.replaceMembers('g', ['a', 'b'])
        await directory.changeMembers('g', { added: ['a', 'c'], removed: ['b', 'z'] })
        await directory.changeOwners('g', { added: ['a'], removed: [] })
        await directory.changeOwners('an application', { added: ['a'], removed: [] })
      })
      expect(await journal('Group')).toEqual([
        { objectId: 'g', attributes: 'all' },
        { objectId: 'g', membersAdded: ['a', 'b'] },
        { objectId: 'g', membersRemoved: ['b'] },
        { objectId: 'g', membersAdded: ['c'] },
        { objectId: 'g', ownersAdded: ['a'] },
      ])
    })

    it('a member that goes leaves its groups, and one that comes back is in them again', async () => {
      await write(async (directory) => {
        await directory.putObjects([aUser('a'), aGroup('g')])
        await directory.changeMembers('g', { added: ['a'], removed: [] })
        await directory.changeOwners('g', { added: ['a'], removed: [] })
      })
      const since = await newest()
      await write((directory) => directory.putObjects([aUser('a', {}, { presence: 'softDeleted', deletedAt: noon })]))
      await write((directory) => directory.putObjects([aUser('a', {}, { presence: 'hardDeleted', deletedAt: noon })]))
      await write((directory) => directory.putObjects([aUser('a')]))
      expect(await journal('User', since)).toEqual(Array(3).fill({ objectId: 'a', attributes: 'all' }))
      expect(await journal('Group', since)).toEqual([
        { objectId: 'g', membersRemoved: ['a'] },
        { objectId: 'g', ownersRemoved: ['a'] },
        { objectId: 'g', membersAdded: ['a'] },
        { objectId: 'g', ownersAdded: ['a'] },
      ])
    })

    it('comes in pages by type, and many members in several entries', async () => {
      const many = Array.from({ length: 450 }, (_, at) => `m${String(at)}`)
      await write(async (directory) => {
        await directory.putObjects([aGroup('g')])
        await directory.replaceMembers('g', many)
      })
      const { directory } = under().store
      const entries = await directory.journalAfter('Group', 0, 10)
      expect(entries.map((entry) => entry.membersAdded.length)).toEqual([0, 200, 200, 50])
      const [, second] = entries
      const rest = await directory.journalAfter('Group', second?.number ?? 0, 1)
      expect(rest.map(({ number }) => number)).toEqual([entries[2]?.number])
      expect(await directory.journalRange()).toEqual({ floor: 0, newest: entries[3]?.number })
    })

    it('forgets what is older than asked, by the marks it made itself', async () => {
      const { directory } = under().store
      const prune = (days: number, limit = 100): Promise<number> =>
        directory.pruneJournal({ now: noon + days * day, keptMs: 7 * day, limit })
      await write((transaction) => transaction.putObjects([aUser('a')]))
      await prune(0)
      await write((transaction) => transaction.putObjects([aUser('b')]))
      await prune(1)
      await write((transaction) => transaction.putObjects([aUser('c'), aUser('d')]))
      expect(await prune(6)).toBe(0)
      expect(await directory.journalRange()).toEqual({ floor: 0, newest: 4 })
      expect(await prune(7)).toBe(1)
      expect(await directory.journalRange()).toEqual({ floor: 1, newest: 4 })
      expect(await journal('User')).toMatchObject([{ objectId: 'b' }, { objectId: 'c' }, { objectId: 'd' }])
      expect([await prune(30, 2), await prune(30, 2), await prune(30, 2)]).toEqual([2, 1, 0])
      expect(await directory.journalRange()).toEqual({ floor: 4, newest: 4 })
      await write((transaction) => transaction.putObjects([aUser('e')]))
      expect(await journal('User')).toMatchObject([{ objectId: 'e' }])
    })
  })
}

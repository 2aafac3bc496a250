/* Lists of the directory in pages, owners and applications: their part of the store contract. */
import { describe, expect, it } from 'vitest'
import { aGroup, anAssignment, aUser, noon } from '../../../test/builders/stored.ts'
import type { DirectoryApplication, DirectoryLists, DirectoryTransaction } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

type ListRequest = Parameters<DirectoryLists['listObjects']>[0]

export function directoryListsContract(under: () => StoreUnderTest): void {
  const write = (work: (directory: DirectoryTransaction) => Promise<void>): Promise<void> =>
    under().store.directory.transaction(work)

  const asked = (more: Partial<ListRequest> = {}): ListRequest => ({
    objectType: 'User',
    presence: 'present',
    order: 'objectId',
    isDescending: false,
    narrowing: null,
    after: null,
    limit: 2,
    ...more,
  })

  async function allPages(more: Partial<ListRequest> = {}): Promise<readonly string[]> {
    const found: string[] = []
    let after: string | null = null
    for (;;) {
      const page = await under().store.directory.listObjects(asked({ ...more, after }))
      found.push(...page.map(({ object }) => object.objectId))
      const last = page.at(-1)
      if (last === undefined) return found
      after = last.position
    }
  }

  const put = (): Promise<void> =>
    write((directory) =>
      directory.putObjects([
        aUser('1', { displayName: 'zoe', userPrincipalName: 'Z@example.org', mail: 'same@example.org' }),
        aUser('2', { displayName: 'Anna', userPrincipalName: 'a@example.org', mail: 'SAME@example.org' }),
        aUser('3', { displayName: 'anna', userPrincipalName: 'c@example.org' }),
        aUser('4', { displayName: 'Bert', userPrincipalName: 'b@example.org', manager: '1' }),
        aUser('5', { displayName: 'Anna' }, { presence: 'softDeleted', deletedAt: noon }),
        aUser('6', { displayName: 'Gone' }, { presence: 'hardDeleted', deletedAt: noon }),
        aGroup('7', { displayName: 'Annas' }),
      ]),
    )

  describe('lists of the directory', () => {
    it('go through everybody of a type, in order of id or of a name, either way', async () => {
      await put()
      expect(await allPages()).toEqual(['1', '2', '3', '4'])
      expect(await allPages({ isDescending: true })).toEqual(['4', '3', '2', '1'])
      expect(await allPages({ order: 'displayName' })).toEqual(['2', '3', '4', '1'])
      expect(await allPages({ order: 'displayName', isDescending: true, limit: 1 })).toEqual(['1', '4', '3', '2'])
      expect(await allPages({ order: 'userPrincipalName', limit: 3 })).toEqual(['2', '4', '3', '1'])
      expect(await allPages({ presence: 'softDeleted' })).toEqual(['5'])
      expect(await allPages({ objectType: 'Group' })).toEqual(['7'])
    })

    it('are narrowed by a name that equals, begins or contains', async () => {
      await put()
      const equals = { by: 'equals', name: 'mail', text: 'same@EXAMPLE.org' } as const
      expect(await allPages({ narrowing: equals, limit: 1 })).toEqual(['1', '2'])
      const starts = { by: 'startsWith', name: 'displayName', text: 'AN' } as const
      expect(await allPages({ narrowing: starts, order: 'displayName', limit: 1 })).toEqual(['2', '3'])
      expect(await allPages({ narrowing: { by: 'contains', text: 'ERT' } })).toEqual(['4'])
    })

    it('go on where they were when somebody before that place has come or gone', async () => {
      await put()
      const [first, second] = await under().store.directory.listObjects(asked())
      await write((directory) => directory.putObjects([aUser('0'), aUser('1', {}, { presence: 'hardDeleted' })]))
      const after = second?.position ?? null
      const rest = await under().store.directory.listObjects(asked({ after }))
      expect([first?.object.objectId, ...rest.map(({ object }) => object.objectId)]).toEqual(['1', '3', '4'])
    })

    it('refuse a position that is not theirs', async () => {
      for (const after of ['', 'nonsense', '{}', '[1,2]', '["\\u0000","x"]'])
        await expect(under().store.directory.listObjects(asked({ after }))).rejects.toThrow(RangeError)
    })

    it('count who is there', async () => {
      await put()
      const { directory } = under().store
      expect(await directory.countObjects('User', 'present')).toBe(4)
      expect(await directory.countObjects('Group', 'softDeleted')).toBe(0)
    })
  })

  describe('members, reports and owners in pages', () => {
    it('members of several groups come once each, and only those present', async () => {
      await put()
      await write(async (directory) => {
        await directory.replaceMembers('7', ['1', '2', '5', '6', 'unknown'])
        await directory.replaceMembers('8', ['2', '3', '7'])
      })
      const { directory } = under().store
      const ask = { groupIds: ['7', '8'], objectType: null, after: null, limit: 2 }
      expect(await directory.listMembers(ask)).toEqual(['1', '2'])
      expect(await directory.listMembers({ ...ask, after: '2' })).toEqual(['3', '7'])
      expect(await directory.listMembers({ ...ask, objectType: 'Group' })).toEqual(['7'])
      expect(await directory.listMembers({ ...ask, groupIds: [] })).toEqual([])
      expect(await directory.countMembers(ask)).toBe(4)
      expect(await directory.countMembers({ groupIds: ['7'], objectType: 'User' })).toBe(2)
      expect(await directory.membersAmong('7', ['1', '3', '6'])).toEqual(new Set(['1', '6']))
    })

    it('members are put in and taken out one by one', async () => {
      await put()
      await write(async (directory) => {
        await directory.changeMembers('7', { added: ['1', '2', '2'], removed: ['9'] })
        await directory.changeMembers('7', { added: ['3'], removed: ['1'] })
      })
      expect(await under().store.directory.members(['7'])).toEqual(new Map([['7', ['2', '3']]]))
    })

    it('reports are found by their manager, and follow when it changes', async () => {
      await put()
      const { directory } = under().store
      expect(await directory.listReports('1', null, 5)).toEqual(['4'])
      await write((transaction) => transaction.putObjects([aUser('4'), aUser('3', { manager: '1' })]))
      expect(await directory.listReports('1', null, 5)).toEqual(['3'])
      expect(await directory.listReports('1', '3', 5)).toEqual([])
    })

    it('owners are kept for anything', async () => {
      await write(async (directory) => {
        await directory.changeOwners('7', { added: ['2', '1'], removed: [] })
        await directory.changeOwners('app', { added: ['1'], removed: ['2'] })
        await directory.changeOwners('7', { added: [], removed: ['2'] })
      })
      const { directory } = under().store
      expect(await directory.owners(['7', 'app', 'none'])).toEqual(
        new Map([
          ['7', ['1']],
          ['app', ['1']],
        ]),
      )
      expect(await directory.ownedBy('1')).toEqual(['7', 'app'])
    })

    it('assignments are listed from either side', async () => {
      const all = [
        anAssignment('a', '2', { createdAt: noon }),
        anAssignment('b', '1'),
        anAssignment('c', '1', { servicePrincipalId: 'other' }),
      ]
      await write((directory) => directory.putAssignments(all))
      const { directory } = under().store
      const of = { servicePrincipalId: 'sp' }
      const [first] = await directory.listAssignmentsOf({ of, after: null, limit: 1 })
      expect(first?.object).toEqual(all[1])
      const rest = await directory.listAssignmentsOf({ of, after: first?.position ?? '', limit: 5 })
      expect(rest.map(({ object }) => object)).toEqual([all[0]])
      expect(await directory.countAssignmentsOf({ principalId: '1' })).toBe(2)
      expect(await directory.getAssignment('a')).toEqual(all[0])
      expect(await directory.getAssignment('A')).toBeNull()
    })
  })

  describe('applications', () => {
    const anApplication = (objectId: string, more: Partial<DirectoryApplication> = {}): DirectoryApplication => ({
      objectId,
      objectType: 'Application',
      presence: 'present',
      deletedAt: null,
      appId: `app-${objectId}`,
      properties: { displayName: objectId, tags: ['a'], web: { homePageUrl: null } },
      ...more,
    })

    it('come back as they were put, by id, by app id and in pages', async () => {
      const one = anApplication('1')
      const two = anApplication('2')
      const principal = anApplication('3', { objectType: 'ServicePrincipal', appId: 'app-1' })
      const gone = anApplication('4', { presence: 'softDeleted', deletedAt: noon })
      await write((directory) => directory.putApplications([two, one, principal, gone]))
      const { directory } = under().store
      expect(await directory.applications(['1', '3', 'none'])).toEqual([one, principal])
      expect(await directory.applicationsOf('app-1')).toEqual([one, principal])
      const ask = { objectType: 'Application', presence: 'present', after: null, limit: 1 } as const
      expect(await directory.listApplications(ask)).toEqual([one])
      expect(await directory.listApplications({ ...ask, after: '1' })).toEqual([two])
      expect(await directory.listApplications({ ...ask, presence: 'softDeleted' })).toEqual([gone])
      await write((transaction) => transaction.deleteApplications(['1', 'none']))
      expect(await directory.applications(['1'])).toEqual([])
    })
  })
}

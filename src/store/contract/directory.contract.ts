/* The built-in directory's part of the store contract. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aGroup, anAssignment, aUser, noon } from '../../../test/builders/stored.ts'
import type { DirectoryTransaction } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function directoryContract(under: () => StoreUnderTest): void {
  const write = (work: (directory: DirectoryTransaction) => Promise<void>): Promise<void> =>
    under().store.directory.transaction(work)
  const ids = (objects: readonly { readonly objectId: string }[]): readonly string[] =>
    objects.map((object) => object.objectId)

  describe('objects of the directory', () => {
    it('an object comes back as it was put', async () => {
      const mira = aUser('mira', {
        displayName: 'Mira',
        jobTitle: '',
        department: null,
        accountEnabled: true,
        employeeNumber: 42,
        employeeId: 12_345_678_901_234_567_890n,
        negative: -(2n ** 70n),
        otherMails: ['m@example.org', 'Mira@example.org'],
        nothing: [],
        odd: 'a "quoted"\n\u0000 {"$bigint":"1"} \u{1F99C}',
      })
      const gone = aUser('gone', {}, { presence: 'softDeleted', deletedAt: noon })
      await write((directory) => directory.putObjects([mira, gone]))
      expect(await under().store.directory.objects(['mira', 'gone', 'unknown'])).toEqual([
        { ...gone, changeNumber: 2 },
        { ...mira, changeNumber: 1 },
      ])
      expect(await under().store.directory.objects([])).toEqual([])
    })

    it('putting it again replaces it whole', async () => {
      await write((directory) => directory.putObjects([aUser('mira', { jobTitle: 'Captain', mail: 'm@example.org' })]))
      await write((directory) => directory.putObjects([aUser('mira', { jobTitle: 'Admiral' })]))
      const [mira] = await under().store.directory.objects(['mira'])
      expect(mira?.attributes).toEqual({ jobTitle: 'Admiral' })
      expect(await under().store.directory.lookUp('m@example.org')).toEqual([])
    })

    it('of two with one id in a batch the later one stays', async () => {
      await write((directory) =>
        directory.putObjects([aUser('mira', { jobTitle: 'Captain' }), aUser('mira', { jobTitle: 'Admiral' })]),
      )
      expect(await under().store.directory.objects(['mira'])).toMatchObject([{ attributes: { jobTitle: 'Admiral' } }])
    })

    it('property: any attributes survive', async () => {
      const value = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
        fc.bigInt(),
        fc.boolean(),
        fc.constant(null),
        fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
      )
      const name = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__')
      const attributes = fc.dictionary(name, value, { noNullPrototype: true, maxKeys: 5 })
      await fc.assert(
        fc.asyncProperty(attributes, async (given) => {
          await write((directory) => directory.putObjects([aUser('anyone', given)]))
          expect((await under().store.directory.objects(['anyone']))[0]?.attributes).toEqual(given)
        }),
        { numRuns: 60 },
      )
    })

    it('are counted by type and presence', async () => {
      await write((directory) =>
        directory.putObjects([
          aUser('a'),
          aUser('b'),
          aUser('c', {}, { presence: 'hardDeleted', deletedAt: noon }),
          aGroup('g'),
          aGroup('h', {}, { presence: 'softDeleted', deletedAt: noon }),
        ]),
      )
      const { directory } = under().store
      expect(await directory.counts()).toEqual([
        { objectType: 'Group', presence: 'present', count: 1 },
        { objectType: 'Group', presence: 'softDeleted', count: 1 },
        { objectType: 'User', presence: 'hardDeleted', count: 1 },
        { objectType: 'User', presence: 'present', count: 2 },
      ])
      expect(await directory.presentIds('User')).toEqual(['a', 'b'])
      expect(await directory.presentIds('Group')).toEqual(['g'])
    })

    it('domains are those of principal names of people who are present, the most used first', async () => {
      await write((directory) =>
        directory.putObjects([
          aUser('a', { userPrincipalName: 'a@second.example' }),
          aUser('b', { userPrincipalName: 'b@First.example' }),
          aUser('c', { userPrincipalName: 'c@first.example' }),
          aUser('d', { userPrincipalName: 'no domain' }),
          aUser('e', { userPrincipalName: 'd@gone.example' }, { presence: 'softDeleted', deletedAt: noon }),
          aGroup('g', { userPrincipalName: 'g@group.example' }),
        ]),
      )
      expect(await under().store.directory.principalDomains()).toEqual([
        { domain: 'first.example', people: 2 },
        { domain: 'second.example', people: 1 },
      ])
    })
  })

  describe('looking up in the directory', () => {
    it('finds by id, principal name, mail or display name, without case, the exact id first', async () => {
      await write((directory) =>
        directory.putObjects([
          aUser('x1', { displayName: 'Mira' }),
          aUser('x2', { userPrincipalName: 'MIRA' }),
          aUser('x3', { mail: 'mira' }),
          aUser('x4', { jobTitle: 'mira', displayName: 'Mira Murat' }),
          aUser('mira', { displayName: 'somebody' }),
          aUser('MIRA', { displayName: 'somebody else' }),
        ]),
      )
      expect(ids(await under().store.directory.lookUp('mira'))).toEqual(['mira', 'MIRA', 'x1', 'x2', 'x3'])
      expect(ids(await under().store.directory.lookUp('X4'))).toEqual(['x4'])
      expect(await under().store.directory.lookUp('')).toEqual([])
    })

    it('knows case in every script', async () => {
      await write((directory) =>
        directory.putObjects([
          aUser('greek', { displayName: 'ΟΔΥΣΣΕΑΣ' }),
          aUser('german', { displayName: 'Straße' }),
          aUser('russian', { displayName: 'МИРА' }),
          aUser('wide', { displayName: 'Ｍｉｒａ' }),
          aUser('decomposed', { displayName: 'Mu\u0308ller' }),
        ]),
      )
      const { directory } = under().store
      expect(ids(await directory.lookUp('οδυσσεας'))).toEqual(['greek'])
      expect(ids(await directory.lookUp('STRASSE'))).toEqual(['german'])
      expect(ids(await directory.lookUp('мира'))).toEqual(['russian'])
      expect(ids(await directory.lookUp('mira'))).toEqual(['wide'])
      expect(ids(await directory.lookUp('MÜLLER'))).toEqual(['decomposed'])
      expect(ids((await directory.search({ text: 'ΔΥΣ', limit: 9, offset: 0 })).objects)).toEqual(['greek'])
    })

    it('tells long names apart that begin alike', async () => {
      const long = 'n'.repeat(5_000)
      await write((directory) =>
        directory.putObjects([aUser('one', { displayName: `${long}1` }), aUser('two', { displayName: `${long}2` })]),
      )
      expect(ids(await under().store.directory.lookUp(`${long}2`))).toEqual(['two'])
    })

    it('leaves out what is gone for good, unless it is asked for by id', async () => {
      await write((directory) =>
        directory.putObjects([
          aUser('old', { userPrincipalName: 'mira' }, { presence: 'hardDeleted', deletedAt: noon }),
          aUser('bin', { userPrincipalName: 'mira' }, { presence: 'softDeleted', deletedAt: noon }),
          aUser('new', { userPrincipalName: 'mira' }),
        ]),
      )
      const { directory } = under().store
      expect(ids(await directory.lookUp('mira'))).toEqual(['bin', 'new'])
      expect(ids(await directory.lookUp('OLD'))).toEqual(['old'])
      expect(await directory.search({ text: '', limit: 9, offset: 0 })).toMatchObject({ total: 2 })
    })
  })

  describe('searching the directory', () => {
    it('finds a part of any name or address, by type, in pages ordered by name', async () => {
      await write((directory) =>
        directory.putObjects([
          aUser('1', { displayName: 'Zoe', mail: 'captain@example.org' }),
          aUser('2', { displayName: 'anna', otherMails: ['x@example.org', 'the.Captain@example.org'] }),
          aUser('3', { displayName: 'Bert', givenName: 'Captain' }),
          aUser('4', { displayName: 'Nobody', jobTitle: 'Captain' }),
          aGroup('5', { displayName: 'Captains' }),
        ]),
      )
      const { directory } = under().store
      const found = await directory.search({ text: 'CAPTAIN', limit: 2, offset: 0 })
      expect(ids(found.objects)).toEqual(['2', '3'])
      expect(found.total).toBe(4)
      expect(ids((await directory.search({ text: 'captain', limit: 2, offset: 2 })).objects)).toEqual(['5', '1'])
      expect(
        ids((await directory.search({ text: 'captain', objectType: 'Group', limit: 9, offset: 0 })).objects),
      ).toEqual(['5'])
      expect((await directory.search({ text: '', limit: 1, offset: 0 })).total).toBe(5)
    })

    it('takes the text literally, and within one name', async () => {
      await write((directory) =>
        directory.putObjects([
          aUser('1', { displayName: '100% sure_thing' }),
          aUser('2', { displayName: '100 sure thing' }),
          aUser('3', { displayName: 'back\\slash', givenName: 'one', surname: 'two' }),
        ]),
      )
      const { directory } = under().store
      const found = async (text: string): Promise<readonly string[]> =>
        ids((await directory.search({ text, limit: 9, offset: 0 })).objects)
      expect(await found('0%')).toEqual(['1'])
      expect(await found('e_t')).toEqual(['1'])
      expect(await found('k\\s')).toEqual(['3'])
      expect(await found("'")).toEqual([])
      expect(await found('onetwo')).toEqual([])
    })
  })

  describe('members and assignments', () => {
    it('replacing the members of a group sets them all', async () => {
      await write(async (directory) => {
        await directory.replaceMembers('g', ['c', 'a', 'b', 'a'])
        await directory.replaceMembers('h', ['a'])
      })
      await write((directory) => directory.replaceMembers('g', ['b', 'd']))
      const { directory } = under().store
      expect(await directory.members(['g', 'h', 'empty'])).toEqual(
        new Map([
          ['g', ['b', 'd']],
          ['h', ['a']],
        ]),
      )
      expect(await directory.groupsOf(['a', 'b', 'c'])).toEqual(
        new Map([
          ['a', ['h']],
          ['b', ['g']],
        ]),
      )
      expect(await directory.members([])).toEqual(new Map())
    })

    it('assignments are put, read by principal, listed and deleted', async () => {
      const one = anAssignment('1', 'mira', { appRoleValue: 'admin' })
      const two = anAssignment('2', 'mira')
      const other = anAssignment('3', 'mira', { servicePrincipalId: 'other' })
      const group = anAssignment('4', 'crew', { principalType: 'Group' })
      await write((directory) => directory.putAssignments([one, two, other, group]))
      const { directory } = under().store
      expect(await directory.assignments('sp', ['mira', 'nobody'])).toEqual(new Map([['mira', [one, two]]]))
      expect(await directory.listAssignments('sp')).toEqual([group, one, two])
      await write(async (transaction) => {
        await transaction.putAssignments([{ ...two, appRoleDisplayName: 'Guest' }])
        await transaction.deleteAssignments(['1', 'unknown'])
      })
      expect(await directory.listAssignments('sp')).toEqual([group, { ...two, appRoleDisplayName: 'Guest' }])
    })

    it('paths lead straight, or through groups that are present', async () => {
      const role = { appRoleId: 'role-user', appRoleDisplayName: 'User', appRoleValue: null }
      await write(async (directory) => {
        await directory.putObjects([
          aUser('mira'),
          aGroup('crew', { displayName: 'Crew' }),
          aGroup('binned', { displayName: 'Binned' }, { presence: 'softDeleted', deletedAt: noon }),
        ])
        await directory.replaceMembers('crew', ['mira', 'tom', 'nested'])
        await directory.replaceMembers('binned', ['mira', 'zoe'])
        await directory.replaceMembers('nested', ['ida'])
        await directory.putAssignments([
          anAssignment('1', 'mira', { appRoleId: 'role-admin', appRoleDisplayName: 'Admin', appRoleValue: 'admin' }),
          anAssignment('2', 'crew', { principalType: 'Group' }),
          anAssignment('3', 'binned', { principalType: 'Group' }),
          anAssignment('4', 'tom', { servicePrincipalId: 'other' }),
        ])
      })
      const throughCrew = { kind: 'group', groupId: 'crew', groupDisplayName: 'Crew', ...role }
      expect(await under().store.directory.assignmentPaths('sp', ['mira', 'tom', 'zoe', 'ida', 'crew'])).toEqual(
        new Map([
          [
            'mira',
            [
              { kind: 'direct', appRoleId: 'role-admin', appRoleDisplayName: 'Admin', appRoleValue: 'admin' },
              throughCrew,
            ],
          ],
          ['tom', [throughCrew]],
          ['crew', [{ kind: 'direct', ...role }]],
        ]),
      )
    })
  })
}

/* The part of roles in the store contract. */
import { describe, expect, it } from 'vitest'
import { anAccount, aUser, noon } from '../../../test/builders/stored.ts'
import type { RoleAssignment, RoleDefinition } from '../../vocabulary/index.ts'
import type { AccessStore, DirectoryApplication } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

const aRole = (roleDefinitionId: string, more: Partial<RoleDefinition> = {}): RoleDefinition => ({
  roleDefinitionId,
  displayName: 'Job keeper',
  description: null,
  isEnabled: true,
  allowedResourceActions: ['muster/plans/apply'],
  ...more,
})

const anAssignment = (roleAssignmentId: string, more: Partial<RoleAssignment> = {}): RoleAssignment => ({
  roleAssignmentId,
  principalId: 'mira',
  roleDefinitionId: 'keeper',
  directoryScopeId: '/',
  createdAt: noon,
  ...more,
})

export function accessContract(under: () => StoreUnderTest): void {
  const access = (): AccessStore => under().store.access

  describe('roles', () => {
    it('come back as they were put, in order of id, and are replaced by id', async () => {
      await access().putRole(aRole('b', { description: 'Keeps jobs. ß', isEnabled: false }))
      await access().putRole(aRole('a'))
      await access().putRole(aRole('a', { displayName: 'Another', allowedResourceActions: [] }))
      expect(await access().customRoles()).toEqual([
        aRole('a', { displayName: 'Another', allowedResourceActions: [] }),
        aRole('b', { description: 'Keeps jobs. ß', isEnabled: false }),
      ])
    })

    it('are deleted when nobody has them', async () => {
      await access().putRole(aRole('keeper'))
      await access().addAssignment(anAssignment('1'))
      expect(await access().deleteRole('keeper')).toBe('inUse')
      expect(await access().customRoles()).toHaveLength(1)
      expect(await access().removeAssignment('1')).toBe(true)
      expect(await access().deleteRole('keeper')).toBe('deleted')
      expect(await access().deleteRole('keeper')).toBe('notThere')
    })

    it('are given to somebody once on each scope', async () => {
      expect(await access().addAssignment(anAssignment('2'))).toBe(true)
      expect(await access().addAssignment(anAssignment('3'))).toBe(false)
      expect(await access().addAssignment(anAssignment('1', { directoryScopeId: '/slack' }))).toBe(true)
      expect(await access().addAssignment(anAssignment('4', { principalId: 'tom' }))).toBe(true)
      const ids = (assignments: readonly RoleAssignment[]): readonly string[] =>
        assignments.map(({ roleAssignmentId }) => roleAssignmentId)
      expect(ids(await access().assignments())).toEqual(['1', '2', '4'])
      expect(await access().assignmentsOf('mira')).toEqual([
        anAssignment('1', { directoryScopeId: '/slack' }),
        anAssignment('2'),
      ])
      expect(await access().removeAssignment('3')).toBe(false)
      expect(await access().removeAssignment('2')).toBe(true)
      expect(ids(await access().assignmentsOf('mira'))).toEqual(['1'])
    })

    it('leave whoever is deleted for good, and stay with whoever is in the recycle bin', async () => {
      const { directory } = under().store
      await directory.transaction((transaction) => transaction.putObjects([aUser('mira'), aUser('tom')]))
      await access().addAssignment(anAssignment('1'))
      await access().addAssignment(anAssignment('2', { principalId: 'tom' }))
      await directory.transaction((transaction) =>
        transaction.putObjects([
          aUser('mira', {}, { presence: 'hardDeleted', deletedAt: noon }),
          aUser('tom', {}, { presence: 'softDeleted', deletedAt: noon }),
        ]),
      )
      expect(await access().assignments()).toEqual([anAssignment('2', { principalId: 'tom' })])
    })

    it('stay with an account whose person is deleted for good, and go with the account', async () => {
      const { directory, accounts } = under().store
      await directory.transaction((transaction) => transaction.putObjects([aUser('mira')]))
      await accounts.create(anAccount('mira'))
      await access().addAssignment(anAssignment('1'))
      await directory.transaction((transaction) =>
        transaction.putObjects([aUser('mira', {}, { presence: 'hardDeleted', deletedAt: noon })]),
      )
      expect(await access().assignmentsOf('mira')).toHaveLength(1)
      await accounts.delete('mira')
      expect(await access().assignmentsOf('mira')).toEqual([])
    })

    it('on an application, and of a program, go with it', async () => {
      const { directory } = under().store
      const program: DirectoryApplication = {
        objectId: 'slack',
        objectType: 'ServicePrincipal',
        presence: 'present',
        deletedAt: null,
        appId: 'app',
        properties: {},
      }
      await directory.transaction((transaction) => transaction.putApplications([program]))
      await access().addAssignment(anAssignment('1', { directoryScopeId: '/slack' }))
      await access().addAssignment(anAssignment('2', { principalId: 'slack' }))
      await access().addAssignment(anAssignment('3'))
      await directory.transaction((transaction) => transaction.deleteApplications(['slack']))
      expect(await access().assignments()).toEqual([anAssignment('3')])
    })
  })
}

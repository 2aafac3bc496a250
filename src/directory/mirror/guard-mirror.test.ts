/* What is of the tenant is not changed here; what is not of it can be, so that it can go. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aGroup, aUser } from '../../../test/builders/stored.ts'
import { openSqliteStore } from '../../store/index.ts'
import type { DirectoryStore, DirectoryTransaction, Store } from '../../store/store.ts'
import { DirectoryRefusal } from '../refusal.ts'
import { guardMirror } from './guard-mirror.ts'

let store: Store
let guarded: DirectoryStore

beforeEach(async () => {
  store = await openSqliteStore({ file: ':memory:' })
  await store.directory.transaction(async (transaction) => {
    await transaction.putObjects([aUser('theirs'), aUser('ours'), aGroup('their-group'), aGroup('our-group')])
    await transaction.noteMirrored('User', ['theirs'], 1)
    await transaction.noteMirrored('Group', ['their-group'], 1)
  })
  guarded = guardMirror(store.directory, {
    tenant: 'acme.example',
    servicePrincipalIds: () => Promise.resolve(['slack']),
  })
})
afterEach(() => store.close())

const write = (work: (transaction: DirectoryTransaction) => Promise<void>): Promise<void> => guarded.transaction(work)
const assignment = (principalId: string, servicePrincipalId = 'slack') => ({
  assignmentId: `${principalId} ${servicePrincipalId}`,
  servicePrincipalId,
  principalId,
  principalType: 'User' as const,
  appRoleId: 'role',
  appRoleDisplayName: 'User',
  appRoleValue: null,
  createdAt: null,
})

test.each<[string, (transaction: DirectoryTransaction) => Promise<void>]>([
  ['a person of the tenant', (to) => to.putObjects([aUser('theirs', { jobTitle: 'Captain' })])],
  ['a person of the tenant among others', (to) => to.putObjects([aUser('ours'), aUser('theirs')])],
  ['somebody new', (to) => to.putObjects([aUser('new')])],
  ['who is in a group of the tenant', (to) => to.changeMembers('their-group', { added: ['ours'], removed: [] })],
  ['everybody in a group of the tenant', (to) => to.replaceMembers('their-group', [])],
  ['the assignment of a person of the tenant', (to) => to.putAssignments([assignment('theirs')])],
])('%s cannot be changed, and nothing is', async (_, work) => {
  const before = await store.directory.changesWaiting(0)
  const refused: unknown = await write(work).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(DirectoryRefusal)
  expect(refused).toMatchObject({ kind: 'mirrored' })
  expect(String(refused)).toContain('Change it in Microsoft Entra')
  expect(await store.directory.changesWaiting(0)).toEqual(before)
})

test('an assignment of the tenant cannot be taken back here, one of somebody else can', async () => {
  await store.directory.transaction((to) => to.putAssignments([assignment('theirs'), assignment('ours')]))
  await expect(write((to) => to.deleteAssignments(['theirs slack']))).rejects.toBeInstanceOf(DirectoryRefusal)
  await write((to) => to.deleteAssignments(['ours slack', 'nobody slack']))
  expect((await store.directory.listAssignments('slack')).map((each) => each.principalId)).toEqual(['theirs'])
})

test('what is not of the tenant can be changed, and so can assignments of other applications', async () => {
  await write(async (to) => {
    await to.putObjects([aUser('ours', {}, { presence: 'softDeleted', deletedAt: 1 })])
    await to.changeMembers('our-group', { added: ['theirs'], removed: [] })
    await to.putAssignments([assignment('ours'), assignment('theirs', 'graph')])
  })
  expect((await store.directory.objects(['ours']))[0]?.presence).toBe('softDeleted')
  expect(await store.directory.listAssignments('graph')).toHaveLength(1)
})

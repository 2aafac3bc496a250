import {
  assign,
  addMember,
  changeObject,
  createObject,
  deleteObject,
  purgeObject,
  removeMember,
  restoreObject,
  unassign,
} from '../../directory/index.ts'
import { openSqliteStore } from '../../store/index.ts'
import type { DirectoryObject } from '../../store/store.ts'
import { sourceContract } from '../source.contract.ts'
import { createDirectorySource } from './index.ts'

const servicePrincipalId = 'slack'
const now = Date.UTC(2026, 0, 5)

sourceContract(
  'directory',
  async () => {
    const store = await openSqliteStore({ file: ':memory:' })
    const { directory } = store
    let made = 0
    const newId = (): string => {
      made += 1
      return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`
    }
    async function named(objectId: string): Promise<DirectoryObject> {
      const [found] = await directory.objects([objectId])
      if (found === undefined) throw new Error(`no ${objectId}`)
      return found
    }
    return {
      source: createDirectorySource({ directory, servicePrincipalId }),
      addPerson: async (displayName) => {
        const attributes = { displayName, accountEnabled: true }
        return (await createObject(directory, { objectId: newId(), objectType: 'User', attributes })).objectId
      },
      setTitle: (id, jobTitle) => changeObject(directory, id, 'User', { jobTitle }),
      setManager: (id, manager) => changeObject(directory, id, 'User', { manager }),
      addGroup: async (displayName, members) => {
        const attributes = { displayName, securityEnabled: true }
        return (await createObject(directory, { objectId: newId(), objectType: 'Group', attributes, members })).objectId
      },
      join: (group, member) => addMember(directory, group, member),
      leave: (group, member) => removeMember(directory, group, member),
      assign: async (id) =>
        void (await assign(directory, { servicePrincipalId, principal: await named(id), assignmentId: newId() })),
      unassign: async (id) => void (await unassign(directory, servicePrincipalId, await named(id))),
      softDelete: (id) => deleteObject(directory, id, 'User', now),
      restore: async (id) => void (await restoreObject(directory, id, { now })),
      purge: (id) => purgeObject(directory, id, now),
      break: () => undefined,
      mend: () => undefined,
      tearDown: () => store.close(),
    }
  },
  { neverBreaks: 'it lies in the store that everything else lies in' },
)

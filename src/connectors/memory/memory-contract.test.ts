import { ConnectorError, type AssignmentPath } from '../../vocabulary/index.ts'
import { sourceContract } from '../source.contract.ts'
import { createMemorySource } from './index.ts'

const role = { appRoleId: 'role', appRoleDisplayName: 'User', appRoleValue: null }

sourceContract('memory', () => {
  const source = createMemorySource()
  const groups = new Map<string, { readonly name: string; readonly members: Set<string>; isAssigned: boolean }>()
  const direct = new Set<string>()
  let made = 0
  const newId = (): string => {
    made += 1
    return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`
  }
  const refused = new ConnectorError('The credentials are refused.', {
    code: 'Unauthorized',
    scope: 'job',
    retry: 'nextCycle',
  })

  function pathsOf(id: string): readonly AssignmentPath[] {
    const through = [...groups].filter(([, group]) => group.isAssigned && group.members.has(id))
    return [
      ...(direct.has(id) ? [{ kind: 'direct' as const, ...role }] : []),
      ...through.map(([groupId, { name }]) => ({ kind: 'group' as const, groupId, groupDisplayName: name, ...role })),
    ]
  }
  const reassign = (id: string): void => source.assign('User', id, pathsOf(id))
  function putGroup(id: string): void {
    const group = groups.get(id)
    if (group === undefined) return
    const attributes = { displayName: group.name, securityEnabled: true, members: [...group.members] }
    const assignments = group.isAssigned ? [{ kind: 'direct' as const, ...role }] : []
    source.put({ objectType: 'Group', anchor: id, presence: 'present', attributes, assignments })
  }
  function setAssigned(id: string, isAssigned: boolean): void {
    const group = groups.get(id)
    if (group === undefined) {
      if (isAssigned) direct.add(id)
      else direct.delete(id)
      reassign(id)
      return
    }
    group.isAssigned = isAssigned
    putGroup(id)
    for (const member of group.members) reassign(member)
  }
  const done = Promise.resolve()
  return Promise.resolve({
    source,
    addPerson: (displayName) => {
      const anchor = newId()
      const attributes = { displayName, accountEnabled: true }
      source.put({ objectType: 'User', anchor, presence: 'present', attributes, assignments: [] })
      return Promise.resolve(anchor)
    },
    setTitle: (id, jobTitle) => (source.change('User', id, { jobTitle }), done),
    setManager: (id, manager) => (source.change('User', id, { manager }), done),
    addGroup: (name, members) => {
      const id = newId()
      groups.set(id, { name, members: new Set(members), isAssigned: false })
      putGroup(id)
      return Promise.resolve(id)
    },
    join: (group, member) => {
      groups.get(group)?.members.add(member)
      putGroup(group)
      reassign(member)
      return done
    },
    leave: (group, member) => {
      groups.get(group)?.members.delete(member)
      putGroup(group)
      reassign(member)
      return done
    },
    assign: (id) => (setAssigned(id, true), done),
    unassign: (id) => (setAssigned(id, false), done),
    softDelete: (id) => (source.softDelete('User', id), done),
    restore: (id) => (source.restore('User', id), done),
    purge: (id) => (source.hardDelete('User', id), done),
    break: () => {
      source.refuseCredentials(refused)
      source.breakOffAfterPages(0)
    },
    mend: () => source.refuseCredentials(null),
    tearDown: () => done,
  })
})

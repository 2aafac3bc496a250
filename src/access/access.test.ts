import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RoleAssignment, RoleDefinition } from '../vocabulary/index.ts'
import {
  actionNames,
  appPermissions,
  builtInRoles,
  dependsOnOwner,
  isAction,
  missingActions,
  operatorGrants,
  ownerGrants,
  permissionGrants,
  reachOf,
  roleGrants,
  rolesWith,
  type Action,
  type Grant,
} from './index.ts'

const roleCalled = (name: string): RoleDefinition => {
  const found = builtInRoles.find(({ displayName }) => displayName === name)
  if (found === undefined) throw new Error(`There is no role ${name}.`)
  return found
}

const given = (name: string, directoryScopeId = '/'): RoleAssignment => ({
  roleAssignmentId: `${name} on ${directoryScopeId}`,
  principalId: 'mira',
  roleDefinitionId: roleCalled(name).roleDefinitionId,
  directoryScopeId,
  createdAt: 0,
})

const may = (grants: readonly Grant[], action: Action, on: Parameters<typeof missingActions>[2] = 'everything') =>
  missingActions(grants, [action], on).length === 0

const mine = { id: 'slack', isOwned: true }
const another = { id: 'another', isOwned: false }
const configure: Action = 'microsoft.directory/servicePrincipals/synchronizationSchema/manage'
const readLog: Action = 'microsoft.directory/provisioningLogs/allProperties/read'
const readConfiguration: Action = 'microsoft.directory/servicePrincipals/synchronization/standard/read'
const assign: Action = 'microsoft.directory/servicePrincipals/appRoleAssignedTo/update'

describe('the table of spec section 16', () => {
  const rows: readonly (readonly [string, { configure: boolean; assign: boolean; readLog: boolean }])[] = [
    ['Application Administrator', { configure: true, assign: true, readLog: true }],
    ['Cloud Application Administrator', { configure: true, assign: true, readLog: true }],
    ['User Administrator', { configure: false, assign: true, readLog: false }],
    ['Hybrid Identity Administrator', { configure: false, assign: false, readLog: false }],
    ['Reports Reader', { configure: false, assign: false, readLog: true }],
    ['Security Reader', { configure: false, assign: false, readLog: true }],
    ['Security Operator', { configure: false, assign: false, readLog: true }],
    ['Security Administrator', { configure: false, assign: false, readLog: true }],
    ['Global Reader', { configure: false, assign: false, readLog: true }],
  ]
  it.each(rows)('%s', (name, expected) => {
    const grants = roleGrants([given(name)], [])
    expect({
      configure: may(grants, configure),
      assign: may(grants, assign),
      readLog: may(grants, readLog),
    }).toEqual(expected)
  })

  it('an Application Owner may all of it on his own application, and nothing elsewhere', () => {
    for (const action of [configure, assign, readLog, readConfiguration]) {
      expect(may(ownerGrants, action, mine)).toBe(true)
      expect(may(ownerGrants, action, another)).toBe(false)
      expect(may(ownerGrants, action)).toBe(false)
    }
    expect(may(ownerGrants, 'microsoft.directory/servicePrincipals/owners/update', mine)).toBe(true)
  })

  it('a Global Reader reads the configuration, which Microsoft’s cannot (section 19 point 23)', () => {
    expect(may(roleGrants([given('Global Reader')], []), readConfiguration)).toBe(true)
  })

  it('a Global Reader changes nothing', () => {
    const changing = roleCalled('Global Reader').allowedResourceActions.filter((name) => !name.endsWith('/read'))
    expect(changing).toEqual([])
  })
})

it('every role and permission consists of actions that exist, and every action is of some role', () => {
  const named = [
    ...builtInRoles.flatMap(({ allowedResourceActions }) => allowedResourceActions),
    ...Object.values(appPermissions).flatMap(({ everywhere, owned = [] }) => [...everywhere, ...owned]),
  ]
  expect(named.filter((name) => !isAction(name))).toEqual([])
  expect(roleCalled('Global Administrator').allowedResourceActions).toEqual(actionNames)
})

it('a role on one application reaches no other, and not the directory', () => {
  const grants = roleGrants([given('Application Administrator', '/slack')], [])
  expect(may(grants, configure, { id: 'slack', isOwned: false })).toBe(true)
  expect(may(grants, configure, another)).toBe(false)
  expect(may(grants, 'microsoft.directory/users/standard/read')).toBe(false)
})

it('a role that is switched off, or gone, gives nothing', () => {
  const assignment = { ...given('Reports Reader'), roleDefinitionId: 'own' }
  const own: RoleDefinition = { ...roleCalled('Reports Reader'), roleDefinitionId: 'own' }
  expect(roleGrants([assignment], [own])).toHaveLength(1)
  expect(roleGrants([assignment], [{ ...own, isEnabled: false }])).toEqual([])
  expect(roleGrants([assignment], [])).toEqual([])
})

it('Application.ReadWrite.OwnedBy manages applications of its own, provisioning included, and lists all', () => {
  const grants = permissionGrants(['Application.ReadWrite.OwnedBy'])
  expect(may(grants, configure, mine)).toBe(true)
  expect(may(grants, configure, another)).toBe(false)
  expect(may(grants, 'microsoft.directory/applicationTemplates/instantiate')).toBe(true)
  expect(may(grants, 'microsoft.directory/servicePrincipals/standard/read')).toBe(true)
  expect(may(grants, 'microsoft.directory/servicePrincipals/delete', another)).toBe(false)
})

it('a permission nobody knows gives nothing, whatever it is called', () => {
  expect(permissionGrants(['Mail.Read', 'toString', '__proto__', 'constructor'])).toEqual([])
})

describe('decisions', () => {
  const anAction = fc.constantFrom(...actionNames)
  const someActions = fc.uniqueArray(anAction, { maxLength: 6 })
  const aGrant: fc.Arbitrary<Grant> = fc.record({
    through: fc.constant('something'),
    actions: someActions.map((names) => new Set<string>(names)),
    on: fc.oneof(
      fc.constant('everything' as const),
      fc.constant('owned' as const),
      fc.constantFrom('a', 'b').map((servicePrincipalId) => ({ servicePrincipalId })),
    ),
  })
  const grantsGiven = fc.array(aGrant, { maxLength: 5 })
  const aSubject = fc.oneof(
    fc.constant('everything' as const),
    fc.record({ id: fc.constantFrom('a', 'b', 'c'), isOwned: fc.boolean() }),
  )

  it('deny by default: without grants nothing that requires something is allowed', () => {
    fc.assert(
      fc.property(someActions, aSubject, (required, subject) => {
        expect(missingActions([], required, subject)).toEqual(required)
      }),
    )
  })

  it('one more grant never takes anything away, and what is required more is never easier', () => {
    fc.assert(
      fc.property(grantsGiven, aGrant, someActions, anAction, aSubject, (grants, more, required, another, subject) => {
        const missing = missingActions(grants, required, subject)
        expect(missing).toEqual(expect.arrayContaining([...missingActions([...grants, more], required, subject)]))
        expect(missingActions(grants, [...required, another], subject).length).toBeGreaterThanOrEqual(missing.length)
      }),
    )
  })

  it('what is allowed on everything is allowed on each, owned or not', () => {
    fc.assert(
      fc.property(grantsGiven, someActions, aSubject, (grants, required, subject) => {
        fc.pre(missingActions(grants, required, 'everything').length === 0)
        expect(missingActions(grants, required, subject)).toEqual([])
      }),
    )
  })

  it('a list shows exactly the applications on which the action would be allowed', () => {
    const ids = ['a', 'b', 'c']
    const owned = fc.subarray(ids).map((each) => new Set(each))
    fc.assert(
      fc.property(grantsGiven, someActions, fc.constantFrom(...ids), owned, (grants, required, id, ownedIds) => {
        fc.pre(required.length > 0)
        const reach = reachOf(grants, required, ownedIds)
        const isAllowed = missingActions(grants, required, { id, isOwned: ownedIds.has(id) }).length === 0
        expect(reach === 'everything' || reach.has(id)).toBe(isAllowed)
      }),
    )
  })

  it('ownership is worth finding out exactly where it decides', () => {
    fc.assert(
      fc.property(grantsGiven, someActions, (grants, required) => {
        const denied = (isOwned: boolean): boolean => missingActions(grants, required, { id: 'a', isOwned }).length > 0
        expect(dependsOnOwner(grants, required, 'a')).toBe(denied(false) && !denied(true))
      }),
    )
  })
})

it('says which roles would do', () => {
  expect(rolesWith([configure], true)).toEqual([
    'Global Administrator',
    'Application Administrator',
    'Cloud Application Administrator',
    'Application Owner',
  ])
  expect(rolesWith(['muster/directory/import'], false)).toEqual([
    'Global Administrator',
    'Hybrid Identity Administrator',
  ])
})

it('the operator key may do everything', () => {
  expect(missingActions(operatorGrants, actionNames, 'everything')).toEqual([])
})

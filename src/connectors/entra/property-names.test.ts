import { expect, test } from 'vitest'
import { neededAttributes, slackSchema } from '../../provisioning/index.ts'
import { graphProperty, selectFor, sourceAttributes } from './property-names.ts'

const extension = 'extension_0123456789abcdef0123456789abcdef_shoeSize'

test.each([
  ['telephoneNumber', 'businessPhones'],
  ['mobile', 'mobilePhone'],
  ['facsimileTelephoneNumber', 'faxNumber'],
  ['physicalDeliveryOfficeName', 'officeLocation'],
  ['dirSyncEnabled', 'onPremisesSyncEnabled'],
  ['extensionAttribute7', 'onPremisesExtensionAttributes'],
  ['employeeOrgData.costCenter', 'employeeOrgData'],
  ['manager', 'manager'],
  ['jobTitle', 'jobTitle'],
  [extension, extension],
  // Computed by the engine, or known to nobody: a request that names one would be refused whole.
  ['IsSoftDeleted', null],
  ['appRoleAssignments', null],
  ['objectId', null],
  ['extensionAttribute16', null],
  ['shoeSize', null],
])('%s of the mappings is %s of Graph', (name, property) => {
  expect(graphProperty('User', name)).toBe(property)
})

test('what is asked for is what the mappings read, and what everybody is known by', () => {
  expect(
    selectFor('User', ['jobTitle', 'extensionAttribute1', 'extensionAttribute2', 'IsSoftDeleted', 'jobTitle']),
  ).toEqual([
    'accountEnabled',
    'displayName',
    'id',
    'jobTitle',
    'mail',
    'onPremisesExtensionAttributes',
    'userPrincipalName',
    'userType',
  ])
  const needed = neededAttributes([slackSchema({ id: 'job', version: '1', provisionGroups: true })])
  expect(needed.User).toEqual(expect.arrayContaining(['jobTitle', 'manager', 'telephoneNumber']))
  expect(selectFor('User', needed.User)).toEqual(expect.arrayContaining(['businessPhones', 'manager', 'mobilePhone']))
  expect(selectFor('Group', needed.Group)).toContain('members')
})

test('a person comes back by the names of the mappings; what is emptied is null, what is unknown is left out', () => {
  const read = sourceAttributes('User', {
    '@odata.type': '#microsoft.graph.user',
    id: 'a',
    displayName: 'Ana Able',
    businessPhones: ['+1 206 555 0100', '+1 206 555 0101'],
    mobilePhone: null,
    officeLocation: '12/1110',
    onPremisesSyncEnabled: true,
    accountEnabled: false,
    proxyAddresses: ['SMTP:ana@acme.example'],
    otherMails: [],
    employeeOrgData: { costCenter: 'C1', division: null },
    onPremisesExtensionAttributes: { extensionAttribute1: 'one', extensionAttribute2: null },
    'manager@delta': [{ id: 'old', '@removed': { reason: 'deleted' } }, { id: 'boss' }],
    [extension]: 43,
    assignedPlans: [{ service: 'exchange' }],
    somethingNew: 'x',
  })
  expect(read).toMatchObject({
    displayName: 'Ana Able',
    telephoneNumber: '+1 206 555 0100',
    mobile: null,
    physicalDeliveryOfficeName: '12/1110',
    dirSyncEnabled: true,
    accountEnabled: false,
    proxyAddresses: ['SMTP:ana@acme.example'],
    otherMails: null,
    'employeeOrgData.costCenter': 'C1',
    'employeeOrgData.division': null,
    extensionAttribute1: 'one',
    extensionAttribute2: null,
    manager: 'boss',
    [extension]: 43,
  })
  for (const name of ['id', '@odata.type', 'assignedPlans', 'somethingNew', 'businessPhones'])
    expect(Object.keys(read)).not.toContain(name)
})

test('no phone, no manager and no extension attributes are said as such', () => {
  expect(
    sourceAttributes('User', {
      businessPhones: [],
      'manager@delta': [{ id: 'old', '@removed': { reason: 'deleted' } }],
      employeeOrgData: null,
    }),
  ).toEqual({
    telephoneNumber: null,
    manager: null,
    'employeeOrgData.costCenter': null,
    'employeeOrgData.division': null,
  })
})

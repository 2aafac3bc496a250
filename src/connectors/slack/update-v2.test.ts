import { expect, test } from 'vitest'
import type { TargetAttributes } from '../../vocabulary/index.ts'
import type { AttributeWrite } from '../target.ts'
import { slackV2 } from './dialects.ts'

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const mapped = 'urn:scim:schemas:extension:enterprise:1.0.'
const wire = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function set(attribute: string, value: string | boolean): AttributeWrite {
  return { attribute, kind: 'set', value }
}

function cleared(attribute: string): AttributeWrite {
  return { attribute, kind: 'cleared' }
}

function operations(changes: readonly AttributeWrite[], known: TargetAttributes = {}): unknown {
  const { body } = slackV2.updateBody('User', changes, known)
  expect(body?.schemas).toEqual([patchOp])
  return body?.Operations
}

test('one operation for each attribute, with real booleans', () => {
  expect(operations([set('active', 'False'), set('title', 'Captain'), set('name.givenName', 'Mira')])).toEqual([
    { op: 'replace', path: 'active', value: false },
    { op: 'replace', path: 'title', value: 'Captain' },
    { op: 'replace', path: 'name.givenName', value: 'Mira' },
  ])
})

test('the primary e-mail alone is replaced, the secondary one stays', () => {
  expect(operations([set('emails[type eq "work"].value', 'mira@acme.example')])).toEqual([
    { op: 'replace', path: 'emails[primary eq true].value', value: 'mira@acme.example' },
  ])
})

test('fields of the extension are joined by a colon, the manager by dots', () => {
  expect(
    operations([set(`${mapped}division`, 'North'), set(`${mapped}manager`, 'U0BOSS'), cleared(`${mapped}department`)]),
  ).toEqual([
    { op: 'replace', path: `${wire}:division`, value: 'North' },
    { op: 'replace', path: `${wire}.manager.managerId`, value: 'U0BOSS' },
    { op: 'remove', path: `${wire}:department` },
  ])
})

test('the address and the phones are written whole, and taken away when nothing is left', () => {
  const known = {
    'addresses[type eq "untyped"].locality': 'Oslo',
    'addresses[type eq "untyped"].country': 'NO',
    'phoneNumbers[type eq "work"].value': '222',
  }
  const changes = [cleared('addresses[type eq "untyped"].locality'), cleared('phoneNumbers[type eq "work"].value')]
  expect(operations(changes, known)).toEqual([
    { op: 'replace', path: 'addresses', value: [{ country: 'NO', primary: true }] },
    { op: 'remove', path: 'phoneNumbers' },
  ])
})

test('a create is the same resource under the newer URNs', () => {
  const { body } = slackV2.createBody('User', { userName: 'mira', [`${mapped}division`]: 'North' })
  expect(body).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', wire],
    userName: 'mira',
    [wire]: { division: 'North' },
  })
  expect(slackV2.createBody('Group', { displayName: 'Sales' }).body).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Sales',
  })
})

test('members: a remove is only sent with values, because without any it empties the group', () => {
  expect(slackV2.membersBody({ add: ['U1'], remove: [] })).toEqual({
    schemas: [patchOp],
    Operations: [{ op: 'add', path: 'members', value: [{ value: 'U1' }] }],
  })
  expect(slackV2.membersBody({ add: [], remove: ['U2'] }).Operations).toEqual([
    { op: 'remove', path: 'members', value: [{ value: 'U2' }] },
  ])
})

test('both versions read into the same names, so that a job may change the version', () => {
  const resource = {
    id: 'U1',
    userName: 'mira',
    active: true,
    [wire]: { department: 'Finance', manager: { managerId: 'U0BOSS' } },
  }
  expect(slackV2.readResource('User', resource)?.attributes).toMatchObject({
    [`${mapped}department`]: 'Finance',
    [`${mapped}manager`]: 'U0BOSS',
  })
})

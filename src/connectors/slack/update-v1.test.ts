import { expect, test } from 'vitest'
import type { TargetAttributes } from '../../vocabulary/index.ts'
import type { AttributeWrite } from '../target.ts'
import { placements } from './attributes.ts'
import { slackV1 } from './dialects.ts'

const core = 'urn:scim:schemas:core:1.0'
const enterprise = 'urn:scim:schemas:extension:enterprise:1.0'

function set(attribute: string, value: string | boolean): AttributeWrite {
  return { attribute, kind: 'set', value }
}

function cleared(attribute: string): AttributeWrite {
  return { attribute, kind: 'cleared' }
}

function update(changes: readonly AttributeWrite[], known: TargetAttributes = {}): unknown {
  return slackV1.updateBody('User', changes, known).body
}

test('the mapping has thirty target attributes (slack.md section 8)', () => {
  expect(placements.size).toBe(30)
})

test('a create carries every attribute in its place', () => {
  const values = Object.fromEntries([...placements.keys()].map((attribute) => [attribute, `<${attribute}>`]))
  const { body } = slackV1.createBody('User', {
    ...values,
    active: 'True',
    locale: 'en-US',
    preferredLanguage: 'nb-NO',
  })
  const address = (part: string): string => `<addresses[type eq "untyped"].${part}>`
  expect(body).toEqual({
    schemas: [core, enterprise],
    active: true,
    externalId: '<externalId>',
    displayName: '<displayName>',
    name: {
      familyName: '<name.familyName>',
      givenName: '<name.givenName>',
      honorificPrefix: '<name.honorificPrefix>',
    },
    title: '<title>',
    emails: [{ value: '<emails[type eq "work"].value>', type: 'work', primary: true }],
    userName: '<userName>',
    nickName: '<nickName>',
    addresses: [
      {
        streetAddress: address('streetAddress'),
        locality: address('locality'),
        region: address('region'),
        postalCode: address('postalCode'),
        country: address('country'),
        primary: true,
      },
    ],
    phoneNumbers: [
      { value: '<phoneNumbers[type eq "mobile"].value>', type: 'mobile' },
      { value: '<phoneNumbers[type eq "work"].value>', type: 'work' },
    ],
    roles: [{ value: '<roles[primary eq "True"].value>', primary: true }],
    locale: 'en_US',
    photos: [{ value: '<photos[type eq "photo"].value>', type: 'photo', primary: true }],
    profileUrl: '<profileUrl>',
    timezone: '<timezone>',
    userType: '<userType>',
    preferredLanguage: 'nb_NO',
    [enterprise]: {
      department: `<${enterprise}.department>`,
      manager: { managerId: `<${enterprise}.manager>` },
      employeeNumber: `<${enterprise}.employeeNumber>`,
      costCenter: `<${enterprise}.costCenter>`,
      organization: `<${enterprise}.organization>`,
      division: `<${enterprise}.division>`,
    },
  })
})

test('schemas are always sent, the extension only with something in it', () => {
  expect(update([set('title', 'Captain')])).toEqual({ schemas: [core], title: 'Captain' })
  expect(update([set(`${enterprise}.division`, 'North')])).toEqual({
    schemas: [core, enterprise],
    [enterprise]: { division: 'North' },
  })
})

test('an update of one address part repeats the others', () => {
  const known = { 'addresses[type eq "untyped"].locality': 'Oslo', 'addresses[type eq "untyped"].country': 'NO' }
  expect(update([set('addresses[type eq "untyped"].locality', 'Bergen')], known)).toEqual({
    schemas: [core],
    addresses: [{ locality: 'Bergen', country: 'NO', primary: true }],
  })
})

test('an update of one phone repeats the other', () => {
  const known = { 'phoneNumbers[type eq "mobile"].value': '333', 'phoneNumbers[type eq "work"].value': '222' }
  expect(update([set('phoneNumbers[type eq "work"].value', '111')], known)).toEqual({
    schemas: [core],
    phoneNumbers: [
      { value: '333', type: 'mobile' },
      { value: '111', type: 'work' },
    ],
  })
})

test('a single field is emptied by one blank', () => {
  expect(update([cleared('title'), cleared('name.honorificPrefix')])).toEqual({
    schemas: [core],
    title: ' ',
    name: { honorificPrefix: ' ' },
  })
})

test('lists and fields of the extension are emptied by name', () => {
  expect(update([cleared('roles[primary eq "True"].value'), cleared(`${enterprise}.department`)])).toEqual({
    schemas: [core],
    meta: { attributes: ['roles', `${enterprise}.department`] },
  })
})

test('of an address or the phones one part is blanked beside the others, the last one is emptied by name', () => {
  const phones = { 'phoneNumbers[type eq "mobile"].value': '333', 'phoneNumbers[type eq "work"].value': '222' }
  expect(update([cleared('phoneNumbers[type eq "mobile"].value')], phones)).toEqual({
    schemas: [core],
    phoneNumbers: [
      { value: ' ', type: 'mobile' },
      { value: '222', type: 'work' },
    ],
  })
  const city = { 'addresses[type eq "untyped"].locality': 'Oslo' }
  expect(update([cleared('addresses[type eq "untyped"].locality')], city)).toEqual({
    schemas: [core],
    meta: { attributes: ['addresses'] },
  })
})

test('a person without e-mail or userName is refused before anything is sent', () => {
  for (const attribute of ['emails[type eq "work"].value', 'userName', 'nickName', 'active']) {
    expect(() => update([cleared(attribute)])).toThrow(expect.objectContaining({ code: 'MandatoryFieldsMissing' }))
  }
})

test('an attribute Slack does not have is refused before anything is sent', () => {
  expect(() => update([set('shoeSize', '42')])).toThrow(expect.objectContaining({ code: 'SchemaAttributeNotFound' }))
  expect(() => slackV1.createBody('Group', { displayName: 'Sales', description: 'x' })).toThrow(
    expect.objectContaining({ code: 'SchemaAttributeNotFound' }),
  )
})

test('what is reported as sent is what was sent', () => {
  const { sent } = slackV1.updateBody('User', [set('active', 'False'), set('locale', 'en-GB'), cleared('title')], {})
  expect(sent).toEqual([set('active', false), set('locale', 'en_GB'), cleared('title')])
})

test('members without an operation are added, the others carry delete', () => {
  expect(slackV1.membersBody({ add: ['U1'], remove: ['U2'] })).toEqual({
    schemas: [core],
    members: [{ value: 'U2', operation: 'delete' }, { value: 'U1' }],
  })
})

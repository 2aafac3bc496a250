import { expect, test } from 'vitest'
import { slackV1 } from './dialects.ts'
import { storedUserName } from './stored-values.ts'

/** The basic shape of slack.md 3.1, as recorded. */
const basic = {
  schemas: ['urn:scim:schemas:core:1.0'],
  id: 'W0NINA00001',
  externalId: '',
  meta: { created: '2020-08-27T10:43:31-07:00', location: 'https://api.slack.com/scim/v1/Users/W0NINA00001' },
  userName: 'Nina',
  nickName: 'nina',
  name: { givenName: 'Nina', familyName: 'North' },
  displayName: 'nina',
  profileUrl: 'https://acme.enterprise.slack.com/team/nina',
  title: '',
  timezone: 'America/Los_Angeles',
  active: true,
  emails: [{ value: 'Nina@acme.example', primary: true }],
  photos: [{ value: 'https://secure.gravatar.com/avatar/..', type: 'photo' }],
  groups: [],
}

const empty = {
  addresses: [{ streetAddress: null, locality: null, region: null, postalCode: null, country: null }],
  phoneNumbers: [
    { value: null, type: 'mobile' },
    { value: null, primary: true },
  ],
  userType: null,
  roles: [{ value: null, primary: true }],
  preferredLanguage: null,
  locale: null,
  'urn:scim:schemas:extension:enterprise:1.0': { department: null, manager: { managerId: null } },
}

const enterprise = 'urn:scim:schemas:extension:enterprise:1.0'

function attributesOf(resource: Readonly<Record<string, unknown>>): unknown {
  return slackV1.readResource('User', resource)?.attributes
}

const read = {
  active: true,
  userName: 'nina',
  nickName: 'nina',
  'name.givenName': 'Nina',
  'name.familyName': 'North',
  displayName: 'nina',
  timezone: 'America/Los_Angeles',
  'emails[type eq "work"].value': 'nina@acme.example',
}

test('the basic shape: blanks are absent, the primary e-mail is work, photos and externalId are not reported', () => {
  expect(attributesOf(basic)).toEqual(read)
})

test('a profile full of nulls reads like none', () => {
  expect(attributesOf({ ...basic, ...empty, emails: [...basic.emails, { value: '', primary: false }] })).toEqual(read)
})

test('phones swap their slots back', () => {
  const phoneNumbers = [
    { value: '555-5555', type: 'mobile' },
    { value: '555-4444', primary: true },
  ]
  expect(attributesOf({ ...basic, phoneNumbers })).toMatchObject({
    'phoneNumbers[type eq "work"].value': '555-5555',
    'phoneNumbers[type eq "mobile"].value': '555-4444',
  })
})

test('the primary e-mail wins, then work, then the first', () => {
  const home = { value: 'home@acme.example' }
  const emailOf = (emails: readonly object[]): unknown =>
    (attributesOf({ ...basic, emails }) as Record<string, unknown>)['emails[type eq "work"].value']
  expect(emailOf([home, { value: 'work@acme.example', primary: true }])).toBe('work@acme.example')
  expect(emailOf([home, { value: 'work@acme.example', type: 'work' }])).toBe('work@acme.example')
  expect(emailOf([home])).toBe('home@acme.example')
})

test('the extended shape, with a bare role, a hyphen in the locale and a number for an id', () => {
  expect(
    attributesOf({
      ...basic,
      ...empty,
      addresses: [{ locality: 'Oslo', country: 'NO', primary: true }],
      roles: ['Tech Lead'],
      locale: 'en-US',
      preferredLanguage: 'nb_NO',
      userType: 'Employee',
      name: { ...basic.name, honorificPrefix: 'Dr' },
      [enterprise]: { department: 'Finance', employeeNumber: 1007, manager: { managerId: 'U0BOSS' } },
    }),
  ).toEqual({
    ...read,
    'name.honorificPrefix': 'Dr',
    'addresses[type eq "untyped"].locality': 'Oslo',
    'addresses[type eq "untyped"].country': 'NO',
    'roles[primary eq "True"].value': 'Tech Lead',
    locale: 'en_US',
    preferredLanguage: 'nb_NO',
    userType: 'Employee',
    [`${enterprise}.department`]: 'Finance',
    [`${enterprise}.employeeNumber`]: '1007',
    [`${enterprise}.manager`]: 'U0BOSS',
  })
})

test.each([
  [true, true],
  ['True', true],
  ['false', false],
  [null, false],
])('active %j is %j', (active, expected) => {
  expect(attributesOf({ ...basic, active })).toMatchObject({ active: expected })
})

test('a group: members in one order, whatever order Slack chose', () => {
  const members = [{ value: 'U2', display: 'Two' }, { value: 'U1' }]
  expect(slackV1.readResource('Group', { id: 'S1', displayName: 'Sales', members })).toEqual({
    objectType: 'Group',
    anchor: 'S1',
    displayName: 'Sales',
    attributes: { displayName: 'Sales', members: ['U1', 'U2'] },
  })
})

test('what has no id is no object', () => {
  expect(slackV1.readResource('User', { userName: 'nina' })).toBeNull()
})

test.each([
  ['nina north+x', 'nina_north_x'],
  ['Nina.North@acme.example', 'nina.north'],
  ['GuestUser', 'guestuser'],
  ['o-neil_7', 'o-neil_7'],
  ['@nina', '_nina'],
])('userName %s is stored as %s (slack.md 3.2)', (sent, stored) => {
  expect(storedUserName(sent)).toBe(stored)
})

test('what will be stored: blanks are nothing, "True" is true, e-mail and names are small', () => {
  const wanted = {
    active: 'True',
    title: ' ',
    userName: 'Nina',
    'emails[type eq "work"].value': 'N@Acme.example',
    locale: 'en-US',
  }
  expect(slackV1.asStored('User', wanted)).toEqual({
    active: true,
    userName: 'nina',
    'emails[type eq "work"].value': 'n@acme.example',
    locale: 'en_US',
  })
})

import { describe, expect, test } from 'vitest'

import { readTexts, refusalOf } from '../../../test/builders/directory-files.ts'

const ann = '11111111-1111-4111-8111-111111111111'
const bob = '22222222-2222-4222-8222-222222222222'
const sales = '33333333-3333-4333-8333-333333333333'

const user = (id: string, more: object = {}): object => ({
  id,
  userPrincipalName: `${id.slice(0, 3)}@x.example`,
  displayName: id.slice(0, 3),
  ...more,
})
const answer = (value: readonly object[], more: object = {}): string => JSON.stringify({ ...more, value }, undefined, 2)

describe('properties of users', () => {
  test('become mapping source names (graph-api.md 3.1)', async () => {
    const { users, formats } = await readTexts({
      'users.json': answer([
        user(ann, {
          ...{
            businessPhones: ['+1 1'],
            mobilePhone: '+1 2',
            faxNumber: null,
            officeLocation: '4/12',
            accountEnabled: false,
          },
          ...{
            onPremisesSyncEnabled: true,
            proxyAddresses: ['SMTP:a@x.example'],
            employeeHireDate: '2020-01-02T00:00:00Z',
          },
          onPremisesExtensionAttributes: { extensionAttribute1: 'one', extensionAttribute15: null },
          employeeOrgData: { costCenter: '4100', division: null },
          extension_0123456789abcdef0123456789abcdef_shoeSize: '42',
          assignedLicenses: [],
        }),
      ]),
    })
    expect(formats[0]?.format).toBe('graph json')
    expect(users[0]?.attributes).toEqual({
      ...{
        objectId: ann,
        userPrincipalName: '111@x.example',
        displayName: '111',
        telephoneNumber: '+1 1',
        mobile: '+1 2',
      },
      ...{
        facsimileTelephoneNumber: null,
        physicalDeliveryOfficeName: '4/12',
        accountEnabled: false,
        dirSyncEnabled: true,
      },
      ...{ proxyAddresses: ['SMTP:a@x.example'], employeeHireDate: '2020-01-02T00:00:00Z' },
      ...{ extensionAttribute1: 'one', extensionAttribute15: null },
      ...{ 'employeeOrgData.costCenter': '4100', 'employeeOrgData.division': null },
      extension_0123456789abcdef0123456789abcdef_shoeSize: '42',
    })
  })

  test("PowerShell's ConvertTo-Json writes them with capitals", async () => {
    const { users } = await readTexts({
      'mg.json': JSON.stringify([
        { Id: ann, UserPrincipalName: 'a@x.example', DisplayName: 'A', BusinessPhones: [], Manager: { Id: null } },
      ]),
    })
    expect(users[0]?.attributes).toMatchObject({ objectId: ann, displayName: 'A', telephoneNumber: null })
    expect(users[0]).not.toHaveProperty('managerKey')
  })

  test.each([
    ['expanded', { manager: { '@odata.type': '#microsoft.graph.user', id: bob } }],
    ['as an id', { manager: bob }],
    ['as a userPrincipalName', { manager: '222@x.example' }],
    ['as a link', { manager: { '@odata.id': `https://graph.microsoft.com/v2/x/directoryObjects/${bob}` } }],
    ['bound', { 'manager@odata.bind': `https://graph.microsoft.com/v1.0/users/${bob}` }],
  ])('a manager %s', async (_, manager) => {
    const { users } = await readTexts({ 'u.json': answer([user(ann, manager), user(bob, { manager: null })]) })
    expect(users.map(({ attributes }) => attributes['manager'])).toEqual([bob, null])
  })
})

describe('groups', () => {
  test('members are users and groups; other kinds are left out', async () => {
    const group = {
      ...{ id: sales, displayName: 'Sales', securityEnabled: true, mailEnabled: false, groupTypes: [] },
      members: [
        { '@odata.type': '#microsoft.graph.user', id: ann },
        { '@odata.type': '#microsoft.graph.group', id: sales },
        { '@odata.type': '#microsoft.graph.device', id: bob },
      ],
    }
    const { groups, memberships, notes, completeness } = await readTexts({ 'g.json': answer([group, user(ann)]) })
    expect(groups[0]?.attributes).toMatchObject({ objectId: sales, displayName: 'Sales', securityEnabled: true })
    expect(memberships).toMatchObject([
      { memberObjectId: ann, memberType: 'User' },
      { memberObjectId: sales, memberType: 'Group' },
    ])
    expect(notes).toContainEqual(expect.stringContaining('device'))
    expect(completeness.memberListsOf).toEqual([{ by: 'objectId', value: sales }])
  })

  const groupOf = (id: string, size: number): object => ({
    ...{ id, displayName: `Group of ${size}`, securityEnabled: true },
    members: Array.from({ length: size }, (_, index) => ({
      id: `aaaaaaaa-aaaa-4aaa-8aaa-${String(index).padStart(12, '0')}`,
    })),
  })

  test("exactly 20 members may be the limit of Graph's $expand, so the list is not whole", async () => {
    const { completeness, notes } = await readTexts({ 'g.json': answer([groupOf(sales, 20), groupOf(bob, 3)]) })
    expect(completeness.memberListsOf).toEqual([{ by: 'objectId', value: bob }])
    expect(notes).toContainEqual(expect.stringContaining('exactly 20 members'))
  })

  test('a longer list beside it shows that there was no limit', async () => {
    const { completeness } = await readTexts({ 'g.json': answer([groupOf(sales, 20), groupOf(bob, 21)]) })
    expect(completeness.memberListsOf).toHaveLength(2)
  })

  test('members that go on in another page', async () => {
    const group = { ...groupOf(sales, 5), 'members@odata.nextLink': 'https://graph.microsoft.com/next' }
    expect((await readTexts({ 'g.json': answer([group]) })).completeness.memberListsOf).toEqual([])
  })
})

describe('forms of a file', () => {
  const lines = [user(ann), user(bob)].map((object) => JSON.stringify(object))

  test.each([
    [
      'an answer',
      answer([user(ann), user(bob)], { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users' }),
    ],
    ['a list', `[${lines.join(',')}]`],
    ['JSON Lines', `${lines.join('\n')}\n`],
    ['JSON Lines with blank lines and CRLF', `${lines.join('\r\n\r\n')}\r\n`],
    [
      'objects printed one below the other',
      [user(ann), user(bob)].map((object) => `${JSON.stringify(object, undefined, 2)}\n`).join(''),
    ],
    ['pages one below the other', `${answer([user(ann)], { '@odata.nextLink': 'x' })}\n${answer([user(bob)])}\n`],
    [
      'pages as lines',
      `${JSON.stringify({ value: [user(ann)], '@odata.nextLink': 'x' })}\n${JSON.stringify({ value: [user(bob)] })}\n`,
    ],
    ['a list on one line', `[${lines.join(',')}]\n`],
  ])('%s', async (_, text) => {
    const { users, completeness } = await readTexts({ 'export.txt': text })
    expect(users.map(({ objectId }) => objectId)).toEqual([ann, bob])
    expect(completeness.users).toBe('whole')
  })

  test('the kind of an object that does not say it stands in the context', async () => {
    const context = (kind: string): object => ({
      '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#${kind}(id,displayName)`,
    })
    const { groups } = await readTexts({ 'g.json': answer([{ id: sales, displayName: 'Sales' }], context('groups')) })
    expect(groups).toHaveLength(1)
    expect(
      (await refusalOf({ 'u.json': answer([{ id: ann, displayName: 'A' }], context('users')) })).problems,
    ).toMatchObject([{ column: 'userPrincipalName' }])
  })

  test('a page that names a page after it is not everybody', async () => {
    const { completeness } = await readTexts({
      'u.json': answer([user(ann)], { '@odata.nextLink': 'https://graph.microsoft.com/next' }),
    })
    expect(completeness.users).toBe('partial')
    expect(completeness.reasons[0]).toContain('@odata.nextLink')
  })

  test('JSON Lines without a last line break may be cut between two objects', async () => {
    expect((await readTexts({ 'u.jsonl': lines.join('\n') })).completeness.users).toBe('partial')
    expect((await readTexts({ 'u.jsonl': JSON.stringify(user(ann)) })).completeness.users).toBe('partial')
    expect((await readTexts({ 'u.jsonl': `${JSON.stringify(user(ann))}\n` })).completeness.users).toBe('whole')
  })
})

describe('what is refused', () => {
  test('objects: with the line they begin on', async () => {
    const text = answer([
      user(ann, { accountEnabled: 'perhaps' }),
      { id: sales, displayName: '?' },
      user(bob, { displayName: 7 }),
      user('x'),
    ])
    const { problems, scope } = await refusalOf({ 'u.json': text })
    expect(scope).toBe('rows')
    const lines = text.split('\n')
    expect(problems.map(({ column }) => column)).toEqual(['accountEnabled', '', 'objectId'])
    expect(problems.map(({ line }) => lines[line - 1])).toEqual(['    {', '    {', '    {'])
    expect(problems.map(({ line }) => lines[line]?.trim())).toEqual([
      `"id": "${ann}",`,
      `"id": "${sales}",`,
      '"id": "x",',
    ])
  })

  test('removed objects of a delta answer and deleted items', async () => {
    const { problems } = await refusalOf({
      'd.json': answer([
        { id: ann, '@removed': { reason: 'deleted' } },
        user(bob, { deletedDateTime: '2026-01-01T00:00:00Z' }),
      ]),
    })
    expect(problems).toHaveLength(2)
  })

  test('a bad line of JSON Lines, and the others are read when kept going', async () => {
    const text = `${JSON.stringify(user(ann))}\n{"id": oops}\n${JSON.stringify(user(bob))}\n`
    const { users, refused, completeness } = await readTexts({ 'u.jsonl': text }, true)
    expect(users).toHaveLength(2)
    expect(refused).toMatchObject([{ line: 2, value: '{"id": oops}' }])
    expect(completeness.users).toBe('partial')
  })

  test('half of a surrogate pair', async () => {
    expect(
      (await refusalOf({ 'u.json': `[{"userPrincipalName":"a@x.example","displayName":"\\ud842"}]` })).problems,
    ).toMatchObject([{ column: 'displayName' }])
  })

  test.each([
    ['an empty answer', '{"value": []}', 'everybody left'],
    ['an empty list', '[]', 'everybody left'],
    ['a cut document', answer([user(ann), user(bob)]).slice(0, -20), 'cut off'],
    ['a cut last line', `${JSON.stringify(user(ann))}\n{"id": "22`, 'cut off'],
    ['no JSON', '[{"id": oops}]', 'no JSON'],
    ['brackets that do not fit', '[{"id": 1]}', 'no JSON'],
  ])('%s refuses the file', async (_, text, reason) => {
    const { scope, message } = await refusalOf({ 'u.json': text }, true)
    expect(scope).toBe('file')
    expect(message).toContain(reason)
  })

  test('a property called __proto__ is a property', async () => {
    const { users } = await readTexts({
      'u.json': `[{"userPrincipalName":"a@x.example","__proto__":{"polluted":true}}]`,
    })
    expect(users).toHaveLength(1)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

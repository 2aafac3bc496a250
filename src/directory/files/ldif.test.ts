import { describe, expect, test } from 'vitest'

import { readTexts, refusalOf } from '../../../test/builders/directory-files.ts'

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
const person = (uid: string, more = ''): string =>
  `dn: uid=${uid},ou=people,dc=x,dc=example\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\nmail: ${uid}@x.example\n${more}\n`

describe('RFC 2849', () => {
  test('folded lines, base64, comments, options, a version', async () => {
    const { users } = await readTexts({
      'd.ldif':
        'version: 1\n# a comment that\n  goes on\n' +
        `dn:: ${base64('uid=müller,ou=people,dc=x,dc=example')}\nobjectClass: inetOrgPerson\ncn:: ${base64('Jürgen Müller')}\ncn;lang-ja: other\n` +
        'mail: mueller@x.exa\n mple\ntitle: Chief of a very \n long title\nsn:: TcO8bGxlcg==\n\n',
    })
    expect(users[0]?.attributes).toMatchObject({
      displayName: 'Jürgen Müller',
      mail: 'mueller@x.example',
      jobTitle: 'Chief of a very long title',
      surname: 'Müller',
    })
    expect(users[0]?.line).toBe(4)
  })

  test('CRLF', async () => {
    const { users } = await readTexts({ 'd.ldif': person('ann').replaceAll('\n', '\r\n') })
    expect(users[0]?.attributes['mail']).toBe('ann@x.example')
  })

  test('changetype: add is an entry; other changes are refused', async () => {
    const add = person('ann').replace('objectClass', 'changetype: add\nobjectClass')
    expect((await readTexts({ 'd.ldif': add })).users).toHaveLength(1)
    const change = `${add}dn: uid=bob,dc=x\nchangetype: delete\n\n`
    expect((await refusalOf({ 'd.ldif': change })).problems).toMatchObject([
      { line: 10, column: 'changetype', value: 'delete' },
    ])
  })
})

describe('people', () => {
  test('inetOrgPerson: known by mail, else by login name and domain', async () => {
    const noMail = person('bob').replace('mail: bob@x.example\n', '')
    const { users, notes } = await readTexts({ 'd.ldif': person('ann') + noMail })
    expect(users.map(({ key }) => key)).toEqual(['ann@x.example', 'bob@x.example'])
    expect(notes).toHaveLength(2)
  })

  test('a manager by distinguished name, however it is spelt', async () => {
    const { users } = await readTexts({
      'd.ldif': person('ann', 'manager: UID=Bob, OU=People, DC=X, DC=example\n') + person('bob'),
    })
    expect(users.map(({ attributes }) => attributes['manager'])).toEqual([users[1]?.objectId, null])
  })

  test('an attribute that others have and this entry lacks is empty; one that nobody has is absent', async () => {
    const { users } = await readTexts({ 'd.ldif': person('ann', 'title: A\nmail: second@x.example\n') + person('bob') })
    expect(users[1]?.attributes).toMatchObject({ jobTitle: null, otherMails: [] })
    expect(users[1]?.attributes).not.toHaveProperty('department')
    expect(users[1]?.attributes).not.toHaveProperty('manager')
    expect(users[1]?.attributes).not.toHaveProperty('accountEnabled')
  })

  test('Active Directory: GUID, disabled accounts, no computers and contacts', async () => {
    const entry = (name: string, classes: string, control: string): string =>
      `dn: CN=${name},DC=x,DC=example\nobjectClass: top\nobjectClass: person\nobjectClass: ${classes}\ncn: ${name}\nuserPrincipalName: ${name}@x.example\nobjectGUID:: ${Buffer.from([...Array.from({ length: 15 }, () => 0x10), name.length]).toString('base64')}\nuserAccountControl: ${control}\n\n`
    const { users, notes } = await readTexts({
      'ad.ldif':
        entry('ann', 'user', '512') +
        entry('bert', 'user', '66050') +
        entry('PC-1', 'user\nobjectClass: computer', '4096') +
        entry('sup', 'contact', '0'),
    })
    expect(users.map(({ objectId, attributes }) => [objectId, attributes['accountEnabled']])).toEqual([
      ['10101010-1010-1010-1010-101010101003', true],
      ['10101010-1010-1010-1010-101010101004', false],
    ])
    expect(notes).toContainEqual(expect.stringContaining('1 computer left out'))
    expect(notes).toContainEqual(expect.stringContaining('1 contact left out'))
  })

  test.each([
    ['entryUUID: 5B1D7A5E-3A3C-103B-8C5F-0123456789AB', '5b1d7a5e-3a3c-103b-8c5f-0123456789ab'],
    ['nsUniqueId: 2a7b1c01-1dd211b2-80a4a2f3-12345678', '2a7b1c01-1dd2-11b2-80a4-a2f312345678'],
    [
      `objectGUID:: ${Buffer.from('00112233445566778899aabbccddeeff', 'hex').toString('base64')}`,
      '33221100-5544-7766-8899-aabbccddeeff',
    ],
  ])('the id in %s', async (line, id) => {
    expect((await readTexts({ 'd.ldif': person('ann', `${line}\n`) })).users[0]?.objectId).toBe(id)
  })

  test('a lock that some accounts have means that the others are enabled', async () => {
    const { users } = await readTexts({ 'd.ldif': person('ann', 'nsAccountLock: TRUE\n') + person('bob') })
    expect(users.map(({ attributes }) => attributes['accountEnabled'])).toEqual([false, true])
  })

  test('photographs may be whatever they are; a name that is no text is refused', async () => {
    expect((await readTexts({ 'd.ldif': person('ann', 'jpegPhoto:< file:///tmp/x.jpg\n') })).users).toHaveLength(1)
    const binary = person('ann', `title:: ${Buffer.from([0xff, 0xfe, 0x00]).toString('base64')}\n`)
    expect((await refusalOf({ 'd.ldif': binary })).problems).toMatchObject([{ line: 7, column: 'title' }])
    expect((await refusalOf({ 'd.ldif': person('ann', 'title:: a$b\n') + person('bob') })).problems).toMatchObject([
      { line: 7, column: 'title' },
    ])
    expect((await refusalOf({ 'd.ldif': person('ann', 'title:< file:///etc/passwd\n') })).problems).toMatchObject([
      { column: 'title' },
    ])
  })
})

describe('groups', () => {
  const staff =
    'dn: cn=Staff,ou=groups,dc=x,dc=example\nobjectClass: groupOfNames\ncn: Staff\nmember: uid=ann,ou=people,dc=x,dc=example\nmember: cn=Inner,ou=groups,dc=x,dc=example\nmember: \n\n'
  const inner =
    'dn: cn=Inner,ou=groups,dc=x,dc=example\nobjectClass: groupOfUniqueNames\ncn: Inner\nuniqueMember: uid=bob,ou=people,dc=x,dc=example\n\n'

  test('groupOfNames and groupOfUniqueNames, nested', async () => {
    const { groups, memberships, completeness } = await readTexts({
      'd.ldif': staff + inner + person('ann') + person('bob'),
    })
    const [outer, nested] = groups
    expect(memberships).toMatchObject([
      { groupObjectId: outer?.objectId, memberType: 'User' },
      { groupObjectId: outer?.objectId, memberObjectId: nested?.objectId, memberType: 'Group' },
      { groupObjectId: nested?.objectId, memberType: 'User' },
    ])
    expect(completeness.memberListsOf).toHaveLength(2)
  })

  test('posixGroup lists login names', async () => {
    const posix = 'dn: cn=p,dc=x\nobjectClass: posixGroup\ncn: p\ngidNumber: 1\nmemberUid: bob\n\n'
    const { memberships, users } = await readTexts({ 'd.ldif': posix + person('bob') })
    expect(memberships).toMatchObject([{ memberObjectId: users[0]?.objectId }])
  })

  test('memberOf alone makes groups, named after their distinguished names', async () => {
    const texts = { 'people.ldif': person('ann', 'memberOf: CN=Staff\\, all,OU=Groups,DC=x\n') + person('bob') }
    const { groups, memberships, notes } = await readTexts(texts)
    expect(groups).toMatchObject([
      {
        attributes: { displayName: 'Staff, all', onPremisesDistinguishedName: 'CN=Staff\\, all,OU=Groups,DC=x' },
        objectIdIsDerived: true,
      },
    ])
    expect(memberships).toMatchObject([{ groupObjectId: groups[0]?.objectId }])
    expect(notes).toContainEqual(expect.stringContaining('taken from memberOf'))
  })

  test('memberOf and member together are one membership, also when the group stands in a later file', async () => {
    const ann = person('ann', 'memberOf: cn=staff,OU=groups,dc=x,dc=example\n')
    const { groups, memberships } = await readTexts({
      'people.ldif': ann + person('bob'),
      'groups.ldif': staff + inner,
    })
    expect(groups).toHaveLength(2)
    expect(memberships).toHaveLength(3)
  })

  test('a range of members is not all of them', async () => {
    const group = (range: string): string =>
      `dn: CN=Big,DC=x\nobjectClass: group\ncn: Big\nmember;range=${range}: uid=ann,ou=people,dc=x,dc=example\n\n`
    expect((await readTexts({ 'd.ldif': group('0-1499') + person('ann') })).completeness.memberListsOf).toEqual([])
    expect((await readTexts({ 'd.ldif': group('1500-*') + person('ann') })).completeness.memberListsOf).toHaveLength(1)
  })
})

describe('files and answers that stopped early', () => {
  const two = person('ann') + person('bob', 'title:: VGhlIENoaWVm\n')

  test.each([
    ['in a line', person('ann') + person('bob').slice(0, -8), 'no line break'],
    ['in base64', `${two.slice(0, -5)}\n`, 'base64'],
    ['after a dn', `${person('ann')}dn: uid=bob,dc=x\n`, 'no attributes'],
    ['before any entry', 'version: 1\n\n', 'everybody left'],
  ])('%s', async (_, text, reason) => {
    const { scope, message } = await refusalOf({ 'd.ldif': text }, true)
    expect(scope).toBe('file')
    expect(message).toContain(reason)
  })

  test('after a line of the last entry: read, not whole, and nothing of that entry is taken for empty', async () => {
    const { users, completeness } = await readTexts({
      'd.ldif': person('ann', 'title: A\n') + person('bob').trimEnd() + '\n',
    })
    expect(users[1]?.attributes).not.toHaveProperty('jobTitle')
    expect(completeness.users).toBe('partial')
  })

  const search = (entries: string, trailer: string): string => `# extended LDIF\n#\n# LDAPv3\n#\n\n${entries}${trailer}`

  test.each([
    ['without the end ldapsearch writes', search(two, ''), '# numResponses'],
    [
      'with fewer entries than announced',
      search(two, '# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: 4\n# numEntries: 3\n'),
      'announces 3',
    ],
    [
      'with a limit met',
      search(two, '# search result\nsearch: 2\nresult: 4 Size limit exceeded\n\n# numResponses: 3\n# numEntries: 2\n'),
      'ended its answer with an error',
    ],
  ])('an answer %s', async (_, text, reason) => {
    const { scope, message } = await refusalOf({ 'd.ldif': text }, true)
    expect(scope).toBe('file')
    expect(message).toContain(reason)
  })

  test('a page after which others follow', async () => {
    const { completeness } = await readTexts({ 'd.ldif': `${two}# pagedresults: cookie=AwAAAA==\n` })
    expect(completeness.users).toBe('partial')
    expect((await readTexts({ 'd.ldif': `${two}# pagedresults: cookie=\n` })).completeness.users).toBe('whole')
  })
})

describe('lines that are refused', () => {
  test.each([
    ['no attribute', `${person('ann')}dn: uid=b,dc=x\nwhat is this\n\n`, 9],
    ['no dn', `${person('ann')}cn: Bob\nsn: Bob\n\n`, 8],
    ['two entries without a blank line', `${person('ann').trimEnd()}\n${person('bob')}`, 7],
    ['the same dn twice', person('ann') + person('ann'), 8],
  ])('%s', async (_, text, line) => {
    const { scope, problems } = await refusalOf({ 'd.ldif': text })
    expect(scope).toBe('rows')
    expect(problems[0]?.line).toBe(line)
  })
})

import { describe, expect, test } from 'vitest'

import { directoryFiles, readTexts, refusalOf } from '../../../test/builders/directory-files.ts'
import { readDirectoryFiles } from './index.ts'

const ann = '11111111-1111-4111-8111-111111111111'
const bob = '22222222-2222-4222-8222-222222222222'
const sales = '33333333-3333-4333-8333-333333333333'

describe('columns of user lists', () => {
  test("the admin center's own columns become mapping source names", async () => {
    const { users, formats, notes } = await readTexts({
      'exportUsers_2025-5-20.csv':
        '\ufeffuserPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,alternateEmailAddress,ageGroup,consentProvidedForMinor,legalAgeGroupClassification,companyName,creationType,directorySynced,invitationState,identityIssuer,createdDateTime\r\n' +
        `Ann@Harbour.example,Ann Lee,Lee,ann@harbour.example,Ann,${ann},Member,"Chief, Tides",,True,DE,,,Germany,4/12,Köln,01234,+49 1,+49 2,a@x.example;b@x.example,,,,Harbour,,,,harbour.onmicrosoft.com,8/19/2021 1:25:31 PM\r\n`,
    })
    expect(formats).toEqual([
      { file: 'exportUsers_2025-5-20.csv', format: 'csv users', users: 1, groups: 0, memberships: 0 },
    ])
    expect(users).toEqual([
      {
        key: ann,
        objectId: ann,
        objectIdIsDerived: false,
        file: 'exportUsers_2025-5-20.csv',
        line: 2,
        attributes: {
          ...{ objectId: ann, userPrincipalName: 'Ann@Harbour.example', displayName: 'Ann Lee', givenName: 'Ann' },
          ...{ surname: 'Lee', mail: 'ann@harbour.example', userType: 'Member', jobTitle: 'Chief, Tides' },
          ...{ department: null, accountEnabled: true, usageLocation: 'DE', streetAddress: null, state: null },
          ...{ country: 'Germany', physicalDeliveryOfficeName: '4/12', city: 'Köln', postalCode: '01234' },
          ...{ telephoneNumber: '+49 1', mobile: '+49 2', otherMails: ['a@x.example', 'b@x.example'], ageGroup: null },
          ...{ consentProvidedForMinor: null, legalAgeGroupClassification: null, companyName: 'Harbour' },
          ...{ creationType: null, dirSyncEnabled: null, externalUserState: null },
          createdDateTime: '2021-08-19T13:25:31Z',
        },
      },
    ])
    expect(notes).toEqual(['exportUsers_2025-5-20.csv: columns ignored: identityIssuer.'])
  })

  test('older names, other cases and other orders', async () => {
    const { users } = await readTexts({
      'u.csv': `MOBILE,ObjectId,USERPRINCIPALNAME,physicalDeliveryOfficeName\n1,{${ann.toUpperCase()}},a@x.example,12\n`,
    })
    expect(users[0]).toMatchObject({ objectId: ann, attributes: { mobile: '1', physicalDeliveryOfficeName: '12' } })
  })

  test('bulk templates: a version line, names in brackets, an example row, "Block sign in" the other way round', async () => {
    const { users, notes } = await readTexts({
      'create.csv':
        'version:v1.0\n' +
        'Name [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],State or province [state]\n' +
        'Example: Chris Green,chris@contoso.com,myPassword1234,No,Chris,CA\n' +
        'Ann Lee,ann@x.example,secret-word,Yes,Ann,\n',
    })
    expect(users).toMatchObject([{ attributes: { displayName: 'Ann Lee', accountEnabled: false, state: null } }])
    expect(JSON.stringify([users, notes])).not.toContain('secret-word')
    expect(notes).toContainEqual(expect.stringContaining('example row'))
    expect(notes).toContainEqual(expect.stringContaining('passwords was ignored'))
  })

  test('"Export users" of the Microsoft 365 admin center', async () => {
    const { users } = await readTexts({
      'users_2026.csv':
        'Block credential,City,Country/Region,Display name,First name,Last name,User principal name,Object Id,Office,Phone number,Title,Proxy addresses,Postal code\n' +
        `False,Perth,Australia,Ann Lee,Ann,Lee,ann@x.example,${ann},4,+61 1,Engineer,SMTP:ann@x.example+smtp:a.l@x.example,6000\n`,
    })
    expect(users[0]?.attributes).toMatchObject({
      ...{
        accountEnabled: true,
        country: 'Australia',
        givenName: 'Ann',
        surname: 'Lee',
        objectId: ann,
        jobTitle: 'Engineer',
      },
      ...{ physicalDeliveryOfficeName: '4', telephoneNumber: '+61 1', postalCode: '6000' },
      proxyAddresses: ['SMTP:ann@x.example', 'smtp:a.l@x.example'],
    })
  })

  test("PowerShell's Export-Csv: a type line, and names of types in the place of values", async () => {
    const { users, notes } = await readTexts({
      'mg.csv':
        '#TYPE Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser\r\n' +
        '"Id","UserPrincipalName","BusinessPhones","Manager"\r\n' +
        `"${ann}","a@x.example","System.String[]","Microsoft.Graph.PowerShell.Models.MicrosoftGraphDirectoryObject"\r\n`,
    })
    expect(users[0]?.attributes).toEqual({ objectId: ann, userPrincipalName: 'a@x.example' })
    expect(notes).toContainEqual(expect.stringContaining('BusinessPhones, Manager'))
  })

  test('semicolons and tabs, also announced by sep=', async () => {
    for (const text of [
      'userPrincipalName;displayName\na@x.example;"Lee; Ann"\n',
      'sep=;\nuserPrincipalName;displayName\na@x.example;"Lee; Ann"\n',
      'userPrincipalName\tdisplayName\na@x.example\tLee; Ann\n',
    ]) {
      const { users } = await readTexts({ 'u.csv': text })
      expect(users[0]?.attributes['displayName']).toBe('Lee; Ann')
    }
  })

  test('a missing column is absent, an empty cell is null, blanks inside a value are kept', async () => {
    const { users } = await readTexts({
      'u.csv': 'userPrincipalName,displayName,jobTitle,city\na@x.example, Ann , ,x\n',
    })
    expect(users[0]?.attributes).toEqual({
      objectId: users[0]?.objectId,
      userPrincipalName: 'a@x.example',
      displayName: ' Ann ',
      jobTitle: null,
      city: 'x',
    })
  })

  test('of two columns for one attribute the one with its own name counts; the same name twice refuses the file', async () => {
    const { users, notes } = await readTexts({ 'u.csv': `userPrincipalName,id,objectId\na@x.example,4711,${ann}\n` })
    expect(users[0]?.objectId).toBe(ann)
    expect(notes).toEqual(['u.csv: columns ignored: id.'])
    const { problems, scope } = await refusalOf({ 'u.csv': `userPrincipalName,Title,title\na@x.example,A,B\n` }, true)
    expect(scope).toBe('file')
    expect(problems[0]).toMatchObject({ line: 1, column: 'Title' })
  })

  test('Get-ADUser of PowerShell: managers by distinguished name', async () => {
    const { users } = await readTexts({
      'ad.csv':
        '"DistinguishedName","DisplayName","Name","Enabled","Manager","MemberOf","ObjectGUID","SamAccountName","UserPrincipalName","Title"\r\n' +
        `"CN=Ann,DC=x","Ann Lee","Ann","True","","Microsoft.ActiveDirectory.Management.ADPropertyValueCollection","${ann}","ann","ann@x.example","Chief"\r\n` +
        `"CN=Bob,DC=x","Bob Ray","Bob","False","CN=Ann,DC=x","Microsoft.ActiveDirectory.Management.ADPropertyValueCollection","${bob}","bob","bob@x.example",""\r\n`,
    })
    expect(users[0]?.attributes).toMatchObject({
      objectId: ann,
      displayName: 'Ann Lee',
      jobTitle: 'Chief',
      manager: null,
    })
    expect(users[1]?.attributes).toMatchObject({ accountEnabled: false, manager: ann, jobTitle: null })
  })

  test('headings that are no list known here', async () => {
    const { problems, scope } = await refusalOf({ 'u.csv': 'a,b\n1,2\n' }, true)
    expect(scope).toBe('file')
    expect(problems[0]).toMatchObject({ file: 'u.csv', line: 1, value: 'a,b' })
  })
})

describe('people without object id', () => {
  test('have an id made from their userPrincipalName, the same at every import', async () => {
    const first = await readTexts({ 'u.csv': 'userPrincipalName,jobTitle\nAnn@X.example,A\n' })
    const second = await readTexts({ 'other.csv': 'jobTitle,userPrincipalName\nB,ann@x.EXAMPLE\n' })
    expect(first.users[0]).toMatchObject({ key: 'ann@x.example', objectIdIsDerived: true })
    expect(second.users[0]?.objectId).toBe(first.users[0]?.objectId)
    expect(first.users[0]?.objectId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
  })
})

describe('managers', () => {
  test.each([
    ['object id', bob],
    ['userPrincipalName', 'BOB@x.example'],
    ['mail address', 'bob@mail.example'],
    ['display name', 'bob'],
  ])('by %s', async (_, manager) => {
    const { users } = await readTexts({
      'u.csv': `id,userPrincipalName,displayName,mail,manager\n${ann},ann@x.example,Ann,,${manager}\n${bob},bob@x.example,Bob,bob@mail.example,\n`,
    })
    expect(users.map(({ attributes }) => attributes['manager'])).toEqual([bob, null])
  })

  test('somebody who is not in the files is a note, and the attribute stays absent', async () => {
    const { users, notes } = await readTexts({ 'u.csv': 'userPrincipalName,manager\na@x.example,boss@x.example\n' })
    expect(users[0]).toMatchObject({ managerKey: { by: 'userPrincipalName', value: 'boss@x.example' } })
    expect(users[0]?.attributes).not.toHaveProperty('manager')
    expect(notes).toEqual(['1 managers are not in these files (first: u.csv, line 2: "boss@x.example").'])
  })

  test('a display name that two people have is a note', async () => {
    const { users, notes } = await readTexts({
      'u.csv': 'userPrincipalName,displayName,manager\na@x.example,Ann,\nb@x.example,Ann,\nc@x.example,Cy,Ann\n',
    })
    expect(users[2]?.attributes).not.toHaveProperty('manager')
    expect(notes[0]).toContain('fit more than one person')
  })
})

describe('groups and their members', () => {
  const groupList =
    'id,displayName,groupType,membershipType,source,mail,securityEnabled,mailEnabled,isAssignableToRole,onPremisesSyncEnabled\r\n' +
    `${sales},Sales: East/West,Microsoft 365,Dynamic,Windows Server AD,sales@x.example,False,True,False,\r\n`
  const userList = `id,userPrincipalName\n${ann},ann@x.example\n${bob},bob@x.example\n`

  test('the kind of a group in the words of Graph', async () => {
    const { groups } = await readTexts({ 'exportGroup_2025-3-7.csv': groupList })
    expect(groups[0]?.attributes).toEqual({
      ...{ objectId: sales, displayName: 'Sales: East/West', mail: 'sales@x.example', securityEnabled: false },
      ...{ mailEnabled: true, isAssignableToRole: false, dirSyncEnabled: null },
      groupTypes: ['Unified', 'DynamicMembership'],
    })
  })

  test('a member list finds its group by the name of the file', async () => {
    const { memberships, completeness } = await readTexts({
      'members-Sales_ East_West.csv': `id,userPrincipalName,displayName,objectType,userType,isUser,isGroup,isGuest\n${ann},ann@x.example,Ann,User,Member,True,False,False\n`,
      'groups.csv': groupList,
      'users.csv': userList,
    })
    expect(memberships).toMatchObject([{ groupObjectId: sales, memberObjectId: ann, memberType: 'User' }])
    expect(completeness.memberListsOf).toEqual([{ by: 'objectId', value: sales }])
  })

  test('a member list with a column for the group may hold many groups', async () => {
    const { memberships } = await readTexts({
      'all.csv': `groupId,id,isGroup\n${sales},${ann},False\n44444444-4444-4444-8444-444444444444,${sales},True\n`,
      'groups.csv': groupList,
      'users.csv': userList,
    })
    expect(memberships).toMatchObject([
      { groupObjectId: sales, memberObjectId: ann },
      { group: { value: '44444444-4444-4444-8444-444444444444' }, memberObjectId: sales, memberType: 'Group' },
    ])
    expect(memberships[1]).not.toHaveProperty('groupObjectId')
  })

  test('the template for adding members', async () => {
    const texts = {
      'members-Sales_ East_West.csv': `version:v1.0\nMember object ID or user principal name [memberObjectIdOrUpn] Required\nExample: 9832aad8-e4fe-496b-a604-95c6eF01ae75\nBOB@x.example\n${ann}\n`,
      'groups.csv': groupList,
      'users.csv': userList,
    }
    const { memberships } = await readTexts(texts)
    expect(memberships.map(({ memberObjectId }) => memberObjectId)).toEqual([bob, ann])
  })

  test('the caller may say whose members they are', async () => {
    const [list, ...others] = directoryFiles({
      'exportGroupMembers_2025-12-23.csv': `id,userPrincipalName,displayName\n${ann},,Ann\n`,
      'groups.csv': groupList,
      'users.csv': userList,
    })
    if (list === undefined) throw new Error('There is no list.')
    const { memberships } = await readDirectoryFiles([{ ...list, group: sales }, ...others], { keepGoing: false })
    expect(memberships).toMatchObject([{ groupObjectId: sales, memberObjectId: ann }])
  })

  test('a member list of nobody says what to do', async () => {
    const { message, scope } = await refusalOf({
      'exportGroupMembers_2025-12-23.csv': `id,userPrincipalName,displayName\n${ann},,Ann\n`,
    })
    expect(scope).toBe('file')
    expect(message).toContain('Name the file members-<group id or display name>.csv')
  })

  test('the same membership twice counts once; devices are left out', async () => {
    const { memberships, notes } = await readTexts({
      'members-Sales.csv': `id,objectType\n${ann},User\n${ann},User\n${bob},Device\n`,
      'users.csv': userList,
    })
    expect(memberships).toHaveLength(1)
    expect(notes).toContainEqual(expect.stringContaining('1 Device left out'))
  })
})

describe('rows that are refused', () => {
  const bad =
    'id,userPrincipalName,displayName,accountEnabled,userType,mail\n' +
    `${ann},ann@x.example,Ann,maybe,Member,\n` +
    `${bob},,Bob,True,Robot,bob at x\n` +
    'x,c@x.example,,,Guest,\n' +
    'only,three,cells\n' +
    '"a"b,d@x.example,D,True,Member,\n' +
    ',e@x.example,E,True,Member,\n'

  test('name file, line, column, value and reason', async () => {
    const { problems, scope, message } = await refusalOf({ 'u.csv': bad })
    expect(scope).toBe('rows')
    expect(problems.map(({ line, column, value }) => [line, column, value])).toEqual([
      [2, 'accountEnabled', 'maybe'],
      [3, 'userPrincipalName', ''],
      [3, 'userType', 'Robot'],
      [3, 'mail', 'bob at x'],
      [4, 'id', 'x'],
      [4, 'displayName', ''],
      [4, 'accountEnabled', ''],
      [5, '', 'only,three,cells'],
      [6, 'id', 'b,d@x.example,D,True,Member,'],
    ])
    expect(problems.every(({ file, reason }) => file === 'u.csv' && reason.length > 20)).toBe(true)
    expect(message).toContain('u.csv, line 2, column accountEnabled: "maybe": accountEnabled must be True or False.')
    expect(message).toContain('There are 8 more problems. Nothing was stored.')
  })

  test('when kept going: everything else is read, every refused row is listed, and the users are not whole', async () => {
    const { users, refused, completeness } = await readTexts({ 'u.csv': bad }, true)
    expect(users.map(({ key }) => key)).toEqual(['e@x.example'])
    expect(refused).toHaveLength(9)
    expect(completeness).toMatchObject({ users: 'partial', groups: 'absent', reasons: ['9 rows were refused.'] })
  })

  test('a key that stands twice names both lines, also across files', async () => {
    const one = `id,userPrincipalName\n${ann},ann@x.example\n${bob},ANN@x.example\n${ann},c@x.example\n`
    const { problems } = await refusalOf({ 'one.csv': one, 'two.csv': `id,userPrincipalName\n${ann},d@x.example\n` })
    expect(problems.map(({ file, line, column }) => [file, line, column])).toEqual([
      ['one.csv', 3, 'userPrincipalName'],
      ['one.csv', 4, 'objectId'],
      ['two.csv', 2, 'objectId'],
    ])
    expect(problems[0]?.reason).toContain('line 2 and in line 3')
    expect(problems[2]?.reason).toContain('one.csv, line 2')
  })

  test('lines are counted in the file, not in rows', async () => {
    const { problems } = await refusalOf({
      'u.csv': 'userPrincipalName,streetAddress\na@x.example,"1 Way\n2 Way"\n\nb,x\n',
    })
    expect(problems).toMatchObject([{ line: 5, value: 'b' }])
  })

  test('a long value is shortened', async () => {
    const { problems } = await refusalOf({ 'u.csv': `userPrincipalName\n${'x'.repeat(5000)}\n` })
    expect(problems[0]?.value).toBe(`${'x'.repeat(59)}… (5000 characters)`)
  })

  test('text that a database cannot hold', async () => {
    const { problems } = await refusalOf({ 'u.csv': 'userPrincipalName,displayName\na@x.example,A\0B\n' })
    expect(problems).toMatchObject([{ line: 2, column: 'displayName' }])
  })
})

describe('files that cannot be believed', () => {
  const whole = 'userPrincipalName,displayName,city\na@x.example,Ann,Perth\nb@x.example,Bob,Perth\n'

  test.each([
    ['no byte', ''],
    ['white space', ' \r\n\n'],
    ['a heading only', 'userPrincipalName,displayName\n'],
    ['a heading and blank rows', 'userPrincipalName,displayName\n,\n\n'],
  ])('%s is never taken for "everybody left"', async (_, text) => {
    const { scope, message } = await refusalOf({ 'u.csv': text }, true)
    expect(scope).toBe('file')
    expect(message).toContain('never taken for "everybody left"')
  })

  test('a last row with too few cells and no line break is a cut', async () => {
    const { scope, problems } = await refusalOf({ 'u.csv': whole.slice(0, -10) }, true)
    expect(scope).toBe('file')
    expect(problems).toMatchObject([{ line: 3, reason: expect.stringContaining('cut off') as string }])
  })

  test('an open quote is a cut', async () => {
    const { scope, problems } = await refusalOf({ 'u.csv': `${whole}c@x.example,"Cy\n` }, true)
    expect(scope).toBe('file')
    expect(problems).toMatchObject([{ line: 4 }])
  })

  test('a whole last row without line break is read, but is no reason to delete anybody', async () => {
    const { users, completeness } = await readTexts({ 'u.csv': whole.slice(0, -1) })
    expect(users).toHaveLength(2)
    expect(completeness).toMatchObject({ users: 'partial', reasons: [expect.stringContaining('line break')] })
  })

  test('every file is looked at, and all problems are told', async () => {
    const { problems } = await refusalOf({ 'a.csv': '', 'b.csv': 'x,y\n1,2\n', 'c.csv': 'userPrincipalName\nnobody\n' })
    expect(problems.map(({ file }) => file)).toEqual(['a.csv', 'b.csv', 'c.csv'])
  })

  test('a web page that was saved in the place of the file', async () => {
    expect((await refusalOf({ 'u.csv': '<!DOCTYPE html><html>' })).message).toContain('web page')
  })
})

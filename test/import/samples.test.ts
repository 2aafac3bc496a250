/*
 * Files that other tools wrote (samples/README.md says which and how) are read as what they are.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { DirectoryFileError, readDirectoryFiles, type DirectoryFileReading } from '../../src/directory/files/index.ts'

const samples = join(import.meta.dirname, 'samples')

async function readSamples(folder: string, ...names: readonly string[]): Promise<DirectoryFileReading> {
  const chosen = names.length > 0 ? names : await readdir(join(samples, folder))
  const files = await Promise.all(
    chosen.map(async (name) => ({ name, content: new Uint8Array(await readFile(join(samples, folder, name))) })),
  )
  return readDirectoryFiles(files, { keepGoing: false })
}

const names = [
  'displayName',
  'jobTitle',
  'department',
  'city',
  'accountEnabled',
  'userType',
  'telephoneNumber',
  'manager',
]
const personId = (number: number): string => `0f6b1c1e-6a53-4c0e-9d0f-2f3f6d1a${String(number).padStart(4, '0')}`

function people({ users }: DirectoryFileReading, chosen: readonly string[] = names): readonly unknown[] {
  return users.map(({ attributes }) => chosen.map((name) => attributes[name]))
}

function memberships({ groups, users, memberships: found }: DirectoryFileReading): readonly string[] {
  const nameById = new Map(
    [...groups, ...users].map(({ objectId, attributes }) => [objectId, String(attributes['displayName'])]),
  )
  return found
    .map(
      ({ groupObjectId = '?', memberObjectId = '?', memberType }) =>
        `${nameById.get(groupObjectId)} < ${memberType} ${nameById.get(memberObjectId)}`,
    )
    .sort()
}

const harbourMemberships = [
  'All staff < Group Slack users',
  'All staff < User Suharto',
  'Slack users < User Jo (Partner)',
  "Slack users < User O'Brien-Smith, Pat",
  'Slack users < User Åsa Ängström',
  'Slack users < User 田中 さくら',
]

describe('CSV by Python, in the dialect of Excel', () => {
  const csvNames = [
    'exportUsers_2026-11-25.csv',
    'exportGroup_2026-11-25.csv',
    ...['All staff', 'Slack users'].map((group) => `exportGroupMembers_2026-11-25-${group}.csv`),
  ]
  const expected = [
    ['Åsa Ängström', 'Chief, "Everything"', 'Executive\nOffice', null, true, 'Member', '+46 8 123 45', undefined],
    ['田中 さくら', 'Engineer; Sensors', 'R&D', '東京', true, 'Member', null, undefined],
    ["O'Brien-Smith, Pat", '=1+3', null, null, false, 'Member', null, undefined],
    ['Jo (Partner)', null, null, null, true, 'Guest', null, undefined],
    ['Suharto', null, null, null, true, 'Member', null, undefined],
  ]

  test('UTF-8 with byte order mark and CRLF', async () => {
    const reading = await readSamples('python-csv', ...csvNames)
    expect(people(reading)).toEqual(expected)
    expect(memberships(reading)).toEqual(harbourMemberships)
    expect(reading.completeness).toMatchObject({ users: 'whole', groups: 'whole', reasons: [] })
    expect(reading.completeness.memberListsOf).toHaveLength(2)
    expect(reading.users.map(({ attributes }) => attributes['createdDateTime'])).toEqual([
      ...['2021-08-19T13:25:31Z', '2022-12-01T00:00:00Z', '2023-01-02T23:59:59Z', '2023-01-02T09:05:00Z'],
      '2023-01-02T09:05:00Z',
    ])
  })

  test('"Unicode text": UTF-16 with tabs', async () => {
    expect(people(await readSamples('python-csv', 'users-utf16.txt'))).toEqual(expected)
  })
})

describe('Graph JSON', () => {
  const expected = [
    ['Åsa Ängström', 'Chief, "Everything"', 'Executive\nOffice', null, true, 'Member', '+46 8 123 45', undefined],
    ['田中 さくら', 'Engineer; Sensors', 'R&D', '東京', true, 'Member', null, personId(1)],
    ["O'Brien-Smith, Pat", '=1+3', null, null, false, 'Member', null, personId(2)],
    ['Jo (Partner)', null, null, null, true, 'Guest', null, undefined],
    ['Suharto', null, null, null, true, 'Member', null, personId(2)],
  ]

  test.each([
    ['python-json', 'graph json'],
    ['jq', 'graph json lines'],
  ])('by %s', async (folder, format) => {
    const reading = await readSamples(folder)
    expect(people(reading)).toEqual(expected)
    expect(memberships(reading)).toEqual(harbourMemberships)
    expect(reading.formats.find(({ users }) => users > 0)?.format).toBe(format)
    expect(reading.completeness).toMatchObject({ users: 'whole', groups: 'whole' })
  })
})

describe('LDIF by OpenLDAP', () => {
  const expectedPeople = [
    ['Åsa Ängström', 'asa@harbour.example', 'Chief, "Everything"', null],
    ['田中 さくら', 'sakura@harbour.example', null, 'asa@harbour.example'],
    ["O'Brien, Pat", "pat.o'brien@harbour.example", null, 'sakura@harbour.example'],
    ['No Mail', 'nomail@harbour.example', null, null],
  ]
  const expectedMemberships = [
    'Everybody < Group Slack users',
    'Everybody < User No Mail',
    "Slack users < User O'Brien, Pat",
    'Slack users < User Åsa Ängström',
    'Slack users < User 田中 さくら',
    "posix < User O'Brien, Pat",
    'posix < User 田中 さくら',
  ]

  function peopleByName({ users }: DirectoryFileReading): readonly unknown[] {
    const nameById = new Map(users.map(({ objectId, attributes }) => [objectId, attributes['userPrincipalName']]))
    return users.map(({ attributes }) => [
      ...['displayName', 'userPrincipalName', 'jobTitle'].map((name) => attributes[name]),
      typeof attributes['manager'] === 'string' ? nameById.get(attributes['manager']) : attributes['manager'],
    ])
  }

  test.each(['all-attributes.ldif', 'LLL.ldif', 'paged.ldif', 'slapcat.ldif', 'entries.ldif'])('%s', async (name) => {
    const reading = await readSamples('ldapsearch', name)
    expect(peopleByName(reading)).toEqual(expectedPeople)
    expect(memberships(reading)).toEqual(expectedMemberships)
    expect(reading.users[1]?.attributes['otherMails']).toEqual(['s.tanaka@harbour.example'])
  })

  test('with and without operational attributes, ids are those of the server or made here', async () => {
    const withIds = await readSamples('ldapsearch', 'all-attributes.ldif')
    const catalogue = await readSamples('ldapsearch', 'slapcat.ldif')
    const without = await readSamples('ldapsearch', 'LLL.ldif')
    expect(withIds.users.map(({ objectId }) => objectId)).toEqual(catalogue.users.map(({ objectId }) => objectId))
    expect(withIds.users.some(({ objectIdIsDerived }) => objectIdIsDerived)).toBe(false)
    expect(without.users.every(({ objectIdIsDerived }) => objectIdIsDerived)).toBe(true)
  })

  test('an answer that met the size limit is refused', async () => {
    const error: unknown = await readSamples('ldapsearch', 'size-limit.ldif').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DirectoryFileError)
    expect(String(error)).toContain('4 Size limit exceeded')
  })

  test("in Active Directory's shape", async () => {
    const reading = await readSamples('active-directory', 'ldapsearch-LLL.ldif')
    const chosen = [
      'objectId',
      'displayName',
      'jobTitle',
      'companyName',
      'accountEnabled',
      'onPremisesSamAccountName',
      'manager',
    ]
    expect(people(reading, chosen)).toEqual([
      [personId(1001), 'Ängström, Åsa', 'Chief, "Everything"', 'Harbour', true, 'asaang', null],
      [personId(1002), '田中 さくら', 'Engineer; Sensors', 'Harbour', true, 'tanaka', personId(1001)],
      [personId(1003), "O'Brien-Smith, Pat", null, null, false, 'pobrien', personId(1002)],
    ])
    expect(memberships(reading)).toEqual([
      'All staff < Group Slack users',
      "All staff < User O'Brien-Smith, Pat",
      "Slack users < User O'Brien-Smith, Pat",
      'Slack users < User Ängström, Åsa',
      'Slack users < User 田中 さくら',
    ])
    expect(reading.users[0]?.attributes['proxyAddresses']).toEqual([
      'SMTP:asa.angstrom@harbour.example',
      'smtp:chief@harbour.example',
    ])
    expect(reading.notes).toContainEqual(expect.stringContaining('1 computer'))
  })
})

/*
 * What our own writers write, the reader reads back: every person, every manager, every membership, in each format, and
 * the same company from every format.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { generateCompany, writeCompany, writtenFormats, type Company } from '../../scripts/seed/index.ts'
import { readDirectoryFiles, type DirectoryFileReading } from '../../src/directory/files/index.ts'

const company = generateCompany({ users: 300, groups: 24, seed: 11 })

function filesOf(written: ReturnType<typeof writeCompany>): { name: string; content: Uint8Array }[] {
  return written.map(({ name, text }) => ({ name, content: Buffer.from(text, 'utf8') }))
}

function peopleOf({ users }: DirectoryFileReading, names: readonly string[]): unknown {
  return Object.fromEntries(
    users.map(({ objectId, attributes }) => [
      objectId,
      Object.fromEntries(names.map((name) => [name, attributes[name] ?? null])),
    ]),
  )
}

function expectedPeople({ users }: Company, names: readonly string[]): unknown {
  return Object.fromEntries(
    users.map(({ objectId, attributes }) => [
      objectId,
      Object.fromEntries(names.map((name) => [name, attributes[name] ?? null])),
    ]),
  )
}

function membershipsOf({ memberships }: DirectoryFileReading): readonly string[] {
  return memberships
    .map(({ groupObjectId, memberObjectId, memberType }) => `${groupObjectId} ${memberType} ${memberObjectId}`)
    .sort()
}

function expectedMemberships({ users, groups }: Company): readonly string[] {
  const people = new Set(users.map(({ objectId }) => objectId))
  return groups
    .flatMap(({ objectId, members }) =>
      members.map((member) => `${objectId} ${people.has(member) ? 'User' : 'Group'} ${member}`),
    )
    .sort()
}

const inEveryFormat = [
  ...['userPrincipalName', 'displayName', 'givenName', 'surname', 'mail', 'mailNickname', 'jobTitle', 'department'],
  ...[
    'companyName',
    'employeeId',
    'streetAddress',
    'city',
    'postalCode',
    'country',
    'usageLocation',
    'telephoneNumber',
  ],
  ...['mobile', 'physicalDeliveryOfficeName', 'preferredLanguage', 'accountEnabled', 'manager'],
]

const alsoIn: Readonly<Record<(typeof writtenFormats)[number], readonly string[]>> = {
  'entra-csv': [
    'userType',
    'externalUserState',
    'createdDateTime',
    'employeeOrgData.costCenter',
    'employeeOrgData.division',
  ],
  'graph-json': [
    'userType',
    'externalUserState',
    'createdDateTime',
    'employeeOrgData.costCenter',
    'employeeOrgData.division',
  ],
  jsonl: ['userType', 'externalUserState', 'createdDateTime', 'employeeOrgData.costCenter', 'employeeOrgData.division'],
  ldif: ['employeeOrgData.division'],
}

describe.each(writtenFormats)('a company written as %s', (format) => {
  test('is read back whole', async () => {
    const reading = await readDirectoryFiles(filesOf(writeCompany(company, format)), { keepGoing: false })
    const names = [...inEveryFormat, ...alsoIn[format]]
    expect(peopleOf(reading, names)).toEqual(expectedPeople(company, names))
    expect(membershipsOf(reading)).toEqual(expectedMemberships(company))
    expect(reading.completeness).toMatchObject({ users: 'whole', groups: 'whole', reasons: [] })
    expect(reading.completeness.memberListsOf).toHaveLength(company.groups.length)
    expect(reading.refused).toEqual([])
  })
})

const letters = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
  fc.string({
    unit: fc.constantFrom(
      ...[
        '"',
        "'",
        ',',
        ';',
        '\t',
        '\n',
        '\r',
        ' ',
        '\\',
        '+',
        '=',
        '<',
        '>',
        '#',
        ':',
        '/',
        '-',
        '\ufeff',
        '\u2028',
        '\u200f',
        '\u00a0',
      ],
      ...['𠮷', '👩‍👩‍👧', 'é', 'ß', 'İ', '田', 'ش'],
    ),
    minLength: 1,
    maxLength: 8,
  }),
  fc.constantFrom(
    '=1+3',
    '"',
    '""',
    'System.Admin',
    'null',
    'None',
    'dn: x',
    '# x',
    'version: 1',
    '{"a":1}',
    'x'.repeat(200),
  ),
)
const text = letters.filter((value) => !value.includes('\0'))
const persons = fc.array(
  fc.record({ displayName: text, givenName: text, surname: fc.option(text), jobTitle: fc.option(text) }),
  {
    minLength: 1,
    maxLength: 5,
  },
)

const blankIsNull = (value: string | null): string | null => (value === null || value.trim() === '' ? null : value)

test.each(writtenFormats)('property: names of any letters come back from %s', async (format) => {
  await fc.assert(
    fc.asyncProperty(persons, async (made) => {
      const ids = made.map((_, index) => `aaaaaaaa-aaaa-4aaa-8aaa-${String(index).padStart(12, '0')}`)
      const users = made.map(({ displayName, ...names }, index) => {
        const objectId = ids[index] ?? ''
        const manager = ids[index - 1] ?? null
        const userPrincipalName = `p${index}@x.example`
        const attributes = {
          objectId,
          userPrincipalName,
          mail: userPrincipalName,
          displayName: `N${displayName}`,
          ...names,
          manager,
        }
        return { objectId, manager, attributes: { ...attributes, accountEnabled: true } }
      })
      const group = {
        objectId: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb',
        displayName: `G${made[0]?.displayName ?? ''}`,
        members: ids,
      }
      const attributes = { ...group, securityEnabled: true, mailEnabled: false, groupTypes: [] }
      const hostile: Company = { users, groups: [{ ...group, attributes }] }
      const reading = await readDirectoryFiles(filesOf(writeCompany(hostile, format)), { keepGoing: false })
      expect(
        reading.users.map(({ attributes: found }) => [
          found['displayName'],
          found['givenName'] ?? null,
          found['surname'] ?? null,
          found['jobTitle'] ?? null,
        ]),
      ).toEqual(
        made.map(({ displayName, givenName, surname, jobTitle }) => [
          `N${displayName}`,
          blankIsNull(givenName),
          blankIsNull(surname),
          blankIsNull(jobTitle),
        ]),
      )
      expect(reading.users.map(({ attributes: found }) => found['manager'] ?? null)).toEqual(
        users.map(({ manager }) => manager),
      )
      expect(membershipsOf(reading)).toEqual(expectedMemberships(hostile))
      expect(reading.completeness.memberListsOf).toHaveLength(1)
    }),
  )
})

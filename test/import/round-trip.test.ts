/*
 * What our own writers write, the reader reads back: every person, every manager, every membership, in each format, and
 * the same company from every format.
 */
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

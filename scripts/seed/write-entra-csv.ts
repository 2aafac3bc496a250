/*
 * Writes a company as the Entra admin center downloads it: users, groups, and one member list per group; UTF-8 with byte
 * order mark, CRLF, quotes where they are needed. The columns after `createdDateTime` are not in the admin center's
 * own download; without them managers would be lost.
 */
import type { SourceAttributes, SourceValue } from '../../src/vocabulary/index.ts'
import type { Company, CompanyGroup } from './company-objects.ts'
import type { WrittenFile } from './written-file.ts'

const byteOrderMark = '\ufeff'

/** Heading and mapping source name, in the admin center's order. */
const userColumns: readonly (readonly [string, string])[] = [
  ['userPrincipalName', 'userPrincipalName'],
  ['displayName', 'displayName'],
  ['surname', 'surname'],
  ['mail', 'mail'],
  ['givenName', 'givenName'],
  ['id', 'objectId'],
  ['userType', 'userType'],
  ['jobTitle', 'jobTitle'],
  ['department', 'department'],
  ['accountEnabled', 'accountEnabled'],
  ['usageLocation', 'usageLocation'],
  ['streetAddress', 'streetAddress'],
  ['state', 'state'],
  ['country', 'country'],
  ['officeLocation', 'physicalDeliveryOfficeName'],
  ['city', 'city'],
  ['postalCode', 'postalCode'],
  ['telephoneNumber', 'telephoneNumber'],
  ['mobilePhone', 'mobile'],
  ['alternateEmailAddress', 'otherMails'],
  ['ageGroup', 'ageGroup'],
  ['consentProvidedForMinor', 'consentProvidedForMinor'],
  ['legalAgeGroupClassification', 'legalAgeGroupClassification'],
  ['companyName', 'companyName'],
  ['creationType', 'creationType'],
  ['directorySynced', 'dirSyncEnabled'],
  ['invitationState', 'externalUserState'],
  ['identityIssuer', 'identityIssuer'],
  ['createdDateTime', 'createdDateTime'],
  ['employeeId', 'employeeId'],
  ['mailNickname', 'mailNickname'],
  ['preferredLanguage', 'preferredLanguage'],
  ['costCenter', 'employeeOrgData.costCenter'],
  ['division', 'employeeOrgData.division'],
  ['manager', 'manager'],
]

export function writeEntraCsv({ users, groups }: Company): readonly WrittenFile[] {
  const userById = new Map(users.map((user) => [user.objectId, user]))
  const groupById = new Map(groups.map((group) => [group.objectId, group]))
  const userRows = users.map(({ attributes }) =>
    userColumns.map(([, name]) => {
      const value = attributes[name]
      if (name === 'createdDateTime' && typeof value === 'string') return americanTime(value)
      if (name !== 'manager' || typeof value !== 'string') return sayValue(value)
      return sayValue(userById.get(value)?.attributes['userPrincipalName'])
    }),
  )
  const groupRows = groups.map(({ attributes }) => [
    sayValue(attributes['objectId']),
    sayValue(attributes['displayName']),
    attributes['mailEnabled'] === true ? 'Microsoft 365' : 'Security',
    'Assigned',
    'Cloud',
    sayValue(attributes['mail']),
    sayValue(attributes['securityEnabled']),
    sayValue(attributes['mailEnabled']),
    'False',
    '',
    sayValue(attributes['mailNickname']),
    sayValue(attributes['description']),
  ])
  const groupHeadings =
    'id,displayName,groupType,membershipType,source,mail,securityEnabled,mailEnabled,isAssignableToRole,onPremisesSyncEnabled,mailNickname,description'
  const files = [
    csvFile(
      'users.csv',
      userColumns.map(([heading]) => heading),
      userRows,
    ),
    csvFile('groups.csv', groupHeadings.split(','), groupRows),
  ]
  for (const group of groups.filter(({ members }) => members.length > 0)) {
    const rows = group.members.map((id) => memberRow(userById.get(id)?.attributes, groupById.get(id)))
    const headings = [
      'id',
      'userPrincipalName',
      'displayName',
      'objectType',
      'userType',
      'isUser',
      'isGroup',
      'isGuest',
    ]
    files.push(csvFile(`members-${fileNameOf(group, groups)}.csv`, headings, rows))
  }
  return files
}

function memberRow(user: SourceAttributes | undefined, group: CompanyGroup | undefined): readonly string[] {
  if (group !== undefined) return [group.objectId, '', group.displayName, 'Group', '', 'False', 'True', 'False']
  const isGuest = user?.['userType'] === 'Guest'
  return [
    sayValue(user?.['objectId']),
    sayValue(user?.['userPrincipalName']),
    sayValue(user?.['displayName']),
    'User',
    sayValue(user?.['userType']),
    'True',
    'False',
    isGuest ? 'True' : 'False',
  ]
}

/** The display name where it tells the group, else its id. */
function fileNameOf({ displayName, objectId }: CompanyGroup, groups: readonly CompanyGroup[]): string {
  const name = displayName.replace(/[<>:"/\\|?*]+/gu, '_')
  const namesakes = groups.filter((group) => group.displayName.toLowerCase() === displayName.toLowerCase())
  return namesakes.length > 1 || name !== name.trim() || name.length > 100 ? objectId : name
}

function csvFile(name: string, headings: readonly string[], rows: readonly (readonly string[])[]): WrittenFile {
  const lines = [headings, ...rows].map((cells) => `${cells.map(quote).join(',')}\r\n`)
  return { name, text: byteOrderMark + lines.join('') }
}

function quote(cell: string): string {
  return /[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function sayValue(value: SourceValue | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'object' ? value.join(';') : String(value)
}

/** `8/19/2021 1:25:31 PM`. */
function americanTime(iso: string): string {
  const time = new Date(iso)
  const hours = time.getUTCHours()
  const clock = [hours % 12 === 0 ? 12 : hours % 12, time.getUTCMinutes(), time.getUTCSeconds()]
  const text = clock.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
  return `${time.getUTCMonth() + 1}/${time.getUTCDate()}/${time.getUTCFullYear()} ${text} ${hours < 12 ? 'AM' : 'PM'}`
}

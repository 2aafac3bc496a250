/*
 * Writes a company as an export of Active Directory in LDIF (RFC 2849): base64 where a value needs it, long lines
 * folded, people with `memberOf`, groups with `member`.
 */
import type { SourceValue } from '../../src/vocabulary/index.ts'
import type { Company, CompanyUser } from './company-objects.ts'
import type { WrittenFile } from './written-file.ts'

const lineLength = 76
const root = 'DC=tidewater,DC=example'

/** LDAP attribute and mapping source name. */
const userAttributes: readonly (readonly [string, string])[] = [
  ['userPrincipalName', 'userPrincipalName'],
  ['displayName', 'displayName'],
  ['givenName', 'givenName'],
  ['sn', 'surname'],
  ['mail', 'mail'],
  ['mailNickname', 'mailNickname'],
  ['title', 'jobTitle'],
  ['department', 'department'],
  ['division', 'employeeOrgData.division'],
  ['company', 'companyName'],
  ['employeeID', 'employeeId'],
  ['streetAddress', 'streetAddress'],
  ['l', 'city'],
  ['postalCode', 'postalCode'],
  ['co', 'country'],
  ['c', 'usageLocation'],
  ['telephoneNumber', 'telephoneNumber'],
  ['mobile', 'mobile'],
  ['physicalDeliveryOfficeName', 'physicalDeliveryOfficeName'],
  ['preferredLanguage', 'preferredLanguage'],
]

export function writeLdif({ users, groups }: Company): readonly WrittenFile[] {
  const names = uniqueNames(users)
  const dnById = new Map<string, string>([
    ...users.map(({ objectId }): [string, string] => [
      objectId,
      `CN=${escapeDn(names.get(objectId) ?? objectId)},OU=People,${root}`,
    ]),
    ...groups.map(({ objectId, displayName }): [string, string] => [
      objectId,
      `CN=${escapeDn(displayName)},OU=Groups,${root}`,
    ]),
  ])
  const dnOf = (id: string): string => dnById.get(id) ?? ''
  const groupsOf = new Map<string, string[]>()
  for (const { objectId, members } of groups) {
    for (const member of members) {
      const list = groupsOf.get(member)
      if (list === undefined) groupsOf.set(member, [dnOf(objectId)])
      else list.push(dnOf(objectId))
    }
  }
  const lines = [ldifLine('version', '1'), '\n']
  for (const { objectId, manager, attributes } of users) {
    lines.push(ldifLine('dn', dnOf(objectId)))
    for (const objectClass of ['top', 'person', 'organizationalPerson', 'user'])
      lines.push(ldifLine('objectClass', objectClass))
    lines.push(ldifLine('cn', names.get(objectId) ?? objectId), binaryLine('objectGUID', guidBytes(objectId)))
    lines.push(ldifLine('userAccountControl', attributes['accountEnabled'] === false ? '514' : '512'))
    for (const [ldapName, name] of userAttributes) lines.push(...valueLine(ldapName, attributes[name]))
    if (manager !== null) lines.push(ldifLine('manager', dnOf(manager)))
    for (const group of groupsOf.get(objectId) ?? []) lines.push(ldifLine('memberOf', group))
    lines.push('\n')
  }
  for (const { objectId, displayName, members, attributes } of groups) {
    lines.push(ldifLine('dn', dnOf(objectId)), ldifLine('objectClass', 'top'), ldifLine('objectClass', 'group'))
    lines.push(ldifLine('cn', displayName), binaryLine('objectGUID', guidBytes(objectId)))
    lines.push(...valueLine('description', attributes['description']), ...valueLine('mail', attributes['mail']))
    for (const member of members) lines.push(ldifLine('member', dnOf(member)))
    for (const group of groupsOf.get(objectId) ?? []) lines.push(ldifLine('memberOf', group))
    lines.push('\n')
  }
  return [{ name: 'directory.ldif', text: lines.join('') }]
}

/** Active Directory allows a name once in a container. */
function uniqueNames(users: readonly CompanyUser[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(
    users.map(({ objectId, attributes }) => {
      const wanted = String(attributes['displayName'])
      let name = wanted
      for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${wanted} ${number}`
      taken.add(name.toLowerCase())
      return [objectId, name]
    }),
  )
}

/** RFC 4514 2.4. */
function escapeDn(value: string): string {
  return value.replace(/[",+;<>\\=]/gu, (sign) => `\\${sign}`).replace(/^[ #]/u, (sign) => `\\${sign}`)
}

function valueLine(name: string, value: SourceValue | undefined): readonly string[] {
  return value === undefined || value === null ? [] : [ldifLine(name, String(value))]
}

/** RFC 2849: a value that is not SAFE-STRING, or ends with a blank, is written in base64. */
function ldifLine(name: string, value: string): string {
  const isSafe =
    /^(?:[\u0001-\u0009\u000b\u000c\u000e-\u001f\u0021-\u0039\u003b\u003d-\u007f][\u0001-\u0009\u000b\u000c\u000e-\u007f]*)?$/u.test(
      value,
    )
  if (isSafe && !value.endsWith(' ')) return fold(`${name}: ${value}`)
  return fold(`${name}:: ${Buffer.from(value, 'utf8').toString('base64')}`)
}

function binaryLine(name: string, bytes: Uint8Array): string {
  return fold(`${name}:: ${Buffer.from(bytes).toString('base64')}`)
}

function fold(line: string): string {
  const parts = [line.slice(0, lineLength)]
  for (let at = lineLength; at < line.length; at += lineLength - 1) parts.push(line.slice(at, at + lineLength - 1))
  return `${parts.join('\n ')}\n`
}

/** Active Directory stores the first three parts of a GUID with the lowest byte first (MS-DTYP 2.3.4.2). */
function guidBytes(id: string): Uint8Array {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((index) => bytes[index] ?? 0))
}

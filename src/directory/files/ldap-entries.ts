/*
 * What an LDAP entry stands for: a person or a group of inetOrgPerson, Active Directory, groupOfNames or posixGroup
 * shape, with ids, account state, manager and memberships in the directory's own words translated.
 */
import type { SourceValue } from '../../vocabulary/index.ts'
import { ldapGroupAttributes, ldapUserAttributes } from './attribute-names.ts'
import { checkText, readGuid, readInstant } from './check-value.ts'
import type { Collector, FoundMembership, FoundObject, MemberList } from './collect-objects.ts'
import type { ObjectReference } from './directory-reading.ts'
import { domainOf, normalizeDistinguishedName, readDistinguishedName } from './distinguished-names.ts'
import type { LdifValue } from './ldif-records.ts'

export interface LdapEntry {
  readonly file: string
  readonly line: number
  readonly dn: string
  readonly values: readonly LdifValue[]
  readonly valuesByName: ReadonlyMap<string, readonly LdifValue[]>
}

/** The values of an entry, to be asked for by name. */
export function indexValues(values: readonly LdifValue[]): ReadonlyMap<string, readonly LdifValue[]> {
  const byName = new Map<string, LdifValue[]>()
  for (const value of values) {
    const list = byName.get(value.name)
    if (list === undefined) byName.set(value.name, [value])
    else list.push(value)
  }
  return byName
}

/** Everything one file says, kept until its end: which attributes are in use is only known then. */
export interface LdapFindings {
  readonly users: FoundObject[]
  readonly groups: FoundObject[]
  readonly memberships: FoundMembership[]
  readonly memberLists: Map<string, MemberList>
  /** posixGroup lists login names, not entries. */
  readonly posixMembers: {
    readonly group: ObjectReference
    readonly uid: string
    readonly file: string
    readonly line: number
  }[]
  readonly dnByUid: Map<string, string>
  /** Names of groups in `memberOf` as they were spelt: each is looked at once. */
  readonly memberOfSeen: Set<string>
  namesTakenFromMail: number
  namesTakenFromUid: number
}

const userClasses = new Set(['inetorgperson', 'person', 'organizationalperson', 'user', 'posixaccount', 'account'])
const groupClasses = new Set([
  'groupofnames',
  'groupofuniquenames',
  'groupofmembers',
  'group',
  'posixgroup',
  'groupofurls',
])
/** These are persons to the schema and none to a company: computers and service accounts of Active Directory, address book contacts. */
const otherClasses = new Set([
  'computer',
  'contact',
  'msds-groupmanagedserviceaccount',
  'msds-managedserviceaccount',
  'trusteddomain',
])

export function kindOfEntry({ valuesByName }: LdapEntry): 'user' | 'group' | 'other' {
  const classes = (valuesByName.get('objectclass') ?? []).map(({ text }) => text.trim().toLowerCase())
  const has = (...names: readonly string[]): boolean => names.some((name) => valuesByName.has(name))
  if (classes.some((name) => otherClasses.has(name))) return 'other'
  if (classes.some((name) => groupClasses.has(name))) return 'group'
  if (classes.some((name) => userClasses.has(name))) return 'user'
  if (classes.length > 0) return 'other'
  // A search for chosen attributes may leave objectClass out.
  if (has('member', 'uniquemember', 'memberuid')) return 'group'
  return has('userprincipalname', 'samaccountname', 'uid', 'mail') && has('sn', 'givenname', 'mail', 'manager', 'title')
    ? 'user'
    : 'other'
}

const usedNames = new Set([
  ...[...ldapUserAttributes, ...ldapGroupAttributes].flatMap(([, spellings]) => spellings),
  ...['objectguid', 'entryuuid', 'ipauniqueid', 'nsuniqueid', 'useraccountcontrol', 'nsaccountlock', 'logindisabled'],
  ...['pwdaccountlockedtime', 'uid', 'manager', 'memberof', 'member', 'uniquemember', 'memberuid', 'proxyaddresses'],
  ...['whencreated', 'createtimestamp', 'objectclass', 'changetype'],
])

/** Values of other attributes, photographs for example, may be whatever they are. */
export function isUsedAttribute(name: string): boolean {
  return usedNames.has(name)
}

export function readUserEntry(entry: LdapEntry, findings: LdapFindings, collector: Collector): void {
  const attributes = readAttributes(entry, ldapUserAttributes, 'users', collector)
  if (attributes === undefined) return
  const uid = textOf(entry, 'uid') ?? textOf(entry, 'samaccountname')
  if (uid !== undefined) findings.dnByUid.set(uid.toLowerCase(), entry.dn)
  nameUser(entry, attributes, uid, findings)
  const enabled = readAccountEnabled(entry)
  if (enabled !== undefined) attributes['accountEnabled'] = enabled
  const [, ...otherMails] = textsOf(entry, 'mail')
  if (otherMails.length > 0) attributes['otherMails'] = otherMails
  const manager = textOf(entry, 'manager')
  const found = { file: entry.file, line: entry.line, dn: entry.dn, attributes }
  findings.users.push(manager === undefined ? found : { ...found, manager: { by: 'dn', value: manager } })
  readMemberOf(entry, 'User', findings)
}

/** People without userPrincipalName are known by their mail address, else by login name and domain. */
function nameUser(
  entry: LdapEntry,
  attributes: Record<string, SourceValue>,
  uid: string | undefined,
  findings: LdapFindings,
): void {
  if (typeof attributes['userPrincipalName'] === 'string') return
  const { mail } = attributes
  const domain = domainOf(entry.dn)
  if (typeof mail === 'string') {
    attributes['userPrincipalName'] = mail
    findings.namesTakenFromMail += 1
  } else if (uid !== undefined && domain !== undefined) {
    attributes['userPrincipalName'] = `${uid}@${domain}`
    findings.namesTakenFromUid += 1
  }
}

export function readGroupEntry(entry: LdapEntry, findings: LdapFindings, collector: Collector): void {
  const attributes = readAttributes(entry, ldapGroupAttributes, 'groups', collector)
  if (attributes === undefined) return
  const group: ObjectReference = { by: 'dn', value: entry.dn }
  findings.groups.push({ file: entry.file, line: entry.line, dn: entry.dn, attributes })
  const members = [...valuesOf(entry, 'member'), ...valuesOf(entry, 'uniquemember')]
  for (const { text, line } of members) {
    // RFC 4519 asks for at least one member, so empty groups hold an empty name.
    if (text.trim() !== '')
      findings.memberships.push({ file: entry.file, line, group, member: { by: 'dn', value: text.trim() } })
  }
  for (const { text, line } of valuesOf(entry, 'memberuid')) {
    findings.posixMembers.push({ group, uid: text.trim().toLowerCase(), file: entry.file, line })
  }
  if (members.length > 0 || valuesOf(entry, 'memberuid').length > 0) {
    const isWhole = !isRangeCut(members)
    findings.memberLists.set(normalizeDistinguishedName(entry.dn), {
      group,
      file: entry.file,
      isWhole,
      concern: 'memberships',
    })
    if (!isWhole) {
      collector.note(
        `${entry.file}, line ${entry.line}: the server gave only the first members of "${entry.dn}" (range). Read the rest of the range to have all.`,
      )
    }
  }
  readMemberOf(entry, 'Group', findings)
}

/** Active Directory gives long lists in pieces, `member;range=0-1499`; the last piece ends with `*`. */
function isRangeCut(members: readonly LdifValue[]): boolean {
  const ranges = members.flatMap(({ options }) => options.filter((option) => option.startsWith('range=')))
  return ranges.length > 0 && !ranges.some((range) => range.endsWith('-*'))
}

function readMemberOf(entry: LdapEntry, memberType: 'User' | 'Group', findings: LdapFindings): void {
  for (const { text, line } of valuesOf(entry, 'memberof')) {
    const group: ObjectReference = { by: 'dn', value: text.trim() }
    const member: ObjectReference = { by: 'dn', value: entry.dn }
    findings.memberships.push({ file: entry.file, line, group, member, memberType, isSaidByMember: true })
    if (findings.memberOfSeen.has(group.value)) continue
    findings.memberOfSeen.add(group.value)
    const key = normalizeDistinguishedName(group.value)
    if (!findings.memberLists.has(key)) {
      findings.memberLists.set(key, { group, file: entry.file, isWhole: true, concern: 'users' })
    }
  }
}

export function addPosixMembers({ posixMembers, dnByUid, memberships }: LdapFindings): void {
  for (const { group, uid, file, line } of posixMembers) {
    const dn = dnByUid.get(uid)
    const member: ObjectReference = dn === undefined ? { by: 'displayName', value: uid } : { by: 'dn', value: dn }
    memberships.push({ file, line, group, member })
  }
}

/**
 * An entry says nothing of attributes it does not have. Where other entries of the file have one, it was asked for, and
 * its absence means that it is empty; an attribute that no entry has may just not have been exported. The entry at the
 * end of a file that may be cut is left as it is.
 */
export function clearMissing(objects: FoundObject[], cutLine: number | undefined): void {
  const cleared = new Map<string, SourceValue>()
  for (const { attributes } of objects) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name !== 'objectId') cleared.set(name, name === 'accountEnabled' ? true : Array.isArray(value) ? [] : null)
    }
  }
  const hasManagers = objects.some(({ manager }) => manager !== undefined)
  for (const [index, object] of objects.entries()) {
    if (object.line === cutLine) continue
    for (const [name, value] of cleared) object.attributes[name] ??= value
    if (hasManagers && object.manager === undefined) objects[index] = { ...object, manager: null }
  }
}

function readAttributes(
  entry: LdapEntry,
  table: typeof ldapUserAttributes,
  concern: 'users' | 'groups',
  collector: Collector,
): Record<string, SourceValue> | undefined {
  const attributes: Record<string, SourceValue> = { onPremisesDistinguishedName: entry.dn }
  const id = readObjectId(entry)
  if (id !== undefined) attributes['objectId'] = id
  let isGood = true
  for (const [name, spellings] of table) {
    const value = spellings.map((spelling) => valueOf(entry, spelling)).find((found) => found !== undefined)
    if (value === undefined) continue
    const checked =
      value.kind === 'bytes'
        ? { reason: 'The value is not UTF-8 text.' }
        : checkText({ name, kind: 'text', rank: 0 }, value.text)
    if ('value' in checked) attributes[name] = checked.value
    else {
      isGood = false
      collector.refuse(concern, {
        file: entry.file,
        line: value.line,
        column: value.name,
        value: value.text,
        reason: checked.reason,
      })
    }
  }
  const proxyAddresses = textsOf(entry, 'proxyaddresses')
  if (proxyAddresses.length > 0) attributes['proxyAddresses'] = proxyAddresses
  const created = textOf(entry, 'whencreated') ?? textOf(entry, 'createtimestamp')
  if (created !== undefined) attributes['createdDateTime'] = readInstant(created) ?? created
  return isGood ? attributes : undefined
}

/** The server's own unchanging id: OpenLDAP (RFC 4530), Active Directory, FreeIPA, 389 Directory Server. */
function readObjectId(entry: LdapEntry): string | undefined {
  const guid = valueOf(entry, 'objectguid')
  if (guid !== undefined) {
    const bytes = guid.bytes ?? Buffer.from(guid.text, 'latin1')
    return readGuid(guid.text) ?? (bytes.length === 16 ? readGuid(guidOfBytes(bytes)) : undefined)
  }
  for (const name of ['entryuuid', 'ipauniqueid']) {
    const id = readGuid(textOf(entry, name) ?? '')
    if (id !== undefined) return id
  }
  const hex = (textOf(entry, 'nsuniqueid') ?? '').replaceAll('-', '')
  return /^[0-9a-f]{32}$/iu.test(hex) ? readGuid(hyphenate(hex)) : undefined
}

/** Active Directory stores the first three parts of a GUID with the lowest byte first (MS-DTYP 2.3.4.2). */
function guidOfBytes(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  return hyphenate(order.map((index) => (bytes[index] ?? 0).toString(16).padStart(2, '0')).join(''))
}

function hyphenate(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Active Directory's ACCOUNTDISABLE bit, 389 Directory Server's lock, OpenLDAP's permanent lock, eDirectory's disabled login. */
function readAccountEnabled(entry: LdapEntry): boolean | undefined {
  const control = textOf(entry, 'useraccountcontrol')
  if (control !== undefined && /^-?\d+$/u.test(control)) return (Number(control) & 2) === 0
  const locked = textOf(entry, 'nsaccountlock') ?? textOf(entry, 'logindisabled')
  if (locked !== undefined) return locked.toLowerCase() !== 'true'
  return textOf(entry, 'pwdaccountlockedtime') === '000001010000Z' ? false : undefined
}

/** Values in another language or part of a range are no answer to a plain question. */
function valueOf(entry: LdapEntry, name: string): LdifValue | undefined {
  return valuesOf(entry, name).find(
    ({ options, text }) => options.every((option) => option === 'binary') && text.trim() !== '',
  )
}

function valuesOf(entry: LdapEntry, name: string): readonly LdifValue[] {
  return entry.valuesByName.get(name) ?? []
}

function textOf(entry: LdapEntry, name: string): string | undefined {
  const value = valueOf(entry, name)
  return value?.kind === 'text' ? value.text.trim() : undefined
}

function textsOf(entry: LdapEntry, name: string): readonly string[] {
  return valuesOf(entry, name)
    .filter(({ kind, options }) => kind === 'text' && options.length === 0)
    .map(({ text }) => text.trim())
}

/** What a group that is only known from `memberOf` is called: the first part of its distinguished name. */
export function nameInDistinguishedName(dn: string): string | undefined {
  return readDistinguishedName(dn)?.[0]?.value
}

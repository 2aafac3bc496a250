/*
 * What a checked CSV row stands for: a person with a manager, a group with its kind, or one membership.
 */
import type { ObjectTypeName, SourceValue } from '../../vocabulary/index.ts'
import { readBoolean, readGuid } from './check-value.ts'
import type { Collector } from './collect-objects.ts'
import type { ObjectReference } from './directory-reading.ts'
import { readDistinguishedName } from './distinguished-names.ts'

export interface CsvLine {
  readonly file: string
  readonly line: number
  readonly attributes: Record<string, SourceValue>
}

export function addUserRow({ file, line, attributes }: CsvLine, collector: Collector): void {
  const { manager, ...others } = attributes
  if (manager === undefined) collector.addUser({ file, line, attributes: others })
  else
    collector.addUser({
      file,
      line,
      attributes: others,
      manager: typeof manager === 'string' ? referenceTo(manager) : null,
    })
}

/** People are pointed at in every way files have: by object id, by address, by distinguished name, by display name. */
export function referenceTo(text: string): ObjectReference {
  const value = text.trim()
  const id = readGuid(value)
  if (id !== undefined) return { by: 'objectId', value: id }
  if (value.includes('=') && (readDistinguishedName(value)?.length ?? 0) > 1) return { by: 'dn', value }
  return value.includes('@') ? { by: 'userPrincipalName', value } : { by: 'displayName', value }
}

/** `groupType`, `membershipType` and `source` are the admin center's words for what Graph says in other properties. */
export function addGroupRow({ file, line, attributes }: CsvLine, collector: Collector): void {
  const { groupType, membershipType, source, ...others } = attributes
  const group: Record<string, SourceValue> = { ...others }
  if (group['groupTypes'] === undefined && (groupType !== undefined || membershipType !== undefined)) {
    const types: string[] = []
    if (/365|unified|office/iu.test(textOf(groupType))) types.push('Unified')
    if (/dynamic/iu.test(textOf(membershipType))) types.push('DynamicMembership')
    group['groupTypes'] = types
  }
  if (group['dirSyncEnabled'] === undefined && typeof source === 'string')
    group['dirSyncEnabled'] = !/cloud/iu.test(source)
  collector.addGroup({ file, line, attributes: group })
}

/** Adds the membership. `begun` holds the groups whose lists were begun, so that each is announced once. */
export function addMemberRow(
  { file, line, attributes }: CsvLine,
  groupOfFile: ObjectReference | undefined,
  begun: Set<string>,
  collector: Collector,
): void {
  const group = groupOfRow(attributes) ?? groupOfFile
  if (group === undefined) {
    const reason =
      'Nothing says to which group this member belongs: the columns for it are empty. Fill in the group id, ' +
      'or name the file members-<group id or display name>.csv.'
    collector.refuse('memberships', { file, line, column: 'groupId', value: '', reason })
    return
  }
  const member = memberOfRow(attributes)
  if (member === undefined) {
    const reason =
      'The row names no member: neither an object id nor a userPrincipalName nor a mail address. Fill one in.'
    collector.refuse('memberships', { file, line, column: '', value: textOf(attributes['memberDisplayName']), reason })
    return
  }
  const said = textOf(attributes['memberType'])
  if (said !== '' && typeOfMember(attributes) === undefined) {
    collector.leaveOut(file, line, said)
    return
  }
  const key = `${group.by}:${group.value}`
  if (!begun.has(key)) collector.addMemberList({ group, file, isWhole: true, concern: 'memberships' })
  const memberType = typeOfMember(attributes)
  collector.addMembership({ file, line, group, member, ...(memberType === undefined ? {} : { memberType }) })
  begun.add(key)
}

function groupOfRow(attributes: Record<string, SourceValue>): ObjectReference | undefined {
  const id = textOf(attributes['groupId'])
  if (id !== '')
    return readGuid(id) === undefined ? { by: 'displayName', value: id } : { by: 'objectId', value: id.toLowerCase() }
  const mail = textOf(attributes['groupMail'])
  if (mail !== '') return { by: 'mail', value: mail }
  const name = textOf(attributes['groupDisplayName'])
  return name === '' ? undefined : { by: 'displayName', value: name }
}

function memberOfRow(attributes: Record<string, SourceValue>): ObjectReference | undefined {
  const id = readGuid(textOf(attributes['memberObjectId']))
  if (id !== undefined) return { by: 'objectId', value: id }
  const either = textOf(attributes['member'])
  if (either !== '') return referenceTo(either)
  const name = textOf(attributes['memberUserPrincipalName'])
  if (name !== '') return { by: 'userPrincipalName', value: name }
  const mail = textOf(attributes['memberMail'])
  return mail === '' ? undefined : { by: 'mail', value: mail }
}

function typeOfMember(attributes: Record<string, SourceValue>): ObjectTypeName | undefined {
  const said = textOf(attributes['memberType']).toLowerCase()
  if (said.includes('group') || readBoolean(textOf(attributes['isGroup'])) === true) return 'Group'
  return said.includes('user') || readBoolean(textOf(attributes['isUser'])) === true ? 'User' : undefined
}

function textOf(value: SourceValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

/*
 * What one object of a Graph answer stands for: a user with a manager, a group with its members, or something Muster
 * does not import.
 */
import type { ObjectTypeName, SourceValue } from '../../vocabulary/index.ts'
import { graphGroupProperties, graphUserProperties, type AttributeName } from './attribute-names.ts'
import { checkText, readGuid } from './check-value.ts'
import type { Collector, Concern } from './collect-objects.ts'
import { referenceTo } from './csv-objects.ts'
import type { ObjectReference } from './directory-reading.ts'

export interface GraphContext {
  readonly file: string
  readonly collector: Collector
  /** The longest expanded member list so far, and the lists to be judged by it at the end of the file. */
  largestExpandedList: number
  readonly fullExpandedLists: { readonly group: ObjectReference; readonly name: string; readonly size: number }[]
}

/** Properties by lower-cased name: PowerShell writes `UserPrincipalName`, Graph `userPrincipalName`. */
type Properties = ReadonlyMap<string, unknown>

/** Sorts out what the object is and hands it to the collector. */
export function addGraphObject(element: unknown, line: number, contextUrl: string, context: GraphContext): void {
  const properties = propertiesOf(element)
  if (properties === undefined) {
    refuse(context, 'any', line, '', JSON.stringify(element), 'A directory object is a JSON object. Remove this value.')
    return
  }
  if (properties.has('@removed') || hasText(properties.get('deleteddatetime'))) {
    const reason =
      'This object is marked as removed. A file says what there is, not what went: export users and groups, not a delta or deleted items.'
    refuse(context, 'any', line, '@removed', textOf(properties.get('id')), reason)
    return
  }
  const kind = kindOf(properties, contextUrl)
  switch (kind) {
    case 'User':
      addUser(properties, element, line, context)
      return
    case 'Group':
      addGroup(properties, line, context)
      return
    case 'other':
      context.collector.leaveOut(context.file, line, textOf(properties.get('@odata.type')))
      return
    case 'unknown': {
      const reason =
        'Neither a user (userPrincipalName) nor a group (securityEnabled, groupTypes, members). Select these properties when exporting.'
      refuse(context, 'any', line, '', JSON.stringify(element), reason)
      return
    }
    default:
      kind satisfies never
  }
}

function propertiesOf(element: unknown): Properties | undefined {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return undefined
  return new Map(Object.entries(element).map(([name, value]) => [name.toLowerCase(), value as unknown]))
}

function kindOf(properties: Properties, contextUrl: string): ObjectTypeName | 'other' | 'unknown' {
  const type = textOf(properties.get('@odata.type')).toLowerCase()
  if (type.endsWith('.user')) return 'User'
  if (type.endsWith('.group')) return 'Group'
  if (type !== '') return 'other'
  if (properties.has('userprincipalname')) return 'User'
  if (['securityenabled', 'mailenabled', 'grouptypes', 'members'].some((name) => properties.has(name))) return 'Group'
  if (/#(?:[a-z/$.]*\/)?users\b/iu.test(contextUrl)) return 'User'
  return /#(?:[a-z/$.]*\/)?groups\b/iu.test(contextUrl) ? 'Group' : 'unknown'
}

function addUser(properties: Properties, element: unknown, line: number, context: GraphContext): void {
  const attributes = readAttributes(properties, graphUserProperties, 'users', line, context)
  const manager = readManager(properties)
  if (attributes === undefined) return
  readPhones(properties, attributes)
  readNested(properties, attributes)
  readDirectoryExtensions(element, attributes)
  const found = { file: context.file, line, attributes }
  context.collector.addUser(manager === undefined ? found : { ...found, manager })
}

/** Every property that is there is checked; a value of the wrong kind refuses the object. */
function readAttributes(
  properties: Properties,
  names: ReadonlyMap<string, AttributeName>,
  concern: Concern,
  line: number,
  context: GraphContext,
): Record<string, SourceValue> | undefined {
  const attributes: Record<string, SourceValue> = {}
  let isGood = true
  for (const [property, value] of properties) {
    const attribute = names.get(property)
    if (attribute === undefined) continue
    const checked = checkProperty(attribute, value)
    if ('value' in checked) attributes[attribute.name] = checked.value
    else {
      isGood = false
      refuse(context, concern, line, attribute.name, JSON.stringify(value) ?? '', checked.reason)
    }
  }
  return isGood ? attributes : undefined
}

function checkProperty(attribute: AttributeName, value: unknown): ReturnType<typeof checkText> {
  if (value === null || value === undefined) return checkText(attribute, '')
  if (attribute.kind === 'list') {
    const items = Array.isArray(value) ? value : [value]
    return items.every((item) => typeof item === 'string' && item.isWellFormed() && !item.includes('\0'))
      ? { value: items as readonly string[] }
      : { reason: `${attribute.name} must be a list of texts.` }
  }
  if (typeof value === 'string' || (attribute.kind === 'boolean' && typeof value === 'boolean'))
    return checkText(attribute, String(value))
  if (attribute.kind === 'text' && typeof value === 'number') return checkText(attribute, String(value))
  return { reason: `${attribute.name} must be ${attribute.kind === 'boolean' ? 'true or false' : 'a text'}, or null.` }
}

/** `businessPhones` holds at most one number (graph-api.md 3.1). */
function readPhones(properties: Properties, attributes: Record<string, SourceValue>): void {
  const phones = properties.get('businessphones')
  if (!Array.isArray(phones)) return
  const first: unknown = phones[0]
  attributes['telephoneNumber'] = typeof first === 'string' && first.trim() !== '' ? first : null
}

function readNested(properties: Properties, attributes: Record<string, SourceValue>): void {
  const extension = propertiesOf(properties.get('onpremisesextensionattributes'))
  for (let number = 1; number <= 15; number += 1) {
    const name = `extensionAttribute${number}`
    const value = extension?.get(name.toLowerCase())
    if (value === null || typeof value === 'string') attributes[name] = hasText(value) ? value : null
  }
  if (!properties.has('employeeorgdata')) return
  const organization = propertiesOf(properties.get('employeeorgdata'))
  for (const part of ['costCenter', 'division']) {
    const value = organization?.get(part.toLowerCase())
    attributes[`employeeOrgData.${part}`] = typeof value === 'string' && value !== '' ? value : null
  }
}

/** `extension_{appId}_{name}` is spelt as the application spelt it (graph-api.md 3.1). */
function readDirectoryExtensions(element: unknown, attributes: Record<string, SourceValue>): void {
  for (const [name, value] of Object.entries(element ?? {}) as [string, unknown][]) {
    if (name.startsWith('extension_') && isPlain(value)) attributes[name] = value
  }
}

/** Expanded (`manager: {id}`), as a bare id, or bound (`manager@odata.bind`). */
function readManager(properties: Properties): ObjectReference | null | undefined {
  const bound = properties.get('manager@odata.bind')
  if (typeof bound === 'string') return referenceOfObject(bound)
  if (!properties.has('manager')) return undefined
  const manager = properties.get('manager')
  if (manager === null || manager === '') return null
  return referenceOfObject(manager) ?? undefined
}

function referenceOfObject(value: unknown): ObjectReference | undefined {
  if (typeof value === 'string')
    return referenceTo(/\/(?:directoryObjects|users|groups)\/([^/]+)$/iu.exec(value)?.[1] ?? value)
  const properties = propertiesOf(value)
  if (properties === undefined) return undefined
  const id = readGuid(textOf(properties.get('id')))
  if (id !== undefined) return { by: 'objectId', value: id }
  const link = properties.get('@odata.id')
  if (typeof link === 'string') return referenceOfObject(link)
  const name = textOf(properties.get('userprincipalname'))
  return name === '' ? undefined : { by: 'userPrincipalName', value: name }
}

function addGroup(properties: Properties, line: number, context: GraphContext): void {
  const attributes = readAttributes(properties, graphGroupProperties, 'groups', line, context)
  if (attributes === undefined) return
  if (!context.collector.addGroup({ file: context.file, line, attributes })) return
  const members = properties.get('members') ?? properties.get('members@odata.bind') ?? properties.get('members@delta')
  if (!Array.isArray(members)) return
  const name = textOf(attributes['displayName'])
  const id = attributes['objectId']
  const group: ObjectReference =
    typeof id === 'string' ? { by: 'objectId', value: id } : { by: 'displayName', value: name }
  for (const member of members as readonly unknown[]) addMember(group, member, line, context)
  if (properties.has('members@odata.nextlink') || properties.has('members@delta')) {
    context.collector.addMemberList({ group, file: context.file, isWhole: false, concern: 'memberships' })
    context.collector.note(
      `${context.file}, line ${line}: the member list of "${name}" goes on in another page that is not in the file.`,
    )
    return
  }
  context.largestExpandedList = Math.max(context.largestExpandedList, members.length)
  context.fullExpandedLists.push({ group, name, size: members.length })
}

function addMember(group: ObjectReference, member: unknown, line: number, context: GraphContext): void {
  const properties = propertiesOf(member)
  const type = textOf(properties?.get('@odata.type')).toLowerCase()
  if (type !== '' && !type.endsWith('.user') && !type.endsWith('.group')) {
    context.collector.leaveOut(context.file, line, textOf(properties?.get('@odata.type')))
    return
  }
  const reference = referenceOfObject(member)
  if (reference === undefined) {
    refuse(
      context,
      'memberships',
      line,
      'members',
      JSON.stringify(member),
      'The member has no id and no userPrincipalName. Export members with their id.',
    )
    return
  }
  const found = { file: context.file, line, group, member: reference }
  if (type === '') context.collector.addMembership(found)
  else context.collector.addMembership({ ...found, memberType: type.endsWith('.group') ? 'Group' : 'User' })
}

function isPlain(value: unknown): value is SourceValue {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number'
}

function hasText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function refuse(
  context: GraphContext,
  concern: Concern,
  line: number,
  column: string,
  value: string,
  reason: string,
): void {
  context.collector.refuse(concern, { file: context.file, line, column, value, reason })
}

/* `$select`, `$expand`, `$orderby`, `$top`, `$count`: read and brought together with the types they are asked of. */
import { badAddress, badRequest, noSuchProperty, notSupportedYet, unsupportedQuery } from '../graph-problem.ts'
import { nameKey, propertyOf, types, type EntityType, type Navigation, type Property } from '../types/index.ts'

/** What of a resource is given out; by type, since members of a list may be of several. */
export interface Selection {
  /** `null`: what each type gives without being asked. */
  readonly names: readonly string[] | null
}

export interface Expansion {
  readonly navigation: Navigation
  readonly selection: Selection
}

export interface Order {
  readonly property: string
  readonly isDescending: boolean
}

/** Names in a list, at most. */
const namesMax = 200

export function readSelect(
  text: string | undefined,
  of: readonly EntityType[],
  beside: readonly string[] = [],
): Selection {
  if (text === undefined) return { names: null }
  const names = text.split(',').map((name) => name.trim())
  if (names.length > namesMax) throw badRequest(`$select names more than ${String(namesMax)} properties.`)
  if (names.some((name) => name === '*')) return { names: null }
  const found = names.flatMap((name) => {
    const [type] = of
    const property = of.map((each) => propertyOf(each, name)).find((each) => each !== undefined)
    if (property !== undefined) return [property.name]
    if (beside.some((each) => nameKey(each) === nameKey(name))) return []
    if (of.some(({ elsewhere }) => elsewhere.has(nameKey(name)))) throw notSupportedYet(name)
    throw noSuchProperty(name, type?.name ?? 'entity')
  })
  return { names: [...new Set(found)] }
}

/** The properties of one type that a selection means. */
export function selectedProperties(selection: Selection, type: EntityType): readonly Property[] {
  if (selection.names === null)
    return [...type.properties.values()].filter(({ isDefault, access }) => isDefault && access !== 'writeOnly')
  return selection.names.flatMap((name) => propertyOf(type, name) ?? [])
}

export function readExpand(text: string | undefined, of: readonly EntityType[]): readonly Expansion[] {
  if (text === undefined) return []
  const expansions = splitOutside(text, ',').map((item) => readOneExpansion(item.trim(), of))
  const names = expansions.map(({ navigation }) => navigation.name)
  if (new Set(names).size !== names.length) throw badRequest('$expand names a relationship twice.')
  if (expansions.length > 1)
    throw unsupportedQuery('$expand takes one relationship at a time. Ask for the others in requests of their own.')
  return expansions
}

function readOneExpansion(text: string, of: readonly EntityType[]): Expansion {
  const [, name = '', inner] = /^([A-Za-z.]+)(?:\((.*)\))?$/s.exec(text) ?? []
  const navigation = of.map((type) => type.navigations.get(nameKey(name))).find((each) => each !== undefined)
  if (navigation === undefined)
    throw badAddress(
      `Could not find a relationship named '${text.slice(0, 100)}' on type 'microsoft.graph.${of[0]?.name ?? 'entity'}'.`,
    )
  if (!navigation.isExpandable)
    throw unsupportedQuery(`'${navigation.name}' cannot be expanded. Read it at its own address.`)
  const targets = navigation.types.map((each) => types[each])
  if (inner === undefined || inner.trim() === '') return { navigation, selection: { names: null } }
  const options = splitOutside(inner, ';').map((option) => {
    const [, optionName = '', value = ''] = /^\$?([A-Za-z]+)\s*=(.*)$/s.exec(option.trim()) ?? []
    if (optionName.toLowerCase() !== 'select')
      throw unsupportedQuery(`Inside $expand only $select is supported, and '${option.trim().slice(0, 100)}' is given.`)
    return value
  })
  return { navigation, selection: readSelect(options.join(','), targets) }
}

/** Splits at a sign that stands in no parentheses and no quotes. */
function splitOutside(text: string, sign: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let isQuoted = false
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    const each = text[at]
    if (each === "'") isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (each === '(') depth += 1
    else if (each === ')') depth -= 1
    else if (each === sign && depth === 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}

export function readOrder(
  text: string | undefined,
  of: readonly EntityType[],
  sortable: readonly string[],
): Order | null {
  if (text === undefined) return null
  const [, name = '', direction = 'asc'] = /^\s*([A-Za-z0-9_/]+)(?:\s+(asc|desc))?\s*$/i.exec(text) ?? []
  if (name === '')
    throw unsupportedQuery(
      `$orderby takes one property, with asc or desc behind it; '${text.slice(0, 100)}' is something else.`,
    )
  if (of.every((type) => propertyOf(type, name) === undefined)) throw noSuchProperty(name, of[0]?.name ?? 'entity')
  const property = sortable.find((each) => nameKey(each) === nameKey(name))
  if (property === undefined)
    throw unsupportedQuery(
      `Sorting by '${name}' is not supported here. ${sortable.length === 0 ? 'This list cannot be sorted.' : `It can be sorted by ${sortable.join(' or ')}.`}`,
    )
  return { property, isDescending: direction.toLowerCase() === 'desc' }
}

export const pageSizeMax = 999

export function readTop(text: string | undefined, usual: number): number {
  if (text === undefined) return usual
  const top = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : 0
  if (top < 1 || top > pageSizeMax)
    throw badRequest(
      `Invalid page size specified: '${text.slice(0, 30)}'. Must be between 1 and ${String(pageSizeMax)} inclusive.`,
    )
  return top
}

/** Only lists that are small can be skipped into. */
export function readSkip(text: string | undefined): number {
  if (text === undefined) return 0
  if (!/^\s*\d{1,4}\s*$/.test(text))
    throw badRequest(`Invalid value '${text.slice(0, 30)}' for $skip: a number is expected.`)
  return Number(text)
}

export function readCount(text: string | undefined): boolean {
  switch (text?.trim().toLowerCase()) {
    case undefined:
    case 'false':
      return false
    case 'true':
      return true
    default:
      throw badRequest('$count takes true or false.')
  }
}

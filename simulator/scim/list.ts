/*
 * Which people or groups a list request gets (slack.md 2.1 to 2.3): paging from one, ten by default, a thousand at most.
 */
import type { Person } from '../workspace/model.ts'
import type { Group, Store } from '../workspace/store.ts'
import type { Dialect } from './dialect.ts'
import { matchesFilter, parseFilter } from './filter.ts'
import type { Filter, FilterDialect } from './filter.ts'
import { Refusal } from './refusal.ts'

export interface Page<T> {
  readonly totalResults: number
  readonly startIndex: number
  readonly items: readonly T[]
}

interface PageRequest {
  readonly startIndex: number
  readonly count: number
  readonly filter: string | null
}

const countUsual = 10
const countMax = 1000

export function readPageRequest(query: URLSearchParams): PageRequest {
  const sortOrder = query.get('sortOrder')
  // Refused although sorting is said to be unsupported (slack.md 2.1).
  if (sortOrder !== null && !/^(ascending|descending)$/i.test(sortOrder)) throw new Refusal('invalid_sort_order')
  const filter = query.get('filter')
  const count = readWhole(query.get('count'))
  const startIndex = readWhole(query.get('startIndex'))
  return {
    startIndex: startIndex === null || startIndex < 1 ? 1 : startIndex,
    // A negative count is zero (RFC 7644 3.4.2.4): a page of nobody with the total.
    count: count === null ? countUsual : Math.min(Math.max(count, 0), countMax),
    // An empty filter is a text without an expression, so it is refused like any other (slack.md 2.3).
    filter,
  }
}

function readWhole(text: string | null): number | null {
  return text !== null && /^-?\d{1,15}$/.test(text) ? Number(text) : null
}

const userFilters: Readonly<Record<Dialect['version'], FilterDialect>> = {
  v1: { attributes: new Set(['username', 'email', 'restricted', 'ultra_restricted']), allowsBareWords: false },
  // In practice also the name of SCIM 2.0 (slack.md 2.3).
  v2: {
    attributes: new Set(['username', 'email', 'emails', 'emails.value', 'restricted', 'ultra_restricted']),
    allowsBareWords: false,
  },
}
const groupFilter: FilterDialect = { attributes: new Set(['displayname']), allowsBareWords: false }

export function pageOfPeople({ startIndex, count, filter }: PageRequest, store: Store, dialect: Dialect): Page<Person> {
  if (filter === null) {
    const ids = store.peopleOrder.slice(startIndex - 1, startIndex - 1 + count)
    return {
      totalResults: store.peopleOrder.length,
      startIndex,
      items: ids.flatMap((id) => store.people.get(id) ?? []),
    }
  }
  const parsed = parseFilter(filter, userFilters[dialect.version])
  const found = lookedUp(parsed, store) ?? matchingPeople(parsed, store)
  return { totalResults: found.length, startIndex, items: found.slice(startIndex - 1, startIndex - 1 + count) }
}

/** The usual question, one name or one address, is answered by the index. */
function lookedUp(filter: Filter, store: Store): readonly Person[] | null {
  if (filter.kind !== 'comparison' || filter.operator !== 'eq') return null
  const { attribute, literal } = filter
  if (attribute !== 'username' && !attribute.startsWith('email')) return null
  const person = attribute === 'username' ? store.personByUserName(literal) : store.personByEmail(literal)
  return person === undefined ? [] : [person]
}

function matchingPeople(filter: Filter, store: Store): readonly Person[] {
  const found: Person[] = []
  for (const id of store.peopleOrder) {
    const person = store.people.get(id)
    if (person !== undefined && matchesFilter(filter, (attribute) => valuesOf(person, attribute))) found.push(person)
  }
  return found
}

function valuesOf(person: Person, attribute: string): readonly string[] {
  switch (attribute) {
    case 'username':
      return [person.userName]
    case 'restricted':
      return [person.role === 'multi_channel_guest' ? '1' : '0']
    case 'ultra_restricted':
      return [person.role === 'single_channel_guest' ? '1' : '0']
    default:
      return [person.email]
  }
}

/** `shown` says what readers see of a group at this moment. */
export function pageOfGroups<T extends { readonly displayName: string }>(
  { startIndex, count, filter }: PageRequest,
  store: Store,
  shown: (group: Group) => T,
): Page<T> {
  if (filter === null) {
    const page = [...store.groups()].slice(startIndex - 1, startIndex - 1 + count)
    return { totalResults: store.groupCount, startIndex, items: page.map(shown) }
  }
  const parsed = parseFilter(filter, groupFilter)
  const found: Group[] = []
  for (const group of store.groups()) {
    if (matchesFilter(parsed, () => [shown(group).displayName.toLowerCase()])) found.push(group)
  }
  const page = found.slice(startIndex - 1, startIndex - 1 + count)
  return { totalResults: found.length, startIndex, items: page.map(shown) }
}

/** The number returned, not the number asked for, stands in itemsPerPage (slack.md 2.2). */
export function listShape(page: Page<unknown>, dialect: Dialect): unknown {
  const { totalResults, startIndex, items } = page
  const itemsPerPage = items.length
  const schemas = dialect.listSchemas
  return dialect.version === 'v1'
    ? { totalResults, itemsPerPage, startIndex, schemas, Resources: items }
    : { schemas, Resources: items, totalResults, itemsPerPage, startIndex }
}

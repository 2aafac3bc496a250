/*
 * Brings a filter together with the types it is asked of: names a property that does not exist or a value of the wrong kind,
 * and becomes a test of one resource. Texts are compared without case, as Graph's directory does.
 */
import { foldText, type JsonValue } from '../../../vocabulary/index.ts'
import { idText } from '../path.ts'
import { badRequest, noSuchProperty, notSupportedYet, type GraphProblem } from '../graph-problem.ts'
import { nameKey, propertyOf, type EntityType, type Property } from '../types/index.ts'
import type { Entity } from './entity.ts'
import type { Comparison, Filter, Literal, Operand, TextTest } from './filter.ts'

export type EntityTest = (entity: Entity) => boolean

/** What a value means for comparison: texts folded, instants as milliseconds. */
type Comparable = string | number | boolean | null

/** Inside a lambda: the item's name, its type, and the item. */
interface Scope {
  readonly variable: string
  readonly property: Property
}

type Read = (entity: Entity, item: JsonValue) => JsonValue

interface Source {
  readonly property: Property
  readonly read: Read
}

type Test = (entity: Entity, item: JsonValue) => boolean

export function bindFilter(filter: Filter, types: readonly EntityType[]): EntityTest {
  const test = bind(filter, types, null)
  return (entity) => test(entity, null)
}

function bind(filter: Filter, types: readonly EntityType[], scope: Scope | null): Test {
  switch (filter.kind) {
    case 'and': {
      const tests = filter.items.map((item) => bind(item, types, scope))
      return (entity, item) => tests.every((test) => test(entity, item))
    }
    case 'or': {
      const tests = filter.items.map((item) => bind(item, types, scope))
      return (entity, item) => tests.some((test) => test(entity, item))
    }
    case 'not': {
      const test = bind(filter.item, types, scope)
      return (entity, item) => !test(entity, item)
    }
    case 'compare':
      return bindComparison(filter.operator, bindOperand(filter.left, types, scope), filter.right)
    case 'in': {
      const left = bindOperand(filter.left, types, scope)
      const tests = filter.values.map((value) => bindComparison('eq', left, value))
      return (entity, item) => tests.some((test) => test(entity, item))
    }
    case 'test':
      return bindTest(filter.name, bindOperand(filter.left, types, scope), filter.text)
    case 'any':
    case 'all':
      return bindLambda(filter, types, scope)
    default:
      return filter satisfies never
  }
}

function bindLambda(
  filter: Extract<Filter, { kind: 'any' | 'all' }>,
  types: readonly EntityType[],
  scope: Scope | null,
): Test {
  if (scope !== null) throw unusable('a lambda inside a lambda is not supported')
  const collection = bindPath(filter.names, types, null, true)
  const itemsOf: (entity: Entity) => readonly JsonValue[] = (entity) => {
    const items = collection.read(entity, null)
    return Array.isArray(items) ? (items as readonly JsonValue[]) : []
  }
  const { item, variable } = filter
  if (item === null || variable === null) return (entity) => itemsOf(entity).length > 0
  const inside = bind(item, types, { variable, property: { ...collection.property, isCollection: false } })
  return filter.kind === 'any'
    ? (entity) => itemsOf(entity).some((each) => inside(entity, each))
    : (entity) => itemsOf(entity).every((each) => inside(entity, each))
}

function bindOperand(operand: Operand, types: readonly EntityType[], scope: Scope | null): Source {
  switch (operand.kind) {
    case 'path':
      return bindPath(operand.names, types, scope, false)
    // Both mean that case does not count.
    case 'tolower':
    case 'toupper': {
      const source = bindOperand(operand.of, types, scope)
      if (!isText(source.property))
        throw unusable(`${operand.kind} takes a text, and '${source.property.name}' is none`)
      return { ...source, property: { ...source.property, isCaseExact: false } }
    }
    case 'count': {
      const collection = bindPath(operand.names, types, scope, true)
      return {
        property: { ...collection.property, type: 'Int32', isCollection: false },
        read: (entity, item) => {
          const items = collection.read(entity, item)
          return Array.isArray(items) ? items.length : 0
        },
      }
    }
    default:
      return operand satisfies never
  }
}

function bindPath(
  names: readonly string[],
  types: readonly EntityType[],
  scope: Scope | null,
  isCollection: boolean,
): Source {
  const [first = '', ...rest] = names
  const inScope = scope !== null && nameKey(scope.variable) === nameKey(first)
  let source: Source = inScope ? { property: scope.property, read: (_, item) => item } : bindProperty(first, types)
  for (const name of rest) source = bindPart(source, name)
  const { property } = source
  if (isCollection && !property.isCollection) throw unusable(`'${names.join('/')}' is no collection`)
  if (!isCollection && (property.isCollection || typeof property.type !== 'string'))
    throw unusable(`'${names.join('/')}' cannot be compared with a value; ask for any of its parts`)
  if (property.type === 'Untyped') throw unusable(`'${names.join('/')}' may hold anything, and cannot be asked for`)
  if (property.access === 'writeOnly') throw unusable(`'${names.join('/')}' is never given out`)
  return source
}

function bindProperty(name: string, types: readonly EntityType[]): Source {
  const byType = new Map(
    types.flatMap((type) => {
      const property = propertyOf(type, name)
      return property === undefined ? [] : [[type.name, property] as const]
    }),
  )
  const [property] = byType.values()
  const [type] = types
  if (property === undefined) {
    if (types.some(({ elsewhere }) => elsewhere.has(nameKey(name)))) throw notSupportedYet(name)
    throw noSuchProperty(name, type?.name ?? 'entity')
  }
  return {
    property,
    read: (entity) => {
      const own = byType.get(entity.type.name)
      return own === undefined ? null : entity.value(own)
    },
  }
}

function bindPart({ property, read }: Source, name: string): Source {
  const part =
    typeof property.type === 'string' || property.isCollection
      ? undefined
      : property.type.properties.find((each) => nameKey(each.name) === nameKey(name))
  if (part === undefined)
    throw noSuchProperty(name, typeof property.type === 'string' ? property.type : property.type.name)
  return {
    property: part,
    read: (entity, item) => {
      const whole = read(entity, item)
      if (whole === null || typeof whole !== 'object' || Array.isArray(whole)) return null
      return (whole as Readonly<Record<string, JsonValue | undefined>>)[part.name] ?? null
    },
  }
}

const isText = ({ type }: Property): boolean => type === 'String' || type === 'Guid'

function bindTest(name: TextTest, { property, read }: Source, text: string): Test {
  if (!isText(property)) throw unusable(`${name} takes a text, and '${property.name}' is none`)
  const wanted = compared(property, text)
  const holds: Record<TextTest, (value: string) => boolean> = {
    startswith: (value) => value.startsWith(wanted),
    endswith: (value) => value.endsWith(wanted),
    contains: (value) => value.includes(wanted),
  }
  const isHeld = holds[name]
  return (entity, item) => {
    const value = read(entity, item)
    return typeof value === 'string' && isHeld(compared(property, value))
  }
}

function bindComparison(operator: Comparison, { property, read }: Source, literal: Literal): Test {
  const wanted = comparableOf(property, literal, operator)
  const value = (entity: Entity, item: JsonValue): Comparable => comparableValue(property, read(entity, item))
  switch (operator) {
    case 'eq':
      return (entity, item) => value(entity, item) === wanted
    case 'ne':
      return (entity, item) => value(entity, item) !== wanted
    default: {
      if (typeof wanted !== 'string' && typeof wanted !== 'number')
        throw unusable(
          `'${operator}' cannot compare '${property.name}' with ${literal.kind === 'null' ? 'null' : 'this value'}`,
        )
      return (entity, item) => {
        const found = value(entity, item)
        if (typeof found !== typeof wanted || found === null) return false
        return orders[operator](found, wanted)
      }
    }
  }
}

const orders: Record<
  Exclude<Comparison, 'eq' | 'ne'>,
  (one: string | number | boolean, other: string | number) => boolean
> = {
  gt: (one, other) => one > other,
  ge: (one, other) => one >= other,
  lt: (one, other) => one < other,
  le: (one, other) => one <= other,
}

/** The kinds of literals each type of property may be compared with; clients write GUIDs and dates with and without quotes. */
function comparableOf(property: Property, literal: Literal, operator: Comparison): Comparable {
  if (literal.kind === 'null') return null
  switch (property.type) {
    case 'String':
    case 'Guid':
      if (literal.kind === 'text' || literal.kind === 'guid') return compared(property, idText(literal.value))
      break
    case 'Boolean':
      if (literal.kind === 'truth') return literal.value
      break
    case 'Int32':
      if (literal.kind === 'number') return literal.value
      break
    case 'DateTimeOffset': {
      if (literal.kind !== 'instant' && literal.kind !== 'text') break
      const time = timeOf(literal.value)
      if (time !== null) return time
      break
    }
    case 'Untyped':
      break
  }
  throw unusable(
    `A binary operator with incompatible types was detected. '${property.name}' is ${typeof property.type === 'string' ? `Edm.${property.type}` : 'complex'}, and what stands behind '${operator}' is another kind of value`,
  )
}

function comparableValue(property: Property, value: JsonValue): Comparable {
  if (typeof value === 'string') return property.type === 'DateTimeOffset' ? timeOf(value) : compared(property, value)
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

const compared = ({ isCaseExact }: Property, value: string): string => (isCaseExact ? value : foldText(value))

/** A time without a zone is UTC. */
function timeOf(text: string): number | null {
  const time = Date.parse(/T[^Z+-]*$/i.test(text) ? `${text}Z` : text)
  return Number.isNaN(time) ? null : time
}

const unusable = (found: string): GraphProblem => badRequest(`Invalid filter clause: ${found}.`)

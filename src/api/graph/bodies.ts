/*
 * Reads the body of a request against the table of its type (graph-api.md 1.2): names without regard to case, annotations
 * passed over, links (`owners@odata.bind`) apart; what the type does not have is refused by name.
 */
import { z } from 'zod'
import type { JsonObject, JsonValue } from '../../vocabulary/index.ts'
import { badRequest, notSupportedYet } from './graph-problem.ts'
import { idText } from './path.ts'
import { nameKey, propertyOf, type ComplexType, type EntityType, type Property } from './types/index.ts'

export interface ResourceBody {
  /** By Graph's name; `null` clears. */
  readonly values: JsonObject
  /** Ids named by `relationship@odata.bind`, by relationship. */
  readonly links: ReadonlyMap<string, readonly string[]>
}

const depthMax = 20
const linksMax = 20

/** Anything, as long as it is an object that is not nested beyond reason. */
export function objectBody(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('A JSON object is expected in the body.')
  refuseDepth(body)
  return body as Readonly<Record<string, unknown>>
}

function refuseDepth(body: object): void {
  let level: readonly unknown[] = [body]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthMax) throw badRequest(`The body is nested deeper than ${String(depthMax)} levels.`)
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as readonly unknown[]) : [],
    )
  }
}

/** What an action is given, by name without regard to case; what it does not take is refused. */
export function parametersOf<Name extends string>(
  body: unknown,
  names: readonly Name[],
  action: string,
): Readonly<Partial<Record<Name, unknown>>> {
  const given: Partial<Record<Name, unknown>> = {}
  for (const [key, value] of Object.entries(objectBody(body ?? {}))) {
    if (key.includes('@')) continue
    const name = names.find((each) => nameKey(each) === nameKey(key))
    if (name === undefined) throw badRequest(`'${key.slice(0, 100)}' is no parameter of ${action}.`)
    given[name] = value
  }
  return given
}

export function readResource(body: unknown, type: EntityType, purpose: 'create' | 'update'): ResourceBody {
  const values: Record<string, JsonValue> = {}
  const links = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(objectBody(body))) {
    const [, relationship] = /^(.+)@odata\.bind$/i.exec(name) ?? []
    if (relationship !== undefined) {
      const navigation = type.navigations.get(nameKey(relationship))
      if (navigation === undefined) throw unknownProperty(name, type.name)
      links.set(navigation.name, readLinks(value, navigation.name))
    } else if (!name.includes('@')) {
      const property = propertyOf(type, name)
      if (property === undefined && type.elsewhere.has(nameKey(name))) throw notSupportedYet(name)
      if (property === undefined) throw unknownProperty(name, type.name)
      if (Object.hasOwn(values, property.name)) throw badRequest(`Property '${property.name}' is given twice.`)
      refuseReadOnly(property, type.name, purpose)
      values[property.name] = readValue(property, value, type.name)
    }
  }
  return { values, links }
}

/** One item of a complex property that is sent by itself. */
export function readComplex(type: EntityType, name: string, value: unknown): JsonObject {
  const property = propertyOf(type, name)
  if (property === undefined) throw new Error(`A ${type.name} has no ${name}.`)
  const [item] = readValue(property, [value], type.name) as readonly JsonObject[]
  return item ?? {}
}

export function readLinks(value: unknown, name: string): readonly string[] {
  const links = Array.isArray(value) ? (value as readonly unknown[]) : [value]
  if (links.length > linksMax)
    throw badRequest(
      `'${name}@odata.bind' names ${String(links.length)} objects, and at most ${String(linksMax)} are taken at once.`,
    )
  return links.map((link) => {
    if (typeof link !== 'string') throw badRequest(`'${name}@odata.bind' holds addresses of objects.`)
    return idOfLink(link)
  })
}

/** Only the id at the end counts: clients write any host before it (graph-api.md 1.2). */
export function idOfLink(link: string): string {
  const [, inParentheses, behindSlash] =
    /^(?:.*\/)?(?:[A-Za-z]+\('([^'/()]+)'\)|([^/()'?#\s]+))\/?$/.exec(link.slice(0, 2000)) ?? []
  const id = inParentheses ?? behindSlash
  if (id === undefined || id.includes('\0'))
    throw badRequest("Invalid object reference: an address that ends in '/{id}' is expected.")
  return idText(id)
}

export function readReference(body: unknown): string {
  const entry = Object.entries(objectBody(body)).find(([name]) => nameKey(name) === '@odata.id')
  if (typeof entry?.[1] !== 'string')
    throw badRequest('A reference is expected in the body: {"@odata.id": ".../directoryObjects/{id}"}.')
  return idOfLink(entry[1])
}

function refuseReadOnly(property: Property, typeName: string, purpose: 'create' | 'update'): void {
  if (property.access === 'readOnly')
    throw badRequest(`Property '${property.name}' of resource '${typeName}' is read-only and cannot be set.`)
  if (property.access === 'createOnly' && purpose === 'update')
    throw badRequest(`Property '${property.name}' of resource '${typeName}' can be set only when it is created.`)
}

const unknownProperty = (name: string, typeName: string): ReturnType<typeof badRequest> =>
  badRequest(
    `Property '${name.slice(0, 100)}' does not exist on type 'microsoft.graph.${typeName}' or is not present in the API version 'v1.0'.`,
  )

function readValue(property: Property, value: unknown, typeName: string): JsonValue {
  const result = schemaOf(property).safeParse(renamed(property, value, typeName))
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = [property.name, ...(issue?.path ?? [])].join('.')
  throw badRequest(
    `Invalid value specified for property '${path.slice(0, 100)}' of resource '${typeName}': ${issue?.message ?? 'it cannot be taken'}.`,
    { details: [{ code: 'InvalidValue', target: path.slice(0, 100) }] },
  )
}

/** The same value with the parts of complex types in Graph's spelling, and without annotations and what is computed. */
function renamed(property: Property, value: unknown, typeName: string): unknown {
  const { type } = property
  if (typeof type === 'string') return value
  return Array.isArray(value)
    ? (value as readonly unknown[]).map((item) => renamedParts(type, item, typeName))
    : renamedParts(type, value, typeName)
}

function renamedParts(type: ComplexType, value: unknown, typeName: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]): readonly [string, unknown][] => {
      if (name.includes('@')) return []
      const part = type.properties.find((each) => nameKey(each.name) === nameKey(name))
      if (part === undefined) throw unknownProperty(name, type.name)
      return part.access === 'readOnly' ? [] : [[part.name, renamed(part, inner, typeName)]]
    }),
  )
}

type Schema = z.ZodType<JsonValue>

const schemas = new WeakMap<Property, Schema>()

function schemaOf(property: Property): Schema {
  const known = schemas.get(property)
  if (known !== undefined) return known
  const single = typeof property.type === 'string' ? scalarSchema(property) : complexSchema(property.type)
  const schema: Schema = property.isCollection
    ? z.array(single, 'it must be a list').max(1200, 'it has more than 1200 items').nullable()
    : property.isNullable
      ? single.nullable()
      : single
  schemas.set(property, schema)
  return schema
}

function complexSchema(type: ComplexType): Schema {
  const parts = type.properties.map((part): [string, z.ZodType<JsonValue>] => [
    part.name,
    z.lazy(() => schemaOf(part)).exactOptional() as unknown as Schema,
  ])
  return z.strictObject(Object.fromEntries(parts), 'it must be an object')
}

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const instantPattern = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)?)?$/i

/** `Date.parse` takes 31 February for 3 March. */
function isRealInstant(text: string): boolean {
  const day = text.slice(0, 10)
  const time = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(Date.parse(text)) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

function scalarSchema({ type, lengthMax, values }: Property): Schema {
  const text = z
    .string('it must be a text')
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'it holds a character that is no text')
  switch (type) {
    case 'String': {
      if (values !== null) {
        return text.transform((value, context) => {
          const known = values.find((each) => each.toLowerCase() === value.toLowerCase())
          if (known !== undefined) return known
          context.addIssue({ code: 'custom', message: `it must be one of ${values.join(', ')}` })
          return z.NEVER
        })
      }
      const max = lengthMax ?? 20_000
      return text.max(max, `it has more than ${String(max)} characters`)
    }
    case 'Guid':
      return text.regex(guidPattern, 'it must be a GUID').toLowerCase()
    case 'DateTimeOffset':
      return text
        .regex(instantPattern, 'it must be an instant such as 2026-11-25T12:00:00Z')
        .refine(isRealInstant, 'there is no such day or time')
    case 'Boolean':
      return z.boolean('it must be true or false')
    case 'Int32':
      return z.int32('it must be a whole number')
    default:
      throw new Error('A complex type has a schema of its own.')
  }
}

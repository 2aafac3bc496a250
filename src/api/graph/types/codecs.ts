/* How properties of people and groups lie among the attributes that mappings read (graph-api.md 3.1). */
import type { JsonObject, JsonValue, SourceAttributes, SourceValue } from '../../../vocabulary/index.ts'
import type { AttributeCodec } from './property.ts'

const toJson = (value: SourceValue | undefined): JsonValue =>
  value === undefined ? null : typeof value === 'bigint' ? value.toString() : value

const own = (attributes: SourceAttributes, name: string): JsonValue =>
  Object.hasOwn(attributes, name) ? toJson(attributes[name]) : null

const plainText = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** A file may have brought a number or a list where Graph has a text. */
function asText(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return asText((value as readonly JsonValue[])[0] ?? null)
  return value === null ? null : plainText(value)
}

export const textAttribute = (name: string): AttributeCodec => ({
  names: [name],
  read: ({ attributes }) => asText(own(attributes, name)),
  write: (value) => ({ [name]: value as SourceValue }),
})

export const truthAttribute = (name: string): AttributeCodec => ({
  names: [name],
  read: ({ attributes }) => {
    const value = own(attributes, name)
    return typeof value === 'boolean' ? value : null
  },
  write: (value) => ({ [name]: value as SourceValue }),
})

/** A date that no date can be read from is not given out: a client would stumble over it. */
export const instantAttribute = (name: string): AttributeCodec => ({
  names: [name],
  read: ({ attributes }) => {
    const value = asText(own(attributes, name))
    if (typeof value !== 'string') return null
    const time = Date.parse(value)
    return Number.isNaN(time)
      ? null
      : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/.test(value)
        ? value
        : plainInstant(time)
  },
  write: (value) => ({ [name]: value as SourceValue }),
})

/** Whole seconds, as Graph writes most instants. */
export const plainInstant = (time: number): string => new Date(time).toISOString().replace(/\.000Z$/, 'Z')

export const listAttribute = (name: string): AttributeCodec => ({
  names: [name],
  read: ({ attributes }) => {
    const value = own(attributes, name)
    if (Array.isArray(value)) return (value as readonly JsonValue[]).map(plainText)
    return value === null ? [] : [plainText(value)]
  },
  write: (value) => ({ [name]: value as SourceValue }),
})

/** A list that holds at most one (graph-api.md 3.1: `businessPhones`). */
export const firstOfList = (name: string): AttributeCodec => ({
  names: [name],
  read: ({ attributes }) => {
    const value = asText(own(attributes, name))
    return value === null ? [] : [value]
  },
  write: (value) => ({ [name]: ((value as readonly string[] | null) ?? [])[0] ?? null }),
})

/** A complex property whose parts are attributes of their own. */
export function partsAttribute(parts: Readonly<Record<string, string>>): AttributeCodec {
  const entries = Object.entries(parts)
  return {
    names: Object.values(parts),
    read: ({ attributes }) => {
      const read = entries.map(([part, name]): [string, JsonValue] => [part, asText(own(attributes, name))])
      return read.every(([, value]) => value === null) ? null : Object.fromEntries(read)
    },
    write: (value) =>
      value === null
        ? Object.fromEntries(entries.map(([, name]) => [name, null]))
        : Object.fromEntries(
            entries.flatMap(([part, name]) => {
              const given = (value as JsonObject)[part]
              return given === undefined ? [] : [[name, given as SourceValue]]
            }),
          ),
  }
}

/** Accepted and not kept: Muster signs nobody in with a directory password. */
export const notKept: AttributeCodec = { names: [], read: () => null, write: () => ({}) }

export const computed = (read: AttributeCodec['read'], names: readonly string[] = []): AttributeCodec => ({
  names,
  read,
  write: () => ({}),
})

/*
 * How a resource of Microsoft Graph is described here: its properties, what may be done with each, and where it leads. The
 * tables beside this file are the one description; reading, writing, `$select`, `$filter` and the API description follow.
 */
import type { JsonValue, SourceAttributes } from '../../../vocabulary/index.ts'
import type { DirectoryObject } from '../../../store/store.ts'

/** `Untyped`: any JSON, given out as it is. */
export type ScalarType = 'String' | 'Boolean' | 'DateTimeOffset' | 'Int32' | 'Guid' | 'Untyped'

export interface ComplexType {
  /** Without `microsoft.graph.`. */
  readonly name: string
  readonly properties: readonly Property[]
}

export type PropertyType = ScalarType | ComplexType

/** `createOnly` cannot be changed later, `writeOnly` (a password) is never given out. */
export type Access = 'readWrite' | 'createOnly' | 'readOnly' | 'writeOnly'

/** Where a property of a person or group lies among the attributes that mappings read (graph-api.md 3.1). */
export interface AttributeCodec {
  readonly names: readonly string[]
  read(object: Pick<DirectoryObject, 'attributes' | 'objectId' | 'deletedAt'>): JsonValue
  /** What a value means for the attributes; `null` clears one. */
  write(value: JsonValue): SourceAttributes
}

export interface Property {
  /** In Graph's spelling. */
  readonly name: string
  readonly type: PropertyType
  readonly isCollection: boolean
  /** `null` may be written. */
  readonly isNullable: boolean
  readonly access: Access
  /** Given without `$select`. */
  readonly isDefault: boolean
  readonly isFilterable: boolean
  /** Compared as it is written; other texts are compared without case. */
  readonly isCaseExact: boolean
  /** `$search` looks into it; the words of a name, or the beginning of anything else. */
  readonly search: 'words' | 'start' | null
  readonly lengthMax: number | null
  /** The only values there are. */
  readonly values: readonly string[] | null
  /** Answered where nothing is stored; of a complex property `null` or the empty parts. */
  readonly fallback: JsonValue
  readonly codec: AttributeCodec | null
}

export type TypeName =
  | 'user'
  | 'group'
  | 'application'
  | 'servicePrincipal'
  | 'appRoleAssignment'
  | 'applicationTemplate'
  | 'organization'
  | 'domain'
  | 'directoryObject'
  | 'unifiedRoleDefinition'
  | 'unifiedRoleAssignment'
  | 'synchronizationJob'
  | 'synchronizationTemplate'
  | 'filterOperatorSchema'
  | 'attributeMappingFunctionSchema'
  | 'provisioningObjectSummary'
  | 'directoryAudit'

/** A way to other resources. */
export interface Navigation {
  readonly name: string
  readonly isCollection: boolean
  /** More than one: each is told apart by `@odata.type`. */
  readonly types: readonly TypeName[]
  readonly isExpandable: boolean
}

export interface EntityType {
  readonly name: TypeName
  /** `users` */
  readonly set: string
  readonly properties: ReadonlyMap<string, Property>
  readonly navigations: ReadonlyMap<string, Navigation>
  /** Properties Graph has and keeps in another store than the directory: answered with 501. */
  readonly elsewhere: ReadonlySet<string>
  /** May be sorted by, at the cost of a page. */
  readonly sortable: readonly string[]
  /** Takes `extension_{appId}_{name}`. */
  readonly isOpen: boolean
}

type More = Partial<Omit<Property, 'name' | 'type' | 'isCollection'>>

function property(name: string, type: PropertyType, isCollection: boolean, more: More): Property {
  return {
    name,
    type,
    isCollection,
    isNullable: !isCollection,
    access: 'readWrite',
    isDefault: false,
    isFilterable: typeof type === 'string',
    isCaseExact: false,
    search: null,
    lengthMax: null,
    values: null,
    fallback: isCollection ? [] : null,
    codec: null,
    ...more,
  }
}

export const text = (name: string, more: More = {}): Property => property(name, 'String', false, more)
export const texts = (name: string, more: More = {}): Property => property(name, 'String', true, more)
export const truth = (name: string, more: More = {}): Property => property(name, 'Boolean', false, more)
export const instant = (name: string, more: More = {}): Property => property(name, 'DateTimeOffset', false, more)
export const integer = (name: string, more: More = {}): Property => property(name, 'Int32', false, more)
export const guid = (name: string, more: More = {}): Property => property(name, 'Guid', false, more)
export const guids = (name: string, more: More = {}): Property => property(name, 'Guid', true, more)
export const complex = (name: string, type: ComplexType, more: More = {}): Property => property(name, type, false, more)
export const complexes = (name: string, type: ComplexType, more: More = {}): Property =>
  property(name, type, true, more)

export const untyped = (name: string, more: More = {}): Property =>
  property(name, 'Untyped', false, { isFilterable: false, ...more })

export const complexType = (name: string, properties: readonly Property[]): ComplexType => ({ name, properties })

/** Everything is given without `$select`. */
export const allShown = (properties: readonly Property[]): readonly Property[] =>
  properties.map((each) => ({ ...each, isDefault: true }))

/** Names are compared without case, as Graph does. */
export const nameKey = (name: string): string => name.toLowerCase()

export const byName = <T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [nameKey(item.name), item]))

export const to = (name: string, types: readonly TypeName[], more: Partial<Navigation> = {}): Navigation => ({
  name,
  types,
  isCollection: true,
  isExpandable: false,
  ...more,
})

/** A value with every part its type has, so that an answer has the same form whatever was sent. */
export function filled(type: ComplexType, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => filled(type, item))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    type.properties
      .filter((part) => part.access !== 'writeOnly')
      .map((part) => {
        const given = (value as Readonly<Record<string, JsonValue | undefined>>)[part.name]
        return [part.name, valueOrFallback(part, given)]
      }),
  )
}

export function valueOrFallback(of: Property, given: JsonValue | undefined): JsonValue {
  const value = given ?? of.fallback
  return typeof of.type === 'string' ? value : filled(of.type, value)
}

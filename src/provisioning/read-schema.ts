/*
 * Makes a synchronization schema of JSON nobody has looked at yet, written by hand or exported from Microsoft Graph
 * (graph-api.md 3.9), or says everything that keeps it from being one. Whether it makes sense is asked in check-schema.ts.
 */
import type {
  AttributeDefinition,
  AttributeMapping,
  DirectoryDefinition,
  KeyValuePair,
  ObjectDefinition,
  ObjectMapping,
  SchemaProblem,
  SynchronizationRule,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import { isJsonObject, openMembers, type Members, type Report } from './json-members.ts'
import { readFilter } from './read-filter.ts'
import { readMappingSource } from './read-mapping-source.ts'

export type ReadSchemaResult =
  | { readonly kind: 'schema'; readonly schema: SynchronizationSchema }
  | {
      readonly kind: 'problems'
      readonly problems: readonly SchemaProblem[]
      /** What it says elsewhere, so that all of it can be checked at once; `null` when too little is left for that. */
      readonly rest: SynchronizationSchema | null
    }

export interface ReadSchemaOptions {
  /** Stand in for directory definitions the document leaves out, as a document of mappings alone does. */
  readonly directories?: readonly DirectoryDefinition[]
}

/** Mappings of thousands of characters, each with its tree, are still far below this. */
export const schemaBytesMax = 8 * 1024 * 1024

/** Deeper JSON than this is nobody's schema; it is refused before anything walks into it. */
const nestingMax = 500

/** Never throws: what is not a schema is a list of problems. */
export function readSchema(json: unknown, options: ReadSchemaOptions = {}): ReadSchemaResult {
  const problems: SchemaProblem[] = []
  const lost: string[] = []
  const document: Place = { place: '', objectMapping: null, attribute: null, problems, lost }
  const strange = strangeness(json)
  if (strange !== null) {
    reportAt(document)(strange)
    return { kind: 'problems', problems, rest: null }
  }
  const members = openMembers(json, reportAt(document))
  if (members === null) return { kind: 'problems', problems, rest: null }
  const schema = members.complete<SynchronizationSchema>({
    id: members.text('id', ''),
    version: members.text('version', ''),
    synchronizationRules: members.list('synchronizationRules', (rule, index) =>
      readRule(rule, { ...document, place: `synchronizationRules[${String(index)}]` }),
    ),
    directories:
      members.value('directories') === undefined && options.directories !== undefined
        ? options.directories
        : members.list('directories', (directory, index) =>
            readDirectory(directory, { ...document, place: `directories[${String(index)}]` }),
          ),
  })
  if (problems.length === 0) return { kind: 'schema', schema }
  // Mappings that follow a lost one have another number, and without definitions every attribute would be unknown.
  const isCheckable = lost.length === 0 && problems.every(({ place }) => place.startsWith('synchronizationRules['))
  return { kind: 'problems', problems, rest: isCheckable ? schema : null }
}

/** Text that may not be JSON at all. */
export function readSchemaText(text: string, options: ReadSchemaOptions = {}): ReadSchemaResult {
  let json: unknown
  try {
    // A byte order mark before the document is an editor's habit, not an error.
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const problems: SchemaProblem[] = []
    reportAt({ place: '', objectMapping: null, attribute: null, problems, lost: [] })(
      `The document is not JSON: ${printable(error.message)}.`,
    )
    return { kind: 'problems', problems, rest: null }
  }
  return readSchema(json, options)
}

/** The message quotes the document, which may be anything. */
function printable(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '\uFFFD')
}

/** The one form a schema is written in: two blanks for each level, as `JSON.stringify` and `jq` do, and a line feed at the end. */
export function writeSchema(schema: SynchronizationSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}

interface Place {
  readonly place: string
  readonly objectMapping: string | null
  readonly attribute: string | null
  readonly problems: SchemaProblem[]
  /** Places of rules and mappings that are left out, because they are no objects at all. */
  readonly lost: string[]
}

function reportAt({ place, objectMapping, attribute, problems }: Place): Report {
  return (message, hint) =>
    problems.push({
      severity: 'error',
      code: 'SchemaShape',
      place,
      objectMapping,
      attribute,
      expression: null,
      position: null,
      message,
      hint: hint ?? null,
    })
}

function lose({ place, lost }: Place): null {
  lost.push(place)
  return null
}

/** Where an item of a list within this place stands. */
const within = (place: Place, list: string, index: number): Place => ({
  ...place,
  place: `${place.place}.${list}[${String(index)}]`,
})

/** What reports call this object, before it is read. */
function textNamed(json: unknown, name: string): string | null {
  if (!isJsonObject(json)) return null
  const found = Object.entries(json).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
  return typeof found === 'string' && found !== '' ? found : null
}

function readPairs(members: Members, list: string, place: Place): readonly KeyValuePair[] {
  return members.list(list, (json, index) => {
    const pair = openMembers(json, reportAt(within(place, list, index)))
    return pair === null ? null : pair.complete({ key: pair.requiredText('key'), value: pair.textOrNull('value') })
  })
}

function readRule(json: unknown, place: Place): SynchronizationRule | null {
  const members = openMembers(json, reportAt(place))
  if (members === null) return lose(place)
  return members.complete<SynchronizationRule>({
    id: members.text('id', ''),
    name: members.text('name', ''),
    priority: members.integer('priority', 1),
    editable: members.flag('editable', true),
    sourceDirectoryName: members.requiredText('sourceDirectoryName'),
    targetDirectoryName: members.requiredText('targetDirectoryName'),
    containerFilter: members.value('containerFilter') ?? null,
    groupFilter: members.value('groupFilter') ?? null,
    metadata: readPairs(members, 'metadata', place),
    objectMappings: members.list('objectMappings', (mapping, index) =>
      readObjectMapping(mapping, within(place, 'objectMappings', index)),
    ),
  })
}

function readObjectMapping(json: unknown, at: Place): ObjectMapping | null {
  const place = { ...at, objectMapping: textNamed(json, 'name') ?? textNamed(json, 'sourceObjectName') }
  const members = openMembers(json, reportAt(place))
  if (members === null) return lose(place)
  const sourceObjectName = members.requiredText('sourceObjectName')
  const targetObjectName = members.requiredText('targetObjectName')
  return members.complete<ObjectMapping>({
    name: members.text('name', `${sourceObjectName} to ${targetObjectName}`),
    enabled: members.flag('enabled', true),
    flowTypes: members.words('flowTypes', ['None', 'Add', 'Update', 'Delete'], 'Add,Update,Delete'),
    sourceObjectName,
    targetObjectName,
    scope: readScope(members.value('scope'), place),
    attributeMappings: members.list('attributeMappings', (mapping, index) =>
      readAttributeMapping(mapping, within(place, 'attributeMappings', index)),
    ),
    metadata: readPairs(members, 'metadata', place),
  })
}

function readScope(json: unknown, place: Place): ObjectMapping['scope'] {
  const read = readFilter(json)
  if (read.kind === 'ok') return read.filter
  for (const { collection, group, clause, message } of read.problems) {
    const of = `${place.place}.scope.${collection}[${String(group)}]`
    reportAt({ ...place, place: clause === null ? of : `${of}.clauses[${String(clause)}]` })(message)
  }
  return null
}

function readAttributeMapping(json: unknown, at: Place): AttributeMapping | null {
  const place = { ...at, attribute: textNamed(json, 'targetAttributeName') }
  const members = openMembers(json, reportAt(place))
  if (members === null) return lose(place)
  return members.complete<AttributeMapping>({
    targetAttributeName: members.requiredText('targetAttributeName'),
    source: readMappingSource(members.value('source'), reportAt({ ...place, place: `${place.place}.source` })),
    defaultValue: members.textOrNull('defaultValue'),
    matchingPriority: members.integer('matchingPriority', 0),
    flowType: members.word(
      'flowType',
      ['Always', 'ObjectAddOnly', 'MultiValueAddOnly', 'ValueAddOnly', 'AttributeAddOnly'],
      'Always',
    ),
    flowBehavior: members.word('flowBehavior', ['FlowWhenChanged', 'FlowAlways'], 'FlowWhenChanged'),
    exportMissingReferences: members.flag('exportMissingReferences', false),
    ...(members.value('flowNullValues') === undefined ? {} : { flowNullValues: members.flag('flowNullValues', false) }),
  })
}

function readDirectory(json: unknown, place: Place): DirectoryDefinition | null {
  const members = openMembers(json, reportAt(place))
  if (members === null) return null
  return members.complete<DirectoryDefinition>({
    id: members.text('id', ''),
    name: members.requiredText('name'),
    readOnly: members.flag('readOnly', false),
    version: members.textOrNull('version'),
    discoverabilities: members.words(
      'discoverabilities',
      [
        'None',
        'AttributeNames',
        'AttributeDataTypes',
        'AttributeReadOnly',
        'ReferenceAttributes',
        'UnknownFutureValue',
      ],
      'None',
    ),
    discoveryDateTime: members.textOrNull('discoveryDateTime'),
    objects: members.list('objects', (object, index) => readObjectDefinition(object, within(place, 'objects', index))),
  })
}

function readObjectDefinition(json: unknown, place: Place): ObjectDefinition | null {
  const report = reportAt(place)
  const members = openMembers(json, report)
  if (members === null) return null
  return members.complete<ObjectDefinition>({
    name: members.requiredText('name'),
    supportedApis: members.list('supportedApis', (api) => {
      if (typeof api === 'string') return api
      report('"supportedApis" is to be a list of texts.')
      return null
    }),
    metadata: readPairs(members, 'metadata', place),
    attributes: members.list('attributes', (attribute, index) =>
      readAttributeDefinition(attribute, within(place, 'attributes', index)),
    ),
  })
}

function readAttributeDefinition(json: unknown, place: Place): AttributeDefinition | null {
  const members = openMembers(json, reportAt(place))
  if (members === null) return null
  return members.complete<AttributeDefinition>({
    name: members.requiredText('name'),
    type: members.word('type', ['String', 'Integer', 'Reference', 'Binary', 'Boolean', 'DateTime'], 'String'),
    anchor: members.flag('anchor', false),
    caseExact: members.flag('caseExact', false),
    defaultValue: members.textOrNull('defaultValue'),
    flowNullValues: members.flag('flowNullValues', false),
    multivalued: members.flag('multivalued', false),
    mutability: members.word('mutability', ['ReadWrite', 'ReadOnly', 'Immutable', 'WriteOnly'], 'ReadWrite'),
    required: members.flag('required', false),
    apiExpressions: readPairs(members, 'apiExpressions', place),
    metadata: readPairs(members, 'metadata', place),
    referencedObjects: members.list('referencedObjects', (reference, index) => {
      const of = openMembers(reference, reportAt(within(place, 'referencedObjects', index)))
      if (of === null) return null
      return of.complete({
        referencedObjectName: of.requiredText('referencedObjectName'),
        referencedProperty: of.textOrNull('referencedProperty'),
      })
    }),
  })
}

/** Why nobody should walk into this JSON, or store it; `null` when it is ordinary. */
function strangeness(json: unknown): string | null {
  let level: readonly unknown[] = [json]
  for (let depth = 0; depth <= nestingMax; depth++) {
    const broken = level.find((value): value is string => typeof value === 'string' && !value.isWellFormed())
    // UTF-8 has no form for it: stored and sent it would be another character, and differ from itself for ever.
    if (broken !== undefined)
      return `The text ${JSON.stringify(broken.slice(0, 60))} has half of a character (a lone surrogate), which nobody can store.`
    level = level.filter((value) => typeof value === 'object' && value !== null)
    if (level.length === 0) return null
    // Names that every object has from its language are refused over HTTP, so they are refused everywhere.
    if (level.some((value) => Object.hasOwn(value as object, '__proto__')))
      return 'A member is named "__proto__", which no document needs: remove it.'
    level = level.flatMap((value) => Object.values(value as object) as unknown[])
  }
  return `The document is nested more than ${String(nestingMax)} levels deep.`
}

/*
 * A synchronizationSchema made ready to run: expressions compiled, filters checked, definitions found. Compiled once a
 * cycle, used for every object.
 */
import { compileExpression, type CompiledExpression } from '../expressions/index.ts'
import type {
  AttributeDefinition,
  AttributeMapping,
  AttributeMappingSource,
  ObjectMapping,
  ObjectTypeName,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import { compileFilter, type CompiledFilter } from './scoping-filter.ts'

export interface CompiledAttributeMapping {
  readonly target: string
  readonly mapping: AttributeMapping
  /** `null`: mapping type None. */
  readonly expression: CompiledExpression | null
  readonly definition: AttributeDefinition | undefined
  readonly isReference: boolean
}

export interface CompiledObjectMapping {
  readonly objectType: ObjectTypeName
  readonly name: string
  readonly enabled: boolean
  readonly flows: { readonly add: boolean; readonly update: boolean; readonly delete: boolean }
  readonly filter: CompiledFilter
  readonly attributes: readonly CompiledAttributeMapping[]
  /** Target names of the matching attributes, by precedence. */
  readonly matching: readonly string[]
  readonly definitions: ReadonlyMap<string, AttributeDefinition>
  readonly activeIsMapped: boolean
  /** Target attributes whose values the log must not show, and the source attributes they are made of (expressions.md 8.1). */
  readonly redacted: { readonly target: ReadonlySet<string>; readonly source: ReadonlySet<string> }
}

export interface CompiledSchema {
  readonly sourceDirectoryName: string
  readonly targetDirectoryName: string
  readonly objectMappings: ReadonlyMap<ObjectTypeName, CompiledObjectMapping>
}

/** A schema that cannot run: every problem, each with its place. */
export class SchemaInvalidError extends Error {
  override readonly name = 'SchemaInvalidError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The synchronization schema cannot be used: ${problems.join(' ')}`)
    this.problems = problems
  }
}

export function expressionTextOf(source: AttributeMappingSource): string {
  if (source.expression !== undefined && source.expression !== null) return source.expression
  const name = source.name ?? ''
  return source.type === 'Constant' ? `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `[${name}]`
}

const readFlows = (flowTypes: string): CompiledObjectMapping['flows'] => {
  const flags = new Set(flowTypes.split(',').map((flag) => flag.trim().toLowerCase()))
  return { add: flags.has('add'), update: flags.has('update'), delete: flags.has('delete') }
}

function compileObjectMapping(
  mapping: ObjectMapping,
  objectType: ObjectTypeName,
  definitions: ReadonlyMap<string, AttributeDefinition>,
  problems: string[],
): CompiledObjectMapping {
  const attributes = mapping.attributeMappings.map((each): CompiledAttributeMapping => {
    const definition = definitions.get(each.targetAttributeName)
    let expression: CompiledExpression | null = null
    if (each.source !== null) {
      const result = compileExpression(expressionTextOf(each.source))
      if (result.ok) expression = result.value
      else problems.push(`${mapping.name}, ${each.targetAttributeName}: ${result.error.message}`)
    }
    return {
      target: each.targetAttributeName,
      mapping: each,
      expression,
      definition,
      isReference: definition?.type === 'Reference',
    }
  })
  const filter = compileFilter(mapping.scope)
  if (filter.kind === 'failed')
    problems.push(...filter.problems.map((problem) => `${mapping.name}, scope: ${problem.message}`))
  const matching = mapping.attributeMappings
    .filter((each) => each.matchingPriority > 0)
    .sort((one, other) => one.matchingPriority - other.matchingPriority)
    .map((each) => each.targetAttributeName)
  const redacting = attributes.filter((each) => each.expression?.usesRedact === true)
  return {
    objectType,
    name: mapping.name,
    enabled: mapping.enabled,
    flows: readFlows(mapping.flowTypes),
    filter: filter.kind === 'failed' ? filter.nothing : filter.filter,
    attributes,
    matching,
    definitions,
    activeIsMapped: mapping.attributeMappings.some(
      (each) => each.targetAttributeName === 'active' && each.source !== null,
    ),
    redacted: {
      target: new Set(redacting.map((each) => each.target)),
      source: new Set(redacting.flatMap((each) => each.expression?.attributes ?? [])),
    },
  }
}

const isObjectTypeName = (name: string): name is ObjectTypeName => name === 'User' || name === 'Group'

/** Throws `SchemaInvalidError` with every problem found. */
export function compileSchema(schema: SynchronizationSchema): CompiledSchema {
  const problems: string[] = []
  const rule = [...schema.synchronizationRules].sort((one, other) => one.priority - other.priority)[0]
  if (rule === undefined) throw new SchemaInvalidError(['It has no synchronization rule.'])
  const targetDirectory = schema.directories.find((directory) => directory.name === rule.targetDirectoryName)
  const objectMappings = new Map<ObjectTypeName, CompiledObjectMapping>()
  for (const mapping of rule.objectMappings) {
    const objectType = mapping.sourceObjectName
    if (!isObjectTypeName(objectType)) {
      problems.push(`${mapping.name}: source object "${objectType}" is not User or Group.`)
      continue
    }
    const definition = targetDirectory?.objects.find((object) => object.name === mapping.targetObjectName)
    const definitions = new Map(definition?.attributes.map((attribute) => [attribute.name, attribute]))
    objectMappings.set(objectType, compileObjectMapping(mapping, objectType, definitions, problems))
  }
  if (problems.length > 0) throw new SchemaInvalidError(problems)
  return {
    sourceDirectoryName: rule.sourceDirectoryName,
    targetDirectoryName: rule.targetDirectoryName,
    objectMappings,
  }
}

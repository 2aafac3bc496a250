/*
 * A synchronizationSchema made ready to run: expressions compiled, filters checked, definitions found. Compiled once a
 * cycle, used for every object.
 */
import { compileExpression, type CompiledExpression } from '../expressions/index.ts'
import type {
  AttributeDefinition,
  AttributeMapping,
  ObjectMapping,
  ObjectTypeName,
  SynchronizationRule,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import { parseSource } from './read-mapping-source.ts'
import { compileFilter, type CompiledFilter } from './scoping-filter.ts'
import { rulesOfTarget, type TargetRules, type ValueRule } from './templates/slack-rules.ts'
import { allotmentOf, allottedAttribute } from './user-names-mode.ts'

export interface CompiledAttributeMapping {
  readonly target: string
  readonly mapping: AttributeMapping
  /** `null`: mapping type None. */
  readonly expression: CompiledExpression | null
  readonly definition: AttributeDefinition | undefined
  readonly isReference: boolean
  /** What the target already has is never taken away (flow types ValueAddOnly and MultiValueAddOnly). */
  readonly addsOnly: boolean
  /** Spec 5.3: both switches are on, so a source without value empties the attribute. */
  readonly clearsWhenNull: boolean
  readonly valueRule: ValueRule | null
  /** A text is the target attribute's value as it is: nothing is converted, refused or kept back. */
  readonly takesText: boolean
  /** Its value is allotted, but for these; `null` when it is as mapped. */
  readonly allotment: ReadonlySet<string> | null
  /** A new object is given a value that nobody else has (`unique-values.ts`). */
  readonly isUnique: boolean
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
  /** Target attributes that are sent with every evaluation, also when the target holds them already (`FlowAlways`). */
  readonly alwaysFlows: ReadonlySet<string>
  /** New objects are given values that only one object can have (`unique-values.ts`). */
  readonly hasUniqueValues: boolean
  /** Target attributes whose values the log must not show, and the source attributes they are made of (expressions.md 8.1). */
  readonly redacted: { readonly target: ReadonlySet<string>; readonly source: ReadonlySet<string> }
}

export interface CompiledSchema {
  readonly version: string
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

const readFlows = (flowTypes: string): CompiledObjectMapping['flows'] => {
  const flags = new Set(flowTypes.split(',').map((flag) => flag.trim().toLowerCase()))
  return { add: flags.has('add'), update: flags.has('update'), delete: flags.has('delete') }
}

/** One value, of which no form is asked. */
function takesText(definition: AttributeDefinition | undefined): boolean {
  return definition === undefined || (!definition.multivalued && definition.type === 'String')
}

function compileObjectMapping(
  mapping: ObjectMapping,
  objectType: ObjectTypeName,
  definitions: ReadonlyMap<string, AttributeDefinition>,
  valueRules: TargetRules['values'][ObjectTypeName],
  allotment: ReadonlySet<string> | null,
  problems: string[],
): CompiledObjectMapping {
  const attributes = mapping.attributeMappings.map((each): CompiledAttributeMapping => {
    const target = each.targetAttributeName
    const definition = definitions.get(target)
    let expression: CompiledExpression | null = null
    if (each.source !== null) {
      const parsed = parseSource(each.source)
      const result = parsed.ok ? compileExpression(parsed.value) : parsed
      if (result.ok) expression = result.value
      else problems.push(`${mapping.name}, ${target}: ${result.error.message}`)
    }
    const multivalued = definition?.multivalued === true
    const addsOnly = each.flowType === 'ValueAddOnly' || (each.flowType === 'MultiValueAddOnly' && multivalued)
    const valueRule = valueRules.get(target) ?? null
    const isAllotted = objectType === 'User' && target === allottedAttribute && allotment !== null
    return {
      target,
      mapping: each,
      expression,
      definition,
      isReference: definition?.type === 'Reference',
      addsOnly,
      clearsWhenNull: each.flowNullValues === true && definition?.flowNullValues === true && !multivalued && !addsOnly,
      valueRule,
      takesText: takesText(definition) && !addsOnly && valueRule === null,
      allotment: isAllotted ? allotment : null,
      isUnique: expression !== null && (isAllotted || expression.uniqueValueRules !== null),
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
    alwaysFlows: new Set(
      attributes.filter((each) => each.mapping.flowBehavior === 'FlowAlways').map((each) => each.target),
    ),
    hasUniqueValues: attributes.some((each) => each.isUnique),
    redacted: {
      target: new Set(redacting.map((each) => each.target)),
      source: new Set(redacting.flatMap((each) => each.expression?.attributes ?? [])),
    },
  }
}

export const isObjectTypeName = (name: string): name is ObjectTypeName => name === 'User' || name === 'Group'

/** Of several rules the one with the lowest priority number. */
export function ruleToRun(schema: SynchronizationSchema): SynchronizationRule | undefined {
  return [...schema.synchronizationRules].sort((one, other) => one.priority - other.priority)[0]
}

/** Throws `SchemaInvalidError` with every problem found. */
export function compileSchema(schema: SynchronizationSchema): CompiledSchema {
  const problems: string[] = []
  const rule = ruleToRun(schema)
  if (rule === undefined) throw new SchemaInvalidError(['It has no synchronization rule.'])
  const rules = rulesOfTarget(rule.targetDirectoryName)
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
    objectMappings.set(
      objectType,
      compileObjectMapping(mapping, objectType, definitions, rules.values[objectType], allotmentOf(rule), problems),
    )
  }
  if (problems.length > 0) throw new SchemaInvalidError(problems)
  return {
    version: schema.version,
    sourceDirectoryName: rule.sourceDirectoryName,
    targetDirectoryName: rule.targetDirectoryName,
    objectMappings,
  }
}

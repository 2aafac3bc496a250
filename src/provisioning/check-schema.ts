/*
 * Says everything that keeps a synchronization schema from working, before it is saved, and warns of what is seldom meant.
 * A schema without errors compiles (spec sections 3.4, 4, 5 and 18).
 */
import { sourceSchemaOf, type SourceSchema } from '../expressions/index.ts'
import type {
  AttributeMapping,
  ObjectDefinition,
  ObjectMapping,
  ObjectTypeName,
  PopulationFacts,
  SchemaProblem,
  SchemaProblemCode,
  SynchronizationRule,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import { checkAttributeMapping, targetKey, type TargetContext } from './check-attribute-mapping.ts'
import { checkMappingSource } from './check-mapping-source.ts'
import { isObjectTypeName, ruleToRun } from './compiled-schema.ts'
import { checkFilter } from './filter-check.ts'
import { lintFilter } from './filter-lint.ts'
import type { ReadSchemaResult } from './read-schema.ts'
import { problemAt, type Finding, type FindingPlace } from './schema-findings.ts'
import { rulesOfTarget } from './templates/slack-rules.ts'

export interface CheckSchemaOptions {
  /** The job provisions all users and groups, whether assigned or not. */
  readonly syncAll?: boolean
  /** Errors the administrator has decided to live with: they become warnings. */
  readonly accept?: readonly string[]
  /** Who has what: warnings then say how many people they concern, and are left out where they concern nobody. */
  readonly facts?: Readonly<Partial<Record<ObjectTypeName, PopulationFacts>>>
}

/** What may be accepted: the schema runs all the same, only not as people expect. */
export const acceptableProblems: readonly SchemaProblemCode[] = ['ActiveNotMapped']

/** In the order of the document. */
export function checkSchema(schema: SynchronizationSchema, options: CheckSchemaOptions = {}): readonly SchemaProblem[] {
  const accepted = new Set(acceptableProblems.filter((code) => options.accept?.includes(code)))
  const problems = schemaProblems(schema, options)
  return problems.map((problem) => (accepted.has(problem.code) ? { ...problem, severity: 'warning' } : problem))
}

/** The same for a document that may be of another form in places: what the rest of it says is checked all the same. */
export function checkDocument(read: ReadSchemaResult, options: CheckSchemaOptions = {}): readonly SchemaProblem[] {
  if (read.kind === 'schema') return checkSchema(read.schema, options)
  const { problems, rest } = read
  if (rest === null) return problems
  // What is said of a place around one that could not be read, or within it, may only follow from that.
  const isOpen = ({ place }: SchemaProblem): boolean =>
    !problems.some((broken) => isWithin(broken.place, place) || isWithin(place, broken.place))
  return [...problems, ...checkSchema(rest, options).filter(isOpen)]
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || outer === '' || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`)
}

/** The problems that keep a schema from being saved. */
export function errorsOf(problems: readonly SchemaProblem[]): readonly SchemaProblem[] {
  return problems.filter((problem) => problem.severity === 'error')
}

/** Why a schema was refused, in a few words; each problem has its own message. */
export function schemaProblemSummary(errors: readonly SchemaProblem[]): string {
  const [first] = errors
  const found = errors.length === 1 ? 'an error' : `${String(errors.length)} errors`
  const where = [first?.objectMapping, first?.attribute].filter((name) => typeof name === 'string').join(', ')
  return `The schema has ${found} and was not saved. ${where === '' ? '' : `${where}: `}${first?.message ?? ''}`
}

const document: FindingPlace = { place: '', objectMapping: null, attribute: null }

function schemaProblems(schema: SynchronizationSchema, options: CheckSchemaOptions): readonly SchemaProblem[] {
  const rule = ruleToRun(schema)
  if (rule === undefined)
    return [problemAt(document, { code: 'ObjectMapping', message: 'The schema has no synchronization rule.' })]
  const place = { ...document, place: `synchronizationRules[${String(schema.synchronizationRules.indexOf(rule))}]` }
  const others = schema.synchronizationRules.flatMap((other, index) =>
    other === rule
      ? []
      : [
          problemAt(
            { ...document, place: `synchronizationRules[${String(index)}]` },
            {
              severity: 'warning',
              code: 'ObjectMapping',
              message: `Only the rule with the lowest priority number runs ("${rule.name}"); "${other.name}" does nothing.`,
            },
          ),
        ],
  )
  return [...ruleProblems(schema, rule, place, options), ...others]
}

function ruleProblems(
  schema: SynchronizationSchema,
  rule: SynchronizationRule,
  place: FindingPlace,
  options: CheckSchemaOptions,
): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = []
  const refuse = (message: string, hint?: string): void => {
    problems.push(problemAt(place, { code: 'ObjectMapping', message, hint: hint ?? null }))
  }
  const source = schema.directories.find((directory) => directory.name === rule.sourceDirectoryName)
  const target = schema.directories.find((directory) => directory.name === rule.targetDirectoryName)
  const known = schema.directories.map((directory) => `"${directory.name}"`).join(', ') || 'none'
  if (source === undefined) refuse(`There is no directory "${rule.sourceDirectoryName}".`, `Known: ${known}.`)
  if (target === undefined) refuse(`There is no directory "${rule.targetDirectoryName}".`, `Known: ${known}.`)
  const seen = new Set<string>()
  rule.objectMappings.forEach((mapping, index) => {
    const at = {
      ...place,
      place: `${place.place}.objectMappings[${String(index)}]`,
      objectMapping: mapping.name,
    }
    const say = (message: string, hint?: string): void => {
      problems.push(problemAt(at, { code: 'ObjectMapping', message, hint: hint ?? null }))
    }
    const objectType = mapping.sourceObjectName
    if (!isObjectTypeName(objectType)) {
      say(`The source object is "${objectType}"; only User and Group are provisioned.`)
      return
    }
    if (seen.has(objectType)) say(`${objectType} objects have a mapping already; each type has one.`)
    seen.add(objectType)
    if (mapping.targetObjectName !== objectType)
      say(`${objectType} objects become ${objectType} objects, not "${mapping.targetObjectName}".`)
    if (objectType === 'User' && !mapping.enabled)
      say('The mapping of users cannot be switched off.', 'Pause the job instead, or clear flowTypes.')
    const sourceObject = source?.objects.find((object) => object.name === objectType)
    const targetObject = target?.objects.find((object) => object.name === mapping.targetObjectName)
    if (source !== undefined && sourceObject === undefined)
      say(`"${source.name}" defines no object "${objectType}".`, 'Its attributes are listed under "directories".')
    if (target !== undefined && targetObject === undefined)
      say(`"${target.name}" defines no object "${mapping.targetObjectName}".`)
    problems.push(...mappingProblems({ rule, mapping, objectType, sourceObject, targetObject, at, options }))
  })
  if (!seen.has('User')) refuse('Users have no object mapping, so nobody would be provisioned.')
  return problems
}

interface MappingToCheck {
  readonly rule: SynchronizationRule
  readonly mapping: ObjectMapping
  readonly objectType: ObjectTypeName
  readonly sourceObject: ObjectDefinition | undefined
  readonly targetObject: ObjectDefinition | undefined
  readonly at: FindingPlace
  readonly options: CheckSchemaOptions
}

function mappingProblems(to: MappingToCheck): readonly SchemaProblem[] {
  const { rule, mapping, objectType, sourceObject, targetObject, at, options } = to
  const rules = rulesOfTarget(rule.targetDirectoryName)
  const source: SourceSchema = sourceObject === undefined ? { attributes: new Map() } : sourceSchemaOf(sourceObject)
  const definitions = new Map(targetObject?.attributes.map((attribute) => [attribute.name, attribute]))
  const required = new Set([
    ...rules.required[objectType],
    ...[...definitions.values()].filter((each) => each.required && !each.anchor).map((each) => each.name),
  ])
  const context: TargetContext = {
    definitions,
    required,
    filterable: rules.filterable?.[objectType] ?? null,
    targetName: rule.targetDirectoryName,
  }
  const repeated = repetitions(mapping)
  const attributes = mapping.attributeMappings.flatMap((each, index) => {
    const place = {
      ...at,
      place: `${at.place}.attributeMappings[${String(index)}]`,
      attribute: each.targetAttributeName,
    }
    const checked =
      each.source === null || sourceObject === undefined
        ? { findings: [], expression: null }
        : checkMappingSource(each.source, each, {
            schema: source,
            syncAll: options.syncAll === true,
            facts: options.facts?.[objectType],
          })
    const findings = targetObject === undefined ? [] : checkAttributeMapping(each, checked.expression, source, context)
    return [...findings, ...checked.findings, ...(repeated[index] ?? [])].map((finding) => problemAt(place, finding))
  })
  return [
    ...(mapping.enabled ? missingFindings(mapping, objectType, required).map((each) => problemAt(at, each)) : []),
    ...scopeProblems(mapping, sourceObject === undefined ? undefined : source, at),
    ...attributes,
  ]
}

/** For each mapping, what it repeats of an earlier one. */
function repetitions({ attributeMappings }: ObjectMapping): readonly (readonly Finding[])[] {
  const targets = new Map<string, string>()
  const priorities = new Map<number, string>()
  return attributeMappings.map(({ targetAttributeName: name, matchingPriority }) => {
    const findings: Finding[] = []
    const key = targetKey(name)
    const same = targets.get(key)
    if (same === undefined) targets.set(key, name)
    else if (same === name) {
      findings.push({
        code: 'TargetAttributeMappedTwice',
        message: `"${name}" has a mapping already; it can have one.`,
        hint: 'Join both in one expression, for example with Coalesce.',
      })
    } else {
      findings.push({
        code: 'TypeValueMappedTwice',
        message: `"${name}" and "${same}" are the same element of the attribute, which holds one value.`,
      })
    }
    if (matchingPriority <= 0) return findings
    const rival = priorities.get(matchingPriority)
    if (rival === undefined) priorities.set(matchingPriority, name)
    else {
      findings.push({
        code: 'MatchingPriorityNotUnique',
        message: `"${name}" and "${rival}" both have matching priority ${String(matchingPriority)}, so that it is open which is tried first.`,
        hint: 'Give each matching attribute a number of its own; the lowest is tried first.',
      })
    }
    return findings
  })
}

function missingFindings(
  { attributeMappings }: ObjectMapping,
  objectType: ObjectTypeName,
  required: ReadonlySet<string>,
): readonly Finding[] {
  const givesValue = (each: AttributeMapping): boolean => each.source !== null || each.defaultValue !== null
  const mapped = new Set(attributeMappings.filter(givesValue).map((each) => each.targetAttributeName))
  const findings: Finding[] = [...required]
    .filter((name) => !mapped.has(name))
    .map((name) => ({
      code: 'RequiredAttributeNotMapped',
      message: `"${name}" is required and has no mapping that gives a value, so no object could be created.`,
    }))
  if (!attributeMappings.some((each) => each.matchingPriority > 0 && each.source !== null)) {
    findings.push({
      code: 'NoMatchingAttribute',
      message: `No attribute is used to find the ${objectType === 'User' ? 'accounts' : 'groups'} that are there already, so everything would be created a second time.`,
      hint: 'Set matchingPriority to 1 on one attribute mapping.',
    })
  }
  if (
    objectType === 'User' &&
    !attributeMappings.some((each) => each.targetAttributeName === 'active' && each.source)
  ) {
    findings.push({
      code: 'ActiveNotMapped',
      message: 'Nothing is mapped to "active", so nobody who leaves would be disabled in the target.',
      hint: 'Map it to Not([IsSoftDeleted]), or accept ActiveNotMapped if accounts are to stay active.',
    })
  }
  return findings
}

function scopeProblems(
  { scope }: ObjectMapping,
  source: SourceSchema | undefined,
  at: FindingPlace,
): readonly SchemaProblem[] {
  if (scope === null) return []
  const found = [
    ...checkFilter(scope, source).map((problem) => ({ ...problem, code: 'ScopingFilter' as const })),
    ...lintFilter(scope).map((warning) => ({
      ...warning,
      code: 'UnanchoredPattern' as const,
      severity: 'warning' as const,
    })),
  ]
  return found.map(({ collection, group, clause, ...finding }) => {
    const of = `${at.place}.scope.${collection}[${String(group)}]`
    return problemAt({ ...at, place: clause === null ? of : `${of}.clauses[${String(clause)}]` }, finding)
  })
}

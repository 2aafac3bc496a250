/*
 * What there is to write a mapping or a scoping filter with: functions, operators, and the attributes of both sides with
 * who has them. For an editor's completion and for `muster functions` and `muster attributes`.
 */
import {
  compileExpression,
  describeFunctions,
  keywords,
  operators,
  sourceSchemaOf,
  type Evaluation,
  type FunctionDescription,
} from '../expressions/index.ts'
import type {
  AttributeDefinition,
  AttributeHelp,
  AttributeMappingSource,
  Completion,
  FilterOperatorHelp,
  FunctionHelp,
  PopulationFacts,
} from '../vocabulary/index.ts'
import { checkFilter } from './filter-check.ts'
import { filterOperators } from './filter-operators.ts'
import { parseSource, writtenExpression } from './read-mapping-source.ts'
import type { SchemaSides } from './schema-sides.ts'

function nullText(evaluation: Evaluation): string {
  switch (evaluation.outcome) {
    case 'value':
      return evaluation.value === null ? 'null' : JSON.stringify(evaluation.value)
    case 'error':
      return `an error: ${evaluation.error.message}`
    case 'ignoreAttribute':
      return 'no value: the attribute is left out of the request'
    case 'ignoreObject':
      return 'no value: the object is left out of this run'
  }
}

function functionHelp(description: FunctionDescription): FunctionHelp {
  const { name, signature, documentation, parameters, examples, whenNull } = description
  return {
    name,
    signature,
    documentation,
    parameters: parameters.map(({ name: parameter, type, isRequired, repeats, failsOnNull }) => ({
      name: parameter,
      type,
      isRequired,
      repeats,
      failsOnNull,
    })),
    examples: examples.map(({ expression, attributes, result }) => ({
      expression,
      attributes: JSON.stringify(attributes),
      result: result instanceof RegExp ? `a text that matches ${result.source}` : JSON.stringify(result),
    })),
    whenNull: whenNull === null ? null : nullText(whenNull),
  }
}

/** By name; the same for every job. */
export function functionsHelp(): readonly FunctionHelp[] {
  return describeFunctions().map(functionHelp)
}

export function filterOperatorsHelp(): readonly FilterOperatorHelp[] {
  return filterOperators.map(({ name, arity, types }) => ({ name, takesValue: arity === 'Binary', types }))
}

function attributeHelp(
  { name, type, required, multivalued }: AttributeDefinition,
  facts: PopulationFacts,
): AttributeHelp {
  const fact = facts.attributes.get(name)
  return {
    name,
    type,
    isRequired: required,
    isMultivalued: multivalued,
    people: fact?.people ?? 0,
    example: fact?.example ?? null,
  }
}

/** Target attributes by the source attributes their expressions read. */
function readersOf({ mapping }: SchemaSides): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>()
  for (const { source, targetAttributeName } of mapping?.attributeMappings ?? []) {
    const parsed = source === null ? null : parseSource(source)
    const compiled = parsed?.ok === true ? compileExpression(parsed.value) : null
    for (const name of compiled?.ok === true ? compiled.value.attributes : []) {
      const known = readers.get(name)
      if (known === undefined) readers.set(name, [targetAttributeName])
      else known.push(targetAttributeName)
    }
  }
  return readers
}

function isFilterable(sides: SchemaSides, name: string): boolean {
  if (sides.source === null) return false
  const clause = { sourceOperandName: name, operatorName: 'IS NULL', targetOperand: null }
  return checkFilter({ groups: [{ name: null, clauses: [clause] }] }, sourceSchemaOf(sides.source)).length === 0
}

/** Made from its tree where only that is given. */
function textOf(source: AttributeMappingSource): string {
  const parsed = parseSource(source)
  return parsed.ok ? parsed.value.text : (writtenExpression(source) ?? '')
}

export function describeCompletion(
  sides: SchemaSides,
  facts: { readonly source: PopulationFacts; readonly target: PopulationFacts },
): Completion {
  const readers = readersOf(sides)
  const mappings = new Map(sides.mapping?.attributeMappings.map((each) => [each.targetAttributeName, each]))
  return {
    objectType: sides.objectType,
    sourcePeople: facts.source.people,
    targetPeople: facts.target.people,
    functions: functionsHelp(),
    operators,
    keywords,
    filterOperators: filterOperatorsHelp(),
    source: (sides.source?.attributes ?? []).map((attribute) => ({
      ...attributeHelp(attribute, facts.source),
      readBy: readers.get(attribute.name) ?? [],
      isFilterable: isFilterable(sides, attribute.name),
    })),
    target: (sides.target?.attributes ?? [])
      .filter((attribute) => !attribute.anchor)
      .map((attribute) => {
        const mapping = mappings.get(attribute.name)
        const source = mapping?.source ?? null
        return {
          ...attributeHelp(attribute, facts.target),
          expression: source === null ? null : textOf(source),
          flowType: mapping?.flowType ?? null,
          matchingPriority: mapping?.matchingPriority ?? 0,
        }
      }),
  }
}

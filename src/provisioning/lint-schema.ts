/*
 * Warns of what is valid in a schema but seldom meant, in its mappings and its scoping filters, with how many people it
 * concerns where that is known. Nothing here keeps a schema from being saved.
 */
import { lintExpression, type LintRule } from '../expressions/index.ts'
import type {
  AttributeDefinition,
  AttributeMapping,
  ObjectMapping,
  ObjectTypeName,
  PopulationFacts,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import type { FilterCollection } from './filter-check.ts'
import { lintFilter, type FilterWarning } from './filter-lint.ts'
import { parseSource } from './read-mapping-source.ts'
import { sidesOf } from './schema-sides.ts'

export interface SchemaWarning {
  readonly rule: LintRule | FilterWarning['rule']
  readonly objectType: ObjectTypeName
  /** Name of the object mapping. */
  readonly objectMapping: string
  /** The mapping of a target attribute with the offset in its expression, or a clause of the filter. */
  readonly place:
    | { readonly kind: 'mapping'; readonly attribute: string; readonly expression: string; readonly position: number }
    | {
        readonly kind: 'filter'
        readonly collection: FilterCollection
        readonly group: number
        readonly clause: number
      }
  readonly message: string
}

export interface SchemaLintOptions {
  readonly syncAll?: boolean
  readonly facts?: Readonly<Partial<Record<ObjectTypeName, PopulationFacts>>>
}

/** What a mapping that may give null means for this attribute, beyond what the expression's own warning says. */
function consequence(rule: LintRule, definition: AttributeDefinition | undefined, mapping: AttributeMapping): string {
  if (rule !== 'switchWithoutDefault' || definition?.required !== true || mapping.defaultValue !== null) return ''
  return ` ${definition.name} is required, so no account is made of whoever gets null (MissingValues).`
}

function lintMappings(
  objectType: ObjectTypeName,
  { name, attributeMappings }: ObjectMapping,
  definitions: ReadonlyMap<string, AttributeDefinition>,
  options: SchemaLintOptions,
): readonly SchemaWarning[] {
  const facts = options.facts?.[objectType]
  return attributeMappings.flatMap((mapping) => {
    const { source, targetAttributeName } = mapping
    if (source === null) return []
    const parsed = parseSource(source)
    if (!parsed.ok) return []
    const warnings = lintExpression(parsed.value, {
      ...(options.syncAll === undefined ? {} : { syncAll: options.syncAll }),
      ...(facts === undefined ? {} : { facts }),
    })
    return warnings.map(({ rule, position, message }) => ({
      rule,
      objectType,
      objectMapping: name,
      place: { kind: 'mapping' as const, attribute: targetAttributeName, expression: parsed.value.text, position },
      message: `${message}${consequence(rule, definitions.get(targetAttributeName), mapping)}`,
    }))
  })
}

/** In the order of the schema; none of expressions that have errors, which a check of the schema finds. */
export function lintSchema(schema: SynchronizationSchema, options: SchemaLintOptions = {}): readonly SchemaWarning[] {
  return (['User', 'Group'] as const).flatMap((objectType): readonly SchemaWarning[] => {
    const { mapping, target } = sidesOf(schema, objectType)
    if (mapping === null) return []
    const definitions = new Map(target?.attributes.map((attribute) => [attribute.name, attribute]))
    const inFilter = mapping.scope === null ? [] : lintFilter(mapping.scope)
    return [
      ...lintMappings(objectType, mapping, definitions, options),
      ...inFilter.map(({ rule, collection, group, clause, message }) => ({
        rule,
        objectType,
        objectMapping: mapping.name,
        place: { kind: 'filter' as const, collection, group, clause },
        message,
      })),
    ]
  })
}

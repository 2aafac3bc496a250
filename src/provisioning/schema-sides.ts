/*
 * The two sides of a schema for one object type: what the source has, what the target takes, and the mapping between. For
 * everybody who asks for a single attribute by its name.
 */
import type {
  AttributeDefinition,
  ObjectDefinition,
  ObjectMapping,
  ObjectTypeName,
  SynchronizationSchema,
} from '../vocabulary/index.ts'

export interface SchemaSides {
  readonly objectType: ObjectTypeName
  readonly source: ObjectDefinition | null
  readonly target: ObjectDefinition | null
  readonly mapping: ObjectMapping | null
}

export function sidesOf(schema: SynchronizationSchema, objectType: ObjectTypeName): SchemaSides {
  const [rule] = schema.synchronizationRules.toSorted((one, other) => one.priority - other.priority)
  const mapping = rule?.objectMappings.find((each) => each.sourceObjectName === objectType) ?? null
  const objectIn = (directory: string | undefined, name: string | undefined): ObjectDefinition | null =>
    schema.directories.find((each) => each.name === directory)?.objects.find((each) => each.name === name) ?? null
  return {
    objectType,
    source: objectIn(rule?.sourceDirectoryName, mapping?.sourceObjectName),
    target: objectIn(rule?.targetDirectoryName, mapping?.targetObjectName),
    mapping,
  }
}

export type AttributeNamed =
  | { readonly kind: 'found'; readonly attribute: AttributeDefinition }
  | { readonly kind: 'unknown'; readonly message: string }

/** Offered when a name fits nothing. */
const namesOffered = 8

/** By its whole name in any case, or by a part of it that only one attribute has (`department`, `email`). */
export function targetAttributeNamed({ target, objectType }: SchemaSides, name: string): AttributeNamed {
  const attributes = target?.attributes.filter((each) => !each.anchor) ?? []
  const wanted = name.trim().toLowerCase()
  const whole = attributes.find((each) => each.name.toLowerCase() === wanted)
  if (whole !== undefined) return { kind: 'found', attribute: whole }
  const partly = attributes.filter((each) => wanted !== '' && each.name.toLowerCase().includes(wanted))
  const [only, ...others] = partly
  if (only !== undefined && others.length === 0) return { kind: 'found', attribute: only }
  const offered = (partly.length > 0 ? partly : attributes).slice(0, namesOffered).map((each) => each.name)
  const more = (partly.length > 0 ? partly : attributes).length > namesOffered ? ', ...' : ''
  return {
    kind: 'unknown',
    message:
      partly.length > 0
        ? `"${name}" fits several target attributes of a ${objectType}: ${offered.join(', ')}${more}. Write one of them.`
        : `A ${objectType} of the target has no attribute "${name}". It has ${offered.join(', ')}${more} (muster attributes --target lists all).`,
  }
}

/** A copy in which this target attribute is made by another expression; an attribute that was not mapped is mapped now. */
export function withExpression(
  schema: SynchronizationSchema,
  objectType: ObjectTypeName,
  targetAttributeName: string,
  expression: string,
): SynchronizationSchema {
  const { mapping } = sidesOf(schema, objectType)
  const change = (each: ObjectMapping): ObjectMapping => {
    const isMapped = each.attributeMappings.some((one) => one.targetAttributeName === targetAttributeName)
    return {
      ...each,
      attributeMappings: isMapped
        ? each.attributeMappings.map((one) =>
            one.targetAttributeName === targetAttributeName ? { ...one, source: { expression } } : one,
          )
        : [
            ...each.attributeMappings,
            {
              targetAttributeName,
              source: { expression },
              defaultValue: null,
              matchingPriority: 0,
              flowType: 'Always',
              flowBehavior: 'FlowWhenChanged',
              exportMissingReferences: false,
            },
          ],
    }
  }
  return {
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((each) => (each === mapping ? change(each) : each)),
    })),
  }
}

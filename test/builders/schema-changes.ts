/* Changes to a synchronization schema as an administrator makes them: one attribute mapping, one switch, one filter. */
import type {
  AttributeDefinition,
  AttributeMapping,
  ObjectMapping,
  ObjectTypeName,
  ScopingFilter,
  SynchronizationSchema,
} from '../../src/vocabulary/index.ts'

export function withObjectMapping(
  schema: SynchronizationSchema,
  objectType: ObjectTypeName,
  change: (mapping: ObjectMapping) => ObjectMapping,
): SynchronizationSchema {
  return {
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((mapping) =>
        mapping.sourceObjectName === objectType ? change(mapping) : mapping,
      ),
    })),
  }
}

/** Changes the mapping of one target attribute. */
export function withAttributeMapping(
  schema: SynchronizationSchema,
  objectType: ObjectTypeName,
  target: string,
  change: Partial<AttributeMapping>,
): SynchronizationSchema {
  return withObjectMapping(schema, objectType, (mapping) => ({
    ...mapping,
    attributeMappings: mapping.attributeMappings.map((each) =>
      each.targetAttributeName === target ? { ...each, ...change } : each,
    ),
  }))
}

export function withoutAttributeMapping(
  schema: SynchronizationSchema,
  objectType: ObjectTypeName,
  target: string,
): SynchronizationSchema {
  return withObjectMapping(schema, objectType, (mapping) => ({
    ...mapping,
    attributeMappings: mapping.attributeMappings.filter((each) => each.targetAttributeName !== target),
  }))
}

/** The check boxes Create, Update, Delete, e.g. `Add,Update`. */
export function withFlowTypes(
  schema: SynchronizationSchema,
  objectType: ObjectTypeName,
  flowTypes: string,
): SynchronizationSchema {
  return withObjectMapping(schema, objectType, (mapping) => ({ ...mapping, flowTypes }))
}

export function withFilter(
  schema: SynchronizationSchema,
  objectType: ObjectTypeName,
  scope: ScopingFilter | null,
): SynchronizationSchema {
  return withObjectMapping(schema, objectType, (mapping) => ({ ...mapping, scope }))
}

/** Changes the definition of one target attribute. */
export function withDefinition(
  schema: SynchronizationSchema,
  objectType: ObjectTypeName,
  attribute: string,
  change: Partial<AttributeDefinition>,
): SynchronizationSchema {
  return {
    ...schema,
    directories: schema.directories.map((directory) =>
      directory.readOnly
        ? directory
        : {
            ...directory,
            objects: directory.objects.map((object) => ({
              ...object,
              attributes: object.attributes.map((each) =>
                object.name === objectType && each.name === attribute ? { ...each, ...change } : each,
              ),
            })),
          },
    ),
  }
}

/** The target cannot create an object without this attribute. */
export function withRequired(
  schema: SynchronizationSchema,
  objectType: ObjectTypeName,
  attribute: string,
): SynchronizationSchema {
  return withDefinition(schema, objectType, attribute, { required: true })
}

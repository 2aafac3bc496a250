/* What editors of mappings ask of a schema: filter operators, functions, and what an expression gives (graph-api.md 3.10). */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { graphFunctionSchemas } from '../../../expressions/index.ts'
import { answerParse, filterOperatorSchemas, plainAttribute, readAttributes } from '../../../provisioning/index.ts'
import type { AttributeDefinition, JsonObject, SynchronizationSchema } from '../../../vocabulary/index.ts'
import { parametersOf } from '../bodies.ts'
import { smallCollection } from '../collection.ts'
import { badRequest } from '../graph-problem.ts'
import type { GraphPorts } from '../graph-ports.ts'
import { answerList } from '../list.ts'
import { entityOfValues, type Entity } from '../odata/entity.ts'
import { onlyOptions } from '../odata/query-string.ts'
import { keyAt, type GraphRequest, type Operation } from '../operation.ts'
import { types } from '../types/index.ts'
import { valueMissing } from '../write-rules.ts'
import { jobAt, principalAt, synchronizationPath } from './places.ts'
import { templateByKey } from './templates.ts'

const operators: readonly Entity[] = filterOperatorSchemas().map((operator) =>
  entityOfValues(types.filterOperatorSchema, operator.name, { id: operator.name, ...operator }),
)

const functions: readonly Entity[] = graphFunctionSchemas().map((each) =>
  entityOfValues(types.attributeMappingFunctionSchema, each.name, {
    id: each.name,
    name: each.name,
    parameters: each.parameters,
  }),
)

export function expressionOperations(ports: GraphPorts): readonly Operation[] {
  const places: readonly {
    readonly path: string
    readonly schemaAt: (request: GraphRequest) => Promise<SynchronizationSchema>
  }[] = [
    {
      path: `${synchronizationPath}/jobs/{id}/schema`,
      schemaAt: async (request) => (await jobAt(ports, request)).job.schema,
    },
    {
      path: `${synchronizationPath}/templates/{id}/schema`,
      async schemaAt(request) {
        await principalAt(ports, request)
        return templateByKey(keyAt(request, 1)).schema
      },
    },
  ]
  return places.flatMap(({ path, schemaAt }): readonly Operation[] => {
    const list = (name: string, type: Entity['type'], entities: readonly Entity[]): Operation => ({
      method: 'GET',
      template: `${path}/${name}`,
      async handle(request) {
        await schemaAt(request)
        const set = `Collection(microsoft.graph.${type.name})`
        const all = smallCollection({ types: [type], set, entities: () => Promise.resolve(entities) })
        return await answerList(request, all, ports.expand)
      },
    })
    return [
      list('filterOperators', types.filterOperatorSchema, operators),
      list('functions', types.attributeMappingFunctionSchema, functions),
      {
        method: 'POST',
        template: `${path}/parseExpression`,
        async handle(request) {
          onlyOptions(request.query, [])
          const schema = await schemaAt(request)
          const answer = answerParse({
            ...readParse(request.body, schema),
            // Whether a value is free in the target is not asked here: the first rule that gives a value stands.
            context: { now: ports.clock.now(), isTaken: () => false, randomBytes, appRoles: [] },
          })
          return {
            status: 200,
            body: {
              '@odata.context': `${request.root}/$metadata#microsoft.graph.parseExpressionResponse`,
              ...(answer as unknown as JsonObject),
            },
          }
        },
      },
    ]
  })
}

const attribute = z.object({
  name: z.string(),
  type: z
    .string()
    .transform((text) => attributeTypes.find((each) => each.toLowerCase() === text.toLowerCase()) ?? 'String')
    .default('String'),
  multivalued: z.boolean().nullish(),
})

const attributeTypes = ['String', 'Integer', 'Reference', 'Binary', 'Boolean', 'DateTime'] as const

/** A pair is of an open type: beside `value` stands `value@odata.type` where it is a list. */
const inputObject = z.object({
  definition: z.object({ attributes: z.array(attribute).nullish() }).nullish(),
  properties: z.array(z.object({ key: z.string(), value: z.unknown() })).nullish(),
})

function readParse(body: unknown, schema: SynchronizationSchema): Omit<Parameters<typeof answerParse>[0], 'context'> {
  const given = parametersOf(body, ['expression', 'testInputObject', 'targetAttributeDefinition'], 'parseExpression')
  if (typeof given.expression !== 'string') throw valueMissing('expression', 'parseExpression')
  const input = readPart(inputObject.nullish(), given.testInputObject, 'testInputObject') ?? null
  const target = readPart(attribute.nullish(), given.targetAttributeDefinition, 'targetAttributeDefinition') ?? null
  const definitions = input?.definition?.attributes ?? []
  const properties = input?.properties ?? []
  const known = definitions.length > 0 ? definitions : sourceAttributes(schema)
  return {
    expression: given.expression,
    source: {
      attributes: new Map([
        ...properties.map(({ key, value }) => [key, { type: 'String', multivalued: Array.isArray(value) }] as const),
        ...known.map(({ name, type, multivalued }) => [name, { type, multivalued: multivalued === true }] as const),
      ]),
    },
    attributes: input === null ? null : attributesOf(properties, definitions),
    target:
      target === null
        ? null
        : plainAttribute(target.name, { type: target.type, multivalued: target.multivalued === true }),
  }
}

function readPart<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw badRequest(
    `Invalid value specified for property '${[name, ...(issue?.path ?? [])].map(String).join('.')}': ${issue?.message ?? 'it cannot be read'}.`,
  )
}

/** Of people and groups alike: an expression does not say whom it is for. */
function sourceAttributes(schema: SynchronizationSchema): readonly AttributeDefinition[] {
  const [rule] = schema.synchronizationRules
  const source = schema.directories.find(({ name }) => name === rule?.sourceDirectoryName)
  return source?.objects.flatMap(({ attributes }) => attributes) ?? []
}

/** A text that its definition calls a Boolean or an Integer is one. */
function attributesOf(
  properties: readonly { readonly key: string; readonly value?: unknown }[],
  definitions: readonly z.infer<typeof attribute>[],
): ReturnType<typeof okAttributes> {
  const typeOf = new Map(definitions.map(({ name, type }) => [name, type]))
  return okAttributes(
    Object.fromEntries(properties.map(({ key, value = null }) => [key, typed(value, typeOf.get(key))])),
  )
}

function okAttributes(values: object): Extract<ReturnType<typeof readAttributes>, { kind: 'ok' }>['attributes'] {
  const read = readAttributes(values)
  if (read.kind === 'failed')
    throw badRequest(`Invalid value specified for property 'testInputObject': ${read.message}`)
  return read.attributes
}

function typed(value: unknown, type: string | undefined): unknown {
  if (typeof value !== 'string') return value
  if (type === 'Boolean' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  if (type === 'Integer' && /^-?\d{1,15}$/.test(value)) return Number(value)
  return value
}

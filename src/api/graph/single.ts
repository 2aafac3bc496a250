/* Answers with one resource. */
import type { JsonObject } from '../../vocabulary/index.ts'
import type { GraphPorts } from './graph-ports.ts'
import type { Entity } from './odata/entity.ts'
import { onlyOptions } from './odata/query-string.ts'
import { readExpand, readSelect } from './odata/read-options.ts'
import type { Answer, GraphRequest } from './operation.ts'
import { contextOf, represent, type Expanded } from './represent.ts'

interface Shown {
  readonly set: string
  /** One of several types: it says which. */
  readonly isTyped?: boolean
}

/** As `$select` and `$expand` ask. */
export async function answerEntity(
  ports: GraphPorts,
  request: GraphRequest,
  entity: Entity,
  { set, isTyped = false }: Shown,
): Promise<Answer> {
  onlyOptions(request.query, ['select', 'expand'])
  const expansions = readExpand(request.query.expand, [entity.type])
  const selection = readSelect(
    request.query.select,
    [entity.type],
    expansions.map(({ navigation }) => navigation.name),
  )
  const expanded = await Promise.all(
    expansions.map(async (expansion): Promise<readonly [string, Expanded]> => [
      expansion.navigation.name,
      await ports.expand([entity], expansion, request.sight),
    ]),
  )
  return {
    status: 200,
    body: {
      '@odata.context': `${contextOf(request.root, set, selection, expansions)}/$entity`,
      ...represent(entity, { selection, isTyped }, expanded),
    },
  }
}

/** What was just made, with everything it gives without being asked. */
export function created(request: GraphRequest, entity: Entity, set: string, id = entity.id): Answer {
  return {
    status: 201,
    headers: { location: `${request.root}/${set}/${id}` },
    body: wholeBody(request, entity, set),
  }
}

export const wholeBody = (request: GraphRequest, entity: Entity, set: string, isTyped = false): JsonObject => ({
  '@odata.context': `${request.root}/$metadata#${set}/$entity`,
  ...represent(entity, { selection: { names: null }, isTyped }),
})

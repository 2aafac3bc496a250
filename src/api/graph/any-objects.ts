/* `/directoryObjects`: objects by id alone, whatever they are. */
import type { Entity } from './odata/entity.ts'
import { objectBody } from './bodies.ts'
import { presentEntities } from './directory-objects.ts'
import { badRequest, notThere } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, type Operation } from './operation.ts'
import { idText } from './path.ts'
import { represent } from './represent.ts'
import { answerEntity } from './single.ts'
import { nameKey, types } from './types/index.ts'

const idsMax = 1000

export function anyObjectOperations(ports: GraphPorts): readonly Operation[] {
  const theObject = async (id: string): Promise<Entity> => {
    const [entity] = await presentEntities(ports.directory, [idText(id)])
    if (entity === undefined) throw notThere(id)
    return entity
  }
  return [
    {
      method: 'GET',
      template: '/directoryObjects/{id}',
      handle: async (request) =>
        await answerEntity(ports, request, await theObject(keyAt(request).value), {
          set: 'directoryObjects',
          isTyped: true,
        }),
    },
    {
      method: 'POST',
      template: '/directoryObjects/getByIds',
      async handle(request) {
        onlyOptions(request.query, [])
        const { ids, typeNames } = readIds(request.body)
        const entities = await presentEntities(ports.directory, [...new Set(ids.map(idText))])
        return {
          status: 200,
          body: {
            '@odata.context': `${request.root}/$metadata#directoryObjects`,
            value: entities
              .flatMap((entity) => request.sight.show(entity) ?? [])
              .filter(({ type }) => typeNames === null || typeNames.has(nameKey(type.name)))
              .map((entity) => represent(entity, { selection: { names: null }, isTyped: true })),
          },
        }
      },
    },
  ]
}

function readIds(body: unknown): { readonly ids: readonly string[]; readonly typeNames: ReadonlySet<string> | null } {
  const given = new Map(Object.entries(objectBody(body)).map(([name, value]) => [nameKey(name), value]))
  for (const name of given.keys())
    if (name !== 'ids' && name !== 'types' && !name.includes('@'))
      throw badRequest(`'${name.slice(0, 100)}' is no parameter of getByIds.`)
  const ids = texts(given.get('ids'), 'ids')
  const named = given.get('types')
  if (ids.length > idsMax)
    throw badRequest(`getByIds takes at most ${String(idsMax)} ids, and ${String(ids.length)} are given.`)
  if (named === undefined || named === null) return { ids, typeNames: null }
  const typeNames = new Set(texts(named, 'types').map((name) => nameKey(name).replace(/^#?microsoft\.graph\./, '')))
  const known = Object.keys(types).map(nameKey)
  const isAny = typeNames.has('directoryobject')
  for (const name of typeNames)
    if (!known.includes(name)) throw badRequest(`There are no objects of type '${name.slice(0, 100)}' here.`)
  return { ids, typeNames: isAny ? null : typeNames }
}

function texts(value: unknown, name: string): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' && !item.includes('\0')))
    return value as readonly string[]
  throw badRequest(`'${name}' is a list of texts.`)
}

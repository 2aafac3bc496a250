/* `/applicationTemplates`: the gallery, and making an application of it (graph-api.md 3.4). */
import { applicationTemplates, instantiateTemplate } from '../../directory/index.ts'
import { creatorAsOwner } from '../access/creator-as-owner.ts'
import { entityOfApplication } from './application-entity.ts'
import { objectBody } from './bodies.ts'
import { smallCollection } from './collection.ts'
import { badRequest, notThere } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { listOperations } from './list-operations.ts'
import { entityOfValues, type Entity } from './odata/entity.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, type Operation } from './operation.ts'
import { idText, type Key } from './path.ts'
import { represent } from './represent.ts'
import { answerEntity } from './single.ts'
import { nameKey, types } from './types/index.ts'
import { valueMissing } from './write-rules.ts'

const set = types.applicationTemplate.set

const entities: readonly Entity[] = applicationTemplates.map(({ templateId, properties }) =>
  entityOfValues(types.applicationTemplate, templateId, { id: templateId, ...properties }),
)

const gallery = smallCollection({
  types: [types.applicationTemplate],
  set,
  entities: () => Promise.resolve(entities),
})

function templateByKey(key: Key): Entity {
  const found = entities.find(({ id }) => id === idText(key.value))
  if (found === undefined || nameKey(key.by) !== 'id') throw notThere(key.value)
  return found
}

export function applicationTemplateOperations(ports: GraphPorts): readonly Operation[] {
  return [
    ...listOperations(ports, `/${set}`, gallery, { canSkip: true }),
    {
      method: 'GET',
      template: `/${set}/{id}`,
      handle: async (request) => await answerEntity(ports, request, templateByKey(keyAt(request)), { set }),
    },
    {
      method: 'POST',
      template: `/${set}/{id}/instantiate`,
      async handle(request) {
        onlyOptions(request.query, [])
        const template = templateByKey(keyAt(request))
        const made = await instantiateTemplate(ports.directory, {
          templateId: template.id,
          properties: readParameters(request.body),
          owners: await creatorAsOwner(request.asker),
          tenantId: ports.tenantId,
          now: ports.clock.now(),
        })
        if (made === null) throw notThere(template.id)
        const whole = { selection: { names: null }, isTyped: false }
        return {
          status: 201,
          body: {
            '@odata.context': `${request.root}/$metadata#microsoft.graph.applicationServicePrincipal`,
            application: represent(entityOfApplication(made.application), whole),
            servicePrincipal: represent(entityOfApplication(made.servicePrincipal), whole),
          },
        }
      },
    },
  ]
}

function readParameters(body: unknown): { readonly displayName: string; readonly serviceManagementReference?: string } {
  const given = new Map(Object.entries(objectBody(body)).map(([name, value]) => [nameKey(name), value]))
  const displayName = given.get('displayname')
  const reference = given.get('servicemanagementreference')
  for (const name of given.keys()) {
    if (name !== 'displayname' && name !== 'servicemanagementreference' && !name.includes('@'))
      throw badRequest(`'${name.slice(0, 100)}' is no parameter of instantiate.`)
  }
  if (typeof displayName !== 'string' || displayName === '') throw valueMissing('displayName', 'instantiate')
  if (displayName.length > 256 || !displayName.isWellFormed() || displayName.includes('\0'))
    throw badRequest("Invalid value specified for property 'displayName': it has at most 256 characters.")
  if (reference === undefined || reference === null) return { displayName }
  if (typeof reference !== 'string' || reference.length > 1024 || reference.includes('\0'))
    throw badRequest("Invalid value specified for property 'serviceManagementReference': it must be a text.")
  return { displayName, serviceManagementReference: reference }
}

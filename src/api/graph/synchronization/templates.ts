/* `/synchronization/templates` of a service principal or an application (graph-api.md 3.8). */
import { slackApplicationTemplateId } from '../../../directory/index.ts'
import { slackSchema, slackTemplateId, withVersion } from '../../../provisioning/index.ts'
import type { JsonObject, SynchronizationSchema } from '../../../vocabulary/index.ts'
import { applicationByKey } from '../applications.ts'
import { smallCollection, type Collection } from '../collection.ts'
import { notThere } from '../graph-problem.ts'
import type { GraphPorts } from '../graph-ports.ts'
import { listOperations } from '../list-operations.ts'
import { entityOfValues, type Entity } from '../odata/entity.ts'
import { keyAt, type GraphRequest, type Operation } from '../operation.ts'
import type { Key } from '../path.ts'
import { answerEntity } from '../single.ts'
import { nameKey, types } from '../types/index.ts'
import { answerSchema } from './schema-answer.ts'

export interface SynchronizationTemplate {
  readonly templateId: string
  readonly schema: SynchronizationSchema
}

/** A schema that belongs to no job is told by this id (graph-api.md 3.9). */
const schemaId = `${slackTemplateId}.${'0'.repeat(32)}`

const templates: readonly SynchronizationTemplate[] = [
  {
    templateId: slackTemplateId,
    schema: withVersion(
      slackSchema({ id: schemaId, version: '', provisionGroups: true, userNames: 'allotted' }),
      schemaId,
    ),
  },
]

export const templateNamed = (id: string): SynchronizationTemplate | undefined =>
  templates.find(({ templateId }) => nameKey(templateId) === nameKey(id))

export function templateByKey(key: Key): SynchronizationTemplate {
  const found = templateNamed(key.value)
  if (found === undefined || nameKey(key.by) !== 'id') throw notThere(key.value)
  return found
}

const entityOf = ({ templateId, schema }: SynchronizationTemplate): Entity =>
  entityOfValues(types.synchronizationTemplate, templateId, {
    id: templateId,
    applicationId: slackApplicationTemplateId,
    default: true,
    description: 'Provisions people and groups of the directory to Slack.',
    discoverable: true,
    factoryTag: 'CustomSCIM',
    metadata: [
      { key: 'GalleryApplicationIdentifier', value: slackApplicationTemplateId },
      { key: 'GalleryApplicationKey', value: 'slack' },
      { key: 'IsOAuthEnabled', value: 'True' },
      { key: 'IsSynchronizationAgentAssignmentRequired', value: 'False' },
      { key: 'IsSynchronizationAgentRequired', value: 'False' },
      { key: 'IsSynchronizationInPreview', value: 'False' },
      {
        key: 'ConfigurationFields',
        value: JSON.stringify([{ name: 'baseaddress' }, { name: 'secrettoken', secret: true }]),
      },
    ],
    schema: schema as unknown as JsonObject,
  })

const sides = [
  { set: 'servicePrincipals', objectType: 'ServicePrincipal' },
  { set: 'applications', objectType: 'Application' },
] as const

export function templateOperations(ports: GraphPorts): readonly Operation[] {
  return sides.flatMap(({ set, objectType }): readonly Operation[] => {
    const path = `/${set}/{id}/synchronization/templates`

    async function contextAt(request: GraphRequest): Promise<string> {
      const { objectId } = await applicationByKey(ports.directory, objectType, keyAt(request))
      return `${set}('${objectId}')/synchronization/templates`
    }

    async function collectionAt(request: GraphRequest): Promise<Collection> {
      return smallCollection({
        types: [types.synchronizationTemplate],
        set: await contextAt(request),
        entities: () => Promise.resolve(templates.map(entityOf)),
      })
    }

    return [
      ...listOperations(ports, path, collectionAt),
      {
        method: 'GET',
        template: `${path}/{id}`,
        async handle(request) {
          const context = await contextAt(request)
          return await answerEntity(ports, request, entityOf(templateByKey(keyAt(request, 1))), { set: context })
        },
      },
      {
        method: 'GET',
        template: `${path}/{id}/schema`,
        async handle(request) {
          const context = await contextAt(request)
          const { templateId, schema } = templateByKey(keyAt(request, 1))
          return answerSchema(request, `${context}('${templateId}')/schema`, schema)
        },
      },
    ]
  })
}

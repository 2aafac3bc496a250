/*
 * Discovering what a directory has beside what its definition says (graph-api.md 4.1): attributes of the customer's own. It is
 * answered and not stored: whoever wants it in the schema puts it there.
 */
import type { FactsBook } from '../../../cycle/index.ts'
import { defaultSlackSchema, plainAttribute } from '../../../provisioning/index.ts'
import type {
  AttributeDefinition,
  DirectoryDefinition,
  JsonObject,
  ObjectDefinition,
  PopulationFacts,
} from '../../../vocabulary/index.ts'
import { notThere } from '../graph-problem.ts'
import type { GraphPorts } from '../graph-ports.ts'
import { onlyOptions } from '../odata/query-string.ts'
import { keyAt, type Operation } from '../operation.ts'
import { idText } from '../path.ts'
import { plainInstant } from '../types/codecs.ts'
import { contextSet, jobAt, synchronizationPath } from './places.ts'

const path = `${synchronizationPath}/jobs/{id}/schema/directories`

export function directoryOperations(ports: GraphPorts, facts: FactsBook): readonly Operation[] {
  return [
    {
      method: 'POST',
      template: `${path}/{id}/discover`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { principal, job } = await jobAt(ports, request)
        const wanted = keyAt(request, 2).value
        const directory = job.schema.directories.find(({ id }) => idText(id) === idText(wanted))
        if (directory === undefined) throw notThere(wanted)
        const [rule] = job.schema.synchronizationRules
        const isSource = directory.name === rule?.sourceDirectoryName
        const people = isSource ? await facts.ofSource(job, ports.api.sourceOf(job)) : await facts.ofTarget(job)
        const shipped = defaultSlackSchema(job.jobId, 'asMapped').directories.find(({ id }) => id === directory.id)
        const discovered: DirectoryDefinition = {
          ...directory,
          discoveryDateTime: plainInstant(ports.clock.now()),
          objects: directory.objects.map((object) =>
            withDiscovered(object, {
              shipped: shipped?.objects.find(({ name }) => name === object.name),
              found: object.name === 'User' || object.name === 'Group' ? people[object.name] : undefined,
            }),
          ),
        }
        return {
          status: 200,
          body: {
            '@odata.context': `${request.root}/$metadata#${contextSet(principal, 'jobs')}('${job.jobId}')/schema/directories/$entity`,
            ...(discovered as unknown as JsonObject),
          },
        }
      },
    },
  ]
}

/** Known ones stay as they are; then what the template has beyond them, then what people in the directory have. */
function withDiscovered(
  object: ObjectDefinition,
  { shipped, found }: { readonly shipped: ObjectDefinition | undefined; readonly found: PopulationFacts | undefined },
): ObjectDefinition {
  const known = new Set(object.attributes.map(({ name }) => name.toLowerCase()))
  const isNew = (name: string): boolean => {
    if (known.has(name.toLowerCase())) return false
    known.add(name.toLowerCase())
    return true
  }
  const ofTemplate = (shipped?.attributes ?? []).filter(({ name }) => isNew(name))
  const ofPeople = [...(found?.attributes.keys() ?? [])].filter(isNew).sort().map(customAttribute)
  return { ...object, attributes: [...object.attributes, ...ofTemplate, ...ofPeople] }
}

/** What is known of it is that somebody has it. */
const customAttribute = (name: string): AttributeDefinition =>
  plainAttribute(name, { metadata: [{ key: 'IsCustomerDefined', value: 'true' }] })

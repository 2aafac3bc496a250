/* `/organization` and `/domains`: what scripts ask first to learn where they are (graph-api.md 4.1). */
import { smallCollection, type Collection } from './collection.ts'
import { notThere } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { listOperations } from './list-operations.ts'
import { entityOfValues, type Entity } from './odata/entity.ts'
import { keyAt, type Operation } from './operation.ts'
import { answerEntity } from './single.ts'
import { types, type EntityType } from './types/index.ts'

export function organizationOperations(ports: GraphPorts): readonly Operation[] {
  const { tenant, tenantId } = ports

  async function organizations(): Promise<readonly Entity[]> {
    const domains = await tenant.domains()
    const verifiedDomains = domains.map(({ name, isInitial }, at) => ({
      capabilities: 'Email',
      isDefault: at === 0,
      isInitial,
      name,
      type: 'Managed',
    }))
    const displayName = domains[0]?.name ?? 'Muster'
    return [entityOfValues(types.organization, tenantId, { id: tenantId, displayName, verifiedDomains })]
  }

  async function domains(): Promise<readonly Entity[]> {
    return (await tenant.domains()).map(({ name, isInitial }, at) =>
      entityOfValues(types.domain, name, {
        id: name,
        authenticationType: 'Managed',
        isAdminManaged: true,
        isDefault: at === 0,
        isInitial,
        isRoot: true,
        isVerified: true,
        supportedServices: ['Email'],
      }),
    )
  }

  return [...readOnly(ports, types.organization, organizations), ...readOnly(ports, types.domain, domains)]
}

function readOnly(
  ports: GraphPorts,
  type: EntityType,
  entities: () => Promise<readonly Entity[]>,
): readonly Operation[] {
  const { set } = type
  const all: Collection = smallCollection({ types: [type], set, isTyped: false, entities })
  return [
    ...listOperations(ports, `/${set}`, all),
    {
      method: 'GET',
      template: `/${set}/{id}`,
      async handle(request) {
        const { value } = keyAt(request)
        const entity = (await entities()).find(({ id }) => id.toLowerCase() === value.toLowerCase())
        if (entity === undefined) throw notThere(value)
        return await answerEntity(ports, request, entity, { set })
      },
    },
  ]
}

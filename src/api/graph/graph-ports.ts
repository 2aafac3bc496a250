/* What operations of Graph's part have at hand. */
import type { Store } from '../../store/store.ts'
import type { Clock } from '../../vocabulary/index.ts'
import type { ApiPorts } from '../ports.ts'
import type { Tenant } from '../token/index.ts'
import { createExpand, type Expand, type Relationship } from './expand.ts'
import type { Entity } from './odata/entity.ts'
import { relationshipsOf } from './relationships.ts'

export interface GraphPorts {
  /** What all parts of the API have. */
  readonly api: ApiPorts
  readonly store: Store
  readonly directory: Store['directory']
  readonly clock: Clock
  readonly tenantId: string
  readonly tenant: Tenant
  readonly expand: Expand
  readonly relationshipOf: (entity: Entity, name: string) => Relationship
  /** The directory has gone on: whoever runs the jobs looks at once, and makes those due that wait for nothing else. */
  readonly changed: () => void
}

export function createGraphPorts(api: ApiPorts): GraphPorts {
  const { cycle, wake, tokenService } = api
  const { store, clock, tenantId } = cycle
  const relationshipOf = relationshipsOf(store.directory)
  return {
    api,
    store,
    directory: store.directory,
    clock,
    tenantId,
    tenant: tokenService.tenant,
    relationshipOf,
    expand: createExpand(relationshipOf),
    changed: wake,
  }
}

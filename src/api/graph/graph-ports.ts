/* What operations of Graph's part have at hand. */
import type { Store } from '../../store/store.ts'
import type { Clock } from '../../vocabulary/index.ts'
import type { ApiPorts } from '../ports.ts'
import { createExpand, type Expand, type Relationship } from './expand.ts'
import type { Entity } from './odata/entity.ts'
import { relationshipsOf } from './relationships.ts'

export interface GraphPorts {
  readonly store: Store
  readonly directory: Store['directory']
  readonly clock: Clock
  readonly tenantId: string
  readonly expand: Expand
  readonly relationshipOf: (entity: Entity, name: string) => Relationship
  /** The directory changed: jobs look at once, except one that is in quarantine and waits for its next attempt. */
  readonly changed: () => Promise<void>
}

export function createGraphPorts({ cycle, wake }: ApiPorts): GraphPorts {
  const { store, clock, tenantId } = cycle
  const relationshipOf = relationshipsOf(store.directory)
  return {
    store,
    directory: store.directory,
    clock,
    tenantId,
    relationshipOf,
    expand: createExpand(relationshipOf),
    async changed() {
      for (const job of await store.jobs.list())
        if (job.quarantine === null) await store.jobs.setNextRun(job.jobId, clock.now())
      wake()
    },
  }
}

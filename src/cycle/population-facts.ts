/*
 * Who has what, in the source and in the target, for one job. The target is not asked: what it holds is what the links
 * remember. Worked out when somebody asks, and again only when something has changed.
 */
import type { SourceConnector } from '../connectors/source.ts'
import { compileSchema, gatherFacts, type FactsGathering } from '../provisioning/index.ts'
import type { Store } from '../store/store.ts'
import type { ObjectTypeName, PopulationFacts, SynchronizationJob } from '../vocabulary/index.ts'
import { everyObject } from './every-object.ts'

export type SideFacts = Readonly<Record<ObjectTypeName, PopulationFacts>>

export interface FactsBook {
  ofSource(job: SynchronizationJob, source: SourceConnector): Promise<SideFacts>
  ofTarget(job: SynchronizationJob): Promise<SideFacts>
}

const linksRead = 500

type Gathering = Readonly<Record<ObjectTypeName, FactsGathering>>

const factsOf = (gathering: Gathering): SideFacts => ({ User: gathering.User.facts(), Group: gathering.Group.facts() })

function gatheringFor(job: SynchronizationJob, side: 'source' | 'target'): Gathering {
  const { objectMappings } = compileSchema(job.schema)
  const hidden = (objectType: ObjectTypeName): ReadonlySet<string> =>
    objectMappings.get(objectType)?.redacted[side] ?? new Set()
  return { User: gatherFacts(hidden('User')), Group: gatherFacts(hidden('Group')) }
}

async function gatherSource(job: SynchronizationJob, source: SourceConnector): Promise<SideFacts> {
  const gathering = gatheringFor(job, 'source')
  for await (const { objects } of everyObject(source)) {
    for (const { objectType, presence, attributes, anchor, assignments } of objects) {
      if (presence !== 'present') continue
      // The computed ones are there for everybody; IsSoftDeleted is False for whoever is in scope.
      const computed = { objectId: anchor, IsSoftDeleted: false }
      const roles = { appRoleAssignments: assignments.map((path) => path.appRoleDisplayName) }
      gathering[objectType].add({ ...attributes, ...computed, ...roles })
    }
  }
  return factsOf(gathering)
}

async function gatherTarget(store: Store, job: SynchronizationJob): Promise<SideFacts> {
  const gathering = gatheringFor(job, 'target')
  for (const objectType of ['User', 'Group'] as const) {
    let after: string | null = null
    do {
      const links = await store.provisioning.listLinks(job.jobId, { objectType, after, limit: linksRead })
      for (const { known, members } of links)
        gathering[objectType].add(objectType === 'Group' ? { ...known, members } : known)
      after = links.length < linksRead ? null : (links.at(-1)?.sourceAnchor ?? null)
    } while (after !== null)
  }
  return factsOf(gathering)
}

/** Keeps what was worked out for as long as the state it was worked out of. */
function createPages(): (name: string, state: string, work: () => Promise<SideFacts>) => Promise<SideFacts> {
  const pages = new Map<string, { readonly state: string; readonly facts: Promise<SideFacts> }>()
  return async (name, state, work) => {
    const page = pages.get(name)
    if (page?.state === state) return await page.facts
    const facts = work()
    pages.set(name, { state, facts })
    try {
      return await facts
    } catch (error) {
      pages.delete(name)
      throw error
    }
  }
}

export function createFactsBook(store: Store): FactsBook {
  const page = createPages()
  return {
    async ofSource(job, source) {
      const { newest } = await store.directory.changesWaiting(Number.MAX_SAFE_INTEGER)
      return await page(`source ${job.jobId}`, JSON.stringify([newest, job.schema]), () => gatherSource(job, source))
    },
    async ofTarget(job) {
      const [cycle] = await store.jobs.cycles(job.jobId, 1)
      const state = JSON.stringify([cycle?.cycleId, cycle?.objectsDone, cycle?.endedAt, job.schema])
      return await page(`target ${job.jobId}`, state, () => gatherTarget(store, job))
    },
  }
}

/* How many of some people have an account: whom another rule for new accounts concerns, and whom not. */
import { compileSchema, scopeObject } from '../provisioning/index.ts'
import type { Store } from '../store/store.ts'
import type { SourceObject, SynchronizationJob } from '../vocabulary/index.ts'

/** Of these people, those in scope: how many are linked to an account, and how many have none yet. */
export async function countLinked(
  store: Store,
  job: SynchronizationJob,
  people: readonly SourceObject[],
): Promise<{ readonly linked: number; readonly unlinked: number }> {
  const mapping = compileSchema(job.schema).objectMappings.get('User')
  if (mapping === undefined) return { linked: 0, unlinked: 0 }
  const wanted = people.filter((person) => {
    const scoped = scopeObject(person, mapping, job.settings)
    return scoped.kind === 'decided' && scoped.decision.inScope
  })
  const anchors = wanted.map((person) => person.anchor)
  const linked = (await store.provisioning.linksBySource(job.jobId, 'User', anchors)).size
  return { linked, unlinked: wanted.length - linked }
}

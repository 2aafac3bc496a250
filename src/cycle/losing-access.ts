/* Who would lose an account by other settings or assignments, before anything is changed. */
import { compileSchema, scopeObject } from '../provisioning/index.ts'
import type { Store } from '../store/store.ts'
import type { HeldRemoval, SourceObject, SynchronizationJob } from '../vocabulary/index.ts'

/** Of these people, those with an active account whom other settings would take out of scope, as the removals to come. */
export async function losingAccess(
  store: Store,
  job: SynchronizationJob,
  settings: SynchronizationJob['settings'],
  people: readonly SourceObject[],
): Promise<readonly Omit<HeldRemoval, 'state'>[]> {
  const schema = compileSchema(job.schema)
  const mapping = schema.objectMappings.get('User')
  if (mapping === undefined) return []
  const isIn = (person: SourceObject): boolean => {
    const scoped = scopeObject(person, mapping, settings)
    // What cannot be evaluated is a failure, and what is dropped while reading is left as it is: never a removal.
    return scoped.kind !== 'decided' || scoped.decision.inScope
  }
  const leaving = people.filter((person) => person.objectType === 'User' && !isIn(person))
  const links = await store.provisioning.linksBySource(
    job.jobId,
    'User',
    leaving.map((person) => person.anchor),
  )
  return leaving
    .filter((person) => links.get(person.anchor)?.isActive === true)
    .map((person) => ({ objectType: 'User', sourceAnchor: person.anchor, kind: 'disable' }))
}

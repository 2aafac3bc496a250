/* Who would lose an account by other settings or assignments, before anything is changed. */
import { compileSchema, scopeObject } from '../provisioning/index.ts'
import type { Store } from '../store/store.ts'
import type { HeldRemoval, ObjectTypeName, SourceObject, SynchronizationJob } from '../vocabulary/index.ts'
import { createCompute } from './give-way.ts'

/** Of these objects, those the target has and other settings would take out of scope, as the removals to come. */
export async function losingAccess(
  store: Store,
  job: SynchronizationJob,
  settings: SynchronizationJob['settings'],
  objects: readonly SourceObject[],
  objectType: ObjectTypeName = 'User',
  /** Whoever is out of scope by these already loses nothing by the others. */
  before: SynchronizationJob['settings'] | null = null,
): Promise<readonly Omit<HeldRemoval, 'state'>[]> {
  const mapping = compileSchema(job.schema).objectMappings.get(objectType)
  if (mapping === undefined || !mapping.enabled) return []
  const isIn = (object: SourceObject, by: SynchronizationJob['settings']): boolean => {
    const scoped = scopeObject(object, mapping, by)
    // What cannot be evaluated is a failure, and what is dropped while reading is left as it is: never a removal.
    return scoped.kind !== 'decided' || scoped.decision.inScope
  }
  const leaves = (object: SourceObject): boolean => !isIn(object, settings) && (before === null || isIn(object, before))
  const compute = createCompute()
  const leaving: SourceObject[] = []
  for (const object of objects)
    if (object.objectType === objectType && (await compute(() => leaves(object)))) leaving.push(object)
  const links = await store.provisioning.linksBySource(
    job.jobId,
    objectType,
    leaving.map((object) => object.anchor),
  )
  return leaving
    .filter((object) => links.get(object.anchor)?.isActive === true)
    .map(({ anchor }) => ({ objectType, sourceAnchor: anchor, kind: objectType === 'User' ? 'disable' : 'delete' }))
}

/* Whom a change of a job would take out of scope, said before it is made. */
import { losingAccess } from '../../cycle/index.ts'
import type { HeldRemoval, JobSettings, ObjectTypeName, SynchronizationJob } from '../../vocabulary/index.ts'
import type { ApiPorts } from '../ports.ts'

const objectsRead = 1000

/**
 * Of everybody in the directory, those this job, with these settings, would leave out although they are in the target. Other
 * settings than its own take out only whom its own do not: their answer is no answer for those who wait for one already.
 */
export async function losingObjects(
  ports: ApiPorts,
  job: SynchronizationJob,
  settings: JobSettings,
  objectType: ObjectTypeName,
): Promise<readonly Omit<HeldRemoval, 'state'>[]> {
  const { store } = ports.cycle
  const before = settings === job.settings ? null : job.settings
  const ids = await store.directory.presentIds(objectType)
  const losing: Omit<HeldRemoval, 'state'>[] = []
  for (let start = 0; start < ids.length; start += objectsRead) {
    const objects = await ports.sourceOf(job).readObjects(objectType, ids.slice(start, start + objectsRead))
    losing.push(...(await losingAccess(store, job, settings, objects, objectType, before)))
  }
  return losing
}

/* One object as a job sees it at this moment, with what an explanation of it needs to know of the directory. */
import { explainObject } from '../../cycle/index.ts'
import type { DirectoryObject } from '../../store/store.ts'
import type { ObjectExplanation, SynchronizationJob } from '../../vocabulary/index.ts'
import type { ApiPorts } from '../ports.ts'

/** A group to name as an example of how to come into scope. */
async function assignedGroup({ cycle: { store } }: ApiPorts, job: SynchronizationJob): Promise<string | null> {
  const assignments = await store.directory.listAssignments(job.servicePrincipalId)
  const ids = assignments.filter((each) => each.principalType === 'Group').map((each) => each.principalId)
  const groups = await store.directory.objects(ids.slice(0, 20))
  const names = groups
    .filter((group) => group.presence === 'present')
    .map((group) => group.attributes['displayName'])
    .filter((name) => typeof name === 'string')
  return names.toSorted()[0] ?? null
}

export async function explainNow(
  ports: ApiPorts,
  job: SynchronizationJob,
  { objectType, objectId: anchor, presence, attributes }: DirectoryObject,
): Promise<ObjectExplanation> {
  const { store, clock } = ports.cycle
  const source = ports.sourceOf(job)
  const asSource = (await source.readObject(objectType, anchor)) ?? {
    objectType,
    anchor,
    presence,
    attributes,
    assignments: [],
  }
  const about = { store, source, now: clock.now(), assignedGroup: await assignedGroup(ports, job) }
  return await explainObject(about, job, asSource)
}

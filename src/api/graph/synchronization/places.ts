/* Which service principal, and which of its jobs, an address below `/synchronization` names. */
import type { DirectoryApplication } from '../../../store/store.ts'
import type { SynchronizationJob } from '../../../vocabulary/index.ts'
import { applicationByKey } from '../applications.ts'
import { notThere } from '../graph-problem.ts'
import type { GraphPorts } from '../graph-ports.ts'
import { keyAt, type GraphRequest } from '../operation.ts'
import { nameKey } from '../types/index.ts'

export const synchronizationPath = '/servicePrincipals/{id}/synchronization'

/** As `$metadata#` names what lies below a service principal. */
export const contextSet = ({ objectId }: DirectoryApplication, name: string): string =>
  `servicePrincipals('${objectId}')/synchronization/${name}`

export async function principalAt({ directory }: GraphPorts, request: GraphRequest): Promise<DirectoryApplication> {
  return await applicationByKey(directory, 'ServicePrincipal', keyAt(request))
}

/** In order of id. */
export async function jobsOf(
  { store }: GraphPorts,
  { objectId }: DirectoryApplication,
): Promise<readonly SynchronizationJob[]> {
  const jobs = await store.jobs.list()
  return jobs.filter(({ servicePrincipalId }) => servicePrincipalId === objectId)
}

/** Ids are opaque: those of earlier versions go on, whatever they look like. */
export async function jobAt(
  ports: GraphPorts,
  request: GraphRequest,
): Promise<{ readonly principal: DirectoryApplication; readonly job: SynchronizationJob }> {
  const principal = await principalAt(ports, request)
  const { by, value } = keyAt(request, 1)
  const job = (await jobsOf(ports, principal)).find(({ jobId }) => nameKey(jobId) === nameKey(value))
  if (job === undefined || nameKey(by) !== 'id') throw notThere(value)
  return { principal, job }
}

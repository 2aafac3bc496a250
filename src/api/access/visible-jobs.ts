/* Which jobs an answer about all jobs may speak of: those on whose application the caller may do this. */
import type { Action } from '../../access/index.ts'
import type { Store } from '../../store/store.ts'
import type { SynchronizationJob } from '../../vocabulary/index.ts'
import type { Asker } from './asker.ts'

export async function visibleJobs(
  { jobs }: Pick<Store, 'jobs'>,
  asker: Asker,
  action: Action,
): Promise<readonly SynchronizationJob[]> {
  const reach = await asker.reach([action])
  const all = await jobs.list()
  return reach === 'everything' ? all : all.filter(({ servicePrincipalId }) => reach.has(servicePrincipalId))
}

/** `undefined`: of all, those that are deleted included. */
export async function visibleJobIds(
  store: Pick<Store, 'jobs'>,
  asker: Asker,
  action: Action,
): Promise<readonly string[] | undefined> {
  if ((await asker.reach([action])) === 'everything') return undefined
  return (await visibleJobs(store, asker, action)).map(({ jobId }) => jobId)
}

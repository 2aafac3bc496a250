/* Which cycle is meant, alike wherever one is named. */
import type { ProvisioningStore, Store } from '../store/store.ts'
import { ApiProblem } from './problems.ts'

/** Cycles of a job looked through for the one whose id begins or ends so. */
const cyclesNamedAmong = 1000

/** The newest cycle that the log has something of. */
export async function newestLogged(
  log: Pick<ProvisioningStore, 'queryLog'>,
  jobIds?: readonly string[],
): Promise<string | null> {
  const { entries } = await log.queryLog({ ...(jobIds === undefined ? {} : { jobIds }), limit: 1 })
  return entries[0]?.cycleId ?? null
}

/**
 * By its id, the beginning or end of it, or `latest`, which the caller finds. Without jobs, a cycle of any. One that is
 * older than what is known of cycles is known by its entries.
 */
export async function cycleNamed(
  { jobs, provisioning }: Store,
  jobIds: readonly string[] | undefined,
  name: string,
  latest: () => Promise<string | null> = () => newestLogged(provisioning, jobIds),
): Promise<string> {
  if (name === 'latest') {
    const cycleId = await latest()
    if (cycleId !== null) return cycleId
    throw new ApiProblem(404, 'itemNotFound', 'No cycle of this job has written anything that the log still knows.')
  }
  const ofJobs = jobIds === undefined ? {} : { jobIds }
  const { entries } = await provisioning.queryLog({ ...ofJobs, cycleId: name, limit: 1 })
  if (entries.length > 0) return name
  const known: string[] = []
  for (const each of jobIds ?? (await jobs.list()).map((job) => job.jobId)) {
    const running = await jobs.runningCycle(each)
    const cycles = await jobs.cycles(each, cyclesNamedAmong)
    known.push(...new Set([...(running === null ? [] : [running]), ...cycles].map(({ cycleId }) => cycleId)))
  }
  if (known.includes(name)) return name
  const found = known.filter((id) => id.startsWith(name) || id.endsWith(name))
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only
  throw new ApiProblem(
    404,
    only === undefined ? 'itemNotFound' : 'nameNotUnique',
    only === undefined
      ? `There is no cycle "${name}"${jobIds?.length === 1 ? ' of this job' : ''}, or it is past the log's retention. "muster status" names the last cycles, "muster log --steps" that of each entry; "latest" is the newest.`
      : `"${name}" fits ${String(found.length)} cycles: name the id whole.`,
  )
}

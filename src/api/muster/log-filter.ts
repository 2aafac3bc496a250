/* What the provisioning log may be filtered by, alike for a page, an export and the live stream. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { LogFilter, Store } from '../../store/store.ts'
import { visibleJobIds } from '../access/visible-jobs.ts'
import { cycleNamed } from '../cycle-named.ts'
import { parse } from '../parameters.ts'

export const instant = z.string().transform((text, context) => {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isFinite(at)) return at
  context.addIssue({ code: 'custom', message: 'is neither ISO 8601 such as 2026-11-25T08:00:00Z nor milliseconds' })
  return z.NEVER
})

const filter = z.object({
  job: z.string().optional(),
  cycle: z.string().optional(),
  change: z.string().optional(),
  id: z.string().optional(),
  text: z.string().optional(),
  system: z.string().optional(),
  error: z.string().optional(),
  status: z.enum(['success', 'failure', 'skipped', 'warning']).optional(),
  action: z.enum(['create', 'update', 'disable', 'delete', 'stagedDelete', 'other']).optional(),
  since: instant.optional(),
  until: instant.optional(),
  through: z.coerce.number().int().min(0).optional(),
})

/** Absent keys stay absent, as the store's query wants them. */
export function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

/** A cycle that does not exist is said so, rather than answered by an empty list. */
export async function logFilter(
  store: Store,
  { query, asker }: Pick<FastifyRequest, 'query' | 'asker'>,
): Promise<LogFilter> {
  const { job, cycle, change, id, error, ...rest } = parse(filter, query)
  const jobIds = await visibleJobIds(store, asker, 'microsoft.directory/provisioningLogs/allProperties/read')
  const among = job === undefined ? jobIds : [job].filter((each) => jobIds?.includes(each) ?? true)
  const cycleId = cycle === undefined ? undefined : await cycleNamed(store, among, cycle)
  return given({ ...rest, jobIds, jobId: job, cycleId, changeId: change, identityId: id, errorCode: error })
}

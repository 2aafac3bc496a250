/* Reads what came with a request; what does not fit is a 400 that names the parameter. */
import { z } from 'zod'
import { ApiProblem } from './problems.ts'
import type { ApiPorts } from './ports.ts'
import type { SynchronizationJob } from '../vocabulary/index.ts'

export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const name = issue?.path.join('.') ?? ''
  throw new ApiProblem(
    400,
    'badRequest',
    `${name === '' ? 'The request' : `"${name}"`}: ${issue?.message ?? 'is not usable'}.`,
  )
}

/** `true`, `1` or the bare name switch a flag on. */
export const flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('false')
  .transform((text) => text === 'true' || text === '1' || text === '')

export function jobNamedAmong(jobs: readonly SynchronizationJob[], name: string): SynchronizationJob | undefined {
  const [only] = jobs
  if (name === 'default' && jobs.length === 1) return only
  const called = jobs.filter((job) => job.servicePrincipalDisplayName.toLowerCase() === name.toLowerCase())
  return jobs.find((job) => job.jobId === name) ?? (called.length === 1 ? called[0] : undefined)
}

/** The job a path names by its id or its name; with `default`, the only one there is. */
export async function jobNamed(ports: ApiPorts, name: string): Promise<SynchronizationJob> {
  const jobs = await ports.cycle.store.jobs.list()
  const found = jobNamedAmong(jobs, name)
  if (found !== undefined) return found
  const known = jobs.map((job) => `"${job.servicePrincipalDisplayName}" (${job.jobId})`).join(', ')
  throw new ApiProblem(
    404,
    'itemNotFound',
    known === ''
      ? 'There is no provisioning job. Make one: muster jobs create "Slack".'
      : name === 'default'
        ? `There are several provisioning jobs; say which one is meant with --job. Known: ${known}.`
        : `There is no provisioning job "${name}", or several are called so. Known: ${known}.`,
  )
}

/* App roles: what an assignment can carry besides Default Access (spec 3.2). They flow through mapping functions only. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { defaultAccessRoleId, type AppRole, type RolesReport, type SynchronizationJob } from '../../vocabulary/index.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { roleNamed } from './scope.ts'

const creation = z.object({
  displayName: z.string().trim().min(1).max(120),
  value: z.string().trim().min(1).max(120).nullable().default(null),
})

export function roleRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store } = ports.cycle

  async function report(job: SynchronizationJob, appRoles: readonly AppRole[]): Promise<RolesReport> {
    const assignments = await store.directory.listAssignments(job.servicePrincipalId)
    const roles = [{ id: defaultAccessRoleId, displayName: 'Default Access', value: null }, ...appRoles]
    return {
      roles: roles.map((role) => ({
        ...role,
        assignments: assignments.filter((each) => each.appRoleId === role.id).length,
      })),
      defaultAccessIsEntitled: job.settings.defaultAccessIsEntitled,
    }
  }

  async function save(job: SynchronizationJob, appRoles: readonly AppRole[]): Promise<RolesReport> {
    await store.jobs.saveSettings(job.jobId, { ...job.settings, appRoles })
    return await report(job, appRoles)
  }

  app.get<{ Params: { job: string } }>('/jobs/:job/roles', async (request): Promise<RolesReport> => {
    const job = await jobNamed(ports, request.params.job)
    return await report(job, job.settings.appRoles)
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/roles', async (request, reply) => {
    const job = await jobNamed(ports, request.params.job)
    const { displayName, value } = parse(creation, request.body)
    const { appRoles } = job.settings
    const names = new Set(
      ['default access', ...appRoles.flatMap((role) => [role.displayName, role.value ?? ''])].map((name) =>
        name.toLowerCase(),
      ),
    )
    for (const name of [displayName, ...(value === null ? [] : [value])])
      if (names.has(name.toLowerCase()))
        throw new ApiProblem(409, 'nameTaken', `There is a role "${name}" already, so it could not be told apart.`)
    return await reply.status(201).send(await save(job, [...appRoles, { id: randomUUID(), displayName, value }]))
  })

  app.delete<{ Params: { job: string; role: string } }>(
    '/jobs/:job/roles/:role',
    async (request): Promise<RolesReport> => {
      const job = await jobNamed(ports, request.params.job)
      const role = roleNamed(job, request.params.role)
      if (role.id === defaultAccessRoleId)
        throw new ApiProblem(
          409,
          'roleNeeded',
          'Default Access is what an assignment without a role has, and cannot be removed. Whether it permits an account: muster settings set defaultAccessIsEntitled.',
        )
      const { roles } = await report(job, job.settings.appRoles)
      const inUse = roles.find((each) => each.id === role.id)?.assignments ?? 0
      if (inUse > 0)
        throw new ApiProblem(
          409,
          'roleInUse',
          `${String(inUse)} assignment${inUse === 1 ? ' carries' : 's carry'} the role "${role.displayName}". Take them back first (muster unassign), or whoever has it would be assigned in a role nobody knows.`,
        )
      return await save(
        job,
        job.settings.appRoles.filter((each) => each.id !== role.id),
      )
    },
  )
}

/*
 * Who is in scope by assignment. What takes people out first says how many; whoever does it has then agreed to these removals,
 * which need no second answer (spec section 8).
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { losingAccess } from '../../cycle/index.ts'
import { assign, unassign } from '../../directory/index.ts'
import type { DirectoryAssignment, DirectoryObject } from '../../store/store.ts'
import {
  defaultAccessRoleId,
  type AppRole,
  type AssignmentReport,
  type HeldRemoval,
  type SourceObject,
  type SynchronizationJob,
} from '../../vocabulary/index.ts'
import { flag, jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { directoryEntry, objectNamed } from './directory-entries.ts'

const assignment = z.object({
  name: z.string().min(1),
  type: z.enum(['User', 'Group']).optional(),
  /** Id, name or value of an app role; without one it is Default Access. */
  role: z.string().min(1).optional(),
  dryRun: z.boolean().default(false),
})

/** The role that is meant; what nobody defined is refused with what there is. */
export function roleNamed({ settings: { appRoles } }: SynchronizationJob, name: string): AppRole {
  const wanted = name.toLowerCase()
  const roles: readonly AppRole[] = [
    { id: defaultAccessRoleId, displayName: 'Default Access', value: null },
    ...appRoles,
  ]
  const found = roles.find((role) =>
    [role.id, role.displayName, role.value].some((each) => each?.toLowerCase() === wanted),
  )
  if (found !== undefined) return found
  throw new ApiProblem(
    404,
    'itemNotFound',
    `There is no role "${name}", so nobody can be assigned in it. Known are ${roles.map((role) => role.displayName).join(', ')}; muster roles add makes another.`,
  )
}

/** A group that is unassigned is deleted in Slack: whoever named it meant it (spec 7.3). */
const groupItself = ({ objectType, objectId }: DirectoryObject): readonly Omit<HeldRemoval, 'state'>[] =>
  objectType === 'Group' ? [{ objectType, sourceAnchor: objectId, kind: 'delete' }] : []

export function scopeRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock, newId } = ports.cycle

  async function runSoon(job: SynchronizationJob): Promise<void> {
    await store.jobs.setNextRun(job.jobId, clock.now())
    ports.wake()
  }

  /** The people an assignment of this principal entitles. */
  async function peopleBehind(job: SynchronizationJob, principal: DirectoryObject): Promise<readonly SourceObject[]> {
    const ids =
      principal.objectType === 'User'
        ? [principal.objectId]
        : ((await store.directory.members([principal.objectId])).get(principal.objectId) ?? [])
    return await ports.sourceOf(job).readObjects('User', ids)
  }

  /** The same people without what this principal's own assignment gives them. */
  function withoutPaths(people: readonly SourceObject[], principal: DirectoryObject): readonly SourceObject[] {
    return people.map((person) => ({
      ...person,
      assignments: person.assignments.filter((path) =>
        principal.objectType === 'User' ? path.kind !== 'direct' : path.groupId !== principal.objectId,
      ),
    }))
  }

  app.get<{ Params: { job: string } }>('/jobs/:job/assignments', async (request) => {
    const job = await jobNamed(ports, request.params.job)
    const assignments = await store.directory.listAssignments(job.servicePrincipalId)
    const principals = await store.directory.objects(assignments.map((each) => each.principalId))
    const byId = new Map(principals.map((principal) => [principal.objectId, directoryEntry(principal)]))
    return {
      assignments: assignments.map((each: DirectoryAssignment) => ({
        ...each,
        principal: byId.get(each.principalId) ?? null,
      })),
    }
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/assignments', async (request): Promise<AssignmentReport> => {
    const job = await jobNamed(ports, request.params.job)
    const body = parse(assignment, request.body)
    const principal = await objectNamed(store.directory, body.name, body.type)
    const role = body.role === undefined ? undefined : roleNamed(job, body.role)
    if (body.dryRun) {
      const people = await peopleBehind(job, principal)
      return { entry: directoryEntry(principal), isChanged: false, people: people.length, losing: 0 }
    }
    const change = await assign(store.directory, {
      servicePrincipalId: job.servicePrincipalId,
      principal,
      assignmentId: newId(),
      ...(role === undefined
        ? {}
        : { appRoleId: role.id, appRoleDisplayName: role.displayName, appRoleValue: role.value }),
    })
    if (change.isChanged) await runSoon(job)
    return { entry: directoryEntry(principal), ...change, losing: 0 }
  })

  app.delete<{ Params: { job: string } }>('/jobs/:job/assignments', async (request): Promise<AssignmentReport> => {
    const job = await jobNamed(ports, request.params.job)
    const query = parse(
      z.object({ name: z.string().min(1), type: z.enum(['User', 'Group']).optional(), dryRun: flag }),
      request.query,
    )
    const principal = await objectNamed(store.directory, query.name, query.type)
    const people = await peopleBehind(job, principal)
    const losing = await losingAccess(store, job, job.settings, withoutPaths(people, principal))
    const counted = { entry: directoryEntry(principal), losing: losing.length }
    if (query.dryRun) return { ...counted, isChanged: false, people: people.length }
    const change = await unassign(store.directory, job.servicePrincipalId, principal)
    if (change.isChanged) {
      await store.provisioning.approveBeforehand(job.jobId, [...losing, ...groupItself(principal)])
      await runSoon(job)
    }
    return { ...counted, ...change }
  })
}

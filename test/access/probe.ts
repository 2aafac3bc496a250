/*
 * Asks every route and every operation as every role, by real requests that change nothing: their bodies cannot be read, or
 * carry an option nobody takes, so that whoever is let in is refused right behind the door.
 */
import { createFactsBook } from '../../src/cycle/index.ts'
import { graphOperations } from '../../src/api/graph/index.ts'
import { createGraphPorts } from '../../src/api/graph/graph-ports.ts'
import { appPermissions } from '../../src/access/index.ts'
import { createDemands } from '../../src/api/demands.ts'
import { accessKey } from '../../src/api/access/operation-access.ts'
import { routeAccess } from '../../src/api/access/route-access.ts'
import type { AccessAnswer, AccessWorld, App, AskOptions } from '../builders/access-world.ts'

/** `yes`: on every application; `own`: on his own, and of lists only what is his; `-`: no. */
export type Verdict = 'yes' | 'own' | '-'

export interface Probed {
  /** `GET /muster/v1/status` */
  readonly route: string
  /** The row of the table: of a list that is counted or narrowed, that of the list. */
  readonly row: string
  ask(caller: string, about: App): Promise<AccessAnswer>
}

/** The log has one of each application. */
const entryOf = (displayName: string): string => encodeURIComponent(`entry of ${displayName}`)

const nowhere = '99999999-9999-4999-8999-999999999999'
const unreadable = { rawBody: '{' }

/** What a question needs so that it neither waits nor does anything. */
const queries: Readonly<Record<string, string>> = {
  'GET /log/stream': '?after=999999999',
  'DELETE /jobs/:job': '?dryRun=true',
}

export function musterRoutes(world: AccessWorld): readonly Probed[] {
  return Object.keys(routeAccess).map((key) => {
    const [method = '', path = ''] = key.split(' ')
    return {
      route: `${method} /muster/v1${path}`,
      row: `${method} /muster/v1${path}`,
      ask: (caller, { jobId, displayName }) => {
        const url = `/muster/v1${path
          .replace(':job', jobId)
          .replace('/log/:id', `/log/${entryOf(displayName)}`)
          .replaceAll(/:\w+/g, 'nothing')}${queries[key] ?? ''}`
        return world.ask(caller, method, url, /POST|PUT|PATCH/.test(method) ? unreadable : {})
      },
    }
  })
}

export function graphRoutes(world: AccessWorld): readonly Probed[] {
  return graphOperations(createGraphPorts(world.api), {
    facts: createFactsBook(world.store),
    demands: createDemands(world.api),
  }).map(({ method, template }) => ({
    route: `${method} /v1.0${template}`,
    row: accessKey({ method, template }).replace(' ', ' /v1.0'),
    ask: (caller, about) => {
      const url = `/v1.0${addressOf(template, about)}${method === 'GET' ? '' : '?$orderby=nothing'}`
      return world.ask(caller, method, url, bodyOf(method, template, about))
    },
  }))
}

function bodyOf(method: string, template: string, { servicePrincipalId }: App): AskOptions {
  if (method === 'GET' || method === 'DELETE') return {}
  return template.endsWith('/appRoleAssignments') ? { body: { resourceId: servicePrincipalId } } : {}
}

function addressOf(template: string, about: App): string {
  let at = 0
  return template.replaceAll('{id}', () => {
    at += 1
    if (at > 1) return /ppRoleAssign/.test(template) ? about.assignmentId : about.jobId
    if (template.startsWith('/auditLogs/provisioning')) return entryOf(about.displayName)
    if (template.startsWith('/servicePrincipals')) return about.servicePrincipalId
    if (template.startsWith('/applications/')) return about.applicationId
    return nowhere
  })
}

/** Let in, whatever is answered behind the door. */
function isLetIn({ status, text }: AccessAnswer, route: string): boolean {
  if (status === 401 || status >= 500) throw new Error(`${route} answers ${String(status)}: ${text}`)
  return status !== 403
}

export async function verdictOf(world: AccessWorld, { route, ask }: Probed, role: string): Promise<Verdict> {
  const mine = await ask(role, world.own)
  if (!isLetIn(mine, route)) {
    if (isLetIn(await ask(role, world.another), route)) throw new Error(`${route} is open to ${role} for others only.`)
    return '-'
  }
  const others = await ask(role, world.another)
  // What a list leaves out is not found either.
  if (!isLetIn(others, route) || (mine.status === 200 && others.status === 404)) return 'own'
  if (isCount(route)) return mine.text === (await ask('operator', world.own)).text ? 'yes' : 'own'
  if (!isList(route)) return 'yes'
  return mine.text.includes(world.another.displayName) ? 'yes' : 'own'
}

const isCount = (route: string): boolean =>
  /^GET \/v1\.0\/(?:servicePrincipals|applications|auditLogs\/provisioning)\/\$count$/.test(route)

/** Answers that name the other application where it is shown. */
const isList = (route: string): boolean =>
  /^GET \/(?:muster\/v1\/(?:status|log|log\/export)|v1\.0\/(?:servicePrincipals|applications|auditLogs\/provisioning))$/.test(
    route,
  )

/** A table in Markdown: verdicts by row, then by the name at the head of the column. */
export function readTable(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| ---') && !line.startsWith('|--'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
  const [head = [], ...others] = rows
  return new Map(
    others.map(([name = '', ...cells]) => [
      name,
      new Map(head.slice(1).map((column, at) => [column, cells[at] ?? ''])),
    ]),
  )
}

/** A program for every app permission, named after it, that owns what the owner owns. */
export async function bringInPrograms(world: AccessWorld): Promise<void> {
  const { directory } = world.store
  for (const permission of Object.keys(appPermissions)) {
    const objectId = `program with ${permission}`
    world.bringIn(permission, {
      kind: 'application',
      objectId,
      appId: objectId,
      displayName: permission,
      permissions: [permission],
    })
    await directory.transaction(async (transaction) => {
      for (const id of [world.own.servicePrincipalId, world.own.applicationId])
        await transaction.changeOwners(id, { added: [objectId], removed: [] })
    })
  }
}

/*
 * An independent SCIM 2.0 server (SCIMMY, of the npm registry) on loopback, with people and groups in memory: names are
 * unique, whoever is not active cannot be a member. It judges the scim2 dialect.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'

interface Stored {
  readonly id: string
  readonly [key: string]: unknown
}

export interface Scim2Server {
  readonly url: string
  readonly token: string
  /** From now on no token is accepted. */
  refuseToken(): void
  /** Methods and paths of the requests so far. */
  readonly requests: readonly string[]
  readonly users: ReadonlyMap<string, Stored>
  close(): Promise<void>
}

const token = 'scim2-server-token'

/** The library keeps its resource types for the whole process, so the data behind them is exchanged for each server. */
const world: { users: Map<string, Stored>; groups: Map<string, Stored>; issued: number; isOpen: boolean } = {
  users: new Map(),
  groups: new Map(),
  issued: 0,
  isOpen: true,
}
let areDeclared = false

const same = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && typeof other === 'string' && one.toLowerCase() === other.toLowerCase()

const emailsOf = (user: Stored): readonly unknown[] =>
  ((user['emails'] ?? []) as { readonly value?: string }[]).map(({ value }) => value)

function plain(data: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(data)) as Record<string, unknown>
}

function refuse(status: number, scimType: string | null, detail: string): never {
  throw new SCIMMY.Types.Error(status, scimType as never, detail)
}

function putUser(id: string | undefined, data: unknown): Stored {
  const user: Stored = { ...plain(data), id: id ?? nextId('person') }
  for (const other of world.users.values()) {
    if (other.id === user.id) continue
    const taken =
      same(other['userName'], user['userName']) ||
      emailsOf(other).some((email) => emailsOf(user).some((own) => same(email, own)))
    if (taken) refuse(409, 'uniqueness', 'The userName or an e-mail address is in use.')
  }
  world.users.set(user.id, user)
  return user
}

function putGroup(id: string | undefined, data: unknown): Stored {
  const group: Stored = { ...plain(data), id: id ?? nextId('group') }
  for (const other of world.groups.values()) {
    if (other.id !== group.id && same(other['displayName'], group['displayName']))
      refuse(409, 'uniqueness', 'The displayName is in use.')
  }
  const before = new Set(membersOf(world.groups.get(group.id)))
  for (const member of membersOf(group)) {
    const user = world.users.get(member)
    if (user === undefined) refuse(400, 'invalidValue', `There is no ${member}.`)
    else if (user['active'] === false && !before.has(member)) refuse(400, 'invalidValue', `${member} is not active.`)
  }
  world.groups.set(group.id, group)
  return group
}

const membersOf = (group: Stored | undefined): readonly string[] =>
  ((group?.['members'] ?? []) as { readonly value: string }[]).map(({ value }) => value)

function nextId(kind: string): string {
  world.issued += 1
  return `${kind}-${String(world.issued)}`
}

interface Filter {
  readonly expression: string
  match(list: readonly Stored[]): Stored[]
}

interface Asked {
  readonly id?: string
  readonly filter?: Filter
}

/** Names compare without case (RFC 7643 4.1.1, caseExact false), which the library leaves to the service. */
function matching(all: readonly Stored[], filter: Filter): Stored[] {
  const [, path = '', literal = ''] = /^([\w.]+) eq (".*")$/i.exec(filter.expression) ?? []
  if (literal === '') return filter.match(all)
  const value = JSON.parse(literal) as unknown
  if (path.toLowerCase() === 'emails.value')
    return all.filter((each) => emailsOf(each).some((email) => same(email, value)))
  return all.filter((each) => same(each[path], value))
}

function read(map: () => ReadonlyMap<string, Stored>) {
  return (resource: Asked): Stored | Stored[] => {
    if (resource.id !== undefined)
      return map().get(resource.id) ?? refuse(404, null, `Nothing has the id ${resource.id}.`)
    const all = [...map().values()]
    return resource.filter === undefined ? all : matching(all, resource.filter)
  }
}

function remove(map: () => Map<string, Stored>) {
  return (resource: Asked): void => {
    const id = resource.id ?? ''
    if (!map().delete(id)) refuse(404, null, `Nothing has the id ${id}.`)
  }
}

function declareOnce(): void {
  if (areDeclared) return
  areDeclared = true
  SCIMMY.Resources.declare(
    SCIMMY.Resources.User as never,
    {
      ingress: (resource: Asked, data: unknown) => putUser(resource.id, data),
      egress: read(() => world.users),
      degress: remove(() => world.users),
    } as never,
  )
  SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false)
  SCIMMY.Resources.declare(
    SCIMMY.Resources.Group as never,
    {
      ingress: (resource: Asked, data: unknown) => putGroup(resource.id, data),
      egress: read(() => world.groups),
      degress: remove(() => world.groups),
    } as never,
  )
}

export async function startScim2Server(): Promise<Scim2Server> {
  declareOnce()
  Object.assign(world, { users: new Map(), groups: new Map(), issued: 0, isOpen: true })
  const requests: string[] = []
  const app = express()
  app.use((request, _response, next) => {
    requests.push(`${request.method} ${request.url}`)
    next()
  })
  const router = new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (!world.isOpen || request.header('authorization') !== `Bearer ${token}`)
        throw new Error('The token is unknown.')
      return 'muster'
    },
  })
  app.use('/scim/v2', router as never)
  const server = createServer(app as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/scim/v2`,
    token,
    refuseToken: () => {
      world.isOpen = false
    },
    requests,
    users: world.users,
    close: () => closed(server),
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

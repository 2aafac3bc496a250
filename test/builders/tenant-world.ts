/* A fake tenant, its mirror in an embedded store, and the source that reads it: what the tests of the Entra connector begin with. */
import { createDirectorySource, plainUserPrincipalName } from '../../src/connectors/directory/index.ts'
import { createEntraSource, createGraphClient, followTenant, type Tenant } from '../../src/connectors/entra/index.ts'
import type { GraphClient } from '../../src/connectors/entra/graph-client.ts'
import type { SourceConnector } from '../../src/connectors/source.ts'
import { createMirror } from '../../src/directory/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import type { ObjectTypeName } from '../../src/vocabulary/index.ts'
import {
  aFakeTenant,
  fakeAuthority,
  fakeGraph,
  fakeTenantId,
  type FakeTenant,
  type FakeTenantOptions,
} from './fake-tenant.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

export interface TenantWorld {
  readonly fake: FakeTenant
  readonly store: Store
  readonly clock: VirtualClock
  readonly client: GraphClient
  readonly tenant: Tenant
  readonly source: SourceConnector
  /** Attributes the mappings read from now on. */
  need(objectType: ObjectTypeName, names: readonly string[]): void
  /** Reads the tenant, with all the waiting it takes; later than any reading before. */
  catchUp(): Promise<void>
  /** Another process on the same store. */
  again(): Pick<TenantWorld, 'tenant' | 'source'>
  /** What the mirror holds, in a form that can be compared. */
  mirrored(): Promise<unknown>
  /** What it should hold. */
  expected(): unknown
  close(): Promise<void>
}

export const worldServicePrincipalId = 'muster-slack'

export async function aTenantWorld(
  options: FakeTenantOptions & { readonly application?: string | null } = {},
): Promise<TenantWorld> {
  const fake = aFakeTenant(options)
  const store = await openSqliteStore({ file: ':memory:' })
  const clock = createVirtualClock()
  const needed: Record<ObjectTypeName, readonly string[]> = { User: ['jobTitle', 'manager'], Group: ['displayName'] }
  const application = options.application === undefined ? 'Slack' : options.application

  function build(): Pick<TenantWorld, 'tenant' | 'source' | 'client'> {
    const client = createGraphClient({
      authority: fakeAuthority,
      graph: fakeGraph,
      tenant: fakeTenantId,
      clientId: 'muster',
      credential: { kind: 'secret', secret: 'a secret' },
      transport: { send: (request, signal) => fake.send(request, signal), close: () => Promise.resolve() },
      clock,
      random: () => 0.5,
    })
    const tenant = followTenant({
      client,
      mirror: createMirror(store.directory),
      clock,
      tenant: fakeTenantId,
      freshForMs: 5000,
      application,
      needed: () => Promise.resolve({ ...needed }),
      servicePrincipalIds: () => Promise.resolve([worldServicePrincipalId]),
    })
    const mirrored = createDirectorySource({ directory: store.directory, servicePrincipalId: worldServicePrincipalId })
    return { client, tenant, source: createEntraSource({ tenant, client, mirrored, plainUserPrincipalName }) }
  }

  const built = build()
  return {
    ...built,
    fake,
    store,
    clock,
    need(objectType, names) {
      needed[objectType] = names
    },
    async catchUp() {
      await clock.advance(60_000)
      await clock.runUntilDone(built.tenant.catchUp())
    },
    again: build,
    async mirrored() {
      const users = await store.directory.presentIds('User')
      const groups = await store.directory.presentIds('Group')
      const rows = await store.directory.objects([...users, ...groups])
      const members = await store.directory.members(groups)
      const assignments = await store.directory.listAssignments(worldServicePrincipalId)
      return {
        objects: rows.map((row) => [
          row.objectId,
          row.objectType,
          row.attributes['displayName'],
          row.attributes['jobTitle'] ?? null,
          row.attributes['manager'] ?? null,
        ]),
        members: groups.map((id) => [id, members.get(id) ?? []]).sort(),
        assigned: assignments.map((each) => each.assignmentId.split('.')[0]).sort(),
      }
    },
    expected() {
      const objects = [...fake.users.values()].map(({ id, properties }) => [
        id,
        'User',
        properties['displayName'],
        properties['jobTitle'] ?? null,
        properties['manager'] ?? null,
      ])
      const groups = [...fake.groups.values()].map(({ id, properties }) => [
        id,
        'Group',
        properties['displayName'],
        null,
        null,
      ])
      return {
        objects: [...objects, ...groups].sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
        members: [...fake.groups.values()]
          .map(({ id, members }) => [id, [...members].filter((each) => !each.startsWith('device')).sort()])
          .sort(),
        assigned: [...fake.assignments.keys()].sort(),
      }
    },
    close: () => store.close(),
  }
}

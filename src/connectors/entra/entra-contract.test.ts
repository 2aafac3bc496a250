/* The Entra connector against Muster's own Graph API over HTTP: what is changed there by Graph arrives here. */
import { aTenantService } from '../../../test/builders/tenant-service.ts'
import { createMirror } from '../../directory/index.ts'
import { openSqliteStore } from '../../store/index.ts'
import type { Clock } from '../../vocabulary/index.ts'
import { createDirectorySource, plainUserPrincipalName } from '../directory/index.ts'
import { sourceContract } from '../source.contract.ts'
import { createEntraSource, createGraphClient, createGraphTransport, followTenant } from './index.ts'

const servicePrincipalId = 'muster-slack'

/** Nothing is waited for. */
const hurried: Clock = { now: () => Date.now(), elapsed: () => performance.now(), sleep: () => Promise.resolve() }

sourceContract('entra', async () => {
  const service = await aTenantService()
  const store = await openSqliteStore({ file: ':memory:' })
  const plain = createGraphTransport(4)
  let isBroken = false
  const { environment } = service
  const client = createGraphClient({
    authority: environment['MUSTER_ENTRA_AUTHORITY'] ?? '',
    graph: service.url,
    tenant: 'acme.example',
    clientId: 'muster',
    credential: { kind: 'secret', secret: service.secret },
    transport: {
      ...plain,
      send: (request, signal) =>
        isBroken
          ? Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
          : plain.send(request, signal),
    },
    clock: hurried,
    random: () => 0,
  })
  const tenant = followTenant({
    client,
    mirror: createMirror(store.directory),
    clock: hurried,
    tenant: 'acme.example',
    freshForMs: 0,
    application: service.applicationId,
    needed: () => Promise.resolve({ User: ['jobTitle', 'manager'], Group: [] }),
    servicePrincipalIds: () => Promise.resolve([servicePrincipalId]),
  })
  const mirrored = createDirectorySource({ directory: store.directory, servicePrincipalId })
  const assignments = new Map<string, string>()
  return {
    source: createEntraSource({ tenant, client, mirrored, plainUserPrincipalName }),
    addPerson: (name) => service.hire(name),
    setTitle: async (id, jobTitle) => void (await service.ask('PATCH', `/users/${id}`, { jobTitle })),
    setManager: (id, manager) => service.setManager(id, manager),
    addGroup: (name, members) => service.group(name, members),
    join: (group, member) => service.join(group, member),
    leave: (group, member) => service.leave(group, member),
    assign: async (id) => void assignments.set(id, await service.assign(id)),
    unassign: (id) => service.unassign(assignments.get(id) ?? ''),
    softDelete: async (id) => void (await service.ask('DELETE', `/users/${id}`)),
    restore: async (id) => void (await service.ask('POST', `/directory/deletedItems/${id}/restore`)),
    purge: async (id) => void (await service.ask('DELETE', `/directory/deletedItems/${id}`)),
    break: () => {
      isBroken = true
    },
    mend: () => {
      isBroken = false
    },
    tearDown: async () => {
      await client.close()
      await service.close()
      await store.close()
    },
  }
})

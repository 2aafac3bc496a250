/* `/auditLogs/provisioning` and `/auditLogs/directoryAudits` (graph-api.md 3.11, 4.1): pages of the logs, newest first. */
import type { LogFilter, Store } from '../../../store/store.ts'
import { visibleJobIds } from '../../access/visible-jobs.ts'
import type { Collection } from '../collection.ts'
import { notThere } from '../graph-problem.ts'
import type { GraphPorts } from '../graph-ports.ts'
import { listOperations } from '../list-operations.ts'
import { entityOfValues, type Entity } from '../odata/entity.ts'
import type { Order } from '../odata/read-options.ts'
import { keyAt, type GraphRequest, type Operation } from '../operation.ts'
import { idText } from '../path.ts'
import { answerEntity } from '../single.ts'
import { nameKey, types, type EntityType } from '../types/index.ts'
import { narrowAuditLog, narrowProvisioningLog, type AuditFilter } from './narrow-log.ts'

const entryOf = (type: EntityType, entry: { readonly id: string }): Entity => entityOfValues(type, entry.id, entry)

const isOldestFirst = (order: Order | null): boolean => order?.isDescending === false

/** With `jobIds` of these jobs alone, whatever is filtered. */
function provisioningLog({ provisioning }: Pick<Store, 'provisioning'>, filter: LogFilter): Collection {
  const { jobIds } = filter
  const ofJobs = jobIds === undefined ? {} : { jobIds }
  const type = types.provisioningObjectSummary
  return {
    types: [type],
    set: 'auditLogs/provisioning',
    isTyped: false,
    sortable: type.sortable,
    narrowed(asked) {
      const { query, isExact } = narrowProvisioningLog(asked)
      return { collection: provisioningLog({ provisioning }, { ...query, ...ofJobs }), isExact }
    },
    async read({ order, after, limit }) {
      const direction = isOldestFirst(order) ? 'oldestFirst' : 'newestFirst'
      const placed = await provisioning.listLog({ ...filter, order: direction, after, limit })
      return placed.map(({ object, position }) => ({ object: entryOf(type, object), position }))
    },
    count: () => provisioning.countLog(filter),
    async pick(ids) {
      const entries = await Promise.all([...new Set(ids)].map((id) => provisioning.getLogEntry(idText(id))))
      return entries.flatMap((entry) =>
        entry === null || jobIds?.includes(entry.jobId) === false ? [] : [entryOf(type, entry)],
      )
    },
  }
}

function auditLog({ audit }: Pick<Store, 'audit'>, filter: AuditFilter = {}): Collection {
  const type = types.directoryAudit
  return {
    types: [type],
    set: 'auditLogs/directoryAudits',
    isTyped: false,
    sortable: type.sortable,
    narrowed(asked) {
      const { query, isExact } = narrowAuditLog(asked)
      return { collection: auditLog({ audit }, query), isExact }
    },
    async read({ order, after, limit }) {
      const { entries } = await audit.query({
        ...filter,
        limit,
        ...(after === null ? {} : { cursor: numberOf(after) }),
        ...(isOldestFirst(order) ? { oldestFirst: true } : {}),
      })
      return entries.map(({ number, entry }) => ({ object: entryOf(type, entry), position: String(number) }))
    },
    count: () => audit.count(filter),
    async pick(ids) {
      const entries = await Promise.all([...new Set(ids)].map((id) => audit.get(idText(id))))
      return entries.flatMap((sealed) => (sealed === null ? [] : [entryOf(type, sealed.entry)]))
    },
  }
}

function numberOf(position: string): number {
  if (!/^\d{1,15}$/.test(position)) throw new RangeError('The position is not one of the audit log.')
  return Number(position)
}

export function auditLogOperations(ports: GraphPorts): readonly Operation[] {
  const { store } = ports
  const visibleLog = async ({ asker }: GraphRequest): Promise<Collection> => {
    const jobIds = await visibleJobIds(store, asker, 'microsoft.directory/provisioningLogs/allProperties/read')
    return provisioningLog(store, jobIds === undefined ? {} : { jobIds })
  }
  return [
    ...logOperations(ports, 'auditLogs/provisioning', visibleLog),
    ...logOperations(ports, 'auditLogs/directoryAudits', () => Promise.resolve(auditLog(store))),
  ]
}

function logOperations(
  ports: GraphPorts,
  set: string,
  logOf: (request: GraphRequest) => Promise<Collection>,
): readonly Operation[] {
  return [
    ...listOperations(ports, `/${set}`, logOf),
    {
      method: 'GET',
      template: `/${set}/{id}`,
      async handle(request) {
        const { by, value } = keyAt(request)
        const log = await logOf(request)
        const [entry] = nameKey(by) === 'id' ? await log.pick([value]) : []
        if (entry === undefined) throw notThere(value)
        return await answerEntity(ports, request, entry, { set })
      },
    },
  ]
}

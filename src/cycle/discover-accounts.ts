/*
 * Account discovery (spec 4.2): reads every account of the target and says whom it belongs to. What is found is handed over
 * as it is found; the lines say how far the reading is.
 */
import { compileSchema, createDiscovery } from '../provisioning/index.ts'
import {
  ConnectorError,
  type DiscoveredAccount,
  type DiscoverySummary,
  type ReadingLine,
  type SynchronizationJob,
} from '../vocabulary/index.ts'
import { believedSource } from './believed-source.ts'
import { everyObject } from './every-object.ts'
import { createCompute } from './give-way.ts'
import { refuseUnlisted, type ReadingPorts } from './reading-ports.ts'

/** Every account, sorted by whom it belongs to. */
export async function* discoverAccounts(
  { store, source, target, now }: ReadingPorts,
  job: SynchronizationJob,
  onAccount: (account: DiscoveredAccount) => void,
): AsyncGenerator<ReadingLine<DiscoverySummary>> {
  refuseUnlisted(target)
  const mapping = compileSchema(job.schema).objectMappings.get('User')
  if (mapping === undefined)
    throw new ConnectorError('The schema has no mapping of people, so nobody is matched.', {
      code: 'UnprocessableEntity',
      scope: 'job',
      retry: 'never',
    })
  const compute = createCompute()
  const discovery = createDiscovery({
    mapping,
    settings: job.settings,
    asStored: (attributes) => target.asStored('User', attributes),
    now,
  })
  for await (const { objects, done } of everyObject(believedSource(source))) {
    for (const object of objects) if (object.objectType === 'User') await compute(() => discovery.noteSource(object))
    yield { type: 'progress', what: 'source', done }
  }
  const byClass = { local: 0, unassigned: 0, assigned: 0 }
  const activeByClass = { local: 0, unassigned: 0, assigned: 0 }
  let accounts = 0
  for await (const page of target.listObjects('User')) {
    const anchors = page.map((account) => account.anchor)
    const links = await store.provisioning.linksByTarget(job.jobId, 'User', anchors)
    for (const account of page) {
      const found = await compute(() => discovery.classify(account, links.get(account.anchor)))
      accounts += 1
      byClass[found.accountClass] += 1
      if (found.isActive) activeByClass[found.accountClass] += 1
      onAccount(found)
    }
    yield { type: 'progress', what: 'target', done: accounts }
  }
  const summary = { jobId: job.jobId, readAt: now, accounts, byClass, activeByClass, matching: mapping.matching }
  yield { type: 'summary', summary }
}

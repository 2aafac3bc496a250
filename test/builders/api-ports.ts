/* What the routes have at hand when a test asks them: an engine, and nobody who is told. */
import { createMemoryTarget } from '../../src/connectors/memory/index.ts'
import type { ApiPorts } from '../../src/api/index.ts'
import type { CyclePorts } from '../../src/cycle/index.ts'

export function apiPorts(cycle: CyclePorts): ApiPorts {
  return {
    cycle,
    sourceOf: (job) => cycle.connect(job).source,
    targetUrl: 'https://api.slack.com',
    targetFacts: createMemoryTarget(),
    wake: () => undefined,
    version: '0',
    notify: { hasMailServer: false, hasWebhookSecret: false, test: () => Promise.resolve([]) },
  }
}

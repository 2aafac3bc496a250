/* What the routes have at hand when a test asks them: an engine, nobody who is told, and the operator as the caller. */
import { createMemoryTarget } from '../../src/connectors/memory/index.ts'
import { createIdentify, type ApiPorts } from '../../src/api/index.ts'
import type { CyclePorts } from '../../src/cycle/index.ts'
import { createKeyring, createSecretBox } from '../../src/secrets/index.ts'

const operatorKey = 'the-operator-key-of-a-test-and-of-nothing-else'
const identify = createIdentify({ operatorKey })

export function apiPorts(cycle: CyclePorts): ApiPorts {
  return {
    cycle,
    // A request that says nothing about who asks shows the operator key.
    identify(request) {
      request.headers.authorization ??= `Bearer ${operatorKey}`
      return identify(request)
    },
    sourceOf: (job) => cycle.connect(job).source,
    targetUrl: 'https://api.slack.com',
    targetFacts: createMemoryTarget(),
    wake: () => undefined,
    version: '0',
    secrets: createSecretBox(cycle.store.secrets, createKeyring([{ id: '00000000', bytes: Buffer.alloc(32) }])),
    connections: {
      of: () => Promise.reject(new Error('No job has a connection in this test.')),
      test: () => Promise.reject(new Error('No connection is tested in this test.')),
    },
    keys: { report: () => Promise.resolve({ keys: [] }), rotate: () => Promise.resolve(null) },
    notify: { hasMailServer: false, hasWebhookSecret: false, test: () => Promise.resolve([]) },
  }
}

/* What the routes have at hand when a test asks them: an engine, nobody who is told, and the operator as the caller. */
import { createMemoryTarget } from '../../src/connectors/memory/index.ts'
import { createIdentify, createTokenService, type ApiPorts, type ConnectionPort } from '../../src/api/index.ts'
import type { CyclePorts } from '../../src/cycle/index.ts'
import { createKeyring, createSecretBox } from '../../src/secrets/index.ts'

/** Whoever shows it may do everything. */
export const operatorKey = 'the-operator-key-of-a-test-and-of-nothing-else'

const never = (): never => {
  throw new Error('Nobody asks the connection for this here.')
}

/** Credentials that nobody tries. */
const settled: ConnectionPort = {
  targetUrl: 'https://api.slack.com',
  state: () => ({ origin: 'setting', tokenExpiresAt: null }),
  test: never,
  save: never,
  beginAuthorization: never,
  finishAuthorization: never,
  authorizationOutcome: never,
  takeCode: never,
  probe: never,
}

/** All jobs have this one. */
function connectionsTo(connection: ConnectionPort, { store }: CyclePorts): ApiPorts['connections'] {
  return {
    of: () => Promise.resolve(connection),
    waitingFor: () => connection,
    describe: () =>
      Promise.resolve({
        ...connection.state(),
        from: 'installation',
        targetUrl: connection.targetUrl,
        sharesWorkspace: false,
      }),
    test: ({ pairs }) => connection.test(pairs?.find(({ key }) => key === 'SecretToken')?.value),
    facts: () => createMemoryTarget(),
    useInstallation: () => Promise.resolve(),
    share: () => Promise.resolve(),
    usersOfInstallation: () => store.jobs.list(),
    forget: () => Promise.resolve(),
  }
}

export function apiPorts(cycle: CyclePorts, connection: ConnectionPort = settled): ApiPorts {
  const secrets = createSecretBox(cycle.store.secrets, createKeyring([{ id: '00000000', bytes: Buffer.alloc(32) }]))
  const tokenService = createTokenService({ ...cycle, secrets })
  const identify = createIdentify({ operatorKey, tokenService })
  return {
    cycle,
    tokenService,
    // A request that says nothing about who asks shows the operator key.
    identify(request) {
      request.headers.authorization ??= `Bearer ${operatorKey}`
      return identify(request)
    },
    sourceOf: (job) => cycle.connect(job).source,
    source: { show: () => Promise.resolve({ kind: 'directory' }), tenant: null },
    wake: () => undefined,
    version: '0',
    secrets,
    connection,
    connections: connectionsTo(connection, cycle),
    oauthApp: () => null,
    secretSettings: { report: () => [], set: () => Promise.resolve(null), remove: () => Promise.resolve() },
    keys: { report: () => Promise.resolve({ keys: [] }), rotate: () => Promise.resolve(null) },
    notify: { hasMailServer: () => false, hasWebhookSecret: () => false, test: () => Promise.resolve([]) },
  }
}

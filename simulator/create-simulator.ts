/*
 * Puts the simulator together: clock, store, limits, faults, log, and the way of one request through them.
 * Knows nothing of sockets; listen.ts puts node:http around it.
 */
import { headerOf, pageAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import { StoppableClock, realClock } from './clock.ts'
import { answerControl } from './control/answer-control.ts'
import { ConnectionFault, FaultList, failsBefore } from './faults.ts'
import type { FaultSeed } from './faults.ts'
import { usualKnobs } from './knobs.ts'
import type { Knobs } from './knobs.ts'
import { listenOn } from './listen.ts'
import { answerConsentPage, answerDecision, newCode } from './oauth/consent.ts'
import { answerInside, answerSignIn, answerSignOut } from './oauth/sign-in.ts'
import { answerWebApi } from './oauth/web-api.ts'
import { answerPage } from './page/answer-page.ts'
import { RequestLog, loggedBody } from './request-log.ts'
import { answerWrongBinding, receiveResponse, startSignIn } from './saml/service-provider.ts'
import type { LateAnswer } from './saml/service-provider.ts'
import { answerScim } from './scim/answer.ts'
import { dialects } from './scim/dialect.ts'
import { leavingChanges } from './scim/finish-user.ts'
import { groupSizeMax } from './scim/groups.ts'
import { createRateLimits } from './scim/rate-limits.ts'
import { userShape } from './scim/user-shape.ts'
import type { GroupView, Simulator, SimulatorOptions, SimulatorRequest, SimulatorResponse } from './simulator.ts'
import { idOf, randomOf } from './workspace/ids.ts'
import { openDirectory } from './workspace/journal.ts'
import type { Person } from './workspace/model.ts'
import { mayGrantAdmin } from './workspace/rights.ts'
import { acmeWorkspace, personOf, seedGroup, seedWorkspace, usualApp } from './workspace/seed.ts'
import { Store } from './workspace/store.ts'
import type { Change, Group, StoreSnapshot } from './workspace/store.ts'
import { newToken } from './workspace/tokens.ts'

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const { plan = 'business_plus', seed = 1, users = 0, installerRole, company = null } = options
  const clock = new StoppableClock(options.clock ?? realClock)
  const random = randomOf(seed)
  const faults = new FaultList(randomOf(seed + 1))
  const log = new RequestLog()
  const limits = createRateLimits()
  const locks = new Set<string>()
  const store = new Store()
  let knobs = knobsOf(options)
  let browserUserId: string | null = null
  let knobChanges = 0

  const kept = options.dataDirectory === undefined ? null : openDirectory(options.dataDirectory)
  let token = ''
  let first: StoreSnapshot
  begin()

  function begin(): void {
    if (kept?.found !== null && kept?.found !== undefined) {
      store.restore(kept.found.snapshot)
      store.replay(kept.found.later)
      token = kept.found.token
    } else {
      const workspace = options.workspace ?? acmeWorkspace({ plan, seed, memberCount: users, installerRole, company })
      seedWorkspace(workspace, store, seed, clock.now())
      token = issueFirstToken()
    }
    first = store.snapshot()
    if (kept !== null) {
      kept.keep(token, first)
      store.keepIn(kept)
    }
  }

  function issueFirstToken(): string {
    const isOrgWide = store.settings.plan === 'enterprise'
    const people = [...store.people.values()]
    const mayInstall = people.filter((person) => mayGrantAdmin(person, store.settings.plan, isOrgWide))
    // The least powerful of those who may, as a careful administrator would do it.
    const installer =
      mayInstall.find(({ role }) => role === 'admin' || role === 'org_owner') ?? mayInstall[0] ?? people[0]
    if (installer === undefined) throw new Error('A workspace needs somebody who can install an app.')
    const named = people.find(({ userName }) => installerRole !== undefined && userName === 'adam')
    return addToken({ installer: named ?? installer, isOrgWide })
  }

  function addToken(request: Parameters<typeof newToken>[0]): string {
    const issued = newToken(request, store, seed, clock.now())
    commit([{ kind: 'token', token: issued }])
    return issued.value
  }

  function commit(changes: readonly Change[], actorId: string | null = null): void {
    store.commit(changes, clock.now(), actorId)
  }

  async function handle(request: SimulatorRequest): Promise<SimulatorResponse> {
    const { path, target, query } = splitUrl(request.url)
    const page = answerPage(request, path, { store, browserUserId })
    if (page !== null) return page
    if (path === '/_sim' || path.startsWith('/_sim/')) {
      return answerControl({ ...request, path, query }, simulator)
    }
    const startedAt = clock.now()
    const fault = faults.take(request.method, target)
    let answered: SimulatorResponse | undefined
    try {
      answered = await handleWithFault(request, path, query, fault)
      return answered
    } finally {
      log.add({
        at: startedAt,
        method: request.method,
        url: target,
        status: answered?.status ?? 0,
        tookMs: clock.now() - startedAt,
        fault: fault?.kind ?? null,
        requestHeaders: request.headers,
        responseHeaders: answered?.headers ?? {},
        requestBody: loggedBody(request.body, knobs.logBodies),
        responseBody: loggedBody(answered?.body, knobs.logBodies),
      })
    }
  }

  async function handleWithFault(
    request: SimulatorRequest,
    path: string,
    query: URLSearchParams,
    fault: FaultSeed | null,
  ): Promise<SimulatorResponse> {
    // Up to the sleep everything happens at once, so that requests take effect in the order they come.
    if (fault !== null && failsBefore(fault)) return failBefore(fault)
    const pending = answerOf(request, path, query, fault)
    const answer = pending instanceof Promise ? (await pending)() : pending
    const isSilent = fault?.kind === 'silent200' && answer.status < 300
    if (!isSilent) commit(answer.changes, answer.actorId)
    if (answer.lock !== null) locks.add(answer.lock)
    try {
      const waitMs = latencyOf(answer) + (fault?.kind === 'slow' ? (fault.delayMs ?? 1000) : 0)
      if (waitMs > 0) await clock.sleep(waitMs)
      if (fault !== null) await failAfter(fault)
    } finally {
      if (answer.lock !== null) locks.delete(answer.lock)
    }
    const { status, headers, body } = answer
    if (isSilent) return { status: 200, headers, body }
    if (fault?.kind === 'truncatedJson') return { status, headers, body: body.slice(0, Math.ceil(body.length / 2)) }
    return { status, headers, body }
  }

  async function failBefore(fault: FaultSeed): Promise<SimulatorResponse> {
    switch (fault.kind) {
      case 'status':
        return {
          status: fault.status ?? 500,
          headers: { 'content-type': 'application/json; charset=utf-8', ...fault.headers },
          body: fault.body ?? '',
        }
      case 'html502':
        return { status: 502, headers: { 'content-type': 'text/html; charset=utf-8' }, body: badGatewayPage }
      case 'timeoutBefore':
        return failLate(fault)
      default:
        throw new ConnectionFault('ECONNRESET')
    }
  }

  async function failAfter(fault: FaultSeed): Promise<void> {
    if (fault.kind === 'resetAfter') throw new ConnectionFault('ECONNRESET')
    if (fault.kind === 'timeoutAfter') await failLate(fault)
  }

  async function failLate({ delayMs }: FaultSeed): Promise<never> {
    if (delayMs !== undefined) await clock.sleep(delayMs)
    throw new ConnectionFault('ETIMEDOUT', delayMs ?? null)
  }

  function latencyOf({ endpoint }: Answer): number {
    // A frozen time stands still for everybody; only `slow` faults wait for a step.
    if (clock.isFrozen) return 0
    const own = endpoint === null ? undefined : knobs.latencyByEndpoint[endpoint]
    const { latencyMs, latencyJitterMs } = knobs
    const jitter = latencyJitterMs === 0 ? 0 : (random() * 2 - 1) * latencyJitterMs
    return Math.max(0, Math.round((own ?? latencyMs) + jitter))
  }

  function answerOf(
    request: SimulatorRequest,
    path: string,
    query: URLSearchParams,
    fault: FaultSeed | null,
  ): Answer | LateAnswer {
    const now = clock.now()
    const { method, body, remoteAddress = '127.0.0.1' } = request
    const authorization = headerOf(request.headers, 'authorization')
    if (path.startsWith('/scim/')) {
      const updatesDeactivate = fault?.kind === 'updateDeactivates'
      return answerScim(
        { method, path, query, authorization, remoteAddress, body },
        { store, knobs, seed, now, limits, locks, updatesDeactivate },
      )
    }
    const page = { method, path, query, headers: request.headers, body, remoteAddress }
    if (path.startsWith('/api/')) return answerWebApi(page, { store, seed, now, limits, knobs })
    const world = { store, seed, now, browserUserId }
    switch (`${method} ${path}`) {
      case 'GET /oauth/v2/authorize':
        return answerConsentPage(page, world)
      case 'POST /oauth/v2/authorize/decision':
        return answerDecision(page, world)
      case 'GET /signin':
        return answerSignIn(page, world)
      case 'GET /signout':
        return answerSignOut()
      case 'GET /sso/saml/start':
        return startSignIn(page, world)
      case 'POST /sso/saml':
        return receiveResponse(page, world)
      case 'GET /sso/saml':
        return answerWrongBinding()
      default:
        // Where a sign-in leads (slack.md 9.4, RelayState): the inside of Slack, which is one small page here.
        if (method === 'GET' && /^\/(client|archives|team)(\/|$)/.test(path)) return answerInside(page, world)
        return pageAnswer(404, 'Not found', '<p>This address is not part of the simulated Slack.</p>')
    }
  }

  function mustFind(name: string): Person {
    const person = findPerson(name)
    if (person === undefined) throw new Error(`Nobody is called ${name}; give an id, a userName or an e-mail address.`)
    return person
  }

  function findPerson(name: string): Person | undefined {
    return store.people.get(name) ?? store.personByUserName(name) ?? store.personByEmail(name)
  }

  function mustFindGroup(name: string): Group {
    const group = store.group(name) ?? store.groupByName(name)
    if (group === undefined) throw new Error(`No group is called ${name}; give an id or a name.`)
    return group
  }

  function keepAnew(): void {
    kept?.keep(token, store.snapshot())
  }

  const simulator: Simulator = {
    get version() {
      return store.version + knobChanges
    },
    get token() {
      return token
    },
    handle,
    listen: (where = {}) => listenOn(handle, where),
    close: () => {
      keepAnew()
      kept?.close()
    },
    reset: () => {
      store.restore(first)
      knobs = knobsOf(options)
      faults.clear()
      limits.refill()
      log.clear()
      locks.clear()
      browserUserId = null
      keepAnew()
    },
    snapshot: () => ({ store: store.snapshot(), knobs }),
    restore: (snapshot) => {
      store.restore(snapshot.store)
      knobs = snapshot.knobs
      limits.refill()
      keepAnew()
    },
    get knobs() {
      return knobs
    },
    setKnobs: (changed) => {
      knobs = { ...knobs, ...changed }
      knobChanges++
    },
    get settings() {
      return store.settings
    },
    setSettings: (settings) => {
      // A workspace that becomes an organisation gets an id of one, and keeps it.
      const { enterpriseId } = { ...store.settings, ...settings }
      const isNewOrg = settings.plan === 'enterprise' && enterpriseId === null
      const named = isNewOrg ? { ...settings, enterpriseId: idOf('E0', seed, 0) } : settings
      commit([{ kind: 'settings', settings: named }])
    },
    addFault: (fault) => faults.add(fault),
    removeFault: (id) => faults.remove(id),
    clearFaults: () => faults.clear(),
    faults: () => faults.list(),
    freezeClock: (at) => clock.freeze(at),
    stepClock: (ms) => clock.step(ms),
    unfreezeClock: () => clock.unfreeze(),
    now: () => clock.now(),
    get isFrozen() {
      return clock.isFrozen
    },
    requests: () => log.entries(),
    get requestCount() {
      return log.count
    },
    clearRequests: () => log.clear(),
    audit: () => store.audit(),
    rateLevels: () => limits.levels(clock.now(), knobs),
    refillRateLimits: () => limits.refill(),
    scimShape: (name, version) => {
      const echoesExternalId = knobs.externalIdEcho === 'stored'
      const context = { store, dialect: dialects[version], now: clock.now(), echoesExternalId }
      return userShape(mustFind(name), context, null)
    },
    get groupSizeMax() {
      return groupSizeMax(store)
    },
    people: () => store.peopleOrder.flatMap((id) => store.people.get(id) ?? []),
    person: findPerson,
    groups: () => Array.from(store.groups(), groupView),
    group: (name) => {
      const group = store.group(name) ?? store.groupByName(name)
      return group === undefined ? undefined : groupView(group)
    },
    addPerson: (personSeed) => {
      const person = personOf(personSeed, store, seed, clock.now())
      commit([{ kind: 'person', person }])
      return person
    },
    addGroup: (groupSeed) => groupView(mustFindGroup(seedGroup(groupSeed, store, seed, clock.now()))),
    setRole: (name, role) => commit([{ kind: 'person', person: { ...mustFind(name), role } }]),
    deactivate: (name) => {
      const person = mustFind(name)
      const changes = leavingChanges(person, { store, knobs, now: clock.now() })
      commit([{ kind: 'person', person: { ...person, active: false, inactiveShownAt: 0 } }, ...changes])
    },
    reactivate: (name) => commit([{ kind: 'person', person: { ...mustFind(name), active: true, inactiveShownAt: 0 } }]),
    linkGroupToChannels: (name, isLinked) => commit([{ kind: 'groupLinked', id: mustFindGroup(name).id, isLinked }]),
    issueToken: ({ installer, ...rest }) => addToken({ installer: mustFind(installer), ...rest }),
    issueCode: ({ user, clientId = usualApp.clientId, redirectUri = null, scopes = ['admin'], isOrgWide = false }) => {
      const userId = mustFind(user).id
      const wish = { clientId, userId, scopes, redirectUri, codeChallenge: null, isOrgWide }
      const code = newCode(wish, { store, seed, now: clock.now(), browserUserId })
      commit([{ kind: 'code', code }])
      return code.value
    },
    apps: () => [...store.apps.values()],
    addApp: (app) => commit([{ kind: 'app', app }]),
    setBrowserUser: (name) => {
      browserUserId = name === null ? null : mustFind(name).id
    },
  }
  return simulator
}

function knobsOf(options: SimulatorOptions): Knobs {
  const { rateScale, latencyMs, latencyJitterMs, consistency, knobs = {} } = options
  return {
    ...usualKnobs,
    ...knobs,
    ...(rateScale === undefined ? {} : { rateScale }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(latencyJitterMs === undefined ? {} : { latencyJitterMs }),
    ...(consistency === undefined ? {} : { consistency }),
  }
}

function groupView({ id, displayName, members, isLinkedToChannels }: Group): GroupView {
  return { id, displayName, memberIds: [...members], isLinkedToChannels }
}

const noQuery = new URLSearchParams()

/** All of Slack's hosts are one here, so the origin of an absolute address is dropped. */
function splitUrl(url: string): { path: string; target: string; query: URLSearchParams } {
  const start = /^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0
  const target = url.slice(start).split('#', 1)[0] ?? ''
  const mark = target.indexOf('?')
  if (mark === -1) return { path: target === '' ? '/' : target, target, query: noQuery }
  return { path: target.slice(0, mark), target, query: new URLSearchParams(target.slice(mark + 1)) }
}

const badGatewayPage = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

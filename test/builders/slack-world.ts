/*
 * A whole Muster in memory in front of a simulated Slack workspace, on one virtual clock: real engine, real store, real
 * connector and API, no sockets. What the operator and the callers of the API would see is kept.
 */
import { createSimulator, type Simulator, type SimulatorOptions } from '../../simulator/index.ts'
import { createApi, type ApiPorts } from '../../src/api/index.ts'
import type { TransportRequest } from '../../src/connectors/scim/index.ts'
import {
  createSlackConnection,
  type SlackConnection,
  type SlackTargetOptions,
  type StoredCredentials,
} from '../../src/connectors/slack/index.ts'
import { leaseMs, runJob, type CyclePorts, type JobRunEnd, type OperatorLog } from '../../src/cycle/index.ts'
import type { Cycle, QuirkProfile } from '../../src/vocabulary/index.ts'
import { apiPorts } from './api-ports.ts'
import { sendTo } from './simulator-send.ts'
import { aWorld, type World } from './world.ts'

export interface SlackWorld {
  readonly muster: World
  readonly simulator: Simulator
  readonly connection: SlackConnection
  /** What is stored of the connection. */
  stored(): StoredCredentials | null
  /** Lines of the operator's log so far. */
  readonly operatorLines: readonly string[]
  /** Lets the time pass until the job is due, and runs it. */
  runWhenDue(): Promise<JobRunEnd>
  /** The same, for a cycle that has to come to its end. */
  cycle(): Promise<Cycle>
  /** Forgets the account a source object is linked to, as an administrator does whose log says it is gone. */
  removeLink(objectId: string): Promise<void>
  /** What the API answers to GET, as text. */
  get(path: string): Promise<string>
  send(method: Method, path: string, body?: object): Promise<ApiAnswer>
  /** The same without letting the time pass: also in the middle of a cycle. */
  ask(method: Method, path: string, body?: object): Promise<ApiAnswer>
  /** What a scheduler needs to run the job. */
  readonly ports: CyclePorts
  close(): Promise<void>
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface ApiAnswer {
  readonly status: number
  readonly text: string
  /** Undefined when the body is no JSON. */
  readonly json: unknown
}

export interface SlackWorldOptions {
  /** The connector's own settings. */
  readonly target?: Partial<SlackTargetOptions>
  /** What has been stored by an earlier connection; `null` for none. Without this, the simulator's token is given. */
  readonly credentials?: StoredCredentials | null
  readonly oauthApp?: NonNullable<ReturnType<ApiPorts['oauthApp']>>
  /** What the API calls when something may have changed. */
  readonly wake?: () => void
  /** What happens in Slack behind the connector's back, before a request arrives. */
  readonly beforeRequest?: (request: TransportRequest, simulator: Simulator) => void
}

export async function aSlackWorld(options: SimulatorOptions = {}, more: SlackWorldOptions = {}): Promise<SlackWorld> {
  const muster = await aWorld()
  const { clock, store, job } = muster
  const simulator = createSimulator({ clock, ...options })
  let stored = more.credentials ?? null
  let quirks: QuirkProfile | null = null
  const connection = createSlackConnection({
    ...(more.credentials === undefined ? { givenToken: simulator.token } : {}),
    stored,
    reread: () => Promise.resolve(stored),
    keep: (credentials) => {
      stored = credentials
      return Promise.resolve()
    },
    refusePlace: () => Promise.resolve(null),
    quirks: {
      read: () => Promise.resolve(quirks),
      write: (profile) => {
        quirks = profile
        return Promise.resolve()
      },
    },
    onConnected: () => Promise.resolve(),
    clock,
    random: () => 0.5,
    send: (request, sending) => {
      more.beforeRequest?.(request, simulator)
      return sendTo(simulator)(request, sending)
    },
    ...more.target,
  })
  const { target } = connection
  const operatorLines: string[] = []
  const say =
    (level: string): OperatorLog['info'] =>
    (event, fields) =>
      void operatorLines.push(JSON.stringify({ level, event, ...fields }))
  const ports: CyclePorts = {
    ...muster.ports,
    connect: (each) => ({
      source: muster.ports.connect(each).source,
      target: { ...target, close: () => Promise.resolve() },
    }),
    log: { info: say('info'), warn: say('warn'), error: say('error') },
  }
  const app = await createApi({
    ...apiPorts(ports, connection),
    ...(more.wake === undefined ? {} : { wake: more.wake }),
    oauthApp: () => more.oauthApp ?? null,
  })

  async function runWhenDue(): Promise<JobRunEnd> {
    const current = await store.jobs.get(job.jobId)
    await clock.advance(Math.max(0, (current?.nextRunAt ?? 0) - clock.now()))
    const claim = await store.jobs.claim({ owner: 'test', leaseMs, now: clock.now() })
    if (claim === null) throw new Error('The job is not due.')
    return await clock.runUntilDone(runJob(ports, claim, new AbortController().signal))
  }

  async function ask(method: Method, url: string, body?: object): Promise<ApiAnswer> {
    const payload = body === undefined ? {} : { payload: body }
    const answer = await app.inject({ method, url, headers: { host: 'localhost' }, ...payload })
    const isJson = answer.headers['content-type']?.toString().startsWith('application/json') === true
    return { status: answer.statusCode, text: answer.body, json: isJson ? JSON.parse(answer.body) : undefined }
  }

  return {
    muster,
    simulator,
    connection,
    stored: () => stored,
    operatorLines,
    runWhenDue,
    async cycle() {
      const end = await runWhenDue()
      if (end.kind !== 'ended') throw new Error(`The cycle did not end: ${JSON.stringify(end)}`)
      return end.cycle
    },
    async removeLink(objectId) {
      const [object] = await store.directory.objects([objectId])
      const claim = await store.jobs.claim({ owner: 'test', leaseMs, now: clock.now(), jobId: job.jobId })
      if (claim === null || object === undefined) throw new Error(`The link of ${objectId} cannot be removed now.`)
      const { objectType } = object
      await store.provisioning.saveOutcomes(claim.lease, [
        { logEntry: null, link: { kind: 'delete', objectType, sourceAnchor: objectId } },
      ])
      await store.jobs.release(claim.lease)
    },
    async get(path) {
      return (await app.inject({ method: 'GET', url: path, headers: { host: 'localhost' } })).body
    },
    send: (method, path, body) => clock.runUntilDone(ask(method, path, body)),
    ask,
    ports,
    async close() {
      await app.close()
      await connection.close()
      await muster.close()
    },
  }
}

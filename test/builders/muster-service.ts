/* `muster serve` and the other commands as processes, in front of a Slack workspace. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSimulator, type Simulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import { operatorKeyFile } from '../../src/operator-key.ts'
import type { Ended, Programs, RunningProgram, StartOptions } from './programs.ts'

export const musterScript = join('bin', 'muster.mjs')

export interface ServiceOptions {
  /** The data folder; kept by whoever made it. */
  readonly data: string
  /** Without one the job waits for its token. */
  readonly slack?: { readonly url: string; readonly token: string }
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export interface MusterService {
  readonly program: RunningProgram
  /** Its data folder. */
  readonly data: string
  /** Resolves when it answers. */
  readonly url: Promise<string>
}

export function startService(programs: Programs, options: ServiceOptions): MusterService {
  const { data, slack, args = [] } = options
  const ofSlack =
    slack === undefined ? {} : { MUSTER_SLACK_URL: slack.url, MUSTER_SLACK_TOKEN: slack.token, MUSTER_RATE: 'off' }
  const program = programs.start(musterScript, ['serve', '--port', '0', '--data', data, ...args], {
    environment: { ...ofSlack, ...options.environment },
  })
  const url = program.line(/^muster ready (\S+)$/).then(([, address = '']) => address)
  // Whoever kills it before it answers does not ask for the address.
  url.catch(() => undefined)
  return { program, data, url }
}

/** Asks a service that is up, as the operator. */
export async function askAsOperator(
  { data, url }: Pick<MusterService, 'data' | 'url'>,
  path: string,
  { headers, ...init }: Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  return await fetch(`${await url}${path}`, { ...init, headers: { ...operatorHeaders(data), ...headers } })
}

/** What shows a service with this data folder that the operator asks. */
export const operatorHeaders = (data: string): { readonly authorization: string } => ({
  authorization: `Bearer ${readFileSync(operatorKeyFile(data), 'utf8').trim()}`,
})

/** Stops it as Ctrl-C does. */
export async function stopService({ program }: MusterService): Promise<Ended> {
  program.kill('SIGINT')
  return await program.ended
}

export type Muster = (...args: readonly string[]) => Promise<Ended>

/** Commands against the service at this address. */
export function musterAt(programs: Programs, url: string, options?: StartOptions): Muster {
  return (...args) =>
    programs.run(musterScript, args, { ...options, environment: { ...options?.environment, MUSTER_URL: url } })
}

/** A service in front of a simulated workspace of this process. */
export interface ServiceWithSlack extends MusterService {
  readonly simulator: Simulator
  readonly muster: Muster
  /** Where it answers. */
  readonly address: string
  /** Requests so far that asked Slack to change something. */
  writesToSlack(): number
  /** Ends the workspace; the service is ended with all programs. */
  close(): Promise<void>
}

export async function startServiceWithSlack(
  programs: Programs,
  args: readonly string[] = [],
  { environment = {} }: Pick<StartOptions, 'environment'> = {},
): Promise<ServiceWithSlack> {
  const simulator = createSimulator({ rateScale: 0, latencyMs: 0, latencyJitterMs: 0, knobs: { logBodies: false } })
  let writes = 0
  const listening = await listenOn((request) => {
    if (request.method !== 'GET') writes += 1
    return simulator.handle(request)
  }, {})
  const slack = { url: listening.url, token: simulator.token }
  const service = startService(programs, { data: programs.folder(), slack, args, environment })
  const address = await service.url
  return {
    ...service,
    simulator,
    address,
    muster: musterAt(programs, address),
    writesToSlack: () => writes,
    close: () => listening.close(),
  }
}

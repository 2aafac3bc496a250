/* `muster serve` and the other commands as processes, in front of a Slack workspace. */
import { join } from 'node:path'
import type { Ended, Programs, RunningProgram, StartOptions } from './programs.ts'

export const musterScript = join('bin', 'muster.mjs')

export interface ServiceOptions {
  /** The data folder; kept by whoever made it. */
  readonly data: string
  /** Without one the job waits for its token. */
  readonly slack?: { readonly url: string; readonly token: string }
  readonly args?: readonly string[]
}

export interface MusterService {
  readonly program: RunningProgram
  /** Resolves when it answers. */
  readonly url: Promise<string>
}

export function startService(programs: Programs, { data, slack, args = [] }: ServiceOptions): MusterService {
  const environment =
    slack === undefined ? {} : { MUSTER_SLACK_URL: slack.url, MUSTER_SLACK_TOKEN: slack.token, MUSTER_RATE: 'off' }
  const program = programs.start(musterScript, ['serve', '--port', '0', '--data', data, ...args], { environment })
  const url = program.line(/^muster ready (\S+)$/).then(([, address = '']) => address)
  // Whoever kills it before it answers does not ask for the address.
  url.catch(() => undefined)
  return { program, url }
}

/** Stops it as Ctrl-C does. */
export async function stopService({ program }: MusterService): Promise<Ended> {
  program.kill('SIGINT')
  return await program.ended
}

export type Muster = (...args: readonly string[]) => Promise<Ended>

/** Commands against the service at this address. */
export function musterAt(programs: Programs, url: string, options?: StartOptions): Muster {
  return (command = '', ...args) => programs.run(musterScript, [command, '--url', url, ...args], options)
}

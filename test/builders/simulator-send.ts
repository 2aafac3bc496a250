/*
 * The simulated Slack workspace without a socket: requests go straight to it, and its broken connections arrive as those of
 * a network do.
 */
import type { Send } from '../../src/connectors/scim/index.ts'
import type { Simulator } from '../../simulator/index.ts'

/** A time-out without an end leaves the caller waiting until it gives up, as a silent connection does. */
export function sendTo(simulator: Pick<Simulator, 'handle'>): Send {
  return async (request, { signal }) => {
    const { method, path, headers, body } = request
    try {
      return await simulator.handle({ method, url: path, headers, body })
    } catch (error) {
      if (isEndlessTimeout(error)) return await untilGivenUp(signal)
      throw error
    }
  }
}

function isEndlessTimeout(error: unknown): boolean {
  return error instanceof Error && 'delayMs' in error && error.delayMs === null && codeOf(error) === 'ETIMEDOUT'
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined
}

function untilGivenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('given up'))
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true })
  })
}

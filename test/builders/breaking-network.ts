/*
 * The network between the service and a simulated Slack, with a moment at which the service dies: from then on requests
 * still under way reach Slack or do not, by chance, and no answer comes back.
 */
import { ConnectionFault } from '../../simulator/faults.ts'
import type { Simulator, SimulatorRequest, SimulatorResponse } from '../../simulator/index.ts'

export interface Moment {
  /** Counts only requests that write, or all. */
  readonly counts: 'writes' | 'all'
  /** How many of them have gone by. */
  readonly passed: number
  /** What has become of the one after them. */
  readonly next: 'lost' | 'carriedOut' | 'answered'
}

export interface BreakingNetwork {
  readonly handle: Simulator['handle']
  /**
   * The service has this long to live; resolves when the moment has come. Without one nothing breaks. However long it takes
   * to die after that, no more than `writesMax` of its writes reach Slack: how fast a machine is does not decide what is left.
   */
  until(moment: Moment, writesMax?: number): Promise<void>
  /** Nothing gets through any more; resolves when what was under way has ended one way or the other. */
  cut(): Promise<void>
  /** All is well again. */
  mend(): void
}

export function createBreakingNetwork(simulator: Pick<Simulator, 'handle'>, chance: () => boolean): BreakingNetwork {
  const underWay = new Set<Promise<unknown>>()
  let isCut = false
  let writesLeft = Infinity
  let watched: { readonly moment: Moment; readonly reached: () => void; passed: number } | null = null

  /** Answers null for a write that is one too many. */
  async function answerOf(request: SimulatorRequest): Promise<SimulatorResponse | null> {
    if (request.method !== 'GET') {
      if (writesLeft === 0) return null
      writesLeft -= 1
    }
    return simulator.handle(request)
  }

  /** Answers whether this request is the one at which the moment comes. */
  function isMoment(request: SimulatorRequest): boolean {
    if (watched === null || (watched.moment.counts === 'writes' && request.method === 'GET')) return false
    watched.passed += 1
    return watched.passed > watched.moment.passed
  }

  function reach(): void {
    watched?.reached()
    watched = null
  }

  async function carry(request: SimulatorRequest): Promise<SimulatorResponse> {
    const next = !isCut && isMoment(request) ? watched?.moment.next : undefined
    if (next === 'lost' || next === 'carriedOut') {
      isCut = true
      if (next === 'carriedOut') await answerOf(request)
      reach()
      throw new ConnectionFault('ECONNRESET')
    }
    if (isCut && !chance()) throw new ConnectionFault('ECONNRESET')
    const answer = await answerOf(request)
    if (next === 'answered') reach()
    if (isCut || answer === null) throw new ConnectionFault('ECONNRESET')
    return answer
  }

  return {
    handle: (request) => {
      const carrying = carry(request)
      underWay.add(carrying)
      carrying.finally(() => underWay.delete(carrying)).catch(() => undefined)
      return carrying
    },
    until: (moment, writesMax = Infinity) =>
      new Promise((resolve) => {
        writesLeft = writesMax
        watched = { moment, reached: resolve, passed: 0 }
      }),
    async cut() {
      isCut = true
      watched = null
      await Promise.allSettled(underWay)
    },
    mend() {
      isCut = false
      writesLeft = Infinity
    },
  }
}

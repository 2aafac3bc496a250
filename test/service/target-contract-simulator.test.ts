/* The promises of target.ts, kept by the Slack connector in front of the workspace simulator: in memory and over HTTP. */
import { createSimulator, type FaultKind, type Simulator } from '../../simulator/index.ts'
import { createSlackTarget, type SlackTargetOptions } from '../../src/connectors/slack/index.ts'
import { slackPerson, targetContract, type TargetUnderTest } from '../../src/connectors/target.contract.ts'
import { systemClock } from '../../src/system-clock.ts'
import { createJumpingClock } from '../builders/jumping-clock.ts'
import { sendTo } from '../builders/simulator-send.ts'

/** Reads see a write at once: the suite looks right after it, and how long Slack takes is no promise of a connector. */
const consistency = { deactivateMs: 0, groupMs: 0, photoMs: 0 }
/** Long enough for an answer over loopback on a busy machine, short enough to wait for one that never comes. */
const requestTimeoutMs = 1000

function subject(
  simulator: Simulator,
  lost: FaultKind,
  options: Omit<SlackTargetOptions, 'token' | 'random' | 'listPageSize'>,
  tearDown?: () => Promise<void>,
): TargetUnderTest {
  return {
    target: createSlackTarget({ ...options, token: simulator.token, random: () => 0.5, listPageSize: 3 }),
    person: slackPerson,
    loseNextAnswer: () => void simulator.addFault({ kind: lost, method: '^(POST|PUT|PATCH|DELETE)$', next: 1 }),
    // The administrator who installed the app has left (slack.md 1.5).
    refuseCredentials: () => simulator.deactivate('adam'),
    ...(tearDown === undefined ? {} : { tearDown }),
  }
}

for (const dialect of ['slack-v1', 'slack-v2'] as const) {
  for (const lost of ['resetAfter', 'timeoutAfter'] as const) {
    targetContract(`${dialect} and the simulator in memory, answers lost by ${lost}`, async () => {
      const clock = createJumpingClock()
      const simulator = createSimulator({ clock, consistency })
      return subject(simulator, lost, { clock, dialect, send: sendTo(simulator) })
    })

    targetContract(`${dialect} and the simulator over HTTP, answers lost by ${lost}`, async () => {
      const simulator = createSimulator({ consistency, rateScale: 0, latencyMs: 0, latencyJitterMs: 0 })
      const listening = await simulator.listen()
      const options = { baseUrl: listening.url, clock: systemClock, dialect, rate: 'off', requestTimeoutMs } as const
      return subject(simulator, lost, options, () => listening.close())
    })
  }
}

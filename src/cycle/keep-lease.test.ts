import { expect, test } from 'vitest'
import { LeaseLostError } from '../store/store.ts'
import { keepLease, leaseMs } from './keep-lease.ts'

/** Nobody renews the lease: the process sleeps. */
function aSleeper() {
  const clock = { time: 0, even: 0 }
  const store = { jobs: { beat: () => Promise.resolve() } }
  const ports = {
    store,
    clock: { now: () => clock.time, elapsed: () => clock.even, sleep: () => new Promise<void>(() => undefined) },
  }
  const keeper = keepLease(ports, { jobId: 'Slack.test', fence: 1 }, () => undefined)
  return { clock, keeper }
}

test.each([
  ['the lease was given just now', leaseMs - 1, leaseMs - 1, true],
  ['the process has slept', leaseMs, leaseMs, false],
  ['the machine has slept', leaseMs, 0, false],
  ['the process has slept and the clock was set back', -90 * 60_000, leaseMs, false],
  ['the clock was set back a little', -1000, 1000, true],
])('%s', (_when, time, even, isHeld) => {
  const { clock, keeper } = aSleeper()
  Object.assign(clock, { time, even })
  const ask = (): void => keeper.refuseWhenOver()
  if (isHeld) expect(ask).not.toThrow()
  else expect(ask).toThrow(LeaseLostError)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createJumpingClock } from '../../../test/builders/jumping-clock.ts'
import type { TargetBudget } from '../../vocabulary/index.ts'
import type { Endpoint, RateLimits } from './rate-limiter.ts'
import { createRateLimiter } from './rate-limiter.ts'

const limits: RateLimits = {
  allReads: { perMinute: 1000, burst: 1000 },
  allWrites: { perMinute: 600, burst: 180 },
  endpoints: {
    createUser: { perMinute: 180, burst: 20 },
    updateUser: { perMinute: 180, burst: 20 },
    updateGroup: { perMinute: 180, burst: 80 },
  },
}

/** Asks for all at once and says when each one left, in ms since the beginning. */
async function leavingTimes(wanted: readonly Endpoint[], share = 1): Promise<readonly number[]> {
  const clock = createJumpingClock()
  const limiter = createRateLimiter({ clock, limits, share })
  return Promise.all(
    wanted.map(async (endpoint) => {
      await limiter.acquire(endpoint)
      return clock.elapsedMs()
    }),
  )
}

test('a burst leaves at once, then three creates a second (slack.md 6.3: (N - 20) / 3 seconds)', async () => {
  const times = await leavingTimes(Array<Endpoint>(50).fill('createUser'))
  expect(times.slice(0, 20)).toEqual(Array(20).fill(0))
  expect(times[22]).toBeGreaterThanOrEqual(1000)
  expect(times[22]).toBeLessThan(1010)
  expect(times[49]).toBeGreaterThanOrEqual(10_000)
  expect(times[49]).toBeLessThan(10_050)
})

test('a share of the budget makes burst and pace smaller', async () => {
  const times = await leavingTimes(Array<Endpoint>(36).fill('createUser'), 0.9)
  expect(times.filter((time) => time === 0)).toHaveLength(18)
  expect(times[35]).toBeGreaterThanOrEqual(18 / 2.7 / 0.001 - 1)
})

test('all writes together stay under the sum: 180 at once, then ten a second', async () => {
  const wanted = [...Array<Endpoint>(120).fill('deleteGroup'), ...Array<Endpoint>(80).fill('updateGroup')]
  const times = await leavingTimes(wanted)
  expect(times.filter((time) => time === 0)).toHaveLength(180)
  expect(Math.max(...times)).toBeGreaterThanOrEqual(2000)
  expect(Math.max(...times)).toBeLessThan(2050)
})

test('an endpoint that waits for its own tokens does not hold up another', async () => {
  const times = await leavingTimes([...Array<Endpoint>(25).fill('createUser'), 'updateUser', 'listUsers'])
  expect(times.slice(-2)).toEqual([0, 0])
})

test('who came first leaves first, within an endpoint', async () => {
  const times = await leavingTimes(Array<Endpoint>(60).fill('updateUser'))
  expect(times).toEqual([...times].sort((one, other) => one - other))
})

test('switched off, nobody waits', () => {
  const limiter = createRateLimiter({ clock: createJumpingClock(), limits: null, share: 1 })
  for (let time = 0; time < 1000; time += 1) expect(limiter.acquire('createUser')).toBeUndefined()
})

test.each([null, limits])('after a 429 nothing at all is sent before the time it named (limits %#)', async (used) => {
  const clock = createJumpingClock()
  const limiter = createRateLimiter({ clock, limits: used, share: 1 })
  limiter.pauseUntil('createUser', clock.now() + 7000)
  const times = await Promise.all(
    (['createUser', 'updateUser', 'listUsers'] as const).map(async (endpoint) => {
      await limiter.acquire(endpoint, endpoint === 'updateUser')
      return clock.elapsedMs()
    }),
  )
  for (const time of times) expect(time).toBeGreaterThanOrEqual(7000)
})

test('a removal overtakes everything that waits, also at another endpoint', async () => {
  const clock = createJumpingClock()
  const limiter = createRateLimiter({ clock, limits: { ...limits, allWrites: { perMinute: 60, burst: 1 } }, share: 1 })
  const left: string[] = []
  const ask = async (endpoint: Endpoint, name: string, isUrgent = false): Promise<void> => {
    await limiter.acquire(endpoint, isUrgent)
    left.push(name)
  }
  await limiter.acquire('createUser')
  await Promise.all([
    ask('createUser', 'first joiner'),
    ask('updateUser', 'an update'),
    ask('createUser', 'second joiner'),
    ask('updateUser', 'first leaver', true),
    ask('updateUser', 'second leaver', true),
  ])
  expect(left).toEqual(['first leaver', 'second leaver', 'first joiner', 'an update', 'second joiner'])
})

test('each refusal slows the endpoint down; a quiet time brings the pace back', async () => {
  const clock = createJumpingClock()
  const limiter = createRateLimiter({ clock, limits, share: 1 })
  /** Milliseconds for ten creates from an empty bucket. */
  async function tenCreates(): Promise<number> {
    for (let time = 0; time < 21; time += 1) await limiter.acquire('createUser')
    const began = clock.elapsedMs()
    for (let time = 0; time < 10; time += 1) await limiter.acquire('createUser')
    return clock.elapsedMs() - began
  }
  const usual = await tenCreates()
  for (let time = 0; time < 3; time += 1) limiter.pauseUntil('createUser', clock.now())
  const slowed = await tenCreates()
  expect(slowed / usual).toBeGreaterThan(1.7)
  expect(slowed / usual).toBeLessThan(2)
  await clock.sleep(1200 * 1000)
  expect((await tenCreates()) / usual).toBeCloseTo(1, 1)
})

test('a 429 empties the bucket: afterwards there is no new burst', async () => {
  const clock = createJumpingClock()
  const limiter = createRateLimiter({ clock, limits, share: 1 })
  limiter.pauseUntil('createUser', clock.now() + 1000)
  const times = await Promise.all(
    Array.from({ length: 10 }, async () => {
      await limiter.acquire('createUser')
      return clock.elapsedMs()
    }),
  )
  expect(times.filter((time) => time <= 1001).length).toBeLessThanOrEqual(4)
  expect(times[9]).toBeGreaterThanOrEqual(3300 / 0.8)
})

test('an earlier end does not shorten a pause', () => {
  const clock = createJumpingClock()
  const limiter = createRateLimiter({ clock, limits, share: 1 })
  limiter.pauseUntil('createUser', clock.now() + 5000)
  limiter.pauseUntil('createUser', clock.now() + 1000)
  expect(limiter.pausedUntil()).toBe(clock.now() + 5000)
})

test('closing ends every wait', async () => {
  const clock = createJumpingClock()
  const limiter = createRateLimiter({ clock, limits, share: 1 })
  limiter.pauseUntil('createUser', clock.now() + 60_000)
  const waiting = limiter.acquire('createUser')
  limiter.close()
  await expect(waiting).rejects.toThrow('closed')
})

test('no time window ever sees more than the burst and what flows in during it', async () => {
  const endpoints = ['createUser', 'updateUser', 'updateGroup', 'deleteGroup'] as const
  const arrival = fc.record({ endpoint: fc.constantFrom(...endpoints), afterMs: fc.integer({ min: 0, max: 400 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { minLength: 1, maxLength: 300 }), async (arrivals) => {
      const clock = createJumpingClock()
      const limiter = createRateLimiter({ clock, limits, share: 1 })
      const left: { readonly endpoint: Endpoint; readonly at: number }[] = []
      const waits: Promise<void>[] = []
      for (const { endpoint, afterMs } of arrivals) {
        if (afterMs > 0) await clock.sleep(afterMs)
        const leave = async (): Promise<void> => {
          await limiter.acquire(endpoint)
          left.push({ endpoint, at: clock.elapsedMs() })
        }
        waits.push(leave())
      }
      await Promise.all(waits)
      for (const endpoint of endpoints) {
        const limit = limits.endpoints[endpoint] ?? limits.allWrites
        expectWithin(
          left.filter((one) => one.endpoint === endpoint).map((one) => one.at),
          limit,
        )
      }
      expectWithin(
        left.map((one) => one.at),
        limits.allWrites,
      )
    }),
    { numRuns: 40 },
  )
})

function expectWithin(
  unsorted: readonly number[],
  limit: { readonly perMinute: number; readonly burst: number },
): void {
  const times = [...unsorted].sort((one, other) => one - other)
  for (let first = 0; first < times.length; first += 1) {
    for (let last = first; last < times.length; last += 1) {
      const seconds = ((times[last] ?? 0) - (times[first] ?? 0)) / 1000
      const most = limit.burst + (seconds * limit.perMinute) / 60
      if (last - first + 1 > most + 0.001) throw new Error(`${last - first + 1} left within ${seconds} s; ${most} may.`)
    }
  }
}

test('budgets say what was let through, what is left, how fast it comes back and who waits', async () => {
  const clock = createJumpingClock()
  const limiter = createRateLimiter({ clock, limits, share: 1 })
  const all = Array.from({ length: 25 }, () => Promise.resolve(limiter.acquire('createUser')))
  const budget = (name: string): TargetBudget | undefined => limiter.budgets().find((each) => each.name === name)
  expect(budget('createUser')).toEqual({
    name: 'createUser',
    spent: 20,
    available: 0,
    perSecond: 3,
    waiting: 5,
    opensInMs: 0,
  })
  expect(budget('allWrites')).toMatchObject({ spent: 20, available: 160, perSecond: 10, waiting: 5 })
  expect(budget('allReads')).toMatchObject({ spent: 0, available: 1000, waiting: 0 })
  await Promise.all(all)
  expect(budget('createUser')).toMatchObject({ spent: 25, waiting: 0 })
  // A refusal slows the endpoint down and closes everything for as long as was asked.
  limiter.pauseUntil('createUser', clock.now() + 30_000)
  expect(budget('createUser')).toMatchObject({ available: 0, opensInMs: 30_000 })
  expect(budget('createUser')?.perSecond).toBeCloseTo(2.4, 2)
  expect(createRateLimiter({ clock, limits: null, share: 1 }).budgets()).toEqual([])
})

/* How many requests a caller may make, and what is said to one that makes more. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../vocabulary/index.ts'
import { apiPorts } from '../../test/builders/api-ports.ts'
import { aWorld, type World } from '../../test/builders/world.ts'
import { createApi } from './index.ts'
import { createTakes } from './throttle.ts'

describe('in any ten seconds', () => {
  test('no caller makes more requests than twice the limit, and whoever waits as told is served', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 200 }),
        (limit, pauses) => {
          let now = 1_000_000
          const take = createTakes(limit, { now: () => now })
          const takenAt: number[] = []
          for (const pause of pauses) {
            now += pause
            const taken = take('one')
            if (taken.isTaken) takenAt.push(now)
            else {
              now += taken.retryAfterSeconds * 1000
              expect(take('one').isTaken).toBe(true)
              takenAt.push(now)
            }
          }
          for (const at of takenAt) {
            const within = takenAt.filter((each) => each >= at && each < at + 10_000).length
            expect(within).toBeLessThanOrEqual(2 * limit)
          }
        },
      ),
    )
  })

  test('callers do not take from each other', () => {
    const take = createTakes(1, { now: () => 0 })
    expect([take('one'), take('one'), take('other')].map(({ isTaken }) => isTaken)).toEqual([true, false, true])
  })
})

describe('a service with a limit of three', () => {
  let world: World
  let app: Awaited<ReturnType<typeof createApi>>
  let caller: Caller
  beforeEach(async () => {
    world = await aWorld({ assignEverybody: false })
    app = await createApi({ ...apiPorts(world.ports), requestLimit: 3, identify: () => Promise.resolve(caller) })
    caller = { kind: 'application', objectId: 'a', appId: 'b', displayName: 'Script', permissions: [] }
  })
  afterEach(async () => {
    await app.close()
    await world.close()
  })

  const statusesOf = async (url: string, times: number): Promise<readonly number[]> => {
    const statuses: number[] = []
    for (let at = 0; at < times; at += 1)
      statuses.push((await app.inject({ url, headers: { host: 'localhost' } })).statusCode)
    return statuses
  }

  test('answers the fourth request of a program with 429 and when to come again, in the shape of each part', async () => {
    const before = await statusesOf('/v1.0/users', 3)
    expect(before).not.toContain(429)
    const graph = await app.inject({ url: '/v1.0/users', headers: { host: 'localhost' } })
    expect(graph.statusCode).toBe(429)
    expect(Number(graph.headers['retry-after'])).toBeGreaterThan(0)
    expect(graph.json()).toMatchObject({
      error: { code: 'TooManyRequests', innerError: { 'request-id': graph.headers['request-id'] } },
    })
    const muster = await app.inject({ url: '/muster/v1/status', headers: { host: 'localhost' } })
    expect(muster.statusCode).toBe(429)
    expect(muster.json()).toMatchObject({ error: { code: 'tooManyRequests', innerError: { retryAfterSeconds: 4 } } })
  })

  test('does not count whoever works on the machine itself', async () => {
    caller = { kind: 'operator', displayName: 'root' }
    expect(await statusesOf('/v1.0/users', 10)).toEqual(Array.from({ length: 10 }, () => 200))
  })
})

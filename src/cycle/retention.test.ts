/* Old entries go in small steps: others have the store in between, and nothing is removed that is young enough. */
import { expect, test } from 'vitest'
import { createVirtualClock } from '../../test/builders/virtual-clock.ts'
import { startRetention } from './retention.ts'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

test('a thousand old entries go in transactions of two hundred, with a pause after each', async () => {
  const clock = createVirtualClock()
  const calls: { readonly at: number; readonly olderThan: number; readonly limit: number }[] = []
  let old = 1000
  const purge = (olderThan: number, limit: number): Promise<number> => {
    calls.push({ at: clock.now(), olderThan, limit })
    const purged = Math.min(limit, old)
    old -= purged
    return Promise.resolve(purged)
  }
  const began = clock.now()
  const retention = startRetention({ clock, log: silent }, [{ name: 'log', keptMs: 1000, purge }])
  await clock.advance(5000)
  expect(calls).toHaveLength(6)
  for (const [at, call] of calls.entries()) {
    expect(call.limit).toBe(200)
    expect(call.olderThan).toBe(call.at - 1000)
    if (at > 0) expect(call.at - (calls[at - 1]?.at ?? began)).toBeGreaterThanOrEqual(50)
  }
  await retention.stop()
})

test('a store that refuses is asked again later, and the other log has its turn', async () => {
  const clock = createVirtualClock()
  const asked: string[] = []
  const errors: string[] = []
  const log = { ...silent, error: (event: string) => void errors.push(event) }
  const retention = startRetention({ clock, log }, [
    { name: 'one', keptMs: 1, purge: () => (asked.push('one'), Promise.reject(new Error('locked'))) },
    { name: 'two', keptMs: 1, purge: () => (asked.push('two'), Promise.resolve(0)) },
  ])
  await clock.advance(61 * 60_000)
  expect(asked).toEqual(['one', 'two', 'one', 'two'])
  expect(errors).toEqual(['old entries could not be removed', 'old entries could not be removed'])
  await retention.stop()
})

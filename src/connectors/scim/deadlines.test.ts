import { expect, test } from 'vitest'
import { createJumpingClock } from '../../../test/builders/jumping-clock.ts'
import { ConnectorClosed, createDeadlines, RequestTimedOut } from './deadlines.ts'

test('an answer in time is handed on, and nobody sleeps afterwards', async () => {
  const clock = createJumpingClock()
  const deadlines = createDeadlines(clock, 30_000)
  expect(await deadlines.run(() => Promise.resolve('answer'))).toBe('answer')
  await clock.sleep(1)
  expect(clock.elapsedMs()).toBe(1)
})

test('a request that never settles is ended at its time, and its signal says so', async () => {
  const clock = createJumpingClock()
  const deadlines = createDeadlines(clock, 30_000)
  let seen: AbortSignal | undefined
  const request = deadlines.run((signal) => {
    seen = signal
    return new Promise(() => undefined)
  })
  await expect(request).rejects.toBeInstanceOf(RequestTimedOut)
  expect([clock.elapsedMs(), seen?.aborted]).toEqual([30_000, true])
})

test('each request has its own time, counted from its beginning', async () => {
  const clock = createJumpingClock()
  const deadlines = createDeadlines(clock, 1000)
  const ends: number[] = []
  const hang = async (): Promise<void> => {
    await deadlines.run(() => new Promise(() => undefined)).catch(() => ends.push(clock.elapsedMs()))
  }
  const first = hang()
  await clock.sleep(400)
  const second = hang()
  await Promise.all([first, second])
  expect(ends).toEqual([1000, 1400])
})

test('a failure of the transport is handed on', async () => {
  const deadlines = createDeadlines(createJumpingClock(), 1000)
  const failure = new Error('reset')
  await expect(deadlines.run(() => Promise.reject(failure))).rejects.toBe(failure)
})

test('closing ends what runs and refuses what comes', async () => {
  const deadlines = createDeadlines(createJumpingClock(), 1000)
  const running = deadlines.run(() => new Promise(() => undefined))
  deadlines.close()
  await expect(running).rejects.toBeInstanceOf(ConnectorClosed)
  await expect(deadlines.run(() => Promise.resolve(1))).rejects.toBeInstanceOf(ConnectorClosed)
})

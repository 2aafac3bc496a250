/* The live stream: every entry once and in order, however often the caller breaks off, and no more read than is taken. */
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { aLogEntry } from '../../../test/builders/stored.ts'
import { createVirtualClock, type VirtualClock } from '../../../test/builders/virtual-clock.ts'
import type { LogFilter, NumberedLogEntry } from '../../store/store.ts'
import { streamLog } from './log-stream.ts'

interface GrowingLog {
  readonly log: Parameters<typeof streamLog>[0]['log']
  write(count: number): void
  readonly pagesRead: () => number
}

/** A log with gaps in its numbers, of which every third entry failed. */
function aLog(): GrowingLog {
  const entries: NumberedLogEntry[] = []
  let pages = 0
  let newest = 0
  return {
    pagesRead: () => pages,
    write(count) {
      for (let at = 0; at < count; at += 1) {
        newest += 1 + (newest % 5 === 0 ? 1 : 0)
        const status = newest % 3 === 0 ? 'failure' : 'success'
        entries.push({ number: newest, entry: aLogEntry(String(newest), { status }) })
      }
    },
    log: {
      logPosition: () => Promise.resolve(newest),
      logAfter(after, { limit, through = newest, status }: LogFilter & { readonly limit: number }) {
        pages += 1
        const found = entries.filter(
          ({ number, entry }) =>
            number > after &&
            number <= through &&
            (status === undefined || entry.provisioningStatusInfo.status === status),
        )
        return Promise.resolve(found.slice(0, limit))
      },
    },
  }
}

const idOf = (event: string): number => Number(/^id: (\d+)$/m.exec(event)?.[1])
const entryOf = (event: string): number | null => {
  const [, data] = /^data: (.*)$/m.exec(event) ?? []
  return data === undefined ? null : Number((JSON.parse(data) as { id: string }).id)
}

let gone: AbortController
afterEach(() => gone.abort(new Error('over')))

function follow(
  log: GrowingLog['log'],
  after: number,
  filter: LogFilter = {},
): {
  readonly clock: VirtualClock
  readonly next: () => Promise<string>
} {
  const clock = createVirtualClock()
  gone = new AbortController()
  const events = streamLog({ log, clock, filter, after, gone: gone.signal })
  return {
    clock,
    next: async () => {
      const event: IteratorResult<string, unknown> = await clock.runUntilDone(events.next())
      return String(event.value)
    },
  }
}

test('begins where the caller is, tells each entry with its place, and waits for more', async () => {
  const { log, write } = aLog()
  write(3)
  const { next, clock } = follow(log, 1)
  expect(await next()).toMatch(/^retry: 1000\nid: 1\n/)
  expect(entryOf(await next())).toBe(2)
  expect(entryOf(await next())).toBe(3)
  const waiting = next()
  await clock.advance(1000)
  write(1)
  expect(entryOf(await waiting)).toBe(4)
})

test('nobody writes: the line is kept alive, and moves past what does not match', async () => {
  const { log, write } = aLog()
  const { next, clock } = follow(log, 0, { status: 'failure' })
  await next()
  write(1)
  const began = clock.now()
  const beat = await next()
  expect(beat).toMatch(/^id: \d+\n: alive\n\n$/)
  expect(idOf(beat)).toBe(await log.logPosition())
  expect(clock.now() - began).toBeGreaterThanOrEqual(15_000)
  expect(clock.now() - began).toBeLessThan(17_000)
})

test('whoever breaks off anywhere, any number of times, gets every matching entry once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ written: fc.nat(260), taken: fc.integer({ min: 1, max: 300 }) }), { maxLength: 6 }),
      fc.constantFrom<LogFilter>({}, { status: 'failure' }),
      async (visits, filter) => {
        const { log, write } = aLog()
        write(5)
        let lastId = 0
        const got: number[] = []
        async function visit(events: number): Promise<void> {
          const { next } = follow(log, lastId, filter)
          for (let taken = 0; taken <= events; taken += 1) {
            const event = await next()
            const entry = entryOf(event)
            if (entry !== null) got.push(entry)
            // As a browser does it: the last id it has seen is what it comes back with.
            lastId = idOf(event)
            if (event.includes('alive')) break
          }
          gone.abort(new Error('broken off'))
        }
        for (const { written, taken } of visits) {
          write(written)
          await visit(taken)
        }
        await visit(Number.POSITIVE_INFINITY)
        const all = await log.logAfter(0, { ...filter, limit: Number.POSITIVE_INFINITY })
        expect(got).toEqual(all.map(({ number }) => number))
      },
    ),
    { numRuns: 40 },
  )
})

test('a caller that reads slowly lets nothing pile up: a page is read when the one before is taken', async () => {
  const { log, write, pagesRead } = aLog()
  write(10_000)
  const { next } = follow(log, 0)
  await next()
  for (let taken = 1; taken <= 250; taken += 1) {
    await next()
    expect(pagesRead()).toBeLessThanOrEqual(Math.ceil(taken / 100))
  }
})

test('ends when the caller has gone', async () => {
  const { log } = aLog()
  const clock = createVirtualClock()
  gone = new AbortController()
  const events = streamLog({ log, clock, filter: {}, after: 0, gone: gone.signal })
  await events.next()
  const end = events.next()
  await clock.advance(2000)
  gone.abort(new Error('The caller has gone.'))
  expect(await end).toEqual({ done: true, value: undefined })
})

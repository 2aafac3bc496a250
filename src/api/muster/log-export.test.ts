/* What an export holds in memory: one page, however long the log and however slow the caller; and how a broken one ends. */
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { aLogEntry } from '../../../test/builders/stored.ts'
import type { LogQuery, ProvisioningStore } from '../../store/store.ts'
import { exportCsv, exportJson, exportLines } from './log-export.ts'

/** A log of so many pages that counts how many were read; it breaks when it is asked for the page named. */
function aLongLog(
  pages: number,
  breaksAt = Number.POSITIVE_INFINITY,
): Pick<ProvisioningStore, 'queryLog'> & {
  readonly read: () => number
} {
  let read = 0
  return {
    read: () => read,
    queryLog({ cursor = '0', limit }: LogQuery) {
      const number = Number(cursor)
      if (number === breaksAt) return Promise.reject(new Error('the disk is gone'))
      read += 1
      const entries = Array.from({ length: limit }, (_, at) => aLogEntry(`${cursor}-${String(at)}`))
      return Promise.resolve({ entries, cursor: number + 1 < pages ? String(number + 1) : null })
    },
  }
}

const kinds = {
  csv: (log: ReturnType<typeof aLongLog>) => exportCsv(log, {}, 'ProvisioningLogs_ProvisioningSteps'),
  json: (log: ReturnType<typeof aLongLog>) => exportJson(log, {}),
  lines: (log: ReturnType<typeof aLongLog>) => exportLines(log, {}),
}

test.each(Object.entries(kinds))(
  'a page of the %s export is read when the one before has been taken',
  async (_, exported) => {
    const log = aLongLog(1000)
    const reading = exported(log)
    let taken = 0
    for await (const chunk of reading) {
      expect(chunk.length).toBeGreaterThan(0)
      taken += 1
      expect(log.read()).toBeLessThanOrEqual(taken)
      if (taken === 300) break
    }
    expect(log.read()).toBeLessThanOrEqual(300)
  },
)

test.each(Object.entries(kinds))(
  'the %s export reads no further than its caller, who reads slowly',
  async (_, exported) => {
    const log = aLongLog(1000)
    const stream = Readable.from(exported(log))
    const iterator = stream[Symbol.asyncIterator]()
    for (let taken = 1; taken <= 50; taken += 1) {
      await iterator.next()
      // One page is with the caller, one waits in the stream, and one may be on its way there.
      expect(log.read() - taken).toBeLessThanOrEqual(2)
    }
    await iterator.return?.()
  },
)

test('an export that breaks off ends with an error, and what came of it is no JSON', async () => {
  for (const exported of Object.values(kinds)) {
    const chunks: string[] = []
    const reading = (async () => {
      for await (const chunk of exported(aLongLog(5, 3))) chunks.push(chunk)
    })()
    await expect(reading).rejects.toThrow('the disk is gone')
    expect(() => JSON.parse(chunks.join('')) as unknown).toThrow(SyntaxError)
    expect(chunks.join('')).not.toContain('"exported"')
  }
})

test('the last line of an export in lines counts the others', async () => {
  const lines: string[] = []
  for await (const chunk of exportLines(aLongLog(3), {})) lines.push(...chunk.trimEnd().split('\n'))
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ exported: 600 })
  expect(lines).toHaveLength(601)
})

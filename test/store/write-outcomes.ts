/*
 * A process that writes outcomes in pairs as fast as it can and says on standard output which pair is acknowledged; it is
 * killed in the middle of it. Arguments: the file, the first number.
 */
import { writeSync } from 'node:fs'
import { openSqliteStore } from '../../src/store/index.ts'
import { aJob, aLink, aLogEntry, anOutcome, noon } from '../builders/stored.ts'

const [file = '', from = '0'] = process.argv.slice(2)
const store = await openSqliteStore({ file, exclusive: true })
if ((await store.jobs.get('job')) === null) await store.jobs.create(aJob())
await store.jobs.breakLeases()
const claimed = await store.jobs.claim({ owner: 'writer', leaseMs: 60_000, now: noon, jobId: 'job' })
if (claimed === null) throw new Error('The lease of the one who was killed is still there.')

for (let number = Number(from); ; number += 1) {
  const half = (which: string) =>
    anOutcome({
      logEntry: aLogEntry(`${String(number)}-${which}`),
      link: { kind: 'put', link: aLink(`${String(number)}-${which}`) },
    })
  await store.provisioning.saveOutcomes(claimed.lease, [half('a'), half('b')])
  writeSync(1, `${String(number)}\n`)
}

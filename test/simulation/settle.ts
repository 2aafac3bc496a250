/* Brings a history to rest: time passes without trouble, removals that wait are approved, and then nothing is left to do. */
import { leaseMs } from '../../src/cycle/index.ts'
import { inWords } from './watch.ts'
import type { Life } from './live.ts'

const hourMs = 3_600_000

/** As the administrator does whose log says that linked accounts are gone (spec section 11, scope Full). */
async function forgetLinks({ world }: Life): Promise<void> {
  const { store, job, clock } = world
  const { provisioning, jobs } = store
  const claim = await jobs.claim({ owner: 'administrator', leaseMs, now: clock.now() + 2 * hourMs, jobId: job.jobId })
  if (claim === null) throw new Error('the job is held')
  for (const objectType of ['User', 'Group'] as const) {
    const links = await provisioning.listLinks(job.jobId, { objectType, after: null, limit: 1000 })
    for (const { sourceAnchor } of links) {
      const about = { objectType, sourceAnchor }
      await provisioning.saveOutcomes(claim.lease, [
        { logEntry: null, link: { kind: 'delete', ...about }, releaseHold: about, escrow: { kind: 'clear', ...about } },
      ])
    }
  }
  await jobs.release(claim.lease)
}

async function approveAll(life: Life): Promise<void> {
  const { store, job } = life.world
  for (let round = 0; round < 5; round += 1) {
    const held = await store.provisioning.heldRemovals(job.jobId)
    if (held.length === 0) return
    await life.decide({ kind: 'approve' })
    await life.cycle()
    // Who waited for the account of somebody removed now is tried again with the day.
    await life.world.clock.advance(25 * hourMs)
    await life.cycle()
  }
}

/** Three days without trouble: whatever failed is due again and done. */
export async function settle(life: Life): Promise<void> {
  if (life.company.rules.isReviewed) await life.decide({ kind: 'review', isOn: false })
  for (let day = 0; day < 3; day += 1) {
    await life.world.clock.advance(25 * hourMs)
    await life.cycle()
  }
  await approveAll(life)
  if (life.debts.links) await forgetLinks(life)
  if (!life.debts.links && !life.debts.evaluation) return
  await life.decide({ kind: 'restart' })
  await life.cycle()
  // Whoever waited for an account that was given up only now is tried again with the day.
  await life.world.clock.advance(25 * hourMs)
  await life.cycle()
  await approveAll(life)
}

/** A cycle writes nothing any more, and neither does one that compares everything anew. */
export async function unrest(life: Life): Promise<readonly string[]> {
  const { target } = life
  const wrongs: string[] = []
  for (const when of ['after rest', 'compared anew']) {
    target.forgetCalls()
    await life.cycle()
    wrongs.push(...target.writes.map(({ write }) => `${when}, still sent: ${inWords(write)}`))
    await life.decide({ kind: 'restart' })
  }
  return wrongs
}

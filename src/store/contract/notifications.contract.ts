/* The part of notifications in the store contract. */
import { describe, expect, it } from 'vitest'
import { aCycle, aJob, aNotification, noon } from '../../../test/builders/stored.ts'
import type { OutgoingNotification } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function notificationsContract(under: () => StoreUnderTest): void {
  const store = () => under().store
  const tell = async (...outgoing: readonly OutgoingNotification[]): Promise<void> => {
    await store().notifications.put(outgoing)
  }
  const mail = (id: string, at = noon): OutgoingNotification => ({
    notification: aNotification(id, { at }),
    channel: 'mail',
  })

  describe('notifications', () => {
    it('wait until they have arrived, the longest due first', async () => {
      await store().jobs.create(aJob())
      await tell(mail('b', noon + 1), mail('a', noon), { ...mail('a'), channel: 'webhook' })
      const due = async () =>
        (await store().notifications.due(noon + 1, 9)).map((each) => `${each.notification.id} ${each.channel}`)
      expect(await due()).toEqual(['a mail', 'a webhook', 'b mail'])
      await store().notifications.noteDelivered('a', 'mail', noon + 2)
      expect(await due()).toEqual(['a webhook', 'b mail'])
      expect(await store().notifications.list('job', 9)).toMatchObject([
        { notification: aNotification('b', { at: noon + 1 }), deliveredAt: null },
        { notification: aNotification('a'), channel: 'mail', deliveredAt: noon + 2, attempts: 1 },
        { channel: 'webhook', deliveredAt: null, attempts: 0 },
      ])
    })

    it('are tried again when a server did not take them, and given up at last', async () => {
      await store().jobs.create(aJob())
      await tell(mail('a'))
      await store().notifications.noteFailed('a', 'mail', { error: 'busy', nextAttemptAt: noon + 60 })
      expect(await store().notifications.due(noon + 59, 9)).toEqual([])
      expect(await store().notifications.due(noon + 60, 9)).toMatchObject([{ attempts: 1, error: 'busy' }])
      await store().notifications.noteFailed('a', 'mail', { error: 'gone', nextAttemptAt: null })
      expect(await store().notifications.due(noon + 999, 9)).toEqual([])
      expect(await store().notifications.list('job', 9)).toMatchObject([
        { attempts: 2, error: 'gone', deliveredAt: null },
      ])
    })

    it('begin with what they tell of, or not at all', async () => {
      await store().jobs.create(aJob())
      const claimed = await store().jobs.claim({ owner: 'one', leaseMs: 0, now: noon, jobId: 'job' })
      const next = await store().jobs.claim({ owner: 'two', leaseMs: 60_000, now: noon, jobId: 'job' })
      if (claimed === null || next === null) throw new Error('the job could not be claimed')
      const end = {
        watermark: 'w',
        status: 'Active',
        nextRunAt: noon,
        steadyStateAchievedAt: null,
        quarantine: null,
        outgoing: [mail('a')],
      } as const
      await expect(store().jobs.endCycle(claimed.lease, aCycle('cycle', { endedAt: noon }), end)).rejects.toThrow()
      expect(await store().notifications.list('job', 9)).toEqual([])
      await store().jobs.endCycle(next.lease, aCycle('cycle', { endedAt: noon }), end)
      expect(await store().notifications.list('job', 9)).toHaveLength(1)
    })
  })
}

/* The part of the store contract on before-images: what writes changed, as long as their log entries live. */
import { beforeEach, describe, expect, it } from 'vitest'
import { aJob, aLogEntry, anImage, anOutcome, noon } from '../../../test/builders/stored.ts'
import type { Lease, Outcome, ProvisioningStore } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function beforeImagesContract(under: () => StoreUnderTest): void {
  describe('before-images', () => {
    let lease: Lease
    const provisioning = (): ProvisioningStore => under().store.provisioning
    const save = (...outcomes: readonly Partial<Outcome>[]): Promise<void> =>
      provisioning().saveOutcomes(lease, outcomes.map(anOutcome))
    const update = (...[id, facts]: Parameters<typeof aLogEntry>): Partial<Outcome> => ({
      logEntry: aLogEntry(id, facts),
      beforeImage: anImage({ sourceAnchor: facts?.source?.id ?? 'source-id' }),
    })
    const found = async (
      query: Partial<Parameters<ProvisioningStore['beforeImages']>[0]>,
    ): Promise<readonly string[]> =>
      (await provisioning().beforeImages({ limit: 100, ...query })).images.map((each) => each.entryId)

    beforeEach(async () => {
      await under().store.jobs.create(aJob())
      const claimed = await under().store.jobs.claim({ owner: 'me', leaseMs: 60_000, now: noon })
      if (claimed === null) throw new Error('the job could not be claimed')
      lease = claimed.lease
    })

    it('come back unchanged, each with its entry and the anchor of its object', async () => {
      const crew = { objectType: 'Group', sourceAnchor: 'crew', displayName: 'Crew "1"' } as const
      const lost = [{ sourceAnchor: 'crew', targetAnchor: 'G1' }]
      const images = [
        anImage({
          kind: 'create',
          targetAnchor: null,
          before: { title: null, tags: null },
          after: { title: 'ß', tags: ['a'] },
        }),
        anImage({ before: { title: '', active: true }, after: { title: null, active: false }, membershipsLost: lost }),
        anImage({ kind: 'disable', before: { active: true }, after: { active: false }, membershipsLost: lost }),
        anImage({ ...crew, before: {}, after: {}, membersAdded: ['U1', 'U2'], membersRemoved: ['U3'] }),
        anImage({
          ...crew,
          kind: 'delete',
          before: { displayName: 'x' },
          after: { displayName: null },
          membersRemoved: ['U1'],
        }),
      ]
      await save(
        ...images.map((beforeImage, at) => ({
          logEntry: aLogEntry(String(at), {
            at: noon + at,
            action: beforeImage.kind,
            source: { id: beforeImage.sourceAnchor, displayName: '' },
          }),
          beforeImage,
        })),
      )
      const page = await provisioning().beforeImages({ jobId: 'job', limit: 9 })
      const expected = images.map((image, at) => ({
        entryId: String(at),
        cycleId: 'cycle',
        at: noon + at,
        targetAnchor: 'U1',
        image,
      }))
      expect(page).toEqual({ images: expected.toReversed(), cursor: null })
    })

    it('are of the job, the cycle, the object on either side, and since an instant', async () => {
      await save(
        update('1', { at: noon + 1, jobId: 'other' }),
        update('2', { at: noon + 2, cycleId: 'other' }),
        update('3', { at: noon + 3, source: { id: 'tom', displayName: '' } }),
        update('4', { at: noon + 4, target: { id: 'U9', displayName: '' }, status: 'warning' }),
        { logEntry: aLogEntry('5', { at: noon + 5 }) },
      )
      expect(await found({})).toEqual(['4', '3', '2', '1'])
      expect(await found({ jobId: 'job' })).toEqual(['4', '3', '2'])
      expect(await found({ jobId: 'job', cycleId: 'other' })).toEqual(['2'])
      expect(await found({ jobId: 'job', identityId: 'tom' })).toEqual(['3'])
      expect(await found({ jobId: 'job', identityId: 'U9' })).toEqual(['4'])
      const members = {
        kind: 'update',
        objectType: 'Group',
        sourceAnchor: 'crew',
        membersAdded: ['U"7', 'U8'],
      } as const
      await save({
        logEntry: aLogEntry('crew', { source: { id: 'crew', displayName: '' } }),
        beforeImage: anImage(members),
      })
      expect(await found({ jobId: 'job', identityId: 'tom', accounts: ['U"7'] })).toEqual(['crew', '3'])
      expect(await found({ jobId: 'job', identityId: 'tom', accounts: ['U'] })).toEqual(['3'])
      expect(await found({ jobId: 'job', since: noon + 3 })).toEqual(['4', '3'])
    })

    it('are paged among entries that have none', async () => {
      const ids = Array.from({ length: 9 }, (_, at) => `e${String(at)}`)
      await save(...ids.flatMap((id) => [update(id), { logEntry: aLogEntry(`plain-${id}`) }]))
      const seen: string[] = []
      let cursor: string | null | undefined
      while (cursor !== null) {
        const page = await provisioning().beforeImages({ limit: 4, ...(cursor === undefined ? {} : { cursor }) })
        seen.push(...page.images.map((each) => each.entryId))
        cursor = page.cursor
      }
      expect(seen).toEqual(ids.toReversed())
      await expect(provisioning().beforeImages({ limit: 1, cursor: 'next' })).rejects.toThrow(RangeError)
    })

    it('are told in the order of saving, also when the clock jumped back between, and so are their pages', async () => {
      await save(update('1', { at: noon }), update('2', { at: noon + 9 }))
      await save(update('3', { at: noon - 60_000 }))
      await save(update('4', { at: noon - 50_000 }))
      expect(await found({ jobId: 'job' })).toEqual(['4', '3', '2', '1'])
      const { cursor } = await provisioning().beforeImages({ jobId: 'job', limit: 2 })
      if (cursor === null) throw new Error('there are more')
      expect(await found({ jobId: 'job', cursor })).toEqual(['2', '1'])
    })

    it('go with their entries', async () => {
      await save(update('old', { at: noon - 1 }), update('new', { at: noon }))
      await provisioning().purgeLog(noon, 100)
      expect(await found({})).toEqual(['new'])
    })
  })
}

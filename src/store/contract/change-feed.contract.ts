/* The change feed's part of the store contract: numbers grow, and no reader passes one that is still to come. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { aUser } from '../../../test/builders/stored.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function changeFeedContract(under: () => StoreUnderTest, isShared: boolean): void {
  describe('the change feed', () => {
    it('numbers grow in the order given, over all objects', async () => {
      const { directory } = under().store
      expect(await directory.changesWaiting(0)).toEqual({ count: 0, newest: 0 })
      await directory.transaction((transaction) => transaction.putObjects([aUser('b'), aUser('a')]))
      await directory.transaction((transaction) => transaction.putObjects([aUser('c')]))
      const feed = await directory.changesAfter(0, 10)
      expect(feed.map((object) => object.objectId)).toEqual(['b', 'a', 'c'])
      expect(await directory.changesAfter(0, 2)).toEqual(feed.slice(0, 2))
      expect(await directory.changesAfter(feed[1]?.changeNumber ?? 0, 10)).toEqual(feed.slice(2))
      expect(await directory.changesWaiting(feed[0]?.changeNumber ?? 0)).toEqual({
        count: 2,
        newest: feed[2]?.changeNumber,
      })
    })

    it('a touched object moves to the end; an unknown one is passed over', async () => {
      const { directory } = under().store
      await directory.transaction((transaction) => transaction.putObjects([aUser('a'), aUser('b'), aUser('c')]))
      await directory.transaction((transaction) => transaction.touch(['b', 'unknown', 'a', 'b']))
      const feed = await directory.changesAfter(0, 10)
      expect(feed.map((object) => object.objectId)).toEqual(['c', 'a', 'b'])
      expect(new Set(feed.map((object) => object.changeNumber)).size).toBe(3)
    })

    it('a number is never given out twice, even when its transaction failed', async () => {
      const { directory } = under().store
      await directory.transaction((transaction) => transaction.putObjects([aUser('a')]))
      const failed = directory.transaction(async (transaction) => {
        await transaction.putObjects([aUser('b')])
        throw new Error('the wire broke')
      })
      await expect(failed).rejects.toThrow('the wire broke')
      await directory.transaction((transaction) => transaction.touch(['a']))
      expect((await directory.changesAfter(1, 10)).map((object) => object.objectId)).toEqual(['a'])
    })

    it('a reader that follows many writers misses nothing and repeats nothing', async () => {
      const writers = isShared ? [under().store, await under().another()] : [under().store]
      const reader = isShared ? await under().another() : under().store
      const perWriter = 40
      let isWriting = true
      const seen: string[] = []
      const follow = async (): Promise<void> => {
        let after = 0
        for (;;) {
          const isLastLook = !isWriting
          const page = await reader.directory.changesAfter(after, 7)
          seen.push(...page.map((object) => object.objectId))
          after = page.at(-1)?.changeNumber ?? after
          if (isLastLook && page.length === 0) return
          await nextTurn()
        }
      }
      const write = async (which: number): Promise<void> => {
        const store = writers[which]
        for (let round = 0; round < perWriter; round += 1) {
          await store?.directory.transaction(async (transaction) => {
            await transaction.putObjects([aUser(`${String(which)}-${String(round)}-first`)])
            // A transaction that takes its time after its number is given out: others may not overtake it in the feed.
            await transaction.members(['nobody'])
            await transaction.putObjects([aUser(`${String(which)}-${String(round)}-second`)])
          })
        }
      }
      const following = follow()
      await Promise.all(writers.flatMap((_, which) => [write(which)]))
      isWriting = false
      await following
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.length).toBe(writers.length * perWriter * 2)
    })
  })
}

/* What a transaction promises: alone, whole or not at all, unseen until it is committed. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { aUser } from '../../../test/builders/stored.ts'
import type { DirectoryTransaction, Store } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function transactionsContract(under: () => StoreUnderTest, isShared: boolean): void {
  describe('transactions', () => {
    it('a thrown error undoes everything and is passed on', async () => {
      const { directory } = under().store
      const failure = new Error('the wire broke')
      const failed = directory.transaction(async (transaction) => {
        await transaction.putObjects([aUser('a')])
        await transaction.replaceMembers('g', ['a'])
        throw failure
      })
      await expect(failed).rejects.toBe(failure)
      expect(await directory.objects(['a'])).toEqual([])
      expect(await directory.members(['g'])).toEqual(new Map())
      await directory.transaction((transaction) => transaction.putObjects([aUser('b')]))
      expect(await directory.objects(['b'])).toHaveLength(1)
    })

    it('answers what its work answered, and sees its own writes', async () => {
      const found = await under().store.directory.transaction(async (transaction) => {
        await transaction.putObjects([aUser('a')])
        return transaction.objects(['a'])
      })
      expect(found).toMatchObject([{ objectId: 'a' }])
    })

    it('two that begin at once do not interleave', async () => {
      const stores: readonly Store[] = isShared ? [under().store, await under().another()] : [under().store]
      await under().store.directory.transaction((transaction) => transaction.putObjects([aUser('count', { count: 0 })]))
      const addOne = (store: Store): Promise<void> =>
        store.directory.transaction(async (transaction) => {
          const [row] = await transaction.objects(['count'])
          await nextTurn()
          await transaction.putObjects([aUser('count', { count: Number(row?.attributes['count']) + 1 })])
        })
      await Promise.all(Array.from({ length: 20 }, () => stores.map(addOne)).flat())
      const [row] = await under().store.directory.objects(['count'])
      expect(row?.attributes).toEqual({ count: 20 * stores.length })
    })

    it('nobody outside sees what is not committed', async () => {
      const { store } = under()
      const readers = isShared ? [store, await under().another()] : [store]
      let wrote: (() => void) | undefined
      const hasWritten = new Promise<void>((resolve) => (wrote = resolve))
      let goOn: (() => void) | undefined
      const mayGoOn = new Promise<void>((resolve) => (goOn = resolve))
      const writing = store.directory.transaction(async (transaction) => {
        await transaction.putObjects([aUser('a')])
        wrote?.()
        await mayGoOn
        throw new Error('undone after all')
      })
      await hasWritten
      const reading = readers.map((reader) => reader.directory.objects(['a']))
      // Where there is one connection the read waits for the transaction; elsewhere it answers before.
      goOn?.()
      await expect(writing).rejects.toThrow('undone after all')
      for (const read of reading) expect(await read).toEqual([])
    })

    it('the same store can be read inside a transaction', async () => {
      const { directory, jobs } = under().store
      await directory.transaction(async (transaction) => {
        await transaction.putObjects([aUser('a')])
        expect(await jobs.list()).toEqual([])
        await under().store.getValue('tenant')
      })
      expect(await directory.objects(['a'])).toHaveLength(1)
    })

    it('one inside another is refused, because it would wait for itself', async () => {
      const { directory } = under().store
      const nested = directory.transaction(async () => {
        await under().store.setValue('a', 'b')
      })
      await expect(nested).rejects.toThrow('inside another')
      await directory.transaction((transaction) => transaction.putObjects([aUser('a')]))
    })

    it('one that has ended is refused', async () => {
      const { directory } = under().store
      let kept: DirectoryTransaction | undefined
      await directory.transaction(async (transaction) => {
        kept = transaction
        await Promise.resolve()
      })
      await expect(kept?.putObjects([aUser('late')])).rejects.toThrow('after it had ended')
      expect(await directory.objects(['late'])).toEqual([])
    })
  })

  describe('values under a name', () => {
    it('come back, are replaced, and are null when absent', async () => {
      const { store } = under()
      expect(await store.getValue('tenant')).toBeNull()
      await store.setValue('tenant', 'one')
      await store.setValue('tenant', 'two')
      expect(await store.getValue('tenant')).toBe('two')
    })
  })

  if (isShared) {
    describe('opened again', () => {
      it('a store holds what was acknowledged before', async () => {
        await under().store.setValue('tenant', 'one')
        await under().store.close()
        const again = await under().another()
        expect(await again.getValue('tenant')).toBe('one')
      })
    })
  }
}

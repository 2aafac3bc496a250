/* What a mirror remembers of the system it follows: its part of the store contract. */
import { describe, expect, it } from 'vitest'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function mirrorContract(under: () => StoreUnderTest): void {
  const directory = () => under().store.directory

  describe('the memory of a mirror', () => {
    it('keeps one state by name, together with what was written beside it', async () => {
      expect(await directory().mirrorState('users')).toBeNull()
      await directory().transaction((transaction) => transaction.putMirrorState('users', 'page 1'))
      const failing = directory().transaction(async (transaction) => {
        await transaction.putMirrorState('users', 'page 2')
        expect(await transaction.mirrorState('users')).toBe('page 2')
        throw new Error('broken off')
      })
      await expect(failing).rejects.toThrow('broken off')
      expect(await directory().mirrorState('users')).toBe('page 1')
      expect(await directory().mirrorState('groups')).toBeNull()
    })

    it('knows in which reading something was seen last, each kind by itself', async () => {
      await directory().transaction(async (transaction) => {
        await transaction.noteMirrored('User', ['a', 'b', 'c', 'd'], 1)
        await transaction.noteMirrored('Group', ['a'], 1)
        await transaction.noteMirrored('User', ['b', 'b'], 2)
      })
      expect(await directory().mirrorRounds('User', ['a', 'b', 'z'])).toEqual(
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
      )
      const unseen = (after: string | null, limit = 10) =>
        directory().mirrorUnseen({ kind: 'User', round: 2, after, limit })
      expect(await unseen(null)).toEqual(['a', 'c', 'd'])
      expect(await unseen(null, 2)).toEqual(['a', 'c'])
      expect(await unseen('c')).toEqual(['d'])
      expect(await directory().countMirrored('User', 2)).toEqual({ all: 4, unseen: 3 })
      expect(await directory().countMirrored('Member', 2)).toEqual({ all: 0, unseen: 0 })
    })

    it('forgets some of a kind, or all', async () => {
      await directory().transaction(async (transaction) => {
        await transaction.noteMirrored('User', ['a', 'b'], 1)
        await transaction.noteMirrored('Member', ['g a', 'g b'], 1)
        await transaction.forgetMirrored('User', ['a', 'nobody'])
        await transaction.forgetMirrored('Member', 'all')
      })
      expect([...(await directory().mirrorRounds('User', ['a', 'b'])).keys()]).toEqual(['b'])
      expect(await directory().countMirrored('Member', 2)).toEqual({ all: 0, unseen: 0 })
    })
  })
}

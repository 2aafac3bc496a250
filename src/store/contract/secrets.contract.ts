/* The part of sealed secrets in the store contract. */
import { describe, expect, it } from 'vitest'
import type { SealedSecret } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function secretsContract(under: () => StoreUnderTest): void {
  const secrets = () => under().store.secrets
  const aSecret = (name: string, sealed = `v1.${name}`, keyId = 'one') => ({ name, keyId, sealed })
  const named = (found: readonly SealedSecret[]) =>
    found.map(({ ownerId, name, sealed }) => `${ownerId} ${name} ${sealed}`)

  describe('secrets', () => {
    it('are kept by owner and name, and replaced as a whole', async () => {
      await secrets().replace('b', [aSecret('SecretToken'), aSecret('BaseAddress')])
      await secrets().replace('a', [aSecret('SecretToken', 'v1.other')])
      expect(await secrets().list('b')).toEqual([
        { ownerId: 'b', ...aSecret('BaseAddress') },
        { ownerId: 'b', ...aSecret('SecretToken') },
      ])
      await secrets().replace('b', [aSecret('SecretToken', 'v1.new')])
      expect(named(await secrets().list('b'))).toEqual(['b SecretToken v1.new'])
      await secrets().replace('b', [])
      expect(await secrets().list('b')).toEqual([])
      expect(named(await secrets().list('a'))).toEqual(['a SecretToken v1.other'])
    })

    it('are not replaced by whoever has not seen them as they are now', async () => {
      const seen = [aSecret('SecretToken', 'v1.seen')]
      await secrets().replace('a', seen)
      expect(await secrets().replaceIf('a', seen, [aSecret('SecretToken', 'v1.next')])).toBe(true)
      expect(await secrets().replaceIf('a', seen, [aSecret('SecretToken', 'v1.late')])).toBe(false)
      expect(await secrets().replaceIf('a', [], [])).toBe(false)
      expect(named(await secrets().list('a'))).toEqual(['a SecretToken v1.next'])
      expect(await secrets().replaceIf('b', [], [aSecret('SecretToken')])).toBe(true)
    })

    it('are found by the key they are not sealed with, page by page', async () => {
      await secrets().replace('a', [aSecret('x', 'ax', 'old'), aSecret('y', 'ay', 'new')])
      await secrets().replace('b', [aSecret('w', 'bw', 'older'), aSecret('z', 'bz', 'old')])
      const page = await secrets().notSealedWith('new', { after: null, limit: 2 })
      expect(named(page)).toEqual(['a x ax', 'b w bw'])
      expect(named(await secrets().notSealedWith('new', { after: page[1] ?? null, limit: 2 }))).toEqual(['b z bz'])
      expect(await secrets().countByKey()).toEqual([
        { keyId: 'new', count: 1 },
        { keyId: 'old', count: 2 },
        { keyId: 'older', count: 1 },
      ])
    })

    it('are sealed again only as long as they are what was read', async () => {
      await secrets().replace('a', [aSecret('x', 'read'), aSecret('y', 'read too')])
      await secrets().replace('a', [aSecret('x', 'changed meanwhile'), aSecret('y', 'read too')])
      const again = (name: string, before: string) => ({ ownerId: 'a', ...aSecret(name, 'again', 'two'), before })
      expect(await secrets().reseal([again('x', 'read'), again('y', 'read too'), again('gone', 'read')])).toBe(1)
      expect(named(await secrets().list('a'))).toEqual(['a x changed meanwhile', 'a y again'])
    })

    it('are forgotten by the key they are sealed with', async () => {
      await secrets().replace('a', [aSecret('x', 'ax', 'lost'), aSecret('y', 'ay', 'kept')])
      await secrets().replace('b', [aSecret('x', 'bx', 'lost')])
      expect(await secrets().removeSealedWith('lost')).toBe(2)
      expect(await secrets().removeSealedWith('lost')).toBe(0)
      expect(named(await secrets().list('a'))).toEqual(['a y ay'])
    })

    it('go with the service principal they belong to', async () => {
      await secrets().replace('a', [aSecret('x')])
      await secrets().replace('b', [aSecret('x')])
      await under().store.directory.transaction((transaction) => transaction.deleteApplications(['a']))
      expect(await secrets().list('a')).toEqual([])
      expect(await secrets().list('b')).toHaveLength(1)
    })
  })
}

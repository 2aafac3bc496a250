/* Accounts, passkeys, handed secrets and counted attempts in the store contract. */
import { describe, expect, it } from 'vitest'
import { aHandedSecret, aPasskey, anAccount, noon } from '../../../test/builders/stored.ts'
import type { AccountStore } from '../store.ts'
import type { StoreUnderTest } from './store-under-test.contract.ts'

export function accountsContract(under: () => StoreUnderTest): void {
  const accounts = (): AccountStore => under().store.accounts

  describe('accounts', () => {
    it('are found by id, by name without case and by external identity, as they were stored', async () => {
      const mira = anAccount('1', {
        userPrincipalName: 'Mira@Example.com',
        passwordHash: '$argon2id$x',
        externalIdentity: { issuer: 'https://login.example.com', subject: 'abc' },
      })
      expect(await accounts().create(mira)).toBe(true)
      expect(await accounts().get('1')).toEqual(mira)
      expect(await accounts().byPrincipalName('mira@EXAMPLE.com')).toEqual(mira)
      expect(await accounts().byExternalIdentity('https://login.example.com', 'abc')).toEqual(mira)
      expect(await accounts().byExternalIdentity('https://login.example.org', 'abc')).toBeNull()
      expect(await accounts().get('2')).toBeNull()
      expect(await accounts().byPrincipalName('mira')).toBeNull()
    })

    it('an id, a name and an external identity are taken once', async () => {
      const externalIdentity = { issuer: 'i', subject: 's' }
      await accounts().create(anAccount('1', { userPrincipalName: 'Straße@example.com', externalIdentity }))
      expect(await accounts().create(anAccount('1', { userPrincipalName: 'b@example.com' }))).toBe(false)
      expect(await accounts().create(anAccount('2', { userPrincipalName: 'STRASSE@example.com' }))).toBe(false)
      expect(await accounts().create(anAccount('3', { externalIdentity }))).toBe(false)
      expect(await accounts().create(anAccount('4'))).toBe(true)
      expect(await accounts().create(anAccount('5'))).toBe(true)
      expect((await accounts().list({ text: '', after: null, limit: 9 })).total).toBe(3)
    })

    it('are listed in order of name, searched without case, in pages', async () => {
      for (const name of ['c', 'A', 'b', 'D'])
        await accounts().create(
          anAccount(`id-${name}`, { userPrincipalName: `${name}@example.com`, displayName: `Örtlich ${name}` }),
        )
      const names = async (text: string, after: string | null, limit: number) => {
        const page = await accounts().list({ text, after, limit })
        return { names: page.accounts.map((each) => each.userPrincipalName[0]), total: page.total, cursor: page.cursor }
      }
      const page = await names('', null, 3)
      expect(page).toMatchObject({ names: ['A', 'b', 'c'], total: 4 })
      expect(await names('', page.cursor, 3)).toEqual({ names: ['D'], total: 4, cursor: null })
      expect(await names('ÖRTLICH B', null, 3)).toEqual({ names: ['b'], total: 1, cursor: null })
      expect(await names('%', null, 3)).toEqual({ names: [], total: 0, cursor: null })
    })

    it('a change touches what it names; one that ends sessions voids every secret of that account alone', async () => {
      await accounts().create(anAccount('1', { passwordHash: 'p' }))
      await accounts().create(anAccount('2'))
      await accounts().handOut(aHandedSecret('s1', { objectId: '1' }))
      await accounts().handOut(aHandedSecret('s2', { objectId: '2' }))
      expect(await accounts().change('1', { lastSignInAt: noon })).toBe(true)
      expect(await accounts().get('1')).toEqual(anAccount('1', { passwordHash: 'p', lastSignInAt: noon }))
      expect(await accounts().handed('s1')).not.toBeNull()
      expect(await accounts().change('1', { isDisabled: true, passwordHash: null }, { endsSessions: true })).toBe(true)
      expect(await accounts().get('1')).toMatchObject({ isDisabled: true, passwordHash: null, epoch: 1 })
      expect(await accounts().handed('s1')).toBeNull()
      expect(await accounts().handed('s2')).not.toBeNull()
      expect(await accounts().change('9', { isDisabled: true })).toBe(false)
    })

    it('what is deleted takes its passkeys and secrets along', async () => {
      await accounts().create(anAccount('1'))
      await accounts().addPasskey(aPasskey('key', { objectId: '1' }))
      await accounts().handOut(aHandedSecret('s', { objectId: '1' }))
      expect(await accounts().delete('1')).toBe(true)
      expect(await accounts().delete('1')).toBe(false)
      expect(await accounts().passkey('key')).toBeNull()
      expect(await accounts().handed('s')).toBeNull()
    })

    it('passkeys come back as they were, are known once, and note their use', async () => {
      await accounts().create(anAccount('1'))
      await accounts().create(anAccount('2'))
      const key = aPasskey('key', { objectId: '1', transports: ['usb', 'nfc'] })
      expect(await accounts().addPasskey(key)).toBe(true)
      expect(await accounts().addPasskey({ ...key, objectId: '2' })).toBe(false)
      expect(await accounts().addPasskey(aPasskey('later', { objectId: '1', createdAt: noon + 1 }))).toBe(true)
      expect((await accounts().passkeys(['1', '2'])).get('1')?.map((each) => each.credentialId)).toEqual([
        'key',
        'later',
      ])
      expect((await accounts().passkeys(['2'])).get('2')).toBeUndefined()
      await accounts().notePasskeyUse('key', { counter: 7, at: noon + 5 })
      expect(await accounts().passkey('key')).toEqual({ ...key, counter: 7, lastUsedAt: noon + 5 })
      expect(await accounts().removePasskey('2', 'key')).toBe(false)
      expect(await accounts().removePasskey('1', 'key')).toBe(true)
      expect(await accounts().passkey('key')).toBeNull()
    })
  })

  describe('handed secrets', () => {
    it('of many that use one up at once exactly one is first', async () => {
      await accounts().handOut(aHandedSecret('s', { content: '{"a":1}' }))
      const uses = await Promise.all(Array.from({ length: 8 }, (_, at) => accounts().useUp('s', noon + at)))
      expect(uses.filter((use) => use?.usedAt === null)).toEqual([aHandedSecret('s', { content: '{"a":1}' })])
      expect(uses.every((use) => use !== null)).toBe(true)
      expect(await accounts().useUp('unknown', noon)).toBeNull()
    })

    it('a family ends together', async () => {
      await accounts().handOut(aHandedSecret('a', { familyId: 'f' }))
      await accounts().handOut(aHandedSecret('b', { familyId: 'f', kind: 'refresh' }))
      await accounts().handOut(aHandedSecret('c', { familyId: 'g' }))
      await accounts().endFamily('f')
      expect([await accounts().handed('a'), await accounts().handed('b')]).toEqual([null, null])
      expect(await accounts().handed('c')).toEqual(aHandedSecret('c', { familyId: 'g' }))
    })

    it('what has expired is purged, the oldest first', async () => {
      for (const at of [1, 2, 3]) await accounts().handOut(aHandedSecret(`s${String(at)}`, { expiresAt: noon + at }))
      expect(await accounts().purgeSecrets(noon + 3, 1)).toBe(1)
      expect(await accounts().handed('s1')).toBeNull()
      expect(await accounts().purgeSecrets(noon + 3, 9)).toBe(1)
      expect(await accounts().handed('s3')).not.toBeNull()
    })
  })

  describe('attempts to sign in', () => {
    it('are counted before they are looked at, and wait', async () => {
      const wait = (failures: number): number => (failures < 3 ? noon : noon + failures)
      const begun = await Promise.all(Array.from({ length: 9 }, () => accounts().beginAttempt('k', noon, wait)))
      expect(begun.filter((each) => each !== null).map((each) => each.failures)).toEqual([1, 2, 3])
      expect(await accounts().attempts('k')).toEqual({ failures: 3, waitsUntil: noon + 3 })
      expect(await accounts().beginAttempt('k', noon + 2, wait)).toBeNull()
      expect(await accounts().beginAttempt('k', noon + 3, wait)).toEqual({ failures: 4 })
      expect(await accounts().beginAttempt('other', noon, wait)).toEqual({ failures: 1 })
      await accounts().forgetAttempts('k')
      expect(await accounts().attempts('k')).toBeNull()
    })

    it('that ended long ago are purged', async () => {
      await accounts().beginAttempt('old', noon, () => noon)
      await accounts().beginAttempt('waits', noon, () => noon + 9)
      expect(await accounts().purgeAttempts(noon + 5, 9)).toBe(1)
      expect(await accounts().attempts('old')).toBeNull()
      expect(await accounts().attempts('waits')).not.toBeNull()
    })
  })
}

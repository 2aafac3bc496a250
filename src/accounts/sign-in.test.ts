/* Signing in by password: one answer for everything that is wrong, the same work for it, and waits that end. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Crypto from 'node:crypto'
import { anAccount, noon } from '../../test/builders/stored.ts'
import { openSqliteStore } from '../store/index.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../vocabulary/index.ts'
import { createAccount, setPassword } from './manage.ts'
import { passwordsWaitUntil, signInByPassword } from './sign-in.ts'

const { derived } = vi.hoisted(() => ({ derived: [] as unknown[] }))
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof Crypto>()
  return {
    ...crypto,
    argon2: (algorithm: 'argon2id', cost: Crypto.Argon2Parameters, done: (e: Error | null, tag: Buffer) => void) => {
      derived.push({ algorithm, memory: cost.memory, passes: cost.passes, parallelism: cost.parallelism })
      crypto.argon2(algorithm, cost, done)
    },
  }
})

const right = 'four words of chance'
let store: Store
let now: number
const clock: Clock = { now: () => now, elapsed: () => now, sleep: () => Promise.resolve() }
const tryOne = (name: string, password: string): ReturnType<typeof signInByPassword> =>
  signInByPassword({ store, clock }, { name, password })

beforeEach(async () => {
  now = noon
  store = await openSqliteStore({ file: ':memory:' })
  await createAccount(
    { store, clock },
    { userPrincipalName: 'mira@example.com', displayName: 'Mira Okafor', password: right },
  )
})
afterEach(() => store.close())

describe('a password', () => {
  it('lets its owner in, whatever the case of the name', async () => {
    expect(await tryOne('MIRA@example.com', right)).toMatchObject({
      kind: 'signedIn',
      account: { userPrincipalName: 'mira@example.com' },
    })
    expect((await store.accounts.byPrincipalName('mira@example.com'))?.lastSignInAt).toBe(noon)
  })

  it('an unknown name, a disabled account, one without a password and a wrong one: one answer, the same work', async () => {
    await store.accounts.create(anAccount('none', { userPrincipalName: 'none@example.com' }))
    await createAccount(
      { store, clock },
      { userPrincipalName: 'gone@example.com', displayName: 'Gone', password: right },
    )
    const gone = await store.accounts.byPrincipalName('gone@example.com')
    await store.accounts.change(gone?.objectId ?? '', { isDisabled: true })
    const cases = [
      ['mira@example.com', 'wrong words of chance'],
      ['nobody@example.com', right],
      ['none@example.com', right],
      ['gone@example.com', right],
    ] as const
    for (const [name, password] of cases) {
      derived.length = 0
      expect(await tryOne(name, password)).toEqual({ kind: 'refused' })
      expect(derived).toEqual([{ algorithm: 'argon2id', memory: 19_456, passes: 2, parallelism: 1 }])
    }
  })

  it('wrong ones wait, known name or not; then even the right one waits, and comes in afterwards', async () => {
    for (const name of ['mira@example.com', 'nobody@example.com']) {
      for (let at = 0; at < 5; at += 1) expect(await tryOne(name, `wrong ${String(at)}`)).toEqual({ kind: 'refused' })
      derived.length = 0
      expect(await tryOne(name, right)).toEqual({ kind: 'waits', until: noon + 2000 })
      expect(derived).toEqual([])
    }
    now += 2000
    expect(await tryOne('mira@example.com', right)).toMatchObject({ kind: 'signedIn' })
    expect(await tryOne('mira@example.com', 'wrong')).toEqual({ kind: 'refused' })
  })

  it('many guesses at once are no more guesses than one after the other', async () => {
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, at) => tryOne('mira@example.com', `guess ${String(at)}`)),
    )
    expect(all.filter(({ kind }) => kind === 'refused')).toHaveLength(5)
    expect(all.filter(({ kind }) => kind === 'waits')).toHaveLength(35)
  })

  it('a wait grows and ends: nobody is locked out for good, and a password set anew ends it at once', async () => {
    expect([4, 5, 6, 9, 14, 15, 500].map((failures) => passwordsWaitUntil(failures, 0) / 1000)).toEqual([
      0, 2, 4, 32, 900, 900, 900,
    ])
    for (let at = 0; at < 6; at += 1) await tryOne('mira@example.com', 'wrong')
    const mira = await store.accounts.byPrincipalName('mira@example.com')
    if (mira === null) throw new Error('the account is gone')
    await setPassword({ store, clock }, mira, 'four other words')
    expect(await tryOne('mira@example.com', right)).toEqual({ kind: 'refused' })
    expect(await tryOne('mira@example.com', 'four other words')).toMatchObject({ kind: 'signedIn' })
  })
})

describe('an account', () => {
  it('has the id of the user of the directory with its name, once, else its own', async () => {
    const user = {
      objectId: 'directory-id',
      objectType: 'User',
      presence: 'present',
      deletedAt: null,
      attributes: { userPrincipalName: 'Ana@Example.com', displayName: 'Ana' },
    } as const
    await store.directory.transaction((session) => session.putObjects([user]))
    const ana = await createAccount({ store, clock }, { userPrincipalName: 'ana@example.com', displayName: 'Ana' })
    expect(ana.objectId).toBe('directory-id')
    const bo = await createAccount({ store, clock }, { userPrincipalName: 'Ana', displayName: 'Bo' })
    expect(bo.objectId).not.toBe('directory-id')
    await expect(
      createAccount({ store, clock }, { userPrincipalName: 'ANA@example.com', displayName: 'Ana' }),
    ).rejects.toThrow('already')
  })
})

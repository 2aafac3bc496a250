/* Passwords: kept as argon2id with its parameters, compared alike, and which are taken. */
import { argon2Sync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashPassword, isRightPassword, passwordFault } from './password.ts'

const mira = { userPrincipalName: 'mira.okafor@example.com', displayName: 'Mira Okafor' }

describe('the hash of a password', () => {
  it('is a PHC string of argon2id that another implementation of the check agrees with', async () => {
    const hash = await hashPassword('four words of chance')
    const match = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$([^$]{22})\$([^$]{43})$/.exec(hash)
    const tag = argon2Sync('argon2id', {
      message: 'four words of chance',
      nonce: Buffer.from(match?.[1] ?? '', 'base64'),
      parallelism: 1,
      tagLength: 32,
      memory: 19_456,
      passes: 2,
    })
    expect(tag.toString('base64').replaceAll('=', '')).toBe(match?.[2])
    expect(await hashPassword('four words of chance')).not.toBe(hash)
  })

  it('is right for that password alone, however its letters are composed', async () => {
    const hash = await hashPassword('Zürich im Regen')
    expect(await isRightPassword('Zu\u0308rich im Regen', hash)).toBe(true)
    expect(await isRightPassword('Zürich im regen', hash)).toBe(false)
    expect(await isRightPassword('', hash)).toBe(false)
  })

  it('made with other parameters still counts', async () => {
    const cheap = { message: 'an older password', nonce: Buffer.alloc(16, 7), parallelism: 1, tagLength: 32 } as const
    const tag = argon2Sync('argon2id', { ...cheap, memory: 64, passes: 1 })
      .toString('base64')
      .replaceAll('=', '')
    const hash = `$argon2id$v=19$m=64,t=1,p=1$${Buffer.alloc(16, 7).toString('base64').replaceAll('=', '')}$${tag}`
    expect(await isRightPassword('an older password', hash)).toBe(true)
    expect(await isRightPassword('a newer password', hash)).toBe(false)
  })

  it('no password is right where there is none', async () => {
    expect(await isRightPassword('', null)).toBe(false)
    expect(await isRightPassword('anything at all', null)).toBe(false)
  })

  it('what is longer than any password is wrong, and costs no more', async () => {
    const hash = await hashPassword('x'.repeat(256))
    expect(await isRightPassword('x'.repeat(100_000), hash)).toBe(false)
  })
})

describe('a password is taken', () => {
  it.each([
    ['four words of chance', null],
    ['short', /5 characters.*at least 12/],
    ['y'.repeat(20), /repeats/],
    ['Mira.Okafor2026', /name of the account/],
    ['x1'.repeat(200), /400 characters/],
  ])('%j', (password, fault) => {
    if (fault === null) expect(passwordFault(password, mira)).toBeNull()
    else expect(passwordFault(password, mira)).toMatch(fault)
  })

  it('whatever it is, with an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (password) => {
        const fault = passwordFault(password, mira)
        expect(fault === null || fault.endsWith('.')).toBe(true)
        if (password.length > 4) expect(fault ?? '').not.toContain(password)
      }),
    )
  })
})

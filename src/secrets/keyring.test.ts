/* What a seal promises: it opens with its key in its place, and nowhere else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyring, SealError, secretContext } from './keyring.ts'
import { newMasterKey } from './master-key.ts'

const [old, other] = [newMasterKey(), newMasterKey()]
const ring = createKeyring([old])

const openingOf = (sealed: string, context: string, keyring = ring): string | SealError => {
  try {
    return keyring.open(sealed, context)
  } catch (error) {
    if (error instanceof SealError) return error
    throw error
  }
}

describe('a sealed text', () => {
  it('opens to what was sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (text, owner, name) => {
        const context = secretContext(owner, name)
        const { keyId, sealed } = ring.seal(text, context)
        expect(keyId).toBe(old.id)
        expect(ring.open(sealed, context)).toBe(text)
      }),
    )
  })

  it('does not open in the place of another owner or name', () => {
    fc.assert(
      fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), (here, there) => {
        fc.pre(here[0] !== there[0] || here[1] !== there[1])
        const { sealed } = ring.seal('xoxp-1', secretContext(...here))
        expect(openingOf(sealed, secretContext(...there))).toMatchObject({ found: 'damaged' })
      }),
    )
  })

  it('does not open when a single bit of it is another', () => {
    const { sealed } = ring.seal('xoxp-1', 'here')
    const head = sealed.slice(0, sealed.lastIndexOf('.') + 1)
    const body = Buffer.from(sealed.slice(head.length), 'base64url')
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      const changed = Buffer.from(body)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(openingOf(head + changed.toString('base64url'), 'here')).toMatchObject({ found: 'damaged' })
    }
  })

  it('does not open when it is cut off, or was never sealed', () => {
    const { sealed } = ring.seal('xoxp-1', 'here')
    for (let length = 0; length < sealed.length; length += 1)
      expect(openingOf(sealed.slice(0, length), 'here')).toBeInstanceOf(SealError)
    expect(openingOf('xoxp-1', 'here')).toMatchObject({ found: 'damaged' })
  })

  it('is another one each time, and shows nothing of the text', () => {
    const sealed = Array.from({ length: 50 }, () => ring.seal('the same', 'here').sealed)
    expect(new Set(sealed).size).toBe(50)
    expect(sealed.join()).not.toContain(Buffer.from('the same').toString('base64url'))
  })
})

describe('a keyring', () => {
  it('seals with its first key and opens with all of them', () => {
    const before = ring.seal('text', 'here').sealed
    const both = createKeyring([other, old])
    expect(both.seal('text', 'here').keyId).toBe(other.id)
    expect(both.open(before, 'here')).toBe('text')
  })

  it('says which key is missing, and nothing of any key', () => {
    const { sealed } = ring.seal('text', 'here')
    const opening = openingOf(sealed, 'here', createKeyring([other]))
    expect(opening).toMatchObject({ found: 'unknownKey' })
    expect(String(opening)).toContain(old.id)
    for (const key of [old, other])
      for (const form of ['base64', 'base64url', 'hex'] as const)
        expect(String(opening)).not.toContain(key.bytes.toString(form))
  })

  it('looks once whether another process has made the missing key', () => {
    const { sealed } = ring.seal('text', 'here')
    expect(createKeyring([other], () => [old]).open(sealed, 'here')).toBe('text')
  })

  it('does not take a key for another one with its id', () => {
    const { sealed } = ring.seal('text', 'here')
    const forged = createKeyring([{ id: old.id, bytes: other.bytes }])
    expect(openingOf(sealed, 'here', forged)).toMatchObject({ found: 'damaged' })
  })
})

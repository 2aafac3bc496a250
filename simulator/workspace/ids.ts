/*
 * Ids and tokens, deterministic from the seed (slack.md 10.2): U0/W0/S0/T0/E0 + 9 characters of base 32.
 */

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUV'
const mask = (1n << 45n) - 1n
const firstFactor = 0x1b873593_9e3dn | 1n
const secondFactor = 0x9e3779b9_7f4bn | 1n
const thirdFactor = 0x0cc5_c2b2_ae35n

/** A bijection on 45 bits: two numbers never give the same id, and neighbours look unrelated. */
export function idOf(prefix: string, seed: number, number: number): string {
  // The kind of thing is mixed in, so that a group does not look like a person.
  const offset = BigInt(seed) * secondFactor + BigInt(prefix.charCodeAt(0)) * thirdFactor
  let mixed = (BigInt(number) * firstFactor + offset) & mask
  mixed ^= mixed >> 23n
  mixed = (mixed * secondFactor) & mask
  mixed ^= mixed >> 21n
  let text = ''
  for (let index = 0; index < 9; index++) {
    text += alphabet.charAt(Number(mixed & 31n))
    mixed >>= 5n
  }
  return prefix + text
}

/** Looks like Slack's, and says at its end that it is none. */
export function tokenOf(prefix: string, seed: number, number: number): string {
  return `${prefix}-${digitsOf(seed, number)}-${digitsOf(seed + 7919, number)}-simulator`
}

function digitsOf(seed: number, number: number): string {
  const mixed = (BigInt(number + 1) * secondFactor + BigInt(seed + 1) * firstFactor) & mask
  return String((mixed ^ (mixed >> 17n)) % 1_000_000_000_000n).padStart(12, '0')
}

/** A small generator for jitter and chance; the same seed gives the same sequence (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Thirty-two hexadecimal digits of a text, for picture addresses. No secret depends on it. */
export function fingerprintOf(text: string): string {
  let result = ''
  for (let part = 0; part < 4; part++) {
    let hash = 0x811c9dc5 ^ Math.imul(part, 0x9e3779b1)
    for (let index = 0; index < text.length; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    }
    result += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return result
}

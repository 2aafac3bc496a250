/* What is made fast gives what the plain way gives: each short cut against the rule written out (expressions.md 8.1, 9.4). */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anExpression, someAttributes, someContext } from '../../test/builders/expressions.ts'
import { lowerInvariant, upperInvariant } from './casing.ts'
import { compileExpression } from './compile.ts'
import { normalizeDiacritics } from './diacritics.ts'

const runs = { numRuns: 3_000 }

/** Mostly letters on which the short cuts decide. */
const text = fc.array(
  fc.oneof(
    fc.constantFrom(...'aZ9 -.@ßıİΣςσŉǰΐΰﬁﬀæÆøØœłŁäÄéñ\u0301\u0323\u0345がйάđħŧ😀\ud83d\ude00\u1e9e\u1fb7ᾳ'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 3 }),
  ),
  { maxLength: 12 },
)

const given = text.map((pieces) => pieces.join(''))

/** Annex 9.4: one character to one; what would become several stays. */
function oneToOne(from: string, map: (character: string) => string): string {
  return [...from]
    .map((character) => {
      const mapped = map(character)
      return [...mapped].length === 1 ? mapped : character
    })
    .join('')
}

/** Decision S4, letter by letter. */
function plainLetters(from: string): string {
  const table: Readonly<Record<string, string>> = {
    æ: 'ae',
    Æ: 'AE',
    ø: 'oe',
    Ø: 'OE',
    œ: 'oe',
    Œ: 'OE',
    ß: 'ss',
    ł: 'l',
    Ł: 'L',
    ı: 'i',
  }
  const replaced = [...from].map((letter) => table[letter] ?? letter).join('')
  let isAfterLatin = false
  const kept = [...replaced.normalize('NFD')].filter((character) => {
    const isMark = /^[\u0300-\u036f]$/u.test(character)
    if (!isMark) isAfterLatin = /^\p{Script=Latin}$/u.test(character)
    return !(isMark && isAfterLatin)
  })
  return kept.join('').normalize('NFC')
}

/** The value of an expression that has one. */
function valueOf(expression: string, attributes: Readonly<Record<string, string>>): unknown {
  const compiled = compileExpression(expression)
  if (!compiled.ok) throw new Error(compiled.error.message)
  const evaluation = compiled.value.evaluate(attributes, {})
  return evaluation.outcome === 'value' ? evaluation.value : evaluation
}

describe('for every text', () => {
  test('lower and upper case are those of its characters', () => {
    fc.assert(
      fc.property(given, (from) => {
        expect(lowerInvariant(from)).toBe(
          oneToOne(from, (character) => (character === 'İ' ? character : character.toLowerCase())),
        )
        expect(upperInvariant(from)).toBe(
          oneToOne(from, (character) => (character === 'ı' ? character : character.toUpperCase())),
        )
      }),
      runs,
    )
  })

  test('the letters without diacritics are those of its characters', () => {
    fc.assert(
      fc.property(given, (from) => {
        expect(normalizeDiacritics(from)).toBe(plainLetters(from))
      }),
      runs,
    )
  })

  test('Replace puts the new text in the place of every old one', () => {
    fc.assert(
      fc.property(given, fc.constantFrom('a', '--', 'ß', 'aa', '\u0301'), given, (from, sought, by) => {
        expect(valueOf('Replace([from], [sought], , , [by], , )', { from, sought, by })).toBe(
          from.split(sought).join(by),
        )
      }),
      runs,
    )
  })

  test('a pattern written as text gives what the same pattern gives that comes from an attribute', () => {
    fc.assert(
      fc.property(given, fc.constantFrom('[^A-Za-z0-9._-]', '(?<n>a)b?', '.', 'x*', '\\s+$'), (from, pattern) => {
        const written = pattern.replaceAll('\\', '\\\\')
        expect(valueOf(`Replace([from], , "${written}", , "<$&>", , )`, { from })).toEqual(
          valueOf('Replace([from], , [pattern], , [by], , )', { from, pattern, by: '<$&>' }),
        )
      }),
      runs,
    )
  })

  test('Mid and Left are those of the units, without half a pair', () => {
    fc.assert(
      fc.property(given, fc.integer({ min: 1, max: 14 }), fc.integer({ min: 0, max: 14 }), (from, start, length) => {
        fc.pre(from.isWellFormed())
        const cut = from.slice(start - 1, start - 1 + length)
        const whole = cut.replace(/^[\udc00-\udfff]/, '').replace(/[\ud800-\udbff]$/, '')
        expect(valueOf(`Mid([from], ${start}, ${length})`, { from })).toBe(whole)
        if (start === 1) expect(valueOf(`Left([from], ${length})`, { from })).toBe(whole)
      }),
      runs,
    )
  })
})

test('the brief answer is the answer', () => {
  fc.assert(
    fc.property(anExpression, someAttributes, someContext, (expression, attributes, context) => {
      const compiled = compileExpression(expression)
      if (!compiled.ok) return
      const sameBytes = { ...context, randomBytes: (count: number) => new Uint8Array(count).fill(7) }
      const brief = compiled.value.evaluateBriefly(attributes, sameBytes)
      const whole =
        brief === null || typeof brief === 'string'
          ? { outcome: 'value', value: brief, isRedacted: false, isAssertive: false }
          : brief
      expect(compiled.value.evaluate(attributes, sameBytes)).toEqual(whole)
    }),
    { numRuns: 1_500 },
  )
})

test.each(Object.getOwnPropertyNames(Object.prototype))('[%s] of an object without it is null', (name) => {
  expect(valueOf(`[${name}]`, {})).toBeNull()
  expect(valueOf(`Coalesce([${name}], "none")`, {})).toBe('none')
})

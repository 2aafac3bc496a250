/* .NET's dialect (expressions.md 9.3). Results marked (net) were obtained from .NET class-library code. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern, finder, groupReplacer, newSteps, substituter } from './index.ts'
import { beginMatching, findNext } from './match.ts'
import { nativePattern } from './native.ts'

function replace(pattern: string, text: string, substitution: string): string {
  return substituter(compilePattern(pattern), substitution)(text, newSteps(), () => undefined)
}

function isFoundIn(pattern: string, text: string): boolean {
  return finder(compilePattern(pattern))(text, newSteps())
}

describe('matching (net)', () => {
  test.each([
    ['[a-z]*', 'abc', 'X', 'XX'],
    ['(?<x>\\w+)-(\\w+)', 'ab-cd', '$1|$2', 'cd|ab'],
    ['(?<2>a)(b)(?<n>c)', 'abc', '$1$2$3', 'bac'],
    ['c$', 'abc\n', 'X', 'abX\n'],
    ['a\\z', 'a\n', 'X', 'a\n'],
    ['a.b', 'a\rb a\u2028b a\nb', 'X', 'X X a\nb'],
    ['(?s)a.b', 'a\nb', 'X', 'X'],
    ['(?m)^', 'a\nb', '>', '>a\n>b'],
    ['\\b', 'né go', '|', '|né| |go|'],
    ['\\d', 'a1٣b', '#', 'a##b'],
    ['\\s', 'a\u0085b\ufeffc', '_', 'a_b\ufeffc'],
    ['(?<a>\\w)\\k<a>', 'bookkeeper', '<$&>', 'b<oo><kk><ee>per'],
    ["(?'q'[ab])\\k'q'", 'abba', '-', 'a-a'],
    ['(?:(a)|b)*', 'ab', '[$1]', '[a][]'],
    ['(a)|b\\1', 'ba', '-', 'b-'],
    ['(?:|a)*', 'aa', '<$&>', '<>a<>a<>'],
    ['(?>a+)ab', 'aaab', 'x', 'aaab'],
    ['[a-z-[aeiou]]+', 'hello', '_', '_e_o'],
    ['[]a]+', 'x]a]', '-', 'x-'],
    ['[a\\-z]', 'a-z', '.', '...'],
    ['[[]', 'a[b', '.', 'a.b'],
    ['x{a', 'x{a', '-', '-'],
    ['a{2,3}?', 'aaaaa', '<$&>', '<aa><aa>a'],
    ['(?i)abc', 'ABC ſ', 'x', 'x ſ'],
    ['(?i:a)b', 'Ab AB', '-', '- AB'],
    ['(?i)σ', 'ΣΣς', '-', '---'],
    ['(?i)i', 'Iİı', '-', '-İı'],
    ['(?x) a  b # and so on', 'ab', '-', '-'],
    ['(?n)(a)(?<b>b)', 'ab', '$1', 'b'],
    ['(?#nothing)a', 'a', '-', '-'],
    ['(?<=@).*$', 'jane@contoso.com', 'x', 'jane@x'],
    ['(?<!a)b', 'ab b', '-', 'ab -'],
    ['(?<=(\\d)(\\w)),', '1a,', '$1$2', '1a1a'],
    ['\\x41\\u0042\\103\\e?', 'ABC', '-', '-'],
    ['\\10', '\b', '-', '-'],
    ['^.*?,(?=(?:CN|OU|DC)=)', 'CN=X,OU=Y,DC=Z', '', 'OU=Y,DC=Z'],
    ['([\\/\\\\\\[\\]\\:\\;\\|\\=\\,\\+\\*\\?\\<\\>])', 'a/b[c]<d>', '', 'abcd'],
  ])('%s on %j by %s', (pattern, text, substitution, result) => {
    expect(replace(pattern, text, substitution)).toBe(result)
  })

  test.each([
    ['$1$01', 'bb'],
    ['$10', '$10'],
    ['${1}0', 'b0'],
    ['${n}', 'c'],
    ['${nope}$9$', '${nope}$9$'],
    ['$$1', '$1'],
    ["$`|$'|$_|$+|$&|$0", 'x|y|xabcy|c|abc|abc'],
    ['$<n>', '$<n>'],
  ])('the substitution %s', (substitution, result) => {
    expect(replace('a(b)(?<n>c)', 'xabcy', substitution)).toBe(`x${result}y`)
  })
})

describe('what is refused, by name', () => {
  test.each([
    ['(?<a-b>x)', 'Balancing groups'],
    ['(?(a)b|c)', 'Conditionals'],
    ['\\Gx', '\\G'],
    ['\\p{IsGreek}', 'block'],
    ['\\p{Greek}', 'category'],
    ['(?r)a', '(?r'],
    ['(?P<a>x)', '(?P'],
    ['([a-z', 'never closed'],
    ['(a', 'never closed'],
    ['a)', 'never opened'],
    ['*a', 'follows nothing'],
    ['a**', 'follows another one'],
    ['a{3,2}', 'lower bound'],
    ['[z-a]', 'backwards'],
    ['[a-\\d]', 'one character'],
    ['\\1', 'group 1'],
    ['\\k<x>', '"x"'],
    ['\\y', 'no escape'],
    ['a\\', 'single backslash'],
    ['[a-z-[b]c]', 'last element'],
  ])('%s: %s', (pattern, reason) => {
    expect(() => compilePattern(pattern)).toThrow(reason)
  })
})

describe('groups', () => {
  test('in group mode the rest of the match stays, and so does a match without the group', () => {
    const expression = compilePattern('(?<area>\\d{3})?-(\\d)')
    const number = expression.groups.numbersByName.get('area') ?? -1
    expect(groupReplacer(expression, number, '$0')('555-1 -2', newSteps(), () => undefined)).toBe('$0-1 -2')
  })
})

const atom = fc.constantFrom(
  'a',
  'b',
  'ab',
  '.',
  '[ab]',
  '[^a]',
  '\\w',
  '\\d',
  '\\s',
  '(?:a|b)',
  '(?:ab|ac)',
  '(a)',
  '(b?)',
  '(?=a)',
  '(?!b)',
  '(?<=a)',
  '^',
  '$',
  '\\z',
  ' ',
  '1',
  '-',
)
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '*?', '+?', '{0,2}?')
const piece = fc.tuple(atom, quantifier).map((parts) => parts.join(''))
const simplePattern = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.option(fc.array(piece, { maxLength: 3 })))
  .map(([first, other]) => first.join('') + (other === null ? '' : `|${other.join('')}`))
const shortText = fc
  .array(fc.constantFrom('a', 'b', 'c', '1', ' ', '-', '\n', 'é'), { maxLength: 12 })
  .map((all) => all.join(''))

describe('two matchers', () => {
  test('the machine is given only patterns on which it agrees with ours', () => {
    fc.assert(
      fc.property(simplePattern, shortText, (pattern, text) => {
        const expression = compilePattern(pattern)
        const native = nativePattern(expression.root, new Set())
        fc.pre(native !== null)
        const spans: [number, number][] = []
        const matching = beginMatching(expression.program(), text)
        for (let from = 0; from <= text.length;) {
          const found = findNext(matching, from)
          if (found === null) break
          spans.push([found.start, found.end])
          from = found.end > found.start ? found.end : found.end + 1
        }
        const machine = [...text.matchAll(new RegExp(native.source, 'g'))].map((match) => [
          match.index,
          match.index + match[0].length,
        ])
        expect(spans).toEqual(machine)
      }),
      { numRuns: 5_000 },
    )
  })

  test('remembering failures changes no match', () => {
    fc.assert(
      fc.property(simplePattern, shortText, (pattern, text) => {
        const program = compilePattern(pattern).program()
        const forgetful = { ...program, remembered: 0, memory: program.memory.map(() => -1) }
        const ends = (used: typeof program): unknown => {
          const matching = beginMatching(used, text)
          return [findNext(matching, 0), [...matching.slots]]
        }
        expect(ends(program)).toEqual(ends(forgetful))
      }),
      { numRuns: 5_000 },
    )
  })

  test('the machine is never given a pattern whose cost can explode', () => {
    for (const pattern of ['(a+)+b', '(a|a)*b', '(a|ab)*c', '(.*)*', '(a?){30}a{30}', '(\\w+\\s?)*!']) {
      expect(nativePattern(compilePattern(pattern).root, new Set())?.textLengthMax ?? 0).toBeLessThan(30)
    }
    expect(nativePattern(compilePattern('[()\\s-]+').root, new Set())?.textLengthMax).toBeGreaterThan(500)
  })
})

test('memory of failures keeps costly patterns linear', () => {
  expect(isFoundIn('(a+)+b', 'a'.repeat(20_000))).toBe(false)
  expect(isFoundIn('(a|aa)+$', `${'a'.repeat(20_000)}b`)).toBe(false)
})

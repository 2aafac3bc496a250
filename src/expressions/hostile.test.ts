/* Input nobody means well: it may be refused, but neither crash, hang, nor reach what is no attribute (section 7). */
import { describe, expect, test } from 'vitest'
import { hostileCalls, hostilePatterns } from '../../test/builders/hostile-patterns.ts'
import type { SourceAttributes, SourceValue } from '../vocabulary/index.ts'
import { compileExpression } from './compile.ts'
import { describeFunctions } from './describe-functions.ts'
import type { GraphSource } from './graph-source.ts'
import { fromGraphSource } from './import-graph-source.ts'
import { parseExpression } from './read.ts'
import type { Evaluation, EvaluationContext } from './run.ts'

function evaluate(text: string, attributes: SourceAttributes = {}, context: EvaluationContext = {}): Evaluation {
  const compiled = compileExpression(text)
  if (!compiled.ok) throw new Error(compiled.error.message)
  return compiled.value.evaluate(attributes, context)
}

function valueOf(text: string, attributes: SourceAttributes = {}): unknown {
  const evaluation = evaluate(text, attributes)
  if (evaluation.outcome !== 'value') throw new Error(`ended with ${evaluation.outcome}`)
  return evaluation.value
}

describe('names of the prototype', () => {
  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])('[%s] is null', (name) => {
    expect(valueOf(`[${name}]`)).toBeNull()
    expect(valueOf(`IsNull([${name}])`)).toBe('True')
  })

  test('an own property of such a name is an attribute like any other', () => {
    const attributes = JSON.parse('{"__proto__": "x", "constructor": "y"}') as SourceAttributes
    expect(valueOf('[__proto__] & [constructor]', attributes)).toBe('xy')
  })

  test('they are no functions, keys of Switch or group names either', () => {
    expect(compileExpression('constructor([a])')).toMatchObject({ ok: false, error: { kind: 'unknownFunction' } })
    expect(compileExpression('__proto__()')).toMatchObject({ ok: false, error: { kind: 'unknownFunction' } })
    expect(valueOf('Switch([a], "none", "x", "y")', { a: 'constructor' })).toBe('none')
    expect(valueOf('Replace([a], , "a", , "${constructor}", , )', { a: 'a' })).toBe('${constructor}')
  })
})

describe('characters', () => {
  test('half a surrogate pair in the source passes through every string function', () => {
    const attributes = { a: '\ud83d', b: '\ude00x\ud83d' }
    for (const call of [
      'ToLower([a])',
      'PCase([b])',
      'NormalizeDiacritics([b])',
      'Trim([a])',
      'Left([b], 2)',
      'Mid([b], 2, 9)',
      'Split([b], "x")',
      'Word([b], 1, "x")',
      'Replace([b], , ".", , "y", , )',
      'ConvertToUTF8Hex([a])',
      'ConvertToBase64([a])',
    ]) {
      expect(evaluate(call, attributes).outcome).toBe('value')
    }
    expect(valueOf('ConvertToUTF8Hex([a])', attributes)).toBe('EFBFBD')
  })

  test('no function cuts a pair in half', () => {
    expect(valueOf('Left([a], 2)', { a: 'x😀y' })).toBe('x')
    expect(valueOf('Mid([a], 3, 2)', { a: 'x😀y' })).toBe('y')
    expect(valueOf('Replace([a], , "^x.", , "", , )', { a: 'x😀y' })).toBe('y')
    expect(valueOf('Replace([a], , "z*", , "-", , )', { a: 'x😀y' })).toBe('-x-😀-y-')
    expect(valueOf('Word([a], 1, "😀")', { a: 'x😀y' })).toBe('x')
  })

  test('marks of direction and zero width are characters', () => {
    expect(valueOf('Trim([a])', { a: '\u202e\u200bx\ufeff' })).toBe('\u202e\u200bx\ufeff')
    expect(compileExpression('\ufeff[a]')).toMatchObject({
      ok: false,
      error: { position: 0, message: expect.stringContaining('U+FEFF') as string },
    })
  })
})

describe('size', () => {
  const huge = 'a'.repeat(10 * 1024 * 1024)

  test('a text of 10 MB is worked on, but cannot be a result', () => {
    expect(evaluate('[a]', { a: huge })).toMatchObject({ outcome: 'error', error: { kind: 'evaluation', position: 0 } })
    expect(valueOf('Left([a], 3)', { a: huge })).toBe('aaa')
    expect(valueOf('IIF(InStr([a], "b") = 0, "no", "yes")', { a: huge })).toBe('no')
    expect(valueOf('Left(PCase(Trim([a])), 3)', { a: huge })).toBe('Aaa')
    expect(valueOf('Left(NormalizeDiacritics([a]), 3)', { a: `é${'\u0301'.repeat(2_000_000)}` })).toBe('e')
    expect(evaluate('[a] > 5', { a: ' '.repeat(10_000_000) }).outcome).toBe('error')
    expect(evaluate('CDate([a])', { a: '1'.repeat(10_000_000) }).outcome).toBe('error')
    expect(evaluate('ConvertFromBase64([a])', { a: '='.repeat(10_000_000) }).outcome).toBe('error')
    expect(evaluate('FormatDateTime([a], , "yyyy", "yyyy")', { a: '2'.repeat(10_000_000) }).outcome).toBe('error')
  })

  test('nothing grows beyond what a result may be', () => {
    const megabyte = 'a'.repeat(1024 * 1024)
    for (const call of [
      'Replace([a], "a", , , [a], , )',
      'Replace([a], , "a", , [a], , )',
      'Replace([a], , "a", , "$_$_", , )',
      'Join([a], "x", "y", "z")',
      '[a] & [a]',
      'Append([a], [a])',
      'Replace([a], "a", , , , , [a])',
      'ConvertToBase64([a])',
    ]) {
      expect(evaluate(call, { a: megabyte })).toMatchObject({ outcome: 'error', error: { kind: 'evaluation' } })
    }
  })

  test('a list is measured as a whole', () => {
    expect(evaluate('[a]', { a: Array<string>(300).fill('a'.repeat(4096)) })).toMatchObject({ outcome: 'error' })
  })
})

describe('patterns', () => {
  // How soon is measured by `npm run bench -- hostile-patterns`; without a limit of steps they would not end at all.
  test.each(hostilePatterns)('%s ends', (pattern) => {
    for (const { expression, attributes } of hostileCalls(pattern)) {
      const evaluation = evaluate(expression, attributes)
      if (evaluation.outcome === 'error')
        expect(evaluation.error).toMatchObject({ kind: 'evaluation', function: 'Replace' })
      else expect(evaluation.outcome).toBe('value')
    }
  })

  test('too many steps are an evaluation error of the call', () => {
    expect(evaluate('Append("x", Replace([a], , "(a*)*\\\\1b", , "", , ))', { a: 'a'.repeat(40) })).toMatchObject({
      outcome: 'error',
      error: { kind: 'evaluation', position: 12, function: 'Replace' },
    })
  })

  test('a pattern with many groups, alternatives and repetitions compiles or is refused', () => {
    const attributes = {
      p: '(a'.repeat(199) + ')'.repeat(199),
      q: '('.repeat(5_000),
      r: 'a{1000}'.repeat(50),
      s: '(?:a{999}){999}',
      t: 'a|'.repeat(4_000),
      u: '[a-z-'.repeat(500),
      v: 'x'.repeat(20_000),
    }
    for (const name of Object.keys(attributes)) {
      expect(['value', 'error']).toContain(evaluate(`Replace("aaa", , [${name}], , "", , )`, attributes).outcome)
    }
  })
})

describe('redaction', () => {
  const secret = 'S3cret-7391'

  test.each([
    'Redact(CDate([a]))',
    'Redact(IIF([a], "x", "y"))',
    'Redact([a]) > 5',
    'BitAnd(Redact([a]), 1)',
    'Redact(Error([a]))',
    'Error(Redact([a]))',
    'Redact(ToLower("x", [a]))',
    'Redact(FormatDateTime([a], , "yyyy", "yyyy"))',
    'Redact(FormatDateTime("2024", [a], "yyyy", "yyyy"))',
    'Redact(Item([list], [n]))',
    'Redact(Mid("x", [n], 1))',
    'Redact(DateAdd([a], 1, "2024-01-01"))',
    'Redact(InStr("a", "b", 1, [a]))',
    'Redact(ConvertFromBase64([a]))',
    'Redact(ConvertFromBase64("AA==", [a]))',
    'Redact(Replace("x", , [pattern], , "", , ))',
    'Redact(Replace("x", , "x", [a], "", , ))',
  ])('%s fails without showing what it read', (text) => {
    const evaluation = evaluate(text, { a: secret, n: -7391, list: ['x', 'y'], pattern: `(${secret}` })
    if (evaluation.outcome !== 'error') throw new Error(`ended with ${evaluation.outcome}`)
    expect(evaluation.error.message).not.toMatch(/7391/)
  })

  test('an expression without Redact shows what it found', () => {
    const evaluation = evaluate('CDate([a])', { a: secret })
    expect(evaluation.outcome === 'error' && evaluation.error.message).toContain(secret)
  })
})

/** Every documented example. */
const examples = describeFunctions().flatMap((description) => description.examples.map(({ expression }) => expression))

/** The example with one of its arguments read from the attribute `a` instead, for each of them. */
function withOneReplaced(expression: string): readonly string[] {
  const parsed = parseExpression(expression)
  if (!parsed.ok || parsed.value.root.type !== 'call') return []
  return parsed.value.root.arguments.flatMap((argument) =>
    argument === null ? [] : [`${expression.slice(0, argument.start)}[a]${expression.slice(argument.end)}`],
  )
}

/** Whatever the name, the value is the same. */
function everywhere(value: SourceValue): SourceAttributes {
  const names = describeFunctions().flatMap(({ examples }) =>
    examples.flatMap(({ attributes }) => Object.keys(attributes)),
  )
  return Object.fromEntries(['a', ...names].map((name) => [name, value]))
}

describe('every function, given', () => {
  const context: EvaluationContext = {
    now: 0,
    appRoles: [{ id: '\u202e', value: null, displayName: '\ud83d' }],
    isTaken: () => false,
    defaultDomain: 'fabrikam.example',
    randomBytes: (count) => Uint8Array.from({ length: count }, (_, index) => (index * 37 + 11) % 256),
  }

  function expectAnEnd(expression: string, attributes: SourceAttributes): void {
    const compiled = compileExpression(expression)
    const evaluation = compiled.ok
      ? compiled.value.evaluate(attributes, context)
      : { outcome: 'error' as const, error: compiled.error }
    if (evaluation.outcome !== 'error') return
    expect(evaluation.error.position, expression).toBeLessThanOrEqual(expression.length)
    expect(evaluation.error.message.length, expression).toBeLessThan(2_000)
    // The administrator words the messages of Error.
    if (evaluation.error.function !== 'Error') expect(evaluation.error.message, expression).toMatch(/^[^a-z\s].*[.]$/su)
  }

  test.each<[string, SourceValue]>([
    ['more letters than a result may have', 'a'.repeat(1_100_000)],
    ['1 MB of blanks', ' '.repeat(1_100_000)],
    ['1 MB of digits', '7'.repeat(1_100_000)],
    ['10 MB beyond ASCII', 'é\u0301ß'.repeat(3_333_333)],
  ])('%s: a value or an error with its place, and soon', { timeout: 120_000 }, (_what, value) => {
    for (const expression of examples) expectAnEnd(expression, everywhere(value))
  })

  test.each<[string, SourceValue]>([
    ['a list of 100,000 texts', Array<string>(100_000).fill('x')],
    ['half a surrogate pair', '\ud83dx\ude00'],
    ['marks of direction', '\u202e\u2066a\u200f\u2069'],
    ['the word NaN', 'NaN'],
    ['no number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['minus zero', -0],
    ['a number beyond 64 bits', 2n ** 200n],
    ['the smallest fraction', Number.MIN_VALUE],
    ['the largest number', Number.MAX_VALUE],
    ['1e999', '1e999'],
    ['digits of another script', '٣'],
    ['the name of a prototype', '__proto__'],
    ['a null character', '\0'],
  ])('%s: a value or an error with its place, and soon', (_what, value) => {
    for (const expression of examples) {
      for (const call of [expression, ...withOneReplaced(expression)]) expectAnEnd(call, everywhere(value))
    }
  })
})

describe('texts that are too much', () => {
  test('more than 10,000 characters are a syntax error, whatever they say', () => {
    expect(compileExpression(`"${'a'.repeat(9_998)}"`).ok).toBe(true)
    for (const text of [`"${'a'.repeat(9_999)}"`, '('.repeat(10_000_000), '\ud83d'.repeat(20_000)])
      expect(compileExpression(text)).toMatchObject({ ok: false, error: { kind: 'syntax', phase: 'parse' } })
  })

  test('what is nested thousands deep is refused, not followed', () => {
    for (const [open, close] of [
      ['Not(', ')'],
      ['(', ')'],
      ['Join("",', ')'],
    ] as const) {
      const deep = Math.min(10_000, Math.floor(9_990 / (open.length + close.length)))
      const text = `${open.repeat(deep)}[a]${close.repeat(deep)}`
      const compiled = compileExpression(text)
      if (compiled.ok) throw new Error(`${open} is accepted ${String(deep)} deep.`)
      expect(compiled.error.position).toBeLessThanOrEqual(text.length)
      expect(compileExpression(open.repeat(10_000))).toMatchObject({ ok: false })
    }
  })

  test('Graph JSON nested 10,000 deep is refused, not followed', () => {
    let source: GraphSource = { expression: '[a]', name: 'a', type: 'Attribute', parameters: [] }
    for (let depth = 0; depth < 10_000; depth += 1)
      source = { expression: '', name: 'Not', type: 'Function', parameters: [{ key: 'source', value: source }] }
    expect(fromGraphSource(source)).toMatchObject({ ok: false })
  })
})

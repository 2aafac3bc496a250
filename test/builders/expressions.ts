/*
 * Random expressions and objects for properties and the fuzzer. Expressions are texts that read without error and mostly
 * pass their check; what they compute is no matter.
 */
import fc from 'fast-check'
import { describeFunctions } from '../../src/expressions/index.ts'
import type { EvaluationContext, FunctionDescription } from '../../src/expressions/index.ts'
import type { SourceAttributes } from '../../src/vocabulary/index.ts'

const attributeNames = [
  'a',
  'b',
  'list',
  'count',
  'flag',
  'date',
  'emails[type eq "work"].value',
  'constructor',
  '__proto__',
]

const texts = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '',
      'a',
      'b',
      'x y',
      '1',
      '007',
      '-5',
      'true',
      'False',
      '2024-02-29',
      '12/31/2025 1:00:00 PM',
    ),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '"',
      '\\',
      '\\"',
      '\\\\',
      'İıßŉ',
      '😀',
      '\ud83d',
      '\u202e',
      '\0',
      '$1${n}$&',
      '(a+)+$',
      '[a-z',
      'yyyy-MM-dd',
    ),
  },
)

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

const constants = fc.oneof(
  { weight: 5, arbitrary: texts.map(quoted) },
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 12 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('9223372036854775807', '&HF7', '1.50', '-0', '+7') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('True', 'false', 'NULL', 'IgnoreAttributeFlow', 'IgnoreObjectFlow', 'vbTextCompare'),
  },
)

const operators = fc.constantFrom('=', '<>', '<', '<=', '>', '>=', '&')

/** Meant for one function's argument where any text would nearly always be refused. */
function literalFor(parameter: string): fc.Arbitrary<string> | null {
  switch (parameter) {
    case 'interval':
      return fc.constantFrom('"d"', '"ww"', '"m"', '"yyyy"', '"h"', '"n"', '"s"')
    case 'regexPattern':
      return fc.constantFrom('"(?<n>[a-z]+)"', '"\\\\d*"', '"(.*?)(?<id>.{0,3})$"', '"(a|b)*c"', '"^x|"', '"(?i)A.b"')
    case 'inputFormat':
    case 'outputFormat':
      return fc.constantFrom('"yyyy-MM-dd"', '"M/d/yyyy h:mm:ss tt"', '"d"', '"dddd, dd MMMM yyyy"', '"fffffffK"')
    case 'culture':
      return fc.constantFrom('"tr-TR"', '"en-US"', '"xx"', '""')
    default:
      return null
  }
}

function argumentsOf(description: FunctionDescription, nested: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const { name, parameters } = description
  if (description.parameters[0]?.name === 'source' && name.includes('AppRoleAssignment'))
    return fc.constant('[appRoleAssignments]')
  const places = parameters.map((parameter) => {
    const literal = literalFor(parameter.name)
    const usual = parameter.type === 'Integer' ? fc.oneof(fc.integer({ min: 1, max: 9 }).map(String), nested) : nested
    const value =
      literal === null ? usual : fc.oneof({ weight: 5, arbitrary: literal }, { weight: 1, arbitrary: usual })
    if (parameter.repeats)
      return fc.array(value, { minLength: 2, maxLength: 6 }).map((values) => evenFor(name, values).join(','))
    return parameter.isRequired ? value : fc.option(value, { nil: '' })
  })
  return fc.tuple(...places).map((written) => written.join(', '))
}

/** Switch takes keys and values in pairs. */
function evenFor(name: string, values: readonly string[]): readonly string[] {
  return name === 'Switch' && values.length % 2 === 1 ? values.slice(1) : values
}

/** Replace takes its places in five sets only. */
function replaceCall(nested: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const pattern = literalFor('regexPattern') ?? nested
  return fc.oneof(
    fc
      .tuple(nested, fc.constantFrom('"a"', '"xy"', '[b]'), nested)
      .map(([source, old, by]) => `Replace(${source}, ${old}, , , ${by}, , )`),
    fc.tuple(nested, nested).map(([source, template]) => `Replace(${source}, "a", , , , , ${template})`),
    fc.tuple(nested, pattern, nested).map(([source, regex, by]) => `Replace(${source}, , ${regex}, , ${by}, , )`),
    nested.map((source) => `Replace(${source}, , "(?<n>\\\\w)", "n", "-", , )`),
    nested.map((source) => `Replace(${source}, , "(?<n>\\\\w)", "n", , [b], )`),
  )
}

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const nested = tie('expression')
  const calls = describeFunctions()
    .filter(({ name }) => name !== 'Replace' && name !== 'SelectUniqueValue')
    .map((description) => argumentsOf(description, nested).map((written) => `${description.name}(${written})`))
  return {
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 3, arbitrary: fc.constantFrom(...attributeNames).map((name) => `[${name}]`) },
      { weight: 3, arbitrary: constants },
      { weight: 4, arbitrary: fc.oneof(...calls) },
      { weight: 1, arbitrary: replaceCall(nested) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(nested, operators, nested)
          .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
      },
    ),
  }
})

/** A text that reads without error. */
export const anExpression: fc.Arbitrary<string> = expression

const values = fc.oneof(
  texts,
  fc.array(texts, { maxLength: 3 }),
  fc.integer(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.boolean(),
  fc.constant(null),
)

export const someAttributes: fc.Arbitrary<SourceAttributes> = fc.record(
  {
    a: values,
    b: values,
    list: fc.array(texts, { maxLength: 4 }),
    count: fc.integer(),
    flag: fc.boolean(),
    date: texts,
  },
  { requiredKeys: [] },
)

const role = fc.record({ id: fc.uuid(), value: fc.option(texts), displayName: fc.option(texts) })

export const someContext: fc.Arbitrary<EvaluationContext> = fc.record(
  {
    now: fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
    appRoles: fc.array(role, { maxLength: 3 }),
    defaultDomain: fc.constant('contoso.com'),
    randomBytes: fc.integer({ min: 0, max: 255 }).map((seed) => countingBytes(seed)),
  },
  { requiredKeys: [] },
)

/** A source that is not random at all but takes every byte in turn, so that drawing ends. */
function countingBytes(seed: number): (count: number) => Uint8Array {
  let next = seed
  return (count) => Uint8Array.from({ length: count }, () => (next = (next + 37) % 256))
}

const scraps = fc.constantFrom(
  '(',
  ')',
  '[',
  ']',
  '"',
  '\\',
  ',',
  '&',
  '=',
  '<',
  '>',
  ' ',
  '\n',
  '-',
  '.',
  '1',
  'a',
  'IIF(',
  'NULL',
  '&H',
  '“',
  '\u0000',
  '\ud800',
  '😀',
  "'",
  '%',
)

/** The text with a few pieces taken out, doubled or put in. */
export function damaged(whole: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const damage = fc.record({
    at: fc.nat(),
    length: fc.integer({ min: 0, max: 6 }),
    scrap: fc.option(scraps),
    doubles: fc.boolean(),
  })
  return fc.tuple(whole, fc.array(damage, { minLength: 1, maxLength: 3 })).map(([text, damages]) =>
    damages.reduce((before, { at, length, scrap, doubles }) => {
      const start = at % (before.length + 1)
      const piece = before.slice(start, start + length)
      return before.slice(0, start) + (scrap ?? '') + (doubles ? piece + piece : '') + before.slice(start + length)
    }, text),
  )
}

/* What holds for every expression, tried on random ones (expressions.md sections 7 and 10). */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anExpression, someAttributes, someContext } from '../../test/builders/expressions.ts'
import {
  checkExpression,
  compileExpression,
  fromGraphSource,
  parseExpression,
  printExpression,
  toGraphSource,
  traceExpression,
} from './index.ts'
import type { ParsedExpression } from './index.ts'

function parsed(text: string): ParsedExpression {
  const result = parseExpression(text)
  if (!result.ok) throw new Error(`${text}: ${result.error.message}`)
  return result.value
}

/** A random expression that passes its check, or the property is tried with another. */
function checked(text: string): ParsedExpression {
  const expression = parsed(text)
  fc.pre(checkExpression(expression).length === 0)
  return expression
}

const runs = { numRuns: 1500 }

describe('for every expression', () => {
  test('the canonical text reads as the same expression, and prints as itself', () => {
    fc.assert(
      fc.property(anExpression, (text) => {
        const canonical = printExpression(checked(text))
        expect(toGraphSource(parsed(canonical))).toEqual(toGraphSource(parsed(text)))
        expect(printExpression(parsed(canonical))).toBe(canonical)
      }),
      runs,
    )
  })

  test('Graph JSON imports as the same expression', () => {
    fc.assert(
      fc.property(anExpression, (text) => {
        const source = toGraphSource(checked(text))
        const imported = fromGraphSource(source)
        expect(imported.ok && toGraphSource(imported.value)).toEqual(source)
      }),
      runs,
    )
  })

  test('the tree of Graph JSON without any text imports as the same tree', () => {
    fc.assert(
      fc.property(anExpression, (text) => {
        const tree = withoutText(toGraphSource(checked(text)))
        const imported = fromGraphSource(tree)
        expect(imported.ok && withoutText(toGraphSource(imported.value))).toEqual(tree)
      }),
      runs,
    )
  })

  test('evaluating ends with a value or a placed error, twice the same', () => {
    fc.assert(
      fc.property(anExpression, someAttributes, someContext, (text, attributes, context) => {
        const expression = checked(text)
        const compiled = compileExpression(expression)
        if (!compiled.ok) throw new Error(compiled.error.message)
        const withoutChance = { ...context, randomBytes: (count: number) => new Uint8Array(count).fill(7) }
        const first = compiled.value.evaluate(attributes, withoutChance)
        expect(compiled.value.evaluate(attributes, withoutChance)).toEqual(first)
        if (first.outcome !== 'error') return
        expect(first.error.kind).toBe('evaluation')
        expect(first.error.position).toBeGreaterThanOrEqual(0)
        expect(first.error.position).toBeLessThan(text.length)
      }),
      runs,
    )
  })

  test('the trace gives the result of the evaluation', () => {
    fc.assert(
      fc.property(anExpression, someAttributes, (text, attributes) => {
        const expression = checked(text)
        const context = { now: 0, randomBytes: (count: number) => new Uint8Array(count).fill(7) }
        const compiled = compileExpression(expression)
        const traced = traceExpression(expression, attributes, context)
        expect(traced.ok && traced.value.result).toEqual(compiled.ok && compiled.value.evaluate(attributes, context))
      }),
      runs,
    )
  })
})

describe('for every text', () => {
  test('reading gives a tree or an error inside the text', () => {
    const tokens = fc.constantFrom(
      '[a]',
      '"x"',
      '(',
      ')',
      ',',
      '&',
      '=',
      '<',
      '>',
      '<>',
      'IIF(',
      'Join (',
      ' ',
      '\n',
      '1',
      '&HF',
      'NULL',
      '[',
      '"',
      '\\',
      '-',
      '“',
      'é',
      'True',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(tokens, { maxLength: 30 }).map((all) => all.join('')),
          fc.string({ unit: 'binary', maxLength: 60 }),
        ),
        (text) => {
          const result = parseExpression(text)
          if (result.ok) return
          expect(result.error.position).toBeGreaterThanOrEqual(0)
          expect(result.error.position).toBeLessThanOrEqual(text.length)
          expect(result.error.message).toMatch(/^[A-Z"“].*\.$/su)
        },
      ),
      { numRuns: 5000, examples: [['0\u0000']] },
    )
  })
})

/** Names, types and parameters alone. */
function withoutText({ name, type, parameters }: Partial<ReturnType<typeof toGraphSource>>): Tree {
  return {
    name: name ?? null,
    type: type ?? 'Attribute',
    parameters: (parameters ?? []).map(({ key, value }) => ({ key, value: withoutText(value) })),
  }
}

interface Tree {
  readonly name: string | null
  readonly type: 'Attribute' | 'Constant' | 'Function'
  readonly parameters: readonly { readonly key: string; readonly value: Tree }[]
}

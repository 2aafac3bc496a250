/* docs/expressions.md is what the function table says. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expressionsPage } from '../../scripts/generate-expression-docs.ts'

test('the page of functions is up to date', () => {
  expect(readFileSync(new URL('../../docs/expressions.md', import.meta.url), 'utf8')).toBe(expressionsPage())
})

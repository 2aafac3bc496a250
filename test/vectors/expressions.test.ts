/* The vectors of the mapping language (expressions.md section 15). */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runExpressionsVectors } from './expressions.ts'
import { summaryOf } from './results.ts'

test('every expression vector gives its result', () => {
  const results = runExpressionsVectors(fileURLToPath(new URL('expressions.json', import.meta.url)))
  console.log(summaryOf('EXPRESSIONS', results))
  expect(results.length).toBeGreaterThan(0)
  expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
})

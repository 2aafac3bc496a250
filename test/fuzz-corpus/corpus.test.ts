/* Every case the fuzzer ever broke something with, and a short run of it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anExpression, damaged, someAttributes } from '../builders/expressions.ts'
import { aFilterAsJson } from '../builders/scoping-filters.ts'
import { readCorpus, runFuzzCase } from './run.ts'

test('what was once wrong stays right', () => {
  for (const each of readCorpus()) expect(runFuzzCase(each), JSON.stringify(each)).toBeNull()
})

test('damaged expressions are refused or work', () => {
  fc.assert(
    fc.property(damaged(anExpression), someAttributes, (expression, attributes) => {
      expect(runFuzzCase({ expression, attributes, now: 0, appRoles: [] })).toBeNull()
    }),
    { numRuns: 1_000 },
  )
})

test('damaged scoping filters are refused with their place, or decide', () => {
  fc.assert(
    fc.property(aFilterAsJson, someAttributes, (filter, attributes) => {
      expect(runFuzzCase({ filter, attributes })).toBeNull()
    }),
    { numRuns: 1_000 },
  )
})

/* The vectors of the scoping filters (expressions.md section 15). */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { summaryOf } from './results.ts'
import { runScopingVectors } from './scoping.ts'

test('every scoping vector is in scope, out of scope or refused as it says', () => {
  const results = runScopingVectors(fileURLToPath(new URL('scoping.json', import.meta.url)))
  console.log(summaryOf('SCOPING', results))
  expect(results.length).toBeGreaterThan(0)
  expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
})

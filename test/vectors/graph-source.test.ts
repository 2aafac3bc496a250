/* The vectors of Graph's JSON form (expressions.md section 15). */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runGraphSourceVectors } from './graph-source.ts'
import { summaryOf } from './results.ts'

test('every Graph source vector goes both ways', () => {
  const results = runGraphSourceVectors(fileURLToPath(new URL('graph-source.json', import.meta.url)))
  console.log(summaryOf('GRAPH-SOURCE', results))
  expect(results.length).toBeGreaterThan(0)
  expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
})

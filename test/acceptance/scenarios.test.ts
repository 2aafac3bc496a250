/* The list of acceptance scenarios is whole: `npm run acceptance` counts against it. */
import { expect, test } from 'vitest'
import { scenarios } from './scenarios.ts'

test('the 97 scenarios of the specification are there, in order, each a whole sentence', () => {
  expect(scenarios.map(({ number }) => number)).toEqual(Array.from({ length: 97 }, (_, at) => at + 1))
  for (const { text } of scenarios) expect(text).toMatch(/^Given .*, then .*\.$/)
})

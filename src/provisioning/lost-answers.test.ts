import { expect, test } from 'vitest'
import { mayHaveTakenEffect } from './lost-answers.ts'

test.each([
  ['Timeout', 'nextCycle', true],
  ['WebExceptionProtocolError', 'now', true],
  ['InternalServerError', 'nextCycle', true],
  ['TooManyRequests', 'nextCycle', false],
  ['Conflict', 'backoff', false],
  ['NotImplemented', 'never', false],
] as const)('%s with the advice %s: %s', (code, retry, expected) => {
  expect(mayHaveTakenEffect({ code, retry })).toBe(expected)
})

/* Finding requests in the log, and what of them is never kept. */
import { expect, test } from 'vitest'
import { filterRequests, maskSecrets } from './request-log.ts'
import type { RequestLogEntry } from './request-log.ts'

const entry = (number: number, more: Partial<RequestLogEntry>): RequestLogEntry => ({
  number,
  at: 0,
  method: 'GET',
  url: '/scim/v1/Users',
  status: 200,
  tookMs: 0,
  fault: null,
  requestHeaders: {},
  responseHeaders: {},
  requestBody: null,
  responseBody: null,
  ...more,
})

test('requests are found by anything a person sees of them, newest first', () => {
  const entries = [
    entry(0, {}),
    entry(1, { method: 'POST', status: 201, requestBody: '{"userName":"Nina"}' }),
    entry(2, { url: '/scim/v2/Users?filter=userName+eq+%22nina%22' }),
    entry(3, { status: 0, fault: 'reset' }),
    entry(4, { status: 429 }),
  ]
  const numbers = (filter: Parameters<typeof filterRequests>[1]): readonly number[] =>
    filterRequests(entries, filter).map(({ number }) => number)
  expect(numbers({})).toEqual([4, 3, 2, 1, 0])
  expect(numbers({ text: 'NINA' })).toEqual([2, 1])
  expect(numbers({ text: 'userName eq "nina"' })).toEqual([2])
  expect(numbers({ text: 'reset' })).toEqual([3])
  expect(numbers({ method: 'POST' })).toEqual([1])
  expect(numbers({ outcome: 'failed' })).toEqual([4, 3])
  expect(numbers({ outcome: 'ok', limit: 2 })).toEqual([2, 1])
})

test('tokens, codes and secrets are masked in JSON, forms and addresses; the rest stays as it was', () => {
  const pairs: readonly (readonly [string, string])[] = [
    ['{"access_token":"xoxp-1-2-simulator"}', '{"access_token":"xoxp-••••"}'],
    ['{"refresh_token":"xoxe-1-33-simulator"}', '{"refresh_token":"••••"}'],
    ['token=xoxe.xoxp-1-2-simulator&x=1', 'token=xoxe.xoxp-••••&x=1'],
    ['code=simcode-1-2-simulator&client_secret=shh', 'code=••••&client_secret=••••'],
    ['SAMLResponse=PHNhbWw%2B&RelayState=%2Fa', 'SAMLResponse=••••&RelayState=%2Fa'],
    ['{"password":"a\\"b","title":"x"}', '{"password":"••••","title":"x"}'],
    ['{"userName":"xoxo"}', '{"userName":"xoxo"}'],
  ]
  for (const [text, masked] of pairs) expect(maskSecrets(text), text).toBe(masked)
})

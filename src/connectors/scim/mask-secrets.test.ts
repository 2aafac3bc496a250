import { expect, test } from 'vitest'
import { maskSecrets, readableBody } from './mask-secrets.ts'

const ownToken = 'my-very-own-token'

test.each([
  ['xoxp-123-abc', '(token)'],
  ['token xoxe.xoxp-1-Mi0yLT: revoked', 'token (token): revoked'],
  ['xoxe-1-refresh', '(token)'],
  ['Authorization: Bearer abc.DEF-123', 'Authorization: Bearer (token)'],
  [`the token ${ownToken} is unknown`, 'the token (token) is unknown'],
  [`{"got":"${Buffer.from(ownToken).toString('base64url')}"}`, '{"got":"(token)"}'],
  ['user=U0123 title=Foxp-1', 'user=U0123 title=Foxp-1'],
])('%s', (text, masked) => {
  expect(maskSecrets(text, ownToken)).toBe(masked)
})

test('the own token is found in an address and within JSON', () => {
  const odd = 'a/b"c+d&e'
  expect(maskSecrets(`?t=${encodeURIComponent(odd)}`, odd)).toBe('?t=(token)')
  expect(maskSecrets(JSON.stringify({ odd }), odd)).toBe('{"odd":"(token)"}')
})

test('a long body is cut, after the masking', () => {
  const body = readableBody(`${'x'.repeat(1995)} xoxp-1234567890-abcdefghij`, ownToken)
  expect(body).not.toContain('xoxp')
  expect(body.length).toBeLessThan(2100)
})

import { expect, test } from 'vitest'
import { readAnswer } from './error-body.ts'

function read(status: number, body: string): ReturnType<typeof readAnswer> {
  return readAnswer({ status, headers: {}, body })
}

test('v1: the Errors object, with the name before the first blank', () => {
  const body = '{"Errors":{"description":"username_not_allowed (user=U0123)","code":400}}'
  expect(read(400, body)).toEqual({
    kind: 'refused',
    name: 'username_not_allowed',
    detail: 'username_not_allowed (user=U0123)',
    values: { user: 'U0123' },
  })
})

test('v1: several values in brackets', () => {
  const body = '{"Errors":{"description":"email_taken (user=U1, existing_user=U0987)","code":409}}'
  expect(read(409, body)).toMatchObject({ name: 'email_taken', values: { user: 'U1', existing_user: 'U0987' } })
})

test('v1: a bracket may follow the name directly', () => {
  expect(read(400, '{"Errors":{"description":"no_filters(is_aggregate_call=1)","code":400}}')).toMatchObject({
    name: 'no_filters',
  })
})

test('SCIM 1.1 itself makes Errors an array', () => {
  expect(read(404, '{"Errors":[{"description":"no_such_user","code":"404"}]}')).toMatchObject({ name: 'no_such_user' })
})

test('v2: detail with a numeric status', () => {
  const body =
    '{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"missing_schema_element","status":400}'
  expect(read(400, body)).toMatchObject({ kind: 'refused', name: 'missing_schema_element' })
})

test('Web API: ok false', () => {
  expect(read(200, '{"ok":false,"error":"invalid_auth"}')).toMatchObject({ kind: 'refused', name: 'invalid_auth' })
})

test('a 200 that carries Errors is a failure', () => {
  const body = '{"id":"U1","Errors":{"description":"email_taken","code":409}}'
  expect(read(200, body)).toMatchObject({ kind: 'refused', name: 'email_taken' })
})

test('an empty body is a success with 200 and 204 and nameless otherwise', () => {
  expect([read(200, ''), read(204, ''), read(503, '')]).toEqual([
    { kind: 'done', json: undefined },
    { kind: 'done', json: undefined },
    { kind: 'nameless', found: 'empty' },
  ])
})

test("a proxy's page is no answer, whatever its status", () => {
  expect(read(200, '<html>Sign in</html>')).toEqual({ kind: 'nameless', found: 'page' })
  expect(read(502, '\n<!doctype html>')).toEqual({ kind: 'nameless', found: 'page' })
})

test('JSON that was cut off is no success', () => {
  expect(read(201, '{"id":"U1","userName":"mi')).toEqual({ kind: 'nameless', found: 'brokenJson' })
})

test('a user with a title called detail is not an error', () => {
  expect(read(200, '{"id":"U1","detail":"x"}')).toMatchObject({ kind: 'done' })
})

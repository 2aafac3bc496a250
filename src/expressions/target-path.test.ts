/* Names of target attributes (expressions.md section 4). */
import { describe, expect, test } from 'vitest'
import { parseTargetPath, printTargetPath } from './target-path.ts'

describe('is read and printed again', () => {
  test.each([
    'userName',
    'name.givenName',
    'active',
    'emails[type eq "work"].value',
    'addresses[type eq "untyped"].locality',
    'roles[primary eq "True"].value',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value',
    'urn:scim:schemas:extension:enterprise:1.0.department',
    'urn:scim:schemas:extension:enterprise:1.0.manager.managerId',
    'emails[type eq "work" and primary eq true or order gt 3].value',
    'photos[value pr].type',
  ])('%s', (text) => {
    const path = parseTargetPath(text)
    expect(path.ok && printTargetPath(path.value)).toBe(text)
  })
})

test('the parts have their places', () => {
  expect(parseTargetPath('urn:scim:schemas:extension:enterprise:1.0.manager.displayName')).toMatchObject({
    value: {
      urn: 'urn:scim:schemas:extension:enterprise:1.0',
      separator: '.',
      steps: [{ name: 'manager' }, { name: 'displayName' }],
    },
  })
  expect(parseTargetPath('roles[primary eq "True" or type eq "a" and order eq 2].value')).toMatchObject({
    value: {
      urn: null,
      steps: [
        {
          name: 'roles',
          filter: [
            [{ name: 'primary', operator: 'eq', value: 'True' }],
            [
              { name: 'type', operator: 'eq', value: 'a' },
              { name: 'order', operator: 'eq', value: 2 },
            ],
          ],
        },
        { name: 'value', filter: null },
      ],
    },
  })
})

describe('is refused', () => {
  test.each([
    ['', 0],
    ['name.', 5],
    ['name..given', 5],
    ['emails[type eq "work"', 0],
    ['emails[].value', 0],
    ['emails[type xx "a"].value', 0],
    ['a b', 1],
    ['emails[type eq "work"]value', 22],
  ])('%s', (text, position) => {
    expect(parseTargetPath(text)).toMatchObject({ ok: false, error: { kind: 'syntax', position } })
  })
})

import { describe, expect, test } from 'vitest'

import { domainOf, normalizeDistinguishedName, readDistinguishedName } from './distinguished-names.ts'

describe('distinguished names', () => {
  test.each([
    ['CN=Ann Lee,OU=People,DC=corp,DC=example', 'cn=ann  lee, ou=people , dc=corp,dc=example'],
    ["cn=O'Brien\\, Pat,dc=x", "CN=O'Brien\\2C Pat,DC=x"],
    ['cn=J\\C3\\BCrgen,dc=x', 'cn=Jürgen,dc=x'],
    ['cn="Lee, Ann",dc=x', 'cn=Lee\\, Ann,dc=x'],
  ])('%s is %s', (first, second) => {
    expect(normalizeDistinguishedName(first)).toBe(normalizeDistinguishedName(second))
  })

  test('a comma in a value and a comma between parts are two things', () => {
    expect(normalizeDistinguishedName('cn=a\\,ou=b,dc=x')).not.toBe(normalizeDistinguishedName('cn=a,ou=b,dc=x'))
  })

  test('parts from the entry up', () => {
    expect(readDistinguishedName('CN=Smith\\, J. (R&D),OU=Groups,DC=x')).toEqual([
      { type: 'cn', value: 'Smith, J. (R&D)' },
      { type: 'ou', value: 'Groups' },
      { type: 'dc', value: 'x' },
    ])
    expect(readDistinguishedName('Ann Lee')).toBeUndefined()
    expect(readDistinguishedName('a@b=c')).toBeUndefined()
  })

  test('the domain of an entry', () => {
    expect(domainOf('uid=a,ou=people,dc=harbour,dc=example')).toBe('harbour.example')
    expect(domainOf('uid=a,o=harbour')).toBeUndefined()
  })
})

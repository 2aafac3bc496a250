/* Which values Slack takes, refuses and changes (slack.md 3.2 to 3.4). */
import { describe, expect, test } from 'vitest'
import { findSlackNameProblem, findSlackProblems, slackUniqueAttributes } from './slack-values.ts'

const workEmail = 'emails[type eq "work"].value'
const told = (attribute: string, value: string, objectType: 'User' | 'Group' = 'User') =>
  findSlackProblems(objectType, attribute, value).map(({ verdict, code }) => code ?? verdict)

describe('a user name', () => {
  test.each([
    ['mira.okafor-2_x', []],
    ['a'.repeat(21), []],
    ['a'.repeat(22), ['long_username']],
    // Slack cuts an address to its local part first.
    ['mira@an-address-that-is-rather-long.example', ['changed']],
    [`${'a'.repeat(22)}@x.example`, ['long_username', 'changed']],
    ['', ['username_empty']],
    [' ', ['username_empty']],
    ['...', ['username_invalid']],
    ['Everyone', ['username_not_allowed', 'changed']],
    ['müller', ['changed']],
    ['Mira', ['changed']],
  ])('%s', (value, codes) => {
    expect(told('userName', value)).toEqual(codes)
  })

  test('a nick name is judged alike, under its own name', () => {
    expect(told('nickName', 'a'.repeat(22))).toEqual(['long_nickname'])
  })
})

describe('a display name', () => {
  test.each([
    ["Mira O'Okafor (she) [a/b], c; d_e-f. 9", []],
    ['Ångström 佐藤', []],
    ['@mira', ['invalid_starts_with_at']],
    ['mi@ra', ['invalid_name_specials']],
    ['mi\u0007ra', ['invalid_name_specials']],
    ['Mira & Co', ['changed']],
    ['Mira 🚀', ['invalid_emoji_not_allowed', 'changed']],
    ['❤', ['invalid_emoji_not_allowed', 'changed']],
    ['Mira ©™ 1#', ['changed']],
    ['Channel', ['invalid_reserved_word']],
    ['a'.repeat(80), []],
    ['ä'.repeat(81), ['invalid_name_maxlength']],
    ['', []],
  ])('%s', (value, codes) => {
    expect(told('displayName', value)).toEqual(codes)
  })
})

test.each([
  [workEmail, 'mira@example.com', []],
  [workEmail, 'Mira@example.com', ['changed']],
  [workEmail, 'mira', ['email_invalid']],
  [workEmail, '', ['email_empty']],
  ['title', 'Captain 🚀', ['invalid_emoji_not_allowed']],
  ['title', 'Admin', ['invalid_reserved_word']],
  ['title', '', []],
  ['externalId', 'admin', []],
])('%s %s', (attribute, value, codes) => {
  expect(told(attribute, value)).toEqual(codes)
})

test('a name of a group has a length', () => {
  expect(told('displayName', 'a'.repeat(255), 'Group')).toEqual([])
  expect(told('displayName', 'a'.repeat(256), 'Group')).toEqual(['group_creation_failed'])
})

test('no message holds the value', () => {
  for (const value of ['Sécret🚀@', '@Sécret'])
    expect(JSON.stringify(findSlackProblems('User', 'displayName', value))).not.toContain('cret')
})

test('booleans and lists', () => {
  expect(findSlackProblems('User', 'active', true)).toEqual([])
  expect(findSlackProblems('User', 'title', ['a', '🚀'])).toHaveLength(1)
})

test('one of the two names must be there', () => {
  expect(findSlackNameProblem({ 'name.givenName': ' ', 'name.familyName': '' })?.code).toBe('invalid_name_required')
  expect(findSlackNameProblem({ 'name.givenName': '', 'name.familyName': 'Okafor' })).toBeNull()
  // Not given at all, the display name stands in.
  expect(findSlackNameProblem({})).toBeNull()
})

test('user names, addresses and names of groups are nobody else’s', () => {
  expect(slackUniqueAttributes).toEqual({ User: ['userName', workEmail], Group: ['displayName'] })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { ageCompany, generateCompany, writeCompany, writtenFormats } from './index.ts'
import { latinAddress } from './latin-address.ts'
import { nameLists } from './names.ts'

const company = generateCompany({ users: 2000, groups: 40, seed: 7 })
const attributesOf = (name: string): readonly unknown[] => company.users.map(({ attributes }) => attributes[name])
const guests = company.users.filter(({ attributes }) => attributes['userType'] === 'Guest')
const employees = company.users.filter(({ attributes }) => attributes['userType'] === 'Member')

describe('a generated company', () => {
  test('is the same for the same seed and another for another', () => {
    expect(generateCompany({ users: 200, groups: 12, seed: 7 })).toEqual(
      generateCompany({ users: 200, groups: 12, seed: 7 }),
    )
    expect(generateCompany({ users: 200, groups: 12, seed: 8 })).not.toEqual(
      generateCompany({ users: 200, groups: 12, seed: 7 }),
    )
  })

  test.each([0, 1, 2, 11, 12, 150])('of %i people has as many, and the groups that were asked for', (users) => {
    const made = generateCompany({ users, groups: 9, seed: 3 })
    expect(made.users).toHaveLength(users)
    expect(made.groups).toHaveLength(users === 0 ? 0 : 9)
    expect(made.groups.every(({ members }) => members.length > 0)).toBe(true)
  })

  test.each(['objectId', 'userPrincipalName', 'mail', 'mailNickname'])('everybody has a %s of their own', (name) => {
    const values = attributesOf(name).map((value) => String(value).toLowerCase())
    expect(new Set(values).size).toBe(company.users.length)
  })

  test('addresses have the letters addresses may have', () => {
    const strange = attributesOf('userPrincipalName').filter(
      (value) => !/^[A-Za-z0-9.'_#-]+@tidewater\.example$/u.test(String(value)),
    )
    expect(strange).toEqual([])
    expect(attributesOf('mail').filter((value) => !/^[a-z0-9.'-]+@[a-z.-]+\.example$/u.test(String(value)))).toEqual([])
  })

  test('people of more than twenty languages and ten scripts', () => {
    expect(new Set(attributesOf('preferredLanguage')).size).toBeGreaterThan(20)
    const names = attributesOf('displayName').join('')
    const scripts = [
      'Latin',
      'Cyrillic',
      'Greek',
      'Han',
      'Hiragana',
      'Katakana',
      'Hangul',
      'Arabic',
      'Hebrew',
      'Devanagari',
      'Tamil',
      'Thai',
      'Georgian',
    ]
    expect(scripts.filter((script) => !new RegExp(`\\p{Script=${script}}`, 'u').test(names))).toEqual([])
  })

  test('apostrophes, hyphens, missing surnames, namesakes, long names', () => {
    const names = attributesOf('displayName').map(String)
    expect(names.some((name) => name.includes("'"))).toBe(true)
    expect(names.some((name) => name.includes('-'))).toBe(true)
    expect(employees.some(({ attributes }) => attributes['surname'] === null)).toBe(true)
    expect(new Set(names).size).toBeLessThan(names.length)
    expect(Math.max(...names.map((name) => name.length))).toBeGreaterThan(35)
  })

  test('guests have #EXT# in their name and mail elsewhere; some people are disabled', () => {
    expect(guests.length / company.users.length).toBeGreaterThan(0.01)
    expect(guests.length / company.users.length).toBeLessThan(0.04)
    for (const { attributes } of guests) {
      expect(attributes['userPrincipalName']).toContain('#EXT#@tidewater.example')
      expect(attributes['mail']).not.toContain('tidewater')
    }
    const disabled = attributesOf('accountEnabled').filter((enabled) => enabled === false).length
    expect(disabled / company.users.length).toBeGreaterThan(0.015)
    expect(disabled / company.users.length).toBeLessThan(0.05)
  })

  test('managers form a tree under one chief', () => {
    expectTree(company.users)
    expect(company.users[0]?.attributes['manager']).toBeNull()
    expect(company.users[1]?.attributes['manager']).toBe(company.users[0]?.objectId)
  })

  test('groups: one with everybody, nested ones, many sizes, names of their own', () => {
    const ids = new Set(company.users.map(({ objectId }) => objectId))
    const groupIds = new Set(company.groups.map(({ objectId }) => objectId))
    const [allStaff, slackUsers] = company.groups
    expect(allStaff?.members).toHaveLength(company.users.length)
    expect(slackUsers?.displayName).toBe('Slack users')
    expect(slackUsers?.members.length).toBeGreaterThan(company.users.length / 2)
    expect(slackUsers?.members.length).toBeLessThan(company.users.length)
    expect(company.groups.some(({ members }) => members.some((id) => groupIds.has(id)))).toBe(true)
    expect(company.groups.every(({ members }) => members.every((id) => ids.has(id) || groupIds.has(id)))).toBe(true)
    expect(company.groups.every(({ members }) => new Set(members).size === members.length)).toBe(true)
    expect(new Set(company.groups.map(({ members }) => members.length)).size).toBeGreaterThan(15)
    expect(new Set(company.groups.map(({ displayName }) => displayName)).size).toBe(company.groups.length)
  })
})

function expectTree(users: typeof company.users): void {
  const managerOf = new Map(users.map(({ objectId, manager }) => [objectId, manager]))
  for (const { objectId, attributes, manager } of users) {
    if (attributes['userType'] === 'Guest') continue
    let at: string | null | undefined = objectId
    const seen = new Set<string>()
    while (typeof at === 'string' && !seen.has(at)) {
      seen.add(at)
      at = managerOf.get(at)
    }
    expect(at).toBeNull()
    expect(manager === null).toBe(objectId === users[0]?.objectId)
  }
}

describe('the company some weeks later', () => {
  const { company: newer, changes } = ageCompany(company, { changes: 50, seed: 7 })
  const before = new Map(company.users.map((user) => [user.objectId, user]))
  const after = new Map(newer.users.map((user) => [user.objectId, user]))

  test('people joined and left, others changed, and everybody else is as they were', () => {
    expect(changes.joined).toHaveLength(10)
    expect(changes.left).toHaveLength(10)
    expect(changes.changed).toHaveLength(30)
    expect(newer.users.length).toBe(company.users.length)
    expect(changes.left.some((id) => after.has(id))).toBe(false)
    expect(changes.joined.every((id) => after.has(id) && !before.has(id))).toBe(true)
    expect(changes.changed.filter((id) => JSON.stringify(before.get(id)) === JSON.stringify(after.get(id)))).toEqual([])
    const left = new Set(changes.left)
    const touched = new Set([...changes.changed, ...changes.joined])
    const others = newer.users.filter(({ objectId }) => !touched.has(objectId))
    const differing = others.filter((user) => JSON.stringify(user) !== JSON.stringify(before.get(user.objectId)))
    expect(differing.every(({ objectId }) => left.has(before.get(objectId)?.manager ?? ''))).toBe(true)
  })

  test('managers still form a tree, and addresses are still unique', () => {
    expectTree(newer.users)
    expect(new Set(newer.users.map(({ attributes }) => attributes['mail'])).size).toBe(newer.users.length)
  })

  test('groups follow', () => {
    const left = new Set(changes.left)
    expect(newer.groups.every(({ members }) => !members.some((id) => left.has(id)))).toBe(true)
    expect(newer.groups[0]?.members).toHaveLength(newer.users.length)
  })
})

describe('addresses', () => {
  test.each([
    ['Jürgen Müller', 'de-DE', 'juergenmueller'],
    ['Łukasz', 'pl-PL', 'lukasz'],
    ["O'Brien", 'en-US', "o'brien"],
    ['İnönü', 'tr-TR', 'inonu'],
    ['Þórðarson', 'is-IS', 'thordarson'],
    ['Nguyễn', 'vi-VN', 'nguyen'],
    ['Smith-Jones', 'en-US', 'smith-jones'],
    ['J.R.', 'en-US', 'j.r'],
  ])('%s (%s) is %s', (name, language, address) => {
    expect(latinAddress(name, language)).toBe(address)
  })

  test('every name of every list has one', () => {
    const without = nameLists.flatMap(({ given, surnames, language }) =>
      [...given, ...surnames].filter((name) => latinAddress(name.split('|').at(-1) ?? '', language) === ''),
    )
    expect(without).toEqual([])
  })
})

test.each(writtenFormats)('the same company is written to the same %s', (format) => {
  const small = { users: 30, groups: 5, seed: 2 }
  expect(writeCompany(generateCompany(small), format)).toEqual(writeCompany(generateCompany(small), format))
})

test('examples/company is what examples/README.md says it is', () => {
  const folder = join(import.meta.dirname, '../../examples/company')
  const written = writeCompany(generateCompany({ users: 150, groups: 12, seed: 9 }), 'entra-csv')
  const committed = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
  expect(new Map(committed.map(({ name, text }) => [name, text]))).toEqual(
    new Map(written.map(({ name, text }) => [name, text])),
  )
})

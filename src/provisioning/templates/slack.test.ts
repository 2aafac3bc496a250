import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateCompany } from '../../../scripts/seed/index.ts'
import type { SourceAttributes, TargetAttributes } from '../../vocabulary/index.ts'
import { compileSchema } from '../compiled-schema.ts'
import { desiredValues, mapAttributes, missingRequired } from '../mapping.ts'
import { slackSchema } from './slack.ts'
import { workEmailAttribute } from './slack-rules.ts'

const template = slackSchema({ id: 'job', version: '1', provisionGroups: true })
const users = compileSchema(template).objectMappings.get('User')
if (users === undefined) throw new Error('the template maps no users')
const mapping = users

function created(attributes: SourceAttributes): { values: TargetAttributes; missing: readonly string[] } {
  const source = { IsSoftDeleted: false, ...attributes }
  const result = mapAttributes({ mapping, attributes: source, context: { now: 0 }, phase: 'create', known: {} })
  expect(result.failures).toEqual([])
  const values = desiredValues(result.attributes)
  return { values, missing: missingRequired(mapping, values) }
}

/** Slack's rules of what a new account must have (slack.md 3.2, spec section 18). */
function expectSlackTakesIt(attributes: SourceAttributes): void {
  const { values, missing } = created(attributes)
  expect(missing).toEqual([])
  expect(values['userName']).toMatch(/^[a-z0-9][a-z0-9._-]{0,19}$/)
  expect(values['displayName'] ?? '').not.toContain('@')
  expect(values[workEmailAttribute]).toMatch(/^[^\s@]+@[^\s@]+$/)
  expect(values['active']).toBe(true)
}

const objectId = '8f14e45f-ceea-467f-9d2f-1c8b6a3e7d55'

describe('the default mappings give Slack what it takes', () => {
  test('property: of everybody a made-up company can have', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), (seed) => {
        const company = generateCompany({ users: 60, groups: 0, seed })
        for (const user of company.users) expectSlackTakesIt({ ...user.attributes, objectId: user.objectId })
      }),
      { numRuns: 40 },
    )
  })

  test.each<[string, SourceAttributes, string]>([
    ['without nickname', { mailNickname: null }, 'ana.able'],
    ['with a nickname of emoji only', { mailNickname: '🚢⚓', displayName: '🚢⚓' }, 'ana.able'],
    ['with a nickname in another script', { mailNickname: '李雷' }, 'ana.able'],
    ['with marks on letters', { mailNickname: 'Łukasz.Æsir' }, 'lukasz.aesir'],
    ['with a long nickname', { mailNickname: 'Maximiliana-Theodora.Able' }, 'maximiliana-theodora'],
    ['with an address as a nickname', { mailNickname: 'ana@example.com' }, 'anaexample.com'],
    ['with a nickname of dots', { mailNickname: '...' }, 'ana.able'],
    ['without mail', { mail: null }, 'ana'],
    ['with an at sign in the display name', { displayName: '@Ana @ Able' }, 'ana'],
    ['with names of nothing', { displayName: null, givenName: '', surname: null }, 'ana'],
  ])('of somebody %s', (_words, odd, userName) => {
    const attributes: SourceAttributes = {
      objectId,
      displayName: 'Ana Able',
      userPrincipalName: 'Ana.Able@example.com',
      mail: 'ana.able@example.com',
      mailNickname: 'ana',
      ...odd,
    }
    expectSlackTakesIt(attributes)
    expect(created(attributes).values['userName']).toBe(userName)
  })

  test('somebody without a Latin letter in any name has no user name, and is told so', () => {
    const { missing } = created({
      objectId,
      mailNickname: '李',
      userPrincipalName: '李@例子.com',
      mail: 'li@example.com',
    })
    expect(missing).toEqual(['userName'])
  })

  test('property: of any nickname and any display name', () => {
    const text = fc.option(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })))
    fc.assert(
      fc.property(text, text, (mailNickname, displayName) => {
        expectSlackTakesIt({ objectId, userPrincipalName: 'ana@example.com', mailNickname, displayName })
      }),
    )
  })
})

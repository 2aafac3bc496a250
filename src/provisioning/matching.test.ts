import { describe, expect, test } from 'vitest'
import type { TargetObject } from '../vocabulary/index.ts'
import { compileSchema, type CompiledObjectMapping } from './compiled-schema.ts'
import type { MappedAttribute } from './mapping.ts'
import { chooseMatch, isSettled, matchQueries, type MatchAnswer } from './matching.ts'
import { slackSchema } from './templates/slack.ts'

function mappingOf(objectType: 'User' | 'Group'): CompiledObjectMapping {
  const mapping = compileSchema(slackSchema({ id: 'job', version: '1', provisionGroups: true })).objectMappings.get(
    objectType,
  )
  if (mapping === undefined) throw new Error('the template maps users and groups')
  return mapping
}
const users = mappingOf('User')
const mail = 'emails[type eq "work"].value'

const mapped = (values: Readonly<Record<string, string>>): readonly MappedAttribute[] =>
  Object.entries(values).map(([name, value]) => ({ name, kind: 'value', value }))
const account = (anchor: string): TargetObject => ({
  objectType: 'User',
  anchor,
  displayName: anchor,
  attributes: {},
})
const answer = (attribute: string, hits: readonly string[], takenBy: Readonly<Record<string, string>> = {}) => ({
  query: { objectType: 'User', attribute, value: 'ana' } as const,
  hits: hits.map(account),
  takenBy: new Map(Object.entries(takenBy)),
})
const choose = (...answers: readonly MatchAnswer[]) => chooseMatch(users, 'Slack', answers)

describe('which queries are asked (spec section 4)', () => {
  test('lowest precedence number first, whatever the order of the mappings', () => {
    const queries = matchQueries(users, mapped({ userName: 'ana', [mail]: 'ana@example.com', title: 'Captain' }))
    expect(queries).toEqual([
      { objectType: 'User', attribute: mail, value: 'ana@example.com' },
      { objectType: 'User', attribute: 'userName', value: 'ana' },
    ])
  })
  test('an attribute without a value asks nothing', () => {
    expect(matchQueries(users, [...mapped({ userName: 'ana' }), { name: mail, kind: 'absent' }])).toHaveLength(1)
    expect(matchQueries(users, mapped({ userName: '' }))).toEqual([])
  })
  test('groups are found by displayName', () => {
    expect(matchQueries(mappingOf('Group'), mapped({ displayName: 'Crew' }))).toEqual([
      { objectType: 'Group', attribute: 'displayName', value: 'Crew' },
    ])
  })
  test('the first attribute with a hit ends the search', () => {
    expect(isSettled([answer(mail, [])])).toBe(false)
    expect(isSettled([answer(mail, []), answer('userName', ['U1'])])).toBe(true)
  })
})

describe('what the answers mean', () => {
  test('no query at all: no matching value, with the names of the attributes', () => {
    const match = choose()
    expect(match.kind).toBe('noValue')
    expect(match.step).toMatchObject({ status: 'skipped', provisioningStepType: 'matching' })
    expect(match.step.description).toContain(`${mail}, userName`)
  })
  test('no hit for any attribute', () => {
    expect(choose(answer(mail, []), answer('userName', []))).toMatchObject({
      kind: 'none',
      step: { status: 'success' },
    })
  })
  test('exactly one hit, by whichever attribute', () => {
    expect(choose(answer(mail, []), answer('userName', ['U1']))).toMatchObject({
      kind: 'one',
      hit: { anchor: 'U1' },
      step: { status: 'success', details: { TargetId: 'U1', MatchedBy: 'userName' } },
    })
  })
  test('several hits are all named', () => {
    expect(choose(answer(mail, ['U1', 'U2']))).toMatchObject({
      kind: 'many',
      step: { status: 'failure', details: { TargetIds: 'U1, U2' } },
    })
  })
  test('a hit that another source object is linked to', () => {
    expect(choose(answer(mail, ['U1'], { U1: 'bob' }))).toMatchObject({
      kind: 'taken',
      by: 'bob',
      step: { status: 'failure', details: { TargetId: 'U1', LinkedTo: 'bob' } },
    })
  })
})

/* Warnings of a whole schema: where they stand, whom they concern, and none for what the template does. */
import { expect, test } from 'vitest'
import { withAttributeMapping, withFilter } from '../../test/builders/schema-changes.ts'
import { lintSchema } from './lint-schema.ts'
import { gatherFacts } from './population-facts.ts'
import { withExpression } from './schema-sides.ts'
import { slackSchema } from './templates/slack.ts'

const template = slackSchema({ id: 'job', version: '1', provisionGroups: true })
const people = gatherFacts(new Set(['mail']))
people.add({ employeeId: '1', mail: 'a@example.com', proxyAddresses: [] })
people.add({ employeeId: '', mail: 'b@example.com', displayName: 'x'.repeat(100) })
people.add({ employeeId: null, accountEnabled: false })
const facts = { User: people.facts() }

test('the template is meant as it is', () => {
  expect(lintSchema(template, { syncAll: true, facts })).toEqual([])
})

test('a warning names the mapping and the place in it, and how many people it concerns', () => {
  const schema = withExpression(template, 'User', 'title', 'Append("x", BitAnd([employeeId], 1))')
  expect(lintSchema(schema, { facts })).toMatchObject([
    {
      rule: 'failsOnNull',
      objectType: 'User',
      objectMapping: 'Provision Azure Active Directory Users',
      place: { kind: 'mapping', attribute: 'title', position: 19 },
      message: expect.stringContaining('2 of 3 people have no employeeId') as string,
    },
  ])
  // Without facts it may concern anybody.
  expect(lintSchema(schema)[0]?.message).toContain('Some objects may have no employeeId')
})

test('a Switch that may give null matters more where a value is required', () => {
  const required = withExpression(template, 'User', 'userName', 'Switch([city], , "Oslo", "o")')
  expect(lintSchema(required)[0]?.message).toContain('userName is required')
  const withDefault = withAttributeMapping(required, 'User', 'userName', { defaultValue: 'somebody' })
  expect(lintSchema(withDefault)[0]?.message).not.toContain('is required')
})

test('patterns without anchors in a scoping filter are found in their clause', () => {
  const clause = {
    sourceOperandName: 'department',
    operatorName: 'REGEX MATCH',
    targetOperand: { values: ['[1-9][0-9]'] },
  }
  const schema = withFilter(template, 'User', { groups: [{ name: null, clauses: [clause] }] })
  expect(lintSchema(schema)).toMatchObject([
    { rule: 'unanchoredPattern', place: { kind: 'filter', collection: 'groups', group: 0, clause: 0 } },
  ])
})

test('an expression with errors is for the check of the schema', () => {
  expect(lintSchema(withExpression(template, 'User', 'title', 'Foo('))).toEqual([])
})

test('facts count values, keep one example, and none of what is redacted', () => {
  const { attributes } = facts.User
  expect(facts.User.people).toBe(3)
  expect(attributes.get('employeeId')).toEqual({ people: 1, example: '1' })
  expect(attributes.get('mail')).toEqual({ people: 2, example: null })
  expect(attributes.get('accountEnabled')).toEqual({ people: 1, example: 'False' })
  expect(attributes.get('displayName')?.example).toHaveLength(80)
  expect(attributes.has('proxyAddresses')).toBe(false)
})

/* Who has what, and what a check of a schema says with it. */
import { describe, expect, test } from 'vitest'
import { checkSchema } from './check-schema.ts'
import { gatherFacts } from './population-facts.ts'
import { withExpression } from './schema-sides.ts'
import { slackSchema } from './templates/slack.ts'

const template = slackSchema({ id: 'job', version: '1', provisionGroups: true })
const people = gatherFacts(new Set(['mail']))
people.add({ employeeId: '1', mail: 'a@example.com', proxyAddresses: [] })
people.add({ employeeId: '', mail: 'b@example.com', displayName: 'x'.repeat(100) })
people.add({ employeeId: null, mail: 'c@example.com', accountEnabled: false })
const facts = { User: people.facts() }

test('facts count values, keep one example, and none of what is redacted', () => {
  const { attributes } = facts.User
  expect(facts.User.people).toBe(3)
  expect(attributes.get('employeeId')).toEqual({ people: 1, example: '1' })
  expect(attributes.get('mail')).toEqual({ people: 3, example: null })
  expect(attributes.get('accountEnabled')).toEqual({ people: 1, example: 'False' })
  expect(attributes.get('displayName')?.example).toHaveLength(80)
  expect(attributes.has('proxyAddresses')).toBe(false)
})

describe('a check of a schema with facts', () => {
  const titleOf = (expression: string) =>
    checkSchema(withExpression(template, 'User', 'title', expression), { facts }).filter(
      ({ attribute }) => attribute === 'title',
    )

  test('says how many people a warning concerns', () => {
    expect(titleOf('Append("x", BitAnd([employeeId], 1))')).toMatchObject([
      {
        severity: 'warning',
        code: 'FailsOnNull',
        position: 19,
        message: expect.stringContaining('2 of 3 people have no employeeId') as string,
      },
    ])
  })

  test('warns of nothing that concerns nobody', () => {
    expect(titleOf('Append("x", BitAnd([mail], 1))')).toEqual([])
  })

  test('has nothing to say of the template', () => {
    expect(checkSchema(template, { facts })).toEqual([])
  })
})

import { expect, test } from 'vitest'
import { withAttributeMapping } from '../../test/builders/schema-changes.ts'
import type { SynchronizationSchema } from '../vocabulary/index.ts'
import { checkSchema, errorsOf } from './check-schema.ts'
import { compileSchema } from './compiled-schema.ts'
import { readSchema, writeSchema } from './read-schema.ts'
import { slackSchema } from './templates/slack.ts'
import { namesIn, userNamesMode, whyNotAllotted, withUserNames } from './user-names-mode.ts'

const asMapped = slackSchema({ id: 'job', version: '1', provisionGroups: true })
const allotted = slackSchema({ id: 'job', version: '1', provisionGroups: true, userNames: 'allotted' })

const userNameIn = (schema: SynchronizationSchema) =>
  schema.synchronizationRules[0]?.objectMappings[0]?.attributeMappings.find(
    (mapping) => mapping.targetAttributeName === 'userName',
  )

test('the template comes with either rule, and the schema says which', () => {
  expect(userNamesMode(asMapped)).toEqual({ mode: 'asMapped', avoided: [] })
  expect(userNamesMode(allotted)).toEqual({ mode: 'allotted', avoided: [] })
  const exported = JSON.parse(JSON.stringify(allotted)) as SynchronizationSchema
  expect(userNamesMode(exported).mode).toBe('allotted')
})

test('both rules are schemas that run; allotted names are not matched by', () => {
  expect(compileSchema(asMapped).objectMappings.get('User')?.matching).toContain('userName')
  expect(compileSchema(asMapped).objectMappings.get('User')?.hasUniqueValues).toBe(false)
  const users = compileSchema(allotted).objectMappings.get('User')
  expect(users?.matching).toEqual(['emails[type eq "work"].value'])
  expect(users?.hasUniqueValues).toBe(true)
  expect(compileSchema(allotted).objectMappings.get('Group')?.hasUniqueValues).toBe(false)
})

test('back and forth changes nothing', () => {
  const back = withUserNames(allotted, { mode: 'asMapped', avoided: [] })
  expect(back).toEqual(asMapped)
  expect(withUserNames(back, { mode: 'allotted', avoided: [] })).toEqual(allotted)
})

test('names to avoid are kept in the schema, in small letters and once', () => {
  const schema = withUserNames(asMapped, { mode: 'allotted', avoided: ['#Sales', 'general', 'sales'] })
  expect(userNamesMode(schema)).toEqual({ mode: 'allotted', avoided: ['general', 'sales'] })
  expect(userNamesMode(withUserNames(schema, { mode: 'allotted', avoided: [] })).avoided).toEqual([])
  expect(namesIn(' #General, @anna;x\n')).toEqual(['anna', 'general', 'x'])
  expect(namesIn('')).toEqual([])
})

test('a mapping that an administrator has written stays and is what is offered first', () => {
  const own = withAttributeMapping(asMapped, 'User', 'userName', { source: { expression: '[employeeId]' } })
  const schema = withUserNames(own, { mode: 'allotted', avoided: [] })
  expect(userNameIn(schema)).toMatchObject({
    source: { expression: '[employeeId]' },
    matchingPriority: 0,
    flowType: 'ObjectAddOnly',
  })
  expect(userNameIn(withUserNames(schema, { mode: 'asMapped', avoided: [] }))?.source).toEqual({
    expression: '[employeeId]',
  })
})

test('names are not allotted where they are all that people are found by', () => {
  expect(whyNotAllotted(asMapped)).toBeNull()
  const byNameOnly = withAttributeMapping(asMapped, 'User', 'emails[type eq "work"].value', { matchingPriority: 0 })
  expect(whyNotAllotted(byNameOnly)).toContain('make the e-mail address a matching attribute first')
  expect(whyNotAllotted({ ...asMapped, synchronizationRules: [] })).toContain('maps nothing to userName')
})

test('the check finds nothing wrong with either rule, and an export in Graph form keeps it', () => {
  for (const schema of [asMapped, allotted]) {
    expect(errorsOf(checkSchema(schema, { syncAll: false, accept: [] }))).toEqual([])
    const read = readSchema(JSON.parse(writeSchema(schema)), { directories: schema.directories })
    expect(read.kind === 'problems' ? read.problems : userNamesMode(read.schema)).toEqual(userNamesMode(schema))
  }
})

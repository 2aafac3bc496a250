/*
 * The functions over lists: Count, Item, RemoveDuplicates (expressions.md 8.3). A single value is a list of one.
 */
import { fail, shownNumber, spread, toCount, toText } from '../values.ts'
import type { Site, Value } from '../values.ts'
import type { FunctionDefinition } from './definition.ts'
import { argumentAt, required } from './definition.ts'

function listOf(value: Value, site: Site): readonly string[] {
  const values = spread(value)
  if (values !== null) return values
  const text = toText(value, site)
  return text === null ? [] : [text]
}

const count: FunctionDefinition = {
  name: 'Count',
  parameters: [required('attribute')],
  documentation: 'How many values there are: 0 for null, 1 for a single value.',
  examples: [{ expression: 'Count([proxyAddresses])', attributes: { proxyAddresses: ['a', 'b', 'c'] }, result: '3' }],
  build: (call) => {
    const { evaluate } = argumentAt(call, 0)
    return (run) => listOf(evaluate(run), call.site).length
  },
}

const item: FunctionDefinition = {
  name: 'Item',
  parameters: [required('attribute'), required('index', 'Integer')],
  documentation:
    'One value of the list, counted from 1. An index the list does not have, 0 included, is an error; null gives null.',
  examples: [
    {
      expression: 'Item(Split([userPrincipalName], "@"), 1)',
      attributes: { userPrincipalName: 'jane@contoso.com' },
      result: 'jane',
    },
  ],
  failsOnNull: [1],
  build: (call) => {
    const { site } = call
    const attribute = argumentAt(call, 0).evaluate
    const indexOf = argumentAt(call, 1).evaluate
    return (run) => {
      const value = attribute(run)
      if (value === null) return null
      const values = listOf(value, site)
      if (values.length === 0) return null
      const index = toCount(indexOf(run), site)
      return (
        values[index - 1] ??
        fail(site, `Item ${shownNumber(site, index)} is asked for, but the list has the items 1 to ${values.length}.`)
      )
    }
  },
}

const removeDuplicates: FunctionDefinition = {
  name: 'RemoveDuplicates',
  parameters: [required('attribute')],
  documentation: 'The list with the first of equal values only, upper and lower case told apart, in its order.',
  examples: [
    {
      expression: 'RemoveDuplicates([proxyAddresses])',
      attributes: { proxyAddresses: ['a', 'b', 'a'] },
      result: ['a', 'b'],
    },
  ],
  build: (call) => {
    const { evaluate } = argumentAt(call, 0)
    return (run) => {
      const values = listOf(evaluate(run), call.site)
      return values.length === 0 ? null : [...new Set(values)]
    }
  },
}

export const listFunctions: readonly FunctionDefinition[] = [count, item, removeDuplicates]

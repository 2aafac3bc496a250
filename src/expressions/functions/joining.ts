/*
 * The functions that put texts together: Append, Prepend, Join (expressions.md 8.1).
 */
import type { Evaluate } from '../run.ts'
import { refuseLongText, spread, toText } from '../values.ts'
import type { Site, Value } from '../values.ts'
import type { Call, FunctionDefinition } from './definition.ts'
import { argumentAt, constantText, repeating, required } from './definition.ts'
import { eachText } from './each-text.ts'

const append: FunctionDefinition = {
  name: 'Append',
  parameters: [required('source'), required('suffix')],
  documentation:
    'The source followed by the suffix. A null source gives null, so that a bare suffix is never provisioned; an empty source is a value.',
  examples: [
    {
      expression: 'Append([userPrincipalName], ".test")',
      attributes: { userPrincipalName: 'jane@contoso.com' },
      result: 'jane@contoso.com.test',
    },
  ],
  build: (call) => buildExtension(call, 0, 1, (source, suffix) => source + suffix),
}

const prepend: FunctionDefinition = {
  name: 'Prepend',
  parameters: [required('prefix'), required('source')],
  documentation:
    'The source with the prefix before it. A null source gives null, so that a bare prefix is never provisioned.',
  examples: [{ expression: 'Prepend("x-", [employeeId])', attributes: { employeeId: '7' }, result: 'x-7' }],
  build: (call) => buildExtension(call, 1, 0, (source, prefix) => prefix + source),
}

function buildExtension(
  call: Call,
  sourceAt: number,
  additionAt: number,
  extend: (source: string, addition: string) => string,
): Evaluate {
  const { site } = call
  const addition = argumentAt(call, additionAt)
  const constant = constantText(addition, site)
  return eachText(argumentAt(call, sourceAt), site, (text, run) => {
    const added = constant === undefined ? toText(addition.evaluate(run), site) : constant
    if (added === null) return text
    refuseLongText(text.length + added.length, site)
    return extend(text, added)
  })
}

const join: FunctionDefinition = {
  name: 'Join',
  parameters: [required('separator'), repeating('source')],
  documentation:
    'All sources with the separator between them. Lists are spread; null and empty values are left out. When nothing is left the result is the empty text.',
  examples: [
    {
      expression: 'Join(", ", "", [surname], [givenName])',
      attributes: { surname: 'Doe', givenName: 'John' },
      result: 'Doe, John',
    },
    { expression: 'Join(",", [proxyAddresses])', attributes: { proxyAddresses: ['a', 'b'] }, result: 'a,b' },
  ],
  build: (call) => {
    const { site } = call
    const separator = argumentAt(call, 0)
    const constant = constantText(separator, site)
    const sources = call.repeated.map((argument) => argument.evaluate)
    return (run) => {
      const between = constant === undefined ? toText(separator.evaluate(run), site) : constant
      return joined(
        sources.map((source) => source(run)),
        between ?? '',
        site,
      )
    }
  },
}

/** Loops by hand: this is the function mappings use most. */
function joined(values: readonly Value[], separator: string, site: Site): string {
  let result = ''
  for (const value of values) {
    if (typeof value === 'string') {
      if (value !== '') result = result === '' ? value : result + separator + value
    } else if (value !== null) {
      const texts = spread(value) ?? [toText(value, site) ?? '']
      const rest = texts.filter((text) => text !== '').join(separator)
      if (rest !== '') result = result === '' ? rest : result + separator + rest
    }
    refuseLongText(result.length, site)
  }
  return result
}

export const joiningFunctions: readonly FunctionDefinition[] = [append, prepend, join]

/*
 * Writes docs/expressions.md from the function table; with `--check` it only says whether they differ.
 */
import { join } from 'node:path'
import { describeFunctions } from '../src/expressions/index.ts'
import type { FunctionDescription } from '../src/expressions/index.ts'
import { concludeGenerated } from './generated-file.ts'

export function expressionsPage(): string {
  return [
    '# Functions of the mapping language',
    '',
    'Every function an attribute mapping may call. This page is made by `scripts/generate-expression-docs.ts` from the',
    'function table in `src/expressions/functions/`, and every example on it is run by a test; change the table there.',
    '',
    'A name in square brackets is an attribute of the source. `?` marks an argument that may be left out, `...` one that',
    'repeats. Unless a function says otherwise, null in gives null out, and string functions work on every value of a list.',
    '',
    ...describeFunctions().flatMap(sectionOf),
  ].join('\n')
}

function sectionOf({ name, signature, documentation, parameters, examples }: FunctionDescription): readonly string[] {
  return [
    `## ${name}`,
    '',
    `\`${signature}\``,
    '',
    documentation,
    '',
    ...(parameters.length === 0
      ? []
      : [
          '| argument | type | required | key in Graph |',
          '| --- | --- | --- | --- |',
          ...parameters.map(
            (parameter) =>
              `| ${parameter.name}${parameter.repeats ? ' ...' : ''} | ${parameter.type} | ${parameter.isRequired ? 'yes' : 'no'} | \`${parameter.graphKey}\` |`,
          ),
          '',
        ]),
    ...examples.flatMap(exampleOf),
  ]
}

function exampleOf({ expression, attributes, result }: FunctionDescription['examples'][number]): readonly string[] {
  const given = Object.entries(attributes).map(([name, value]) => `${name} = ${shown(value)}`)
  const gives = result instanceof RegExp ? `a text that matches ${inCode(result.source)}` : shown(result)
  const sentence = given.length === 0 ? `Gives ${gives}.` : `With ${given.join(', ')} it gives ${gives}.`
  return ['```', expression, '```', '', sentence, '']
}

function shown(value: unknown): string {
  return inCode(JSON.stringify(value))
}

/** Backticks inside are delimited by two of them. */
function inCode(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

if (import.meta.main) concludeGenerated(join('docs', 'expressions.md'), expressionsPage())

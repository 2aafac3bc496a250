/* `muster functions [NAME]`: the functions of the mapping language, as a list to search or a page to read. Needs no service. */
import type { Command } from 'commander'
import { functionsHelp } from '../provisioning/index.ts'
import type { FunctionHelp } from '../vocabulary/index.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { count, wrapped } from './words.ts'

const lineWidth = 100

function pageLines(help: FunctionHelp): readonly string[] {
  const lines = [help.signature, '', ...wrapped(help.documentation, lineWidth)]
  if (help.parameters.length > 0) {
    const width = Math.max(...help.parameters.map(({ name }) => name.length))
    lines.push('')
    for (const { name, type, isRequired, repeats, failsOnNull } of help.parameters) {
      const facts = [
        type,
        ...(isRequired ? [] : ['may be left out']),
        ...(repeats ? ['repeats'] : []),
        ...(failsOnNull ? ['null is an error'] : []),
      ]
      lines.push(`  ${name.padEnd(width)}  ${facts.join(', ')}`)
    }
  }
  for (const { expression, attributes, result } of help.examples) {
    lines.push('', `  ${expression}`)
    lines.push(attributes === '{}' ? `    gives ${result}` : `    with ${attributes} gives ${result}`)
  }
  if (help.whenNull !== null)
    lines.push('', `Without any of those attributes the first example gives ${help.whenNull}.`)
  return lines
}

/** By name first; then by what the documentation says. */
function search(functions: readonly FunctionHelp[], part: string): readonly FunctionHelp[] {
  const wanted = part.toLowerCase()
  const byName = functions.filter(({ name }) => name.toLowerCase().includes(wanted))
  const byText = functions.filter((each) => !byName.includes(each) && each.documentation.toLowerCase().includes(wanted))
  return [...byName, ...byText]
}

/** Up to the first full stop or semicolon. */
const firstSentence = (text: string): string => (/^.*?[.;](?=\s|$)/.exec(text)?.[0] ?? text).replace(/;$/, '.')

export function functionsCommand(program: Command): void {
  program
    .command('functions')
    .description('the functions of the mapping language: a list to search, or all about one')
    .argument('[name]', 'a function, or a part of a name or of what it does')
    .option('--json', 'print JSON instead of text')
    .addHelpText('after', '\nExamples:\n  $ muster functions\n  $ muster functions Mid\n  $ muster functions date')
    .action((part: string | undefined, options: { readonly json?: boolean }) => {
      const functions = functionsHelp()
      const exact = functions.find(({ name }) => name.toLowerCase() === part?.toLowerCase())
      const found = exact === undefined ? search(functions, part ?? '') : [exact]
      const print = (text: string): void => void process.stdout.write(`${text}\n`)
      const [only, ...others] = found
      if (only === undefined) {
        throw new CommandError(
          exitCodes.notFound,
          `No function has "${part ?? ''}" in its name or its description. \`muster functions\` lists all ${String(functions.length)}.`,
        )
      }
      if (options.json === true) {
        print(JSON.stringify(found, null, 2))
        return
      }
      if (others.length === 0) {
        for (const line of pageLines(only)) print(line)
        return
      }
      const width = Math.max(...found.map(({ name }) => name.length))
      for (const { name, documentation } of found) {
        const [first = '', ...rest] = wrapped(firstSentence(documentation), lineWidth - width - 2)
        print(`${name.padEnd(width)}  ${first}`)
        for (const line of rest) print(`${' '.repeat(width)}  ${line}`)
      }
      print(`\n${count(found.length, 'function')}; \`muster functions NAME\` says all about one.`)
    })
}

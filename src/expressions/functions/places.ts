/*
 * How the places of a call meet the parameters of its function (expressions.md section 3, omitted arguments).
 */
import type { CallNode, Node } from '../tree.ts'
import type { Finding, FunctionDefinition, Places } from './definition.ts'

/** The places of a call, or what is wrong with their number. */
export function placesOf(node: CallNode, definition: FunctionDefinition): Places | Finding {
  const given = definition.arrange?.(node.arguments) ?? node.arguments
  const { parameters } = definition
  const repeats = parameters.some((parameter) => parameter.repeats)
  const fixedCount = repeats ? parameters.length - 1 : parameters.length
  if (!repeats && given.length > fixedCount) return wrongCount(node, definition)
  const fixed: (Node | null)[] = []
  for (let at = 0; at < fixedCount; at++) {
    const argument = given[at] ?? null
    const parameter = parameters[at]
    if (argument === null && parameter?.isRequired === true)
      return missing(node, definition, parameter.name, at, given.length)
    fixed.push(argument)
  }
  const repeated = given.slice(fixedCount)
  if (!repeats) return { node, fixed, repeated: [] }
  const wrong = checkRepeated(node, definition, repeated)
  return wrong ?? { node, fixed, repeated }
}

export function isFinding(places: Places | Finding): places is Finding {
  return 'message' in places
}

function checkRepeated(
  node: CallNode,
  definition: FunctionDefinition,
  repeated: readonly (Node | null)[],
): Finding | null {
  if (repeated.length === 0 && definition.checkRepeated === undefined) return wrongCount(node, definition)
  const message = definition.checkRepeated?.(repeated.length) ?? null
  if (message !== null) return { kind: 'arity', position: node.start, message, hint: signatureOf(definition) }
  if (!repeated.includes(null)) return null
  return {
    kind: 'arity',
    position: node.start,
    message: `${definition.name} has an empty place among its repeated arguments, where none may be left out.`,
    hint: 'Write NULL or "" if that is meant.',
  }
}

function wrongCount(node: CallNode, definition: FunctionDefinition): Finding {
  return {
    kind: 'arity',
    position: node.start,
    message: `${definition.name} has ${node.arguments.length} places, but takes ${expectedCount(definition)}.`,
    hint: signatureOf(definition),
  }
}

function missing(
  node: CallNode,
  definition: FunctionDefinition,
  parameter: string,
  at: number,
  given: number,
): Finding {
  const found = at < given ? 'its place is empty' : `it has only ${given} ${given === 1 ? 'place' : 'places'}`
  return {
    kind: 'arity',
    position: node.start,
    message: `${definition.name} needs ${parameter}, its argument ${at + 1}, but ${found}.`,
    hint: signatureOf(definition),
  }
}

function expectedCount({ parameters }: FunctionDefinition): string {
  const least = parameters.filter((parameter) => parameter.isRequired).length
  if (parameters.some((parameter) => parameter.repeats)) return `at least ${least}`
  return least === parameters.length ? String(least) : `${least} to ${parameters.length}`
}

/** `Switch(source, defaultValue?, key, value...)`. */
export function signatureOf({ name, parameters }: FunctionDefinition): string {
  const written = parameters.map(
    (parameter) => `${parameter.name}${parameter.isRequired ? '' : '?'}${parameter.repeats ? '...' : ''}`,
  )
  return `${name}(${written.join(', ')})`
}

/*
 * Reads a regular expression in .NET's dialect, options none (expressions.md 9.3). What the dialect has and this room does
 * not is refused by name, never passed over.
 *
 * The pattern is read twice: whether `\10` is a reference depends on how many groups there are.
 */
import { withoutCase } from './case-equivalence.ts'
import { boundaryWordCharacters, complement, contains, everything, single } from './character-set.ts'
import type { CharacterSet } from './character-set.ts'
import { categoryEscape, characterEscape, classEscape } from './escapes.ts'
import { countGroups, namedGroup, numberedGroup, numberGroups, unnamedGroup } from './groups.ts'
import type { GroupCounter } from './groups.ts'
import type { AssertionKind, Groups, Pattern, PatternNode } from './pattern.ts'
import { PatternFailure } from './pattern.ts'
import { readClass } from './read-class.ts'

/** Longer patterns, or ones nested deeper, are no honest ones; both come from data as well as from text. */
const patternLengthMax = 10_000
const nestingDepthMax = 200
/** .NET counts repetitions in 32 bits. */
const repetitionsMax = 2 ** 31 - 1

interface Options {
  readonly ignoresCase: boolean
  readonly isMultiline: boolean
  readonly isSingleLine: boolean
  readonly isExplicitCapture: boolean
  readonly ignoresWhiteSpace: boolean
}

const noOptions: Options = {
  ignoresCase: false,
  isMultiline: false,
  isSingleLine: false,
  isExplicitCapture: false,
  ignoresWhiteSpace: false,
}

const empty: PatternNode = { type: 'empty' }

export function readPattern(pattern: string): Pattern {
  if (pattern.length > patternLengthMax) {
    throw new PatternFailure(
      patternLengthMax,
      `The pattern has ${pattern.length} characters; at most ${patternLengthMax} are allowed.`,
    )
  }
  const counter = countGroups()
  readAll({ pattern, counter, groups: null, at: 0, options: noOptions, depth: 0 })
  const groups = numberGroups(counter)
  return { root: readAll({ pattern, counter: countGroups(), groups, at: 0, options: noOptions, depth: 0 }), groups }
}

/** One reading of one pattern: the place in it, the options in force, the groups met. */
interface Reading {
  readonly pattern: string
  readonly counter: GroupCounter
  /** Null while the groups are still being counted. */
  readonly groups: Groups | null
  at: number
  options: Options
  depth: number
}

function readAll(reading: Reading): PatternNode {
  const root = readChoice(reading)
  if (reading.at < reading.pattern.length)
    throw new PatternFailure(reading.at, 'This closing parenthesis was never opened.')
  return root
}

/** Options set inside a group hold to its end, across its alternatives. */
function readChoice(reading: Reading): PatternNode {
  const items: PatternNode[] = [readSequence(reading)]
  while (reading.pattern.charAt(reading.at) === '|') {
    reading.at++
    items.push(readSequence(reading))
  }
  const [only] = items
  return items.length === 1 && only !== undefined ? only : { type: 'choice', items }
}

function readSequence(reading: Reading): PatternNode {
  const items: PatternNode[] = []
  for (;;) {
    skipIgnored(reading)
    const character = reading.pattern.charAt(reading.at)
    if (character === '' || character === '|' || character === ')') break
    const start = reading.at
    const atom = readAtom(reading, character)
    if (atom === null) continue
    items.push(readQuantifiers(reading, atom, start))
  }
  const [only] = items
  if (items.length === 0) return empty
  return items.length === 1 && only !== undefined ? only : { type: 'sequence', items }
}

/** White space and `#` comments under `(?x)`, and `(?#...)` everywhere. */
function skipIgnored(reading: Reading): void {
  for (;;) {
    if (reading.pattern.startsWith('(?#', reading.at)) {
      const end = reading.pattern.indexOf(')', reading.at)
      if (end < 0) throw new PatternFailure(reading.at, 'This comment is never closed by ")".')
      reading.at = end + 1
    } else if (reading.options.ignoresWhiteSpace && /^\s/.test(reading.pattern.charAt(reading.at))) {
      reading.at++
    } else if (reading.options.ignoresWhiteSpace && reading.pattern.charAt(reading.at) === '#') {
      const end = reading.pattern.indexOf('\n', reading.at)
      reading.at = end < 0 ? reading.pattern.length : end + 1
    } else {
      return
    }
  }
}

/** Null for a construct that only sets options. */
function readAtom(reading: Reading, character: string): PatternNode | null {
  const start = reading.at
  switch (character) {
    case '(':
      return readGroup(reading)
    case '[': {
      const { set, end } = readClass(reading.pattern, start, reading.options.ignoresCase)
      reading.at = end
      return { type: 'set', set }
    }
    case '\\':
      return readEscape(reading)
    case '.':
      reading.at++
      return { type: 'set', set: reading.options.isSingleLine ? everything : complement(single(0x0a)) }
    case '^':
      return assertion(reading, reading.options.isMultiline ? 'lineStart' : 'textStart', 1)
    case '$':
      return assertion(reading, reading.options.isMultiline ? 'lineEnd' : 'finalLineEnd', 1)
    case '*':
    case '+':
    case '?':
      throw new PatternFailure(start, `The quantifier "${character}" follows nothing it could repeat.`)
    case '{':
      if (quantifierAt(reading, start) !== null)
        throw new PatternFailure(start, 'The quantifier in braces follows nothing it could repeat.')
      return literal(reading, start, start + 1)
    default:
      return literal(reading, start, start + 1)
  }
}

function literal(reading: Reading, from: number, end: number): PatternNode {
  reading.at = end
  return oneOf(reading, single(reading.pattern.charCodeAt(from)))
}

function oneOf(reading: Reading, set: CharacterSet): PatternNode {
  return { type: 'set', set: reading.options.ignoresCase ? withoutCase(set) : set }
}

function assertion(reading: Reading, kind: AssertionKind, length: number): PatternNode {
  reading.at += length
  return { type: 'assertion', kind }
}

function readEscape(reading: Reading): PatternNode {
  const start = reading.at
  const letter = reading.pattern.charAt(start + 1)
  const set = classEscape(letter)
  if (set !== null) {
    reading.at = start + 2
    return { type: 'set', set }
  }
  switch (letter) {
    case 'A':
      return assertion(reading, 'textStart', 2)
    case 'z':
      return assertion(reading, 'textEnd', 2)
    case 'Z':
      return assertion(reading, 'finalLineEnd', 2)
    case 'b':
      return assertion(reading, 'wordBoundary', 2)
    case 'B':
      return assertion(reading, 'noWordBoundary', 2)
    case 'G':
      throw new PatternFailure(start, 'The anchor "\\G" (end of the previous match) is not supported.')
    case 'p':
    case 'P': {
      const category = categoryEscape(reading.pattern, start + 2, letter === 'P')
      reading.at = category.end
      return oneOf(reading, category.set)
    }
  }
  const reference = readReference(reading, start)
  if (reference !== null) return reference
  const { unit, end } = characterEscape(reading.pattern, start + 1)
  reading.at = end
  return oneOf(reading, single(unit))
}

/** `\1`, `\k<name>`, `\k'name'` and the old `\<name>`; null when the escape is a character after all. */
function readReference(reading: Reading, start: number): PatternNode | null {
  const rest = reading.pattern.slice(start + 1)
  const numbered = /^[1-9]\d*/.exec(rest)
  if (numbered !== null) return numberedReference(reading, start, numbered[0], numbered[0].length)
  const named = /^k?(?:<([^>]*)>|'([^']*)')/.exec(rest)
  const name = named?.[1] ?? named?.[2]
  const isCertain = rest.startsWith('k')
  if (named === null || name === undefined || !isGroupName(name)) {
    if (isCertain) throw new PatternFailure(start, 'A named reference is written \\k<name>.')
    return null
  }
  reading.at = start + 1 + named[0].length
  if (reading.groups === null) return empty
  const number = /^\d+$/.test(name) ? Number(name) : reading.groups.numbersByName.get(name)
  if (number === undefined || !reading.groups.numbers.has(number)) {
    throw new PatternFailure(start, `The reference names the group "${name}", which the pattern does not have.`)
  }
  return { type: 'reference', number, ignoresCase: reading.options.ignoresCase }
}

/** Two digits and more that name no group are an octal character. */
function numberedReference(reading: Reading, start: number, written: string, length: number): PatternNode | null {
  const number = Number(written)
  if (reading.groups !== null && !reading.groups.numbers.has(number)) {
    if (number <= 9)
      throw new PatternFailure(start, `The reference names group ${number}, which the pattern does not have.`)
    return null
  }
  reading.at = start + 1 + length
  return reading.groups === null ? empty : { type: 'reference', number, ignoresCase: reading.options.ignoresCase }
}

function readGroup(reading: Reading): PatternNode | null {
  const start = reading.at
  if (!reading.pattern.startsWith('(?', start)) {
    if (reading.options.isExplicitCapture) return readBody(reading, start + 1)
    return capture(reading, unnamedGroup(reading.counter), start + 1)
  }
  const rest = reading.pattern.slice(start + 2, start + 4)
  if (rest.startsWith(':')) return readBody(reading, start + 3)
  if (rest.startsWith('>')) return { type: 'atomic', body: readBody(reading, start + 3) }
  if (rest.startsWith('=')) return look(reading, false, false, start + 3)
  if (rest.startsWith('!')) return look(reading, false, true, start + 3)
  if (rest === '<=') return look(reading, true, false, start + 4)
  if (rest === '<!') return look(reading, true, true, start + 4)
  if (rest.startsWith('<') || rest.startsWith("'")) return readNamedGroup(reading, start)
  if (rest.startsWith('(')) throw new PatternFailure(start, 'Conditionals, (?(...)yes|no), are not supported.')
  return readOptions(reading, start)
}

function look(reading: Reading, isBehind: boolean, isNegative: boolean, at: number): PatternNode {
  return { type: 'look', isBehind, isNegative, body: readBody(reading, at) }
}

function capture(reading: Reading, number: number, at: number): PatternNode {
  return { type: 'group', number, body: readBody(reading, at) }
}

function readNamedGroup(reading: Reading, start: number): PatternNode {
  const close = reading.pattern.charAt(start + 2) === '<' ? '>' : "'"
  const end = reading.pattern.indexOf(close, start + 3)
  const name = end < 0 ? '' : reading.pattern.slice(start + 3, end)
  if (/^\w*-\w+$/.test(name)) throw new PatternFailure(start, `Balancing groups, (?<${name}>...), are not supported.`)
  if (!isGroupName(name))
    throw new PatternFailure(start, 'A group name is to consist of letters, digits and underscores, in < and >.')
  if (!/^\d+$/.test(name)) return capture(reading, namedGroup(reading.counter, name, reading.groups), end + 1)
  const number = Number(name)
  if (name.startsWith('0') || number > repetitionsMax)
    throw new PatternFailure(start, 'A group number is to begin with 1 to 9.')
  return capture(reading, numberedGroup(reading.counter, number), end + 1)
}

/** `(?i)` holds to the end of the enclosing group, `(?i:...)` for its own body. */
function readOptions(reading: Reading, start: number): PatternNode | null {
  const match = /^\(\?([imnsx]*)(?:-([imnsx]*))?([:)])/i.exec(reading.pattern.slice(start, start + 40))
  if (match === null)
    throw new PatternFailure(
      start,
      `The construct "${reading.pattern.slice(start, start + 3)}" is not part of the dialect.`,
    )
  const [whole, on = '', off = '', end] = match
  const before = reading.options
  reading.options = changedOptions(before, on, off)
  if (end === ')') {
    reading.at = start + whole.length
    return null
  }
  const body = readBody(reading, start + whole.length)
  reading.options = before
  return body
}

function readBody(reading: Reading, at: number): PatternNode {
  const start = at - 1
  const outer = reading.options
  reading.depth++
  if (reading.depth > nestingDepthMax)
    throw new PatternFailure(start, `The pattern is nested more than ${nestingDepthMax} groups deep.`)
  reading.at = at
  const body = readChoice(reading)
  if (reading.pattern.charAt(reading.at) !== ')') throw new PatternFailure(start, 'This group is never closed by ")".')
  reading.at++
  reading.depth--
  reading.options = outer
  return body
}

function readQuantifiers(reading: Reading, atom: PatternNode, start: number): PatternNode {
  skipIgnored(reading)
  const quantifier = quantifierAt(reading, reading.at)
  if (quantifier === null) return atom
  const { min, max, end } = quantifier
  if (min > max) throw new PatternFailure(reading.at, 'The quantifier has a lower bound above its upper one.')
  if (min > repetitionsMax || (max !== Infinity && max > repetitionsMax))
    throw new PatternFailure(reading.at, 'The quantifier has too large a bound.')
  reading.at = end
  skipIgnored(reading)
  const isGreedy = reading.pattern.charAt(reading.at) !== '?'
  if (!isGreedy) reading.at++
  skipIgnored(reading)
  if (quantifierAt(reading, reading.at) !== null)
    throw new PatternFailure(
      reading.at,
      `The quantifier behind "${reading.pattern.slice(start, end)}" follows another one.`,
    )
  return { type: 'repeat', body: atom, min, max, isGreedy }
}

function quantifierAt(reading: Reading, at: number): { min: number; max: number; end: number } | null {
  switch (reading.pattern.charAt(at)) {
    case '*':
      return { min: 0, max: Infinity, end: at + 1 }
    case '+':
      return { min: 1, max: Infinity, end: at + 1 }
    case '?':
      return { min: 0, max: 1, end: at + 1 }
    case '{': {
      const match = /^\{(\d{1,12})(,(\d{1,12})?)?\}/.exec(reading.pattern.slice(at, at + 30))
      if (match === null) return null
      const [whole, least, comma, most] = match
      const max = most !== undefined ? Number(most) : comma !== undefined ? Infinity : Number(least)
      return { min: Number(least), max, end: at + whole.length }
    }
    default:
      return null
  }
}
function isGroupName(name: string): boolean {
  return name !== '' && [...name].every((character) => contains(boundaryWordCharacters(), character.charCodeAt(0)))
}

function changedOptions(before: Options, on: string, off: string): Options {
  const change = (letter: string, isSet: boolean): boolean => {
    if (new RegExp(letter, 'i').test(off)) return false
    return isSet || new RegExp(letter, 'i').test(on)
  }
  return {
    ignoresCase: change('i', before.ignoresCase),
    isMultiline: change('m', before.isMultiline),
    isSingleLine: change('s', before.isSingleLine),
    isExplicitCapture: change('n', before.isExplicitCapture),
    ignoresWhiteSpace: change('x', before.ignoresWhiteSpace),
  }
}

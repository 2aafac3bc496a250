/*
 * The functions that cut pieces out of a text: Left, Mid, Word, Split, InStr (expressions.md 8.1).
 */
import { upperInvariant } from '../casing.ts'
import type { Run } from '../run.ts'
import { fail, shown, shownNumber, toCount, toText } from '../values.ts'
import type { Site } from '../values.ts'
import { trim } from '../white-space.ts'
import type { Argument, Finding, FunctionDefinition, Places } from './definition.ts'
import { argumentAt, literalInteger, optional, optionalAt, required } from './definition.ts'
import { eachTextOrEmpty } from './each-text.ts'

/** .NET counts UTF-16 units, but half a surrogate pair is nothing anybody can receive: it is dropped (S1). */
export function slicePairs(text: string, from: number, to: number): string {
  const start = splitsPair(text, from) ? from + 1 : from
  const end = splitsPair(text, to) ? to - 1 : to
  return text.slice(start, Math.max(start, end))
}

function splitsPair(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
}

/** A count read once when it is written as a constant, and at every evaluation otherwise. */
function countOf(argument: Argument, site: Site): (run: Run) => number {
  const { constant, evaluate } = argument
  if (typeof constant === 'number') return () => constant
  return (run) => toCount(evaluate(run), site)
}

const left: FunctionDefinition = {
  name: 'Left',
  parameters: [required('String'), required('NumChars', 'Integer')],
  documentation:
    'The first characters of the text. A number of 0 gives the empty text, a negative one the whole text; null gives the empty text.',
  examples: [{ expression: 'Left([displayName], 3)', attributes: { displayName: 'John Doe' }, result: 'Joh' }],
  failsOnNull: [1],
  build: (call) => {
    const count = countOf(argumentAt(call, 1), call.site)
    return eachTextOrEmpty(argumentAt(call, 0), call.site, (text, run) => {
      const length = count(run)
      return length < 0 || length >= text.length ? text : slicePairs(text, 0, length)
    })
  },
}

function checkMid({ node, fixed }: Places): Finding | null {
  const start = literalInteger(fixed[1])
  const length = literalInteger(fixed[2])
  const position = node.start
  if (start !== null && start < 1n) {
    return { kind: 'argument', position, message: `Mid counts from 1, but the start is ${start}.` }
  }
  if (length !== null && length < 0n) {
    return { kind: 'argument', position, message: `Mid needs a length of 0 or more, but it is ${length}.` }
  }
  return null
}

const mid: FunctionDefinition = {
  name: 'Mid',
  parameters: [required('source'), required('start', 'Integer'), required('length', 'Integer')],
  documentation:
    'The characters from `start` on, counted from 1. A length beyond the end is cut, a start beyond the end and null give the empty text; a start below 1 or a negative length is an error.',
  examples: [
    {
      expression: 'Mid([userPrincipalName], 1, 8)',
      attributes: { userPrincipalName: 'johnsmith@contoso.com' },
      result: 'johnsmit',
    },
  ],
  failsOnNull: [1, 2],
  check: checkMid,
  build: (call) => {
    const { site } = call
    const startOf = countOf(argumentAt(call, 1), site)
    const lengthOf = countOf(argumentAt(call, 2), site)
    return eachTextOrEmpty(argumentAt(call, 0), site, (text, run) => {
      const start = startOf(run)
      const length = lengthOf(run)
      if (start < 1) fail(site, `Mid counts from 1, but the start is ${shownNumber(site, start)}.`)
      if (length < 0) fail(site, `Mid needs a length of 0 or more, but it is ${shownNumber(site, length)}.`)
      return slicePairs(text, start - 1, start - 1 + length)
    })
  },
}

const word: FunctionDefinition = {
  name: 'Word',
  parameters: [required('String'), required('WordNumber', 'Integer'), required('delimiters')],
  documentation:
    'One word of the text, counted from 1. Every character of `delimiters` separates words; empty stretches are no words. A number below 1, too few words and null give the empty text.',
  examples: [
    { expression: 'Word([displayName], 3, " ")', attributes: { displayName: 'The quick brown fox' }, result: 'brown' },
  ],
  failsOnNull: [1],
  build: (call) => {
    const { site } = call
    const source = argumentAt(call, 0).evaluate
    const numberOf = countOf(argumentAt(call, 1), site)
    const delimiters = argumentAt(call, 2).evaluate
    return (run) => {
      const text = toText(source(run), site)
      const wanted = numberOf(run)
      const separators = toText(delimiters(run), site)
      return text === null || wanted < 1 ? '' : nthWord(text, wanted, separators ?? '')
    }
  },
}

function nthWord(text: string, wanted: number, delimiters: string): string {
  const separating = new Set(delimiters)
  let found = 0
  let current = ''
  for (const character of text) {
    if (!separating.has(character)) {
      if (current === '') found++
      current += character
    } else if (current !== '') {
      if (found === wanted) return current
      current = ''
    }
  }
  return found === wanted ? current : ''
}

const split: FunctionDefinition = {
  name: 'Split',
  parameters: [required('source'), required('delimiter')],
  documentation:
    'The parts between the occurrences of the whole delimiter, as a list. White space around a part is removed, empty parts are kept. The empty text gives null; an empty delimiter is an error.',
  examples: [
    {
      expression: 'Split([extensionAttribute5], ",")',
      attributes: { extensionAttribute5: 'Admin, Editor' },
      result: ['Admin', 'Editor'],
    },
  ],
  failsOnNull: [1],
  build: (call) => {
    const { site } = call
    const source = argumentAt(call, 0).evaluate
    const delimiterOf = argumentAt(call, 1).evaluate
    return (run) => {
      const text = toText(source(run), site)
      if (text === null || text === '') return null
      const delimiter = toText(delimiterOf(run), site)
      if (delimiter === null || delimiter === '') fail(site, 'Split needs a delimiter, but it is empty.')
      return text.split(delimiter).map(trim)
    }
  },
}

/** `vbBinaryCompare` is the default; both names may be keywords or texts (8.1). */
function comparesText(compareType: string | null, site: Site): boolean {
  switch (compareType?.toLowerCase()) {
    case undefined:
    case 'vbbinarycompare':
      return false
    case 'vbtextcompare':
      return true
    default:
      fail(site, `InStr compares by vbBinaryCompare or vbTextCompare, but ${shown(site, compareType ?? '')} was given.`)
  }
}

const inStr: FunctionDefinition = {
  name: 'InStr',
  parameters: [required('value1'), required('value2'), optional('start', 'Integer'), optional('compareType')],
  documentation:
    'The position of `value2` in `value1`, counted from 1; 0 when it is not found. The search begins at `start`. `vbBinaryCompare`, the default, tells upper from lower case, `vbTextCompare` does not.',
  examples: [
    { expression: 'InStr([mail], "@")', attributes: { mail: 'jane@contoso.com' }, result: '5' },
    { expression: 'InStr("repEated", "e", 3, vbTextCompare)', attributes: {}, result: '4' },
  ],
  failsOnNull: [2],
  build: (call) => {
    const { site } = call
    const searched = argumentAt(call, 0).evaluate
    const wanted = argumentAt(call, 1).evaluate
    const startArgument = optionalAt(call, 2)
    const startOf = startArgument === null ? () => 1 : countOf(startArgument, site)
    const compareType = optionalAt(call, 3)?.evaluate
    return (run) => {
      const text = toText(searched(run), site)
      const sought = toText(wanted(run), site)
      if (text === null || sought === null || text === '') return 0
      const start = startOf(run)
      const ignoresCase = comparesText(compareType === undefined ? null : toText(compareType(run), site), site)
      if (start < 1) fail(site, `InStr counts from 1, but the start is ${shownNumber(site, start)}.`)
      if (start > text.length) return 0
      if (sought === '') return start
      return ignoresCase
        ? upperInvariant(text).indexOf(upperInvariant(sought), start - 1) + 1
        : text.indexOf(sought, start - 1) + 1
    }
  },
}

export const pieceFunctions: readonly FunctionDefinition[] = [left, mid, word, split, inStr]

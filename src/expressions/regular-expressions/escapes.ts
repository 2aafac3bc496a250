/*
 * What a backslash means in a pattern, inside a class and outside (expressions.md 9.3).
 */
import {
  boundaryWordCharacters,
  complement,
  contains,
  digits,
  setOf,
  whiteSpace,
  wordCharacters,
} from './character-set.ts'
import type { CharacterSet } from './character-set.ts'
import { PatternFailure } from './pattern.ts'

/** The set behind `\d \D \w \W \s \S`, or null. */
export function classEscape(letter: string): CharacterSet | null {
  switch (letter) {
    case 'd':
      return digits()
    case 'D':
      return complement(digits())
    case 'w':
      return wordCharacters()
    case 'W':
      return complement(wordCharacters())
    case 's':
      return whiteSpace()
    case 'S':
      return complement(whiteSpace())
    default:
      return null
  }
}

const categories =
  /^(?:L|Lu|Ll|Lt|Lm|Lo|M|Mn|Mc|Me|N|Nd|Nl|No|P|Pc|Pd|Ps|Pe|Pi|Pf|Po|S|Sm|Sc|Sk|So|Z|Zs|Zl|Zp|C|Cc|Cf|Co|Cs|Cn)$/

/** `\p{Lu}` and `\P{Lu}`; `at` is behind the letter p. Block names such as IsGreek are refused. */
export function categoryEscape(pattern: string, at: number, isNegated: boolean): { set: CharacterSet; end: number } {
  const match = /^\{([^}]*)\}/.exec(pattern.slice(at, at + 60))
  const name = match?.[1]
  if (match === null || name === undefined)
    throw new PatternFailure(at - 2, '"\\p" is to be followed by a category in braces, such as \\p{Lu}.')
  if (name.startsWith('Is'))
    throw new PatternFailure(
      at - 2,
      `The Unicode block "\\p{${name}}" is not supported; use a category such as \\p{L}, or ranges.`,
    )
  if (!categories.test(name)) throw new PatternFailure(at - 2, `"\\p{${name}}" names no Unicode category.`)
  // A lone unit of a surrogate pair is of category Cs, to .NET and here.
  const set = setOf(new RegExp(`\\p{${name}}`, 'u'))
  return { set: isNegated ? complement(set) : set, end: at + match[0].length }
}

const letterEscapes: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
  ['e', 0x1b],
])

/** The character an escape stands for; `at` is behind the backslash. Needless escapes of punctuation are legal. */
export function characterEscape(pattern: string, at: number): { unit: number; end: number } {
  const letter = pattern.charAt(at)
  if (letter === '') throw new PatternFailure(at - 1, 'The pattern ends with a single backslash.')
  const octal = /^[0-7]{1,3}/.exec(pattern.slice(at, at + 3))
  if (octal !== null) return { unit: Number.parseInt(octal[0], 8) & 0xff, end: at + octal[0].length }
  if (letter === 'x') return hexEscape(pattern, at + 1, 2)
  if (letter === 'u') return hexEscape(pattern, at + 1, 4)
  if (letter === 'c') return controlEscape(pattern, at + 1)
  const unit = letterEscapes.get(letter) ?? pattern.charCodeAt(at)
  if (!letterEscapes.has(letter) && contains(boundaryWordCharacters(), unit)) {
    throw new PatternFailure(at - 1, `"\\${letter}" is no escape of the dialect.`)
  }
  return { unit, end: at + 1 }
}

function hexEscape(pattern: string, at: number, length: number): { unit: number; end: number } {
  const written = pattern.slice(at, at + length)
  if (written.length < length || !/^[0-9A-Fa-f]+$/.test(written)) {
    throw new PatternFailure(at - 2, `${length} hexadecimal digits are to follow "\\${pattern.charAt(at - 1)}".`)
  }
  return { unit: Number.parseInt(written, 16), end: at + length }
}

function controlEscape(pattern: string, at: number): { unit: number; end: number } {
  const unit = pattern.charAt(at).toUpperCase().charCodeAt(0) - 0x40
  if (!(unit >= 0 && unit < 0x20))
    throw new PatternFailure(at - 2, '"\\c" is to be followed by a control character, such as \\cJ.')
  return { unit, end: at + 1 }
}

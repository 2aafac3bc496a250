/*
 * Cuts the next token out of an expression (expressions.md section 2). Whether `&` begins a hexadecimal number or joins
 * two texts depends on whether an operand may stand there, so the reader says so.
 */
import { keywords } from './tree.ts'
import type { ComparisonOperator, Keyword, Node } from './tree.ts'
import { isWhiteSpace, trim } from './white-space.ts'

interface Place {
  readonly start: number
  readonly end: number
}

export type Token =
  | (Place & { readonly type: 'operand'; readonly node: Node })
  /** An opening parenthesis; for a call its `start` is the name's, its `end` is behind the parenthesis. */
  | (Place & { readonly type: 'group' })
  | (Place & { readonly type: 'call'; readonly name: string })
  | (Place & { readonly type: 'comparison'; readonly operator: ComparisonOperator })
  | (Place & { readonly type: '&' | ',' | ')' | 'end' })

/** The text cannot go on here. Caught by the reader and nowhere else. */
export class ReadFailure extends Error {
  override readonly name = 'ReadFailure'
  readonly position: number
  readonly hint: string | undefined

  constructor(position: number, message: string, hint?: string) {
    super(message)
    this.position = position
    this.hint = hint
  }
}

const keywordsByLowerCase: ReadonlyMap<string, Keyword> = new Map(
  keywords.map((keyword) => [keyword.toLowerCase(), keyword]),
)

const integerMin = -(2n ** 63n)
const integerMax = 2n ** 63n - 1n

export function nextToken(text: string, from: number, operandMayStand: boolean): Token {
  const start = skipWhiteSpace(text, from)
  if (start >= text.length) return { type: 'end', start: text.length, end: text.length }
  const character = text.charAt(start)
  switch (character) {
    case ')':
    case ',':
      return { type: character, start, end: start + 1 }
    case '=':
    case '<':
    case '>':
      return comparison(text, start, operandMayStand)
    case '&':
      return operandMayStand ? hexadecimal(text, start) : concatenation(text, start)
  }
  if (!operandMayStand) throw afterOperand(text, start)
  switch (character) {
    case '(':
      return { type: 'group', start, end: start + 1 }
    case '[':
      return attribute(text, start)
    case '"':
      return quoted(text, start)
  }
  if (
    isDigit(text.charCodeAt(start)) ||
    ((character === '+' || character === '-') && isDigit(text.charCodeAt(start + 1)))
  ) {
    return number(text, start)
  }
  if (isWordStart(text.charCodeAt(start))) return word(text, start)
  throw strangeOperand(text, start)
}

function skipWhiteSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && isWhiteSpace(text.charCodeAt(at))) at++
  return at
}

function comparison(text: string, start: number, operandMayStand: boolean): Token {
  const two = text.slice(start, start + 2)
  if (operandMayStand)
    throw new ReadFailure(
      start,
      `An expression is expected here, but the operator "${two === '<>' || two === '<=' || two === '>=' ? two : text.charAt(start)}" was found.`,
    )
  if (two === '==') throw new ReadFailure(start, '"==" is not an operator of this language.', 'Write "=" for equality.')
  if (two === '<>' || two === '<=' || two === '>=') return { type: 'comparison', operator: two, start, end: start + 2 }
  const one = text.charAt(start)
  if (one === '=' || one === '<' || one === '>') return { type: 'comparison', operator: one, start, end: start + 1 }
  throw new Error(`No comparison begins with ${one}.`)
}

function concatenation(text: string, start: number): Token {
  if (text.charAt(start + 1) === '&') {
    throw new ReadFailure(
      start,
      '"&&" is not an operator of this language.',
      'Nest IIF in the true branch for a logical and.',
    )
  }
  return { type: '&', start, end: start + 1 }
}

function hexadecimal(text: string, start: number): Token {
  const match = /^&[Hh]([0-9A-Fa-f]+)/.exec(text.slice(start, start + 40))
  const digits = match?.[1]
  if (digits === undefined) {
    throw new ReadFailure(
      start,
      '"&" stands where a value is expected; a hexadecimal number is written &H and digits, and "&" joins two values.',
    )
  }
  const end = start + 2 + digits.length
  refuseWordCharacter(text, end, start)
  const significant = digits.replace(/^0+(?=.)/, '')
  if (significant.length > 16) throw new ReadFailure(start, 'This hexadecimal number does not fit into 64 bits.')
  const value = BigInt.asIntN(64, BigInt(`0x${significant}`))
  return { type: 'operand', node: { type: 'integer', value, start, end }, start, end }
}

function number(text: string, start: number): Token {
  let end = start + 1
  while (isDigit(text.charCodeAt(end))) end++
  const isDecimal = text.charAt(end) === '.' && isDigit(text.charCodeAt(end + 1))
  if (isDecimal) {
    end++
    while (isDigit(text.charCodeAt(end))) end++
  }
  refuseWordCharacter(text, end, start)
  const digits = text.charAt(start) === '+' ? text.slice(start + 1, end) : text.slice(start, end)
  if (isDecimal) return { type: 'operand', node: { type: 'decimal', text: digits, start, end }, start, end }
  const value = BigInt(digits)
  if (value < integerMin || value > integerMax) {
    throw new ReadFailure(start, 'This number does not fit into a 64-bit signed integer.')
  }
  return { type: 'operand', node: { type: 'integer', value, start, end }, start, end }
}

function refuseWordCharacter(text: string, at: number, start: number): void {
  if (at < text.length && (isWordStart(text.charCodeAt(at)) || isDigit(text.charCodeAt(at)))) {
    throw new ReadFailure(
      start,
      `A number is expected here, but "${text.slice(start, at + 1)}" runs on into a word.`,
      'Put text into double quotes.',
    )
  }
}

/**
 * Brackets nest. Inside a nested one, a quotation mark begins a stretch in which brackets do not count, so that
 * `[emails[type eq "work"].value]` is one name.
 */
function attribute(text: string, start: number): Token {
  let depth = 0
  let isQuoted = false
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at)
    if (isQuoted) {
      isQuoted = character !== '"'
    } else if (character === '[') {
      depth++
    } else if (character === ']') {
      depth--
      if (depth === 0) return attributeNamed(text.slice(start + 1, at), start, at + 1)
    } else if (character === '"' && depth > 1) {
      isQuoted = true
    }
  }
  throw new ReadFailure(start, 'This attribute reference is never closed by "]".')
}

function attributeNamed(written: string, start: number, end: number): Token {
  const name = trim(written)
  if (name === '') throw new ReadFailure(start, 'An attribute name is expected between "[" and "]".')
  return { type: 'operand', node: { type: 'attribute', name, start, end }, start, end }
}

/** Only `\"` and `\\` are escapes; any other backslash stays with the character behind it (dec L2). */
function quoted(text: string, start: number): Token {
  let value = ''
  let from = start + 1
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '"') {
      value += text.slice(from, at)
      return { type: 'operand', node: { type: 'text', value, start, end: at + 1 }, start, end: at + 1 }
    }
    if (character === '\\') {
      const next = text.charAt(at + 1)
      if (next === '"' || next === '\\') {
        value += text.slice(from, at)
        from = at + 1
      }
      at++
    }
  }
  throw new ReadFailure(start, 'This text is never closed by a double quote.')
}

function word(text: string, start: number): Token {
  const end = wordEnd(text, start)
  const name = text.slice(start, end)
  const after = skipWhiteSpace(text, end)
  if (text.charAt(after) === '(') return { type: 'call', name, start, end: after + 1 }
  const keyword = keywordsByLowerCase.get(name.toLowerCase())
  if (keyword !== undefined) return { type: 'operand', node: { type: 'keyword', keyword, start, end }, start, end }
  throw new ReadFailure(
    start,
    `The word "${name}" is neither a keyword nor a function call.`,
    `Write "${name}" in double quotes for text, [${name}] for an attribute, or ${name}( for a function.`,
  )
}

function wordEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && (isWordStart(text.charCodeAt(end)) || isDigit(text.charCodeAt(end)))) end++
  return end
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

function isWordStart(unit: number): boolean {
  return (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a) || unit === 0x5f
}

const hintsByCharacter: ReadonlyMap<string, string> = new Map([
  ["'", 'Text is delimited by double quotes, not by single ones.'],
  ['‘', 'Text is delimited by straight double quotes; this typographic quote comes from a word processor.'],
  ['’', 'Text is delimited by straight double quotes; this typographic quote comes from a word processor.'],
  ['“', 'Text is delimited by straight double quotes; this typographic quote comes from a word processor.'],
  ['”', 'Text is delimited by straight double quotes; this typographic quote comes from a word processor.'],
  ['„', 'Text is delimited by straight double quotes; this typographic quote comes from a word processor.'],
  ['«', 'Text is delimited by straight double quotes; this typographic quote comes from a word processor.'],
  ['»', 'Text is delimited by straight double quotes; this typographic quote comes from a word processor.'],
  ['%', 'Parameters in percent signs belong to cloud sync and do not exist here.'],
  ['$', 'Variables belong to Connect sync and do not exist here.'],
  [';', 'Arguments are separated by commas.'],
  ['{', 'Braces mean nothing here; attributes stand in square brackets.'],
  ['}', 'Braces mean nothing here; attributes stand in square brackets.'],
  ['!', 'There is no "!"; write Not(...) or "<>".'],
  ['|', 'Nest IIF in the false branch for a logical or.'],
  ['+', 'There is no arithmetic; "&" or Join put texts together.'],
  ['-', 'There is no arithmetic.'],
  ['*', 'There is no arithmetic.'],
  ['/', 'There is no arithmetic.'],
  ['"', 'A comma or "&" may be missing; a double quote within a text is written \\".'],
  ['[', 'There is no index operator; use Item(list, number), or a comma is missing.'],
])

function strangeOperand(text: string, start: number): ReadFailure {
  const character = characterAt(text, start)
  return new ReadFailure(
    start,
    `An expression is expected here, but ${character} was found.`,
    hintsByCharacter.get(text.charAt(start)),
  )
}

function afterOperand(text: string, start: number): ReadFailure {
  const expected = 'an operator, a comma, a closing parenthesis or the end is expected here'
  if (isWordStart(text.charCodeAt(start))) {
    const name = text.slice(start, wordEnd(text, start))
    const isLogical = /^(?:and|or|not)$/i.test(name)
    const hint = isLogical ? `${name} is not an operator; nest IIF, or use Not(...).` : 'A comma or "&" may be missing.'
    return new ReadFailure(start, `The word "${name}" was found, but ${expected}.`, hint)
  }
  const hint = hintsByCharacter.get(text.charAt(start)) ?? 'A comma or "&" may be missing.'
  const message = `${characterAt(text, start)} was found, but ${expected}.`
  return new ReadFailure(start, message.charAt(0).toUpperCase() + message.slice(1), hint)
}

function characterAt(text: string, at: number): string {
  const codePoint = text.codePointAt(at) ?? 0
  const character = String.fromCodePoint(codePoint)
  if (character === '"') return 'a double quote'
  const isVisible = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)
  return isVisible ? `"${character}"` : `the character U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
}

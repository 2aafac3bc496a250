/*
 * .NET's date formats, standard and custom, of the invariant culture: reads the format and writes instants by it
 * (expressions.md 9.1).
 */
import { calendarTime, dayOfWeek, padded } from './instants.ts'
import type { Instant } from './instants.ts'

export type FormatPart =
  /** `letter` repeated `count` times. */
  | { readonly type: 'field'; readonly letter: FieldLetter; readonly count: number }
  | { readonly type: 'literal'; readonly text: string }

export type FieldLetter = 'd' | 'M' | 'y' | 'H' | 'h' | 'm' | 's' | 'f' | 'F' | 't' | 'z' | 'K' | 'g'

export interface DateFormat {
  readonly parts: readonly FormatPart[]
}

export const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
export const eraName = 'A.D.'

/** Formats of one letter. */
const standardFormats: ReadonlyMap<string, string> = new Map([
  ['d', 'MM/dd/yyyy'],
  ['D', 'dddd, dd MMMM yyyy'],
  ['f', 'dddd, dd MMMM yyyy HH:mm'],
  ['F', 'dddd, dd MMMM yyyy HH:mm:ss'],
  ['g', 'MM/dd/yyyy HH:mm'],
  ['G', 'MM/dd/yyyy HH:mm:ss'],
  ['M', 'MMMM dd'],
  ['m', 'MMMM dd'],
  ['o', "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK"],
  ['O', "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK"],
  ['r', "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'"],
  ['R', "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'"],
  ['s', "yyyy'-'MM'-'dd'T'HH':'mm':'ss"],
  ['t', 'HH:mm'],
  ['T', 'HH:mm:ss'],
  ['u', "yyyy'-'MM'-'dd HH':'mm':'ss'Z'"],
  ['U', 'dddd, dd MMMM yyyy HH:mm:ss'],
  ['y', 'yyyy MMMM'],
  ['Y', 'yyyy MMMM'],
])

const fieldLetters: ReadonlySet<string> = new Set(['d', 'M', 'y', 'H', 'h', 'm', 's', 'f', 'F', 't', 'z', 'K', 'g'])

/** Null when the format is none. */
export function readDateFormat(written: string, purpose: 'input' | 'output'): DateFormat | null {
  const custom = written.length === 1 ? standardFormats.get(written) : written
  if (custom === undefined || custom === '') return null
  const parts: FormatPart[] = []
  for (let at = 0; at < custom.length;) {
    const read = readPart(custom, at, purpose)
    if (read === null) return null
    const last = parts[parts.length - 1]
    if (read.part.type === 'literal' && last?.type === 'literal') {
      parts[parts.length - 1] = { type: 'literal', text: last.text + read.part.text }
    } else {
      parts.push(read.part)
    }
    at = read.end
  }
  return { parts }
}

function readPart(format: string, at: number, purpose: 'input' | 'output'): { part: FormatPart; end: number } | null {
  const character = format.charAt(at)
  if (isFieldLetter(character)) return readField(format, at, character)
  switch (character) {
    case "'":
    case '"':
      return readQuoted(format, at, character)
    case '\\':
      return at + 1 < format.length ? literal(format.charAt(at + 1), at + 2) : null
    case '%':
      return readSingle(format, at + 1, purpose)
    default:
      return literal(character, at + 1)
  }
}

/**
 * `%` makes a single specifier custom; at the end, or before another `%`, .NET refuses it. When writing it takes one letter
 * only, when reading it is passed over.
 */
function readSingle(format: string, at: number, purpose: 'input' | 'output'): { part: FormatPart; end: number } | null {
  const letter = format.charAt(at)
  if (letter === '' || letter === '%') return null
  if (purpose === 'output' && isFieldLetter(letter)) return { part: { type: 'field', letter, count: 1 }, end: at + 1 }
  return readPart(format, at, purpose)
}

function isFieldLetter(character: string): character is FieldLetter {
  return fieldLetters.has(character)
}

function literal(text: string, end: number): { part: FormatPart; end: number } {
  return { part: { type: 'literal', text }, end }
}

const fractionDigitsMax = 7

function readField(format: string, at: number, letter: FieldLetter): { part: FormatPart; end: number } | null {
  let end = at + 1
  if (letter !== 'K') while (format.charAt(end) === letter) end++
  const count = end - at
  if ((letter === 'f' || letter === 'F') && count > fractionDigitsMax) return null
  return { part: { type: 'field', letter, count }, end }
}

/** A backslash escapes inside quotes too. */
function readQuoted(format: string, start: number, quote: string): { part: FormatPart; end: number } | null {
  let text = ''
  for (let at = start + 1; at < format.length; at++) {
    const character = format.charAt(at)
    if (character === quote) return literal(text, at + 1)
    if (character === '\\') at++
    if (at < format.length) text += format.charAt(at)
  }
  return null
}

/** Fractions are cut. `isUtc` tells `K`, which writes nothing for a time read without a zone. */
export function formatInstant(instant: Instant, { parts }: DateFormat, isUtc: boolean): string {
  const time = calendarTime(instant)
  let text = ''
  for (const part of parts) {
    if (part.type === 'literal') {
      text += part.text
      continue
    }
    const { letter, count } = part
    switch (letter) {
      case 'd':
        text += count <= 2 ? padded(time.day, count) : name(dayNames[dayOfWeek(instant)], count)
        break
      case 'M':
        text += count <= 2 ? padded(time.month, count) : name(monthNames[time.month - 1], count)
        break
      case 'y':
        text += padded(count <= 2 ? time.year % 100 : time.year, count)
        break
      case 'H':
        text += padded(time.hour, Math.min(count, 2))
        break
      case 'h':
        text += padded(time.hour % 12 === 0 ? 12 : time.hour % 12, Math.min(count, 2))
        break
      case 'm':
        text += padded(time.minute, Math.min(count, 2))
        break
      case 's':
        text += padded(time.second, Math.min(count, 2))
        break
      case 'f':
        text += fractionDigits(time.fraction, count)
        break
      case 'F':
        text = withOptionalFraction(text, fractionDigits(time.fraction, count).replace(/0+$/, ''))
        break
      case 't':
        text += (time.hour < 12 ? 'AM' : 'PM').slice(0, count === 1 ? 1 : 2)
        break
      case 'z':
        text += count === 1 ? '+0' : count === 2 ? '+00' : '+00:00'
        break
      case 'K':
        text += isUtc ? 'Z' : ''
        break
      case 'g':
        text += eraName
        break
    }
  }
  return text
}

/** Three letters write the first three of the name, four and more all of it. */
function name(full: string | undefined, count: number): string {
  return (full ?? '').slice(0, count === 3 ? 3 : undefined)
}

function fractionDigits(fraction: number, count: number): string {
  return padded(fraction, fractionDigitsMax).slice(0, count)
}

/** Without digits, `F` takes the point before it away as well. */
function withOptionalFraction(text: string, digits: string): string {
  return digits === '' && text.endsWith('.') ? text.slice(0, -1) : text + digits
}

/*
 * Reads a date by a format, as .NET's DateTime.ParseExact does (expressions.md 9.1): one-letter fields take one digit or
 * two, longer ones exactly their number of digits, literals must match, and the whole text must be used up.
 */
import { dayNames, eraName, monthNames } from './date-format.ts'
import type { DateFormat, FormatPart } from './date-format.ts'
import type { DateStyles } from './date-styles.ts'
import { addMs, calendarTime, dayOfWeek, instantFrom } from './instants.ts'
import type { Instant } from './instants.ts'
import { hourOfDay } from './read-date.ts'
import { isWhiteSpace, trimEnd, trimStart } from './white-space.ts'

export interface ParsedDate {
  readonly instant: Instant
  /** The text names its zone, or a style assumes one. */
  readonly isUtc: boolean
}

type NumberField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'dayOfWeek' | 'offset'

/** What was read so far, and where reading goes on. */
interface Reading {
  readonly text: string
  readonly styles: DateStyles
  at: number
  readonly values: Map<NumberField, number>
  half: 'AM' | 'PM' | null
  hasHour12: boolean
  hasShortYear: boolean
}

/** Null when the text does not fit. `now` gives the parts of the date that the format lacks. */
export function parseExact(
  text: string,
  format: DateFormat,
  styles: DateStyles,
  now: () => Instant,
): ParsedDate | null {
  const parts = trimmedParts(format.parts, styles)
  const started = styles.allowsLeadingWhite ? trimStart(text) : text
  const reading: Reading = {
    text: styles.allowsTrailingWhite ? trimEnd(started) : started,
    styles,
    at: 0,
    values: new Map(),
    half: null,
    hasHour12: false,
    hasShortYear: false,
  }
  for (const [index, part] of parts.entries()) {
    if (styles.allowsInnerWhite) skipWhite(reading)
    const fits = part.type === 'literal' ? readLiteral(reading, part.text, parts[index + 1]) : readField(reading, part)
    if (!fits) return null
  }
  return reading.at === reading.text.length ? settle(reading, now) : null
}

/** White space around the format is as optional as the one around the text. */
function trimmedParts(parts: readonly FormatPart[], styles: DateStyles): readonly FormatPart[] {
  return parts.map((part, index) => {
    if (part.type !== 'literal') return part
    const started = index === 0 && styles.allowsLeadingWhite ? trimStart(part.text) : part.text
    const isLast = index === parts.length - 1 && styles.allowsTrailingWhite
    return { type: 'literal', text: isLast ? trimEnd(started) : started }
  })
}

function skipWhite(reading: Reading): void {
  while (reading.at < reading.text.length && isWhiteSpace(reading.text.charCodeAt(reading.at))) reading.at++
}

/** A literal Z means UTC and may be written GMT; a point before `F` may be missing with the digits. */
function readLiteral(reading: Reading, literal: string, next: FormatPart | undefined): boolean {
  for (let index = 0; index < literal.length; index++) {
    const character = literal.charAt(index)
    if (reading.styles.allowsInnerWhite && isWhiteSpace(character.charCodeAt(0))) {
      skipWhite(reading)
    } else if (character === 'Z') {
      if (!readUtcMark(reading)) return false
    } else if (reading.text.charAt(reading.at) === character) {
      reading.at++
    } else {
      const isOptionalPoint =
        character === '.' && index === literal.length - 1 && next?.type === 'field' && next.letter === 'F'
      if (!isOptionalPoint) return false
    }
  }
  return true
}

function readUtcMark(reading: Reading): boolean {
  const mark = ['GMT', 'Z'].find((word) => reading.text.startsWith(word, reading.at))
  if (mark === undefined) return false
  reading.at += mark.length
  return setValue(reading, 'offset', 0)
}

/** The same field twice must say the same. */
function setValue(reading: Reading, field: NumberField, value: number): boolean {
  const known = reading.values.get(field)
  reading.values.set(field, value)
  return known === undefined || known === value
}

function readField(reading: Reading, part: Extract<FormatPart, { type: 'field' }>): boolean {
  const { letter, count } = part
  switch (letter) {
    case 'd':
      return count <= 2 ? readNumber(reading, 'day', count) : readName(reading, 'dayOfWeek', dayNames, count, 0)
    case 'M':
      return count <= 2 ? readNumber(reading, 'month', count) : readName(reading, 'month', monthNames, count, 1)
    case 'y':
      return readYear(reading, count)
    case 'H':
      return readNumber(reading, 'hour', Math.min(count, 2))
    case 'h':
      reading.hasHour12 = true
      return readNumber(reading, 'hour', Math.min(count, 2))
    case 'm':
      return readNumber(reading, 'minute', Math.min(count, 2))
    case 's':
      return readNumber(reading, 'second', Math.min(count, 2))
    case 'f':
    case 'F':
      return readFraction(reading, count, letter === 'F')
    case 't':
      return readHalf(reading, count)
    case 'z':
      return readOffset(reading, count)
    case 'K':
      return readZone(reading)
    case 'g':
      return readEra(reading)
  }
}

/** One digit or two when the field is a single letter, exactly as many as letters otherwise. */
function takeDigits(reading: Reading, count: number): number | null {
  const form = count === 1 ? /^\d{1,2}/ : new RegExp(`^\\d{${count}}`)
  const digits = form.exec(reading.text.slice(reading.at, reading.at + Math.max(count, 2)))?.[0]
  if (digits === undefined) return null
  reading.at += digits.length
  return Number(digits)
}

function readNumber(reading: Reading, field: NumberField, count: number): boolean {
  const value = takeDigits(reading, count)
  return value !== null && setValue(reading, field, value)
}

function readYear(reading: Reading, count: number): boolean {
  const value = takeDigits(reading, Math.min(count, 10))
  if (value === null) return false
  if (count <= 2) reading.hasShortYear = true
  return setValue(reading, 'year', value)
}

/** In any case; the longest name that fits. */
function readName(
  reading: Reading,
  field: NumberField,
  names: readonly string[],
  count: number,
  first: number,
): boolean {
  const rest = reading.text.slice(reading.at, reading.at + 12).toLowerCase()
  let found = -1
  let length = 0
  for (const [index, full] of names.entries()) {
    const name = (count === 3 ? full.slice(0, 3) : full).toLowerCase()
    if (name.length > length && rest.startsWith(name)) {
      found = index
      length = name.length
    }
  }
  reading.at += length
  return found >= 0 && setValue(reading, field, found + first)
}

/** `f` demands its number of digits, `F` takes up to so many. */
function readFraction(reading: Reading, count: number, isOptional: boolean): boolean {
  const digits = /^\d*/.exec(reading.text.slice(reading.at, reading.at + count))?.[0] ?? ''
  if (digits.length < count && !isOptional) return false
  if (digits === '') return true
  reading.at += digits.length
  return setValue(reading, 'fraction', Number(digits.padEnd(7, '0')))
}

function readHalf(reading: Reading, count: number): boolean {
  const length = count === 1 ? 1 : 2
  const written = reading.text.slice(reading.at, reading.at + length).toUpperCase()
  const half = (['AM', 'PM'] as const).find((name) => name.slice(0, length) === written)
  if (half === undefined || (reading.half !== null && reading.half !== half)) return false
  reading.half = half
  reading.at += length
  return true
}

/** `z` and `zz` are hours; `zzz` has minutes, the colon before them being optional. */
function readOffset(reading: Reading, count: number): boolean {
  const form = count === 1 ? /^([+-])(\d{1,2})/ : count === 2 ? /^([+-])(\d{2})/ : /^([+-])(\d{1,2}):?(\d{2})/
  const match = form.exec(reading.text.slice(reading.at, reading.at + 6))
  if (match === null) return false
  const [whole, sign, hours, minutes = '0'] = match
  const offset = Number(hours) * 60 + Number(minutes)
  if (Number(minutes) > 59 || offset > 14 * 60) return false
  reading.at += whole.length
  return setValue(reading, 'offset', sign === '-' ? -offset : offset)
}

function readZone(reading: Reading): boolean {
  const next = reading.text.charAt(reading.at)
  if (next === 'Z') {
    reading.at++
    return setValue(reading, 'offset', 0)
  }
  return next === '+' || next === '-' ? readOffset(reading, 3) : true
}

function readEra(reading: Reading): boolean {
  const era = [eraName, 'AD'].find(
    (name) => reading.text.slice(reading.at, reading.at + name.length).toUpperCase() === name,
  )
  if (era === undefined) return false
  reading.at += era.length
  return true
}

/** A missing time is midnight, a missing date today's, a missing month or day the first. */
function settle(reading: Reading, now: () => Instant): ParsedDate | null {
  const { values, styles } = reading
  const hour = hourRead(reading)
  if (hour === null) return null
  const date = dateRead(reading, styles, now)
  const instant = instantFrom({
    ...date,
    hour,
    minute: values.get('minute') ?? 0,
    second: values.get('second') ?? 0,
    fraction: values.get('fraction') ?? 0,
  })
  if (instant === null) return null
  const weekday = values.get('dayOfWeek')
  if (weekday !== undefined && weekday !== dayOfWeek(instant)) return null
  const offset = values.get('offset')
  if (offset === undefined) return { instant, isUtc: styles.assumesZone }
  const utc = addMs(instant, -offset * 60_000)
  return utc === null ? null : { instant: utc, isUtc: true }
}

/** `h` without AM or PM is in the morning; with `H`, AM and PM must agree with the hour, and PM needs one. */
function hourRead({ values, half, hasHour12 }: Reading): number | null {
  const hour = values.get('hour')
  if (hour === undefined) return half === 'PM' ? null : 0
  if (hasHour12) return hourOfDay(hour, half ?? 'AM')
  if (half !== null && (half === 'AM') !== hour < 12) return null
  return hour
}

/** 00 to 49 are 2000 to 2049, 50 to 99 are 1950 to 1999. */
function fullYear(twoDigits: number): number {
  return twoDigits < 50 ? 2000 + twoDigits : 1900 + twoDigits
}

function dateRead(
  { values, hasShortYear }: Reading,
  styles: DateStyles,
  now: () => Instant,
): { year: number; month: number; day: number } {
  const written = values.get('year')
  const year = written !== undefined && hasShortYear && written < 100 ? fullYear(written) : written
  const month = values.get('month')
  const day = values.get('day')
  if (year !== undefined) return { year, month: month ?? 1, day: day ?? 1 }
  if (month === undefined && day === undefined && styles.hasNoCurrentDate) return { year: 1, month: 1, day: 1 }
  const today = calendarTime(now())
  if (month === undefined && day === undefined) return today
  return { year: today.year, month: month ?? 1, day: day ?? 1 }
}

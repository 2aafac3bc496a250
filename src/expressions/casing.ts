/*
 * Upper and lower case as .NET maps it: one character to one, where JavaScript maps ß to SS (expressions.md 9.4, 9.5).
 */

/** Characters JavaScript does not lower one to one, and the final sigma. */
const specialToLower = /[\u0130\u03a3]/
/** Characters JavaScript does not upper one to one, or the invariant culture not at all. */
const specialToUpper = /[\u00df\u0131\u0149\u01f0\u0390\u03b0\u0587\u1e96-\u1e9a\u1f50-\u1fff\ufb00-\ufb17]/

export function lowerInvariant(text: string): string {
  return specialToLower.test(text) ? mapCharacters(text, lowerOne) : text.toLowerCase()
}

/** `ı` stays. */
export function upperInvariant(text: string): string {
  return specialToUpper.test(text)
    ? mapCharacters(text, (character) => (character === 'ı' ? character : upperOne(character)))
    : text.toUpperCase()
}

export interface CaseMapping {
  readonly lower: (text: string) => string
  readonly upper: (text: string) => string
}

const invariant: CaseMapping = { lower: lowerInvariant, upper: upperInvariant }
const turkic: CaseMapping = {
  lower: (text) => lowerInvariant(text.replaceAll('I', 'ı').replaceAll('İ', 'i')),
  upper: (text) => mapCharacters(text.replaceAll('i', 'İ'), upperOne),
}
const other: CaseMapping = {
  lower: lowerInvariant,
  upper: (text) => (specialToUpper.test(text) ? mapCharacters(text, upperOne) : text.toUpperCase()),
}

/** The mapping of a BCP 47 culture name, `""` being the invariant one; null when there is no such culture. */
export function caseMappingOf(culture: string): CaseMapping | null {
  if (culture === '') return invariant
  if (!isKnownCulture(culture)) return null
  return /^(?:tr|az)(?:-|$)/i.test(culture) ? turkic : other
}

function isKnownCulture(culture: string): boolean {
  try {
    return Intl.Collator.supportedLocalesOf(culture).length > 0
  } catch (malformed) {
    if (malformed instanceof RangeError) return false
    throw malformed
  }
}

function mapCharacters(text: string, map: (character: string) => string): string {
  let mapped = ''
  for (const character of text) mapped += map(character)
  return mapped
}

function lowerOne(character: string): string {
  return oneOrSame(character.toLowerCase(), character)
}

export function upperOne(character: string): string {
  return oneOrSame(character.toUpperCase(), character)
}

function oneOrSame(mapped: string, character: string): string {
  const first = mapped.codePointAt(0)
  return first !== undefined && String.fromCodePoint(first).length === mapped.length ? mapped : character
}

/** The digraphs whose title form is not their upper form. */
const titleForms: ReadonlyMap<string, string> = new Map([
  ['ǆ', 'ǅ'],
  ['ǉ', 'ǈ'],
  ['ǌ', 'ǋ'],
  ['ǳ', 'ǲ'],
])

function titleOne(character: string): string {
  if (character === 'ı') return character
  return titleForms.get(character) ?? upperOne(character)
}

const letter = /^\p{L}$/u
const separator = /^[\p{Z}\p{P}\p{S}\p{Cc}\p{Cf}]$/u

/** A letter begins a word; the ASCII apostrophe does not end one, other punctuation, symbols and white space do (9.5). */
export function titleCase(text: string): string {
  let isInside = false
  let result = ''
  for (const character of lowerInvariant(text)) {
    if (isInside) {
      result += character
      isInside = character === "'" || !separator.test(character)
    } else {
      isInside = letter.test(character)
      result += isInside ? titleOne(character) : character
    }
  }
  return result
}

/** Exactly the characters of `separators` separate words; the first character of each is upper-cased. */
export function titleCaseBetween(text: string, separators: string): string {
  const separating = new Set(separators)
  let beginsWord = true
  let result = ''
  for (const character of lowerInvariant(text)) {
    result += beginsWord ? titleOne(character) : character
    beginsWord = separating.has(character)
  }
  return result
}

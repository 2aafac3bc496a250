/*
 * .NET's regular expressions as Replace and the scoping filters need them (expressions.md 9.3). Everything here ends: a
 * pattern that is too costly for a text throws `StepsExceeded`, a pattern that is none throws `PatternFailure`.
 */
import { beginMatching, findNext, stepsMax } from './match.ts'
import type { Matching } from './match.ts'
import { nativePattern } from './native.ts'
import { once } from './once.ts'
import type { Groups, PatternNode } from './pattern.ts'
import { assemble } from './program.ts'
import type { Program } from './program.ts'
import { readPattern } from './read-pattern.ts'
import { readSubstitution } from './substitution.ts'
import type { SubstitutionPart } from './substitution.ts'

export { exampleTexts } from './example-texts.ts'
export { StepsExceeded } from './match.ts'
export { PatternFailure } from './pattern.ts'

export interface RegularExpression {
  readonly groups: Groups
  readonly root: PatternNode
  readonly program: () => Program
}

/** Steps shared by all the texts of one call. */
export interface Steps {
  left: number
}

export function newSteps(): Steps {
  return { left: stepsMax }
}

/** Throws `PatternFailure`. */
export function compilePattern(pattern: string): RegularExpression {
  const read = readPattern(pattern)
  const program = assemble(read)
  return { groups: read.groups, root: read.root, program: once(() => program) }
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Asks whether the pattern is found anywhere in a text. */
export function finder(expression: RegularExpression): (text: string, steps: Steps) => boolean {
  const native = nativePattern(expression.root, new Set())
  const compiled = native === null ? null : new RegExp(native.source)
  return (text, steps) => {
    if (native !== null && compiled !== null && text.length <= native.textLengthMax) return compiled.test(text)
    const matching = beginMatching(expression.program(), text, steps.left)
    const found = findNext(matching, 0)
    steps.left = matching.stepsLeft
    return found !== null
  }
}

/** The text a group has in the first match; null without a match, and when the group took no part in it. */
export function groupOfFirstMatch(
  expression: RegularExpression,
  number: number,
  text: string,
  steps: Steps,
): string | null {
  const matching = beginMatching(expression.program(), text, steps.left)
  const found = findNext(matching, 0)
  steps.left = matching.stepsLeft
  const span = found === null ? null : spanOf(matching, found, number)
  return span === null ? null : text.slice(span.start, span.end)
}

/** Puts `replacement` in the place of every match, or of the group in every match, told how long the result becomes. */
export type Replacer = (text: string, steps: Steps, allowLength: (length: number) => void) => string

/** With substitution syntax, in the place of the whole match. */
export function substituter(expression: RegularExpression, substitution: string): Replacer {
  const parts = readSubstitution(substitution, expression.groups)
  const viaMatcher: Replacer = (text, steps, allowLength) =>
    replaceSpans(expression, text, steps, allowLength, (matching, found) => ({
      span: found,
      replacement: substituted(parts, matching, found),
    }))
  const native = nativeReplacer(expression, parts)
  return (text, steps, allowLength) => {
    const replaced = native !== null && text.length <= native.textLengthMax ? native.replace(text) : null
    return replaced ?? viaMatcher(text, steps, allowLength)
  }
}

/** Plain text, in the place of what the group took; a match in which it took no part stays. */
export function groupReplacer(expression: RegularExpression, number: number, replacement: string): Replacer {
  return (text, steps, allowLength) =>
    replaceSpans(expression, text, steps, allowLength, (matching, found) => {
      const span = spanOf(matching, found, number)
      return span === null ? null : { span, replacement }
    })
}

type ReplaceOne = (matching: Matching, found: Span) => { readonly span: Span; readonly replacement: string } | null

/** From left to right; after an empty match the search goes on one character further. */
function replaceSpans(
  expression: RegularExpression,
  text: string,
  steps: Steps,
  allowLength: (length: number) => void,
  replaceOne: ReplaceOne,
): string {
  const matching = beginMatching(expression.program(), text, steps.left)
  let result = ''
  let copied = 0
  for (let from = 0; from <= text.length;) {
    const found = findNext(matching, from)
    if (found === null) break
    const replaced = isInsidePair(text, found) ? null : replaceOne(matching, found)
    if (replaced !== null && replaced.span.start >= copied) {
      result += text.slice(copied, replaced.span.start) + replaced.replacement
      copied = replaced.span.end
      allowLength(result.length)
    }
    from = found.end > found.start ? found.end : found.end + 1
  }
  steps.left = matching.stepsLeft
  return withoutHalves(text, result + text.slice(copied))
}

/** An empty match between the halves of a surrogate pair would tear them apart (dec S1). */
function isInsidePair(text: string, { start, end }: Span): boolean {
  if (start !== end || start === 0 || start >= text.length) return false
  return (text.charCodeAt(start) & 0xfc00) === 0xdc00 && (text.charCodeAt(start - 1) & 0xfc00) === 0xd800
}

function spanOf({ program, slots }: Matching, found: Span, number: number): Span | null {
  if (number === 0) return found
  const slot = program.slotsOfGroup.get(number)
  if (slot === undefined) return null
  const start = slots[slot] ?? -1
  const end = slots[slot + 1] ?? -1
  return start < 0 || end < start ? null : { start, end }
}

/** What stands in for one match; a group without a match gives nothing. */
function substituted(parts: readonly SubstitutionPart[], matching: Matching, found: Span): string {
  const { text } = matching
  let result = ''
  for (const part of parts) {
    switch (part.type) {
      case 'text':
        result += part.text
        break
      case 'group': {
        const span = spanOf(matching, found, part.number)
        if (span !== null) result += text.slice(span.start, span.end)
        break
      }
      case 'before':
        result += text.slice(0, found.start)
        break
      case 'after':
        result += text.slice(found.end)
        break
      case 'whole':
        result += text
        break
    }
  }
  return result
}

interface NativeReplacer {
  /** Null when a surrogate pair was torn apart: then our own matcher does it again, and better. */
  readonly replace: (text: string) => string | null
  readonly textLengthMax: number
}

/** The result of a native replacement cannot be watched while it grows, so it must be small in the worst case. */
const nativeResultMax = 500_000

function nativeReplacer({ root }: RegularExpression, parts: readonly SubstitutionPart[]): NativeReplacer | null {
  const wanted = parts.flatMap((part) => (part.type === 'group' && part.number > 0 ? [part.number] : []))
  const native = nativePattern(root, new Set(wanted))
  if (native === null || native.positionsOfGroup.size > 99) return null
  const replacement = nativeSubstitution(parts, native.positionsOfGroup)
  if (replacement === null) return null
  const compiled = new RegExp(native.source, 'g')
  const written = parts.reduce((length, part) => length + (part.type === 'text' ? part.text.length : 0), 0)
  const longest = Math.floor(Math.sqrt(nativeResultMax / (parts.length + 1)) - written)
  return {
    replace: (text) => {
      const result = text.replace(compiled, replacement)
      return result.isWellFormed() || !text.isWellFormed() ? result : null
    },
    textLengthMax: Math.min(native.textLengthMax, longest),
  }
}

/** Two digits, so that a digit behind is not taken for part of the number. Null for `$_`, which JavaScript lacks. */
function nativeSubstitution(parts: readonly SubstitutionPart[], positions: ReadonlyMap<number, number>): string | null {
  let written = ''
  for (const part of parts) {
    switch (part.type) {
      case 'text':
        written += part.text.replaceAll('$', '$$$$')
        break
      case 'group': {
        if (part.number === 0) written += '$&'
        else {
          const position = positions.get(part.number)
          if (position === undefined) return null
          written += `$${position.toString().padStart(2, '0')}`
        }
        break
      }
      case 'before':
        written += '$`'
        break
      case 'after':
        written += "$'"
        break
      case 'whole':
        return null
    }
  }
  return written
}

/** Patterns take UTF-16 units; half a surrogate pair left over is dropped, as everywhere (dec S1). */
function withoutHalves(text: string, result: string): string {
  if (result.isWellFormed() || !text.isWellFormed()) return result
  return result.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
}

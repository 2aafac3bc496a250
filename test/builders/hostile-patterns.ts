/* Patterns on which a matcher that only tries one way after the other would not end in a lifetime. */
import type { SourceAttributes } from '../../src/vocabulary/index.ts'

export const hostilePatterns: readonly string[] = [
  '(a+)+$',
  '(a*)*b',
  '(a|a)*b',
  '(a|aa)+$',
  '(.*)*x',
  '(a+){10,}b',
  '(?=(a+)+b)a',
  '(?<!(a+)+b)x',
  '(?>(a|aa)*)b',
  '(a?){50}a{50}b',
  '(a+)\\1+b',
  '(?:(?:a*)*)*b',
  '(x+x+)+y|a*a*a*a*a*b',
  '([a-z]+)*[A-Z]',
  '(\\w+\\s?)*!',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '.*.*.*.*=.*',
]

export interface HostileCall {
  readonly expression: string
  readonly attributes: SourceAttributes
}

/** The pattern on a short text that nearly matches, and on a long one. */
export function hostileCalls(pattern: string): readonly HostileCall[] {
  const expression = `Replace([a], , "${pattern.replaceAll('\\', '\\\\')}", , "", , )`
  return [`${'a'.repeat(60)}!`, 'a'.repeat(100_000)].map((a) => ({ expression, attributes: { a } }))
}

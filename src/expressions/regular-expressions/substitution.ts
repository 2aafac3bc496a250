/*
 * The replacement text of a regular expression: `$1`, `${name}`, `$&` and their kin (expressions.md 9.3). A number or name
 * that is no group stays as it is written.
 */
import { boundaryWordCharacters, contains } from './character-set.ts'
import type { Groups } from './pattern.ts'

export type SubstitutionPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'group'; readonly number: number }
  /** `` $` ``, `$'` and `$_`. */
  | { readonly type: 'before' | 'after' | 'whole' }

export function readSubstitution(written: string, groups: Groups): readonly SubstitutionPart[] {
  const parts: SubstitutionPart[] = []
  let text = ''
  for (let at = 0; at < written.length;) {
    const found = written.charAt(at) === '$' ? readReference(written, at, groups) : null
    if (found === null) {
      text += written.charAt(at)
      at++
      continue
    }
    at = found.end
    if (found.part.type === 'text') {
      text += found.part.text
      continue
    }
    if (text !== '') parts.push({ type: 'text', text })
    text = ''
    parts.push(found.part)
  }
  if (text !== '') parts.push({ type: 'text', text })
  return parts
}

function readReference(written: string, at: number, groups: Groups): { part: SubstitutionPart; end: number } | null {
  const special = specialPart(written.charAt(at + 1), groups)
  if (special !== null) return { part: special, end: at + 2 }
  const rest = written.slice(at + 1, at + 200)
  const numbered = /^(?:(\d+)|\{(\d+)\})/.exec(rest)
  if (numbered !== null) {
    const number = Number(numbered[1] ?? numbered[2])
    return groups.numbers.has(number) ? { part: { type: 'group', number }, end: at + 1 + numbered[0].length } : null
  }
  const named = /^\{([^}]+)\}/.exec(rest)
  const name = named?.[1]
  if (named === null || name === undefined || !contains(boundaryWordCharacters(), name.charCodeAt(0))) return null
  const number = groups.numbersByName.get(name)
  return number === undefined ? null : { part: { type: 'group', number }, end: at + 1 + named[0].length }
}

function specialPart(character: string, groups: Groups): SubstitutionPart | null {
  switch (character) {
    case '$':
      return { type: 'text', text: '$' }
    case '&':
      return { type: 'group', number: 0 }
    case '`':
      return { type: 'before' }
    case "'":
      return { type: 'after' }
    case '_':
      return { type: 'whole' }
    case '+':
      return { type: 'group', number: groups.last }
    default:
      return null
  }
}

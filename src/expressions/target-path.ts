/*
 * The names of target attributes, which address one element of a multi-valued one where needed (expressions.md section 4),
 * for example `emails[type eq "work"].value`.
 */
import { describeError } from './error.ts'
import type { Result } from './error.ts'

export type PathOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'pr' | 'gt' | 'ge' | 'lt' | 'le'

export interface PathComparison {
  readonly name: string
  readonly operator: PathOperator
  /** Null for `pr`. The text `"True"` also stands for the boolean true. */
  readonly value: string | number | boolean | null
}

export interface PathStep {
  readonly name: string
  /** Alternatives of conditions that hold together (`and` binds tighter than `or`); null when every element is meant. */
  readonly filter: readonly (readonly PathComparison[])[] | null
}

export interface TargetPath {
  /** Schema extension, without the attribute behind it. */
  readonly urn: string | null
  /** What stands between the urn and the attribute: a dot in SCIM 1.1 as Entra's gallery writes it. */
  readonly separator: ':' | '.' | null
  readonly steps: readonly PathStep[]
}

/** The urn ends with its version, or with User or Group behind it; the attribute follows after a colon or a dot. */
const extension = /^(urn:.+?:\d+\.\d+(?::(?:User|Group))?)([:.])(.+)$/

const attributeName = /^[A-Za-z_$][\w$-]*/

export function parseTargetPath(text: string): Result<TargetPath> {
  const match = extension.exec(text)
  const urn = match?.[1] ?? null
  const separator = match?.[2] === '.' ? '.' : match?.[2] === ':' ? ':' : null
  const steps: PathStep[] = []
  let at = urn === null ? 0 : urn.length + 1
  for (;;) {
    const step = readStep(text, at)
    if (typeof step === 'string') return refuse(text, at, step)
    steps.push(step.step)
    at = step.end
    if (at === text.length) return { ok: true, value: { urn, separator, steps } }
    if (text.charAt(at) !== '.') return refuse(text, at, 'a dot, a filter in brackets or the end')
    at++
  }
}

function refuse(text: string, position: number, expected: string): Result<never> {
  const message = `The target attribute "${text}" cannot be read: ${expected} is expected at position ${position}.`
  return { ok: false, error: describeError(text, 'syntax', 'parse', position, message) }
}

/** The step, or what is expected in its place. */
function readStep(text: string, from: number): { step: PathStep; end: number } | string {
  const name = attributeName.exec(text.slice(from))?.[0]
  if (name === undefined) return 'an attribute name'
  const at = from + name.length
  if (text.charAt(at) !== '[') return { step: { name, filter: null }, end: at }
  const read = readFilter(text, at + 1)
  return read === null
    ? 'a filter such as [type eq "work"] behind the name'
    : { step: { name, filter: read.filter }, end: read.end }
}

const comparison =
  /^\s*([A-Za-z_$][\w$.-]*)\s+(?:(pr)|(eq|ne|co|sw|ew|gt|ge|lt|le)\s+(?:"([^"]*)"|(true|false)|(-?\d{1,15})))\s*(?:(\])|(and|or)\s)/i

function readFilter(
  text: string,
  from: number,
): { filter: readonly (readonly PathComparison[])[]; end: number } | null {
  const alternatives: PathComparison[][] = [[]]
  for (let at = from; ;) {
    const match = comparison.exec(text.slice(at))
    if (match === null) return null
    const [whole, name = '', present, operator, quoted, boolean, number, closing, connective] = match
    const value =
      quoted ??
      (boolean !== undefined ? boolean.toLowerCase() === 'true' : number === undefined ? null : Number(number))
    alternatives[alternatives.length - 1]?.push({ name, operator: operatorNamed(present ?? operator ?? ''), value })
    at += whole.length
    if (closing !== undefined) return { filter: alternatives, end: at }
    if (connective?.toLowerCase() === 'or') alternatives.push([])
  }
}

const pathOperators: readonly PathOperator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'pr', 'gt', 'ge', 'lt', 'le']

function operatorNamed(written: string): PathOperator {
  const found = pathOperators.find((operator) => operator === written.toLowerCase())
  if (found === undefined) throw new Error(`"${written}" was read as an operator, but is none.`)
  return found
}

export function printTargetPath({ urn, separator, steps }: TargetPath): string {
  const path = steps.map(({ name, filter }) => (filter === null ? name : `${name}[${printFilter(filter)}]`)).join('.')
  return urn === null ? path : `${urn}${separator ?? ':'}${path}`
}

function printFilter(filter: readonly (readonly PathComparison[])[]): string {
  return filter.map((together) => together.map(printComparison).join(' and ')).join(' or ')
}

function printComparison({ name, operator, value }: PathComparison): string {
  if (operator === 'pr') return `${name} pr`
  return `${name} ${operator} ${typeof value === 'string' ? `"${value}"` : String(value)}`
}

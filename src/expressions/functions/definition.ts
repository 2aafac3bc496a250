/*
 * What the language knows of a function: one entry of the table, from which checks, canonical text, Graph's JSON form,
 * documentation and evaluation all follow (expressions.md section 8).
 */
import type { AttributeType, SourceAttributes } from '../../vocabulary/index.ts'
import type { ExpressionErrorKind } from '../error.ts'
import type { EvaluationContext, Evaluate, RenderedValue } from '../run.ts'
import type { CallNode, Node } from '../tree.ts'
import type { Site, Value } from '../values.ts'
import { toText } from '../values.ts'

export interface Parameter {
  readonly name: string
  /** Key of Graph's `parameters`, where it is not the name (section 10). */
  readonly graphKey?: string
  readonly type: AttributeType
  readonly isRequired: boolean
  /** Takes all remaining places; at least one of them when required. */
  readonly repeats: boolean
}

export interface Example {
  readonly expression: string
  readonly attributes: SourceAttributes
  readonly context?: EvaluationContext
  readonly result: RenderedValue | RegExp
}

/** One argument of a call, ready to be evaluated. */
export interface Argument {
  readonly node: Node
  /** A flow marker counts as null (dec F1). */
  readonly evaluate: Evaluate
  /** The same with the marker, for the functions that pass it on (5.6). */
  readonly withMarker: Evaluate
  /** The value, when the argument is written as a constant; `undefined` when it is not. */
  readonly constant: Value | undefined
}

/** A call whose places have met the parameters. */
export interface Call {
  readonly site: Site
  /** One entry per non-repeating parameter; null where the place is omitted. */
  readonly fixed: readonly (Argument | null)[]
  readonly repeated: readonly Argument[]
}

/** The same before compiling: what checks look at. */
export interface Places {
  readonly node: CallNode
  readonly fixed: readonly (Node | null)[]
  readonly repeated: readonly (Node | null)[]
}

export interface Finding {
  readonly kind: ExpressionErrorKind
  readonly position: number
  readonly message: string
  readonly hint?: string
}

export interface FunctionDefinition {
  readonly name: string
  readonly parameters: readonly Parameter[]
  /** Sentences for the administrator; what null does is said where it is not "null". */
  readonly documentation: string
  readonly examples: readonly Example[]
  /** Gives the same value again for the same object and context; `Guid` and `RandomString` do not. */
  readonly isRandom?: boolean
  /** Hands flow markers of its arguments on. */
  readonly passesMarkers?: boolean
  /** Makes a marker of its own. */
  readonly makesMarkers?: boolean
  /** Its result is hidden wherever values are shown. */
  readonly redacts?: boolean
  /** Reads the object's roles, which the scope of all users and groups does not have. */
  readonly needsAssignments?: boolean
  /** Parameters, by index, for which null is an error. */
  readonly failsOnNull?: readonly number[]
  /** Must be the outermost call. */
  readonly isTopLevelOnly?: boolean
  /** Cannot work on a reference attribute. */
  readonly refusesReferences?: boolean
  /** Puts the places as written in front of the parameters (three-place `FormatDateTime`). */
  readonly arrange?: (places: readonly (Node | null)[]) => readonly (Node | null)[]
  /** How many repeated places there must be, when it is not simply one. */
  readonly checkRepeated?: (count: number) => string | null
  /** What is wrong with the arguments as they are written. */
  readonly check?: (places: Places) => Finding | null
  readonly build: (call: Call) => Evaluate
}

export function required(name: string, type: AttributeType = 'String', graphKey?: string): Parameter {
  return { name, type, isRequired: true, repeats: false, ...(graphKey === undefined ? {} : { graphKey }) }
}

export function optional(name: string, type: AttributeType = 'String', graphKey?: string): Parameter {
  return { name, type, isRequired: false, repeats: false, ...(graphKey === undefined ? {} : { graphKey }) }
}

export function repeating(name: string, type: AttributeType = 'String', graphKey?: string): Parameter {
  return { name, type, isRequired: true, repeats: true, ...(graphKey === undefined ? {} : { graphKey }) }
}

export function graphKeyOf(parameter: Parameter): string {
  return parameter.graphKey ?? parameter.name
}

/** A required argument; the check has made sure that it is there. */
export function argumentAt(call: Call, index: number): Argument {
  const argument = call.fixed[index]
  if (argument === undefined || argument === null) {
    throw new Error(`${call.site.function ?? 'A function'} was compiled without its argument ${index + 1}.`)
  }
  return argument
}

export function optionalAt(call: Call, index: number): Argument | null {
  return call.fixed[index] ?? null
}

/** The text of a constant; null for `NULL`, undefined for anything that is not a constant. */
export function constantText(argument: Argument | null, site: Site): string | null | undefined {
  if (argument === null || argument.constant === undefined) return undefined
  return toText(argument.constant, site)
}

/** The value of a number written as such or as text, for checks of literals. */
export function literalInteger(node: Node | null | undefined): bigint | null {
  if (node?.type === 'integer') return node.value
  if (node?.type === 'text' && /^\s*[+-]?\d{1,30}\s*$/.test(node.value))
    return BigInt(node.value.trim().replace(/^\+/, ''))
  return null
}

/** The text of a constant, whichever way it is written; null for anything else, `NULL` included. */
export function literalText(node: Node | null | undefined): string | null {
  switch (node?.type) {
    case 'text':
      return node.value
    case 'integer':
      return node.value.toString()
    case 'decimal':
      return node.text
    case 'keyword':
      return node.keyword === 'NULL' || node.keyword.startsWith('Ignore') ? null : node.keyword
    case 'attribute':
    case 'call':
    case 'operation':
    case undefined:
      return null
  }
}

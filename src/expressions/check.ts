/*
 * Says what is wrong with an expression before any object is seen: unknown functions, wrong numbers of arguments, illegal
 * nesting, bad constants and unknown attributes (expressions.md sections 1, 3, 8). Saving a mapping runs it.
 */
import type { AttributeType, FlowType, ObjectDefinition } from '../vocabulary/index.ts'
import { describeError } from './error.ts'
import type { ExpressionError } from './error.ts'
import type { Finding, FunctionDefinition } from './functions/definition.ts'
import { isFinding, placesOf } from './functions/places.ts'
import { substituteFor } from './functions/refused-names.ts'
import { roleAttribute } from './functions/roles.ts'
import { findFunction } from './functions/table.ts'
import type { CallNode, Node, ParsedExpression } from './tree.ts'
import { nodesOf } from './tree.ts'

/** What the source has: attribute names as they are spelt, with type and whether they hold several values. */
export interface SourceSchema {
  readonly attributes: ReadonlyMap<string, { readonly type: AttributeType; readonly multivalued: boolean }>
}

export function sourceSchemaOf(object: ObjectDefinition): SourceSchema {
  return { attributes: new Map(object.attributes.map(({ name, type, multivalued }) => [name, { type, multivalued }])) }
}

export interface CheckOptions {
  readonly schema?: SourceSchema
  /** The mapping that owns the expression. */
  readonly mapping?: {
    readonly matchingPriority: number
    readonly flowType: FlowType
    /** Microsoft refuses a matching attribute that reads several source attributes; a service may allow it. */
    readonly mayReadSeveral?: boolean
  }
}

/** All errors, in the order of the text; empty when the expression may be saved. */
export function checkExpression(expression: ParsedExpression, options: CheckOptions = {}): readonly ExpressionError[] {
  const { text, root } = expression
  const errors: ExpressionError[] = []
  const report = (finding: Finding, functionName?: string): void => {
    const { kind, position, message, hint } = finding
    errors.push(describeError(text, kind, 'validate', position, message, { hint, function: functionName }))
  }
  for (const node of nodesOf(root)) {
    if (node.type === 'attribute') {
      const finding = checkAttribute(node.name, node.start, options.schema)
      if (finding !== null) report(finding)
    }
    if (node.type !== 'call') continue
    const definition = findFunction(node.name)
    const finding = definition === null ? unknownFunction(node) : checkCall(node, definition, root, options)
    if (finding !== null) report(finding, definition?.name)
  }
  const { mapping } = options
  if (mapping !== undefined && mapping.matchingPriority > 0 && mapping.mayReadSeveral !== true) {
    const finding = checkMatching(root)
    if (finding !== null) report(finding)
  }
  return errors.toSorted((left, right) => left.position - right.position)
}

function checkAttribute(name: string, position: number, schema: SourceSchema | undefined): Finding | null {
  if (schema === undefined || name === roleAttribute || schema.attributes.has(name)) return null
  const lower = name.toLowerCase()
  const near = [...schema.attributes.keys()].find((known) => known.toLowerCase() === lower)
  return {
    kind: 'attribute',
    position,
    message: `The source has no attribute "${name}".`,
    hint:
      near === undefined
        ? 'Attribute names are case-sensitive.'
        : `Upper and lower case count: the attribute is [${near}].`,
  }
}

function unknownFunction(node: CallNode): Finding {
  const hint = substituteFor(node.name)
  return {
    kind: 'unknownFunction',
    position: node.start,
    message: `There is no function "${node.name}" in this language.`,
    ...(hint === null ? {} : { hint }),
  }
}

function checkCall(node: CallNode, definition: FunctionDefinition, root: Node, options: CheckOptions): Finding | null {
  const places = placesOf(node, definition)
  if (isFinding(places)) return places
  const finding = definition.check?.(places) ?? null
  if (finding !== null) return finding
  if (definition.isTopLevelOnly === true) return checkUniqueValue(node, root, options)
  if (definition.refusesReferences === true) return checkReference(places.fixed[0], options.schema)
  return null
}

/** 8.6: top-level, not on a matching attribute, and only while an object is created. */
function checkUniqueValue(node: CallNode, root: Node, { mapping }: CheckOptions): Finding | null {
  const position = node.start
  if (node !== root) {
    return {
      kind: 'argument',
      position,
      message: `${node.name} must be the outermost call, but stands inside another expression.`,
    }
  }
  if (mapping === undefined) return null
  if (mapping.matchingPriority > 0) {
    return {
      kind: 'argument',
      position,
      message: `${node.name} cannot feed a matching attribute, because its result depends on what exists already.`,
    }
  }
  if (mapping.flowType === 'ObjectAddOnly') return null
  return {
    kind: 'argument',
    position,
    message: `${node.name} needs a mapping that applies only during object creation, but its flowType is ${mapping.flowType}.`,
    hint: 'Set flowType to ObjectAddOnly.',
  }
}

function checkReference(source: Node | null | undefined, schema: SourceSchema | undefined): Finding | null {
  if (source?.type !== 'attribute' || schema?.attributes.get(source.name)?.type !== 'Reference') return null
  return {
    kind: 'argument',
    position: source.start,
    message: `Switch cannot work on the reference attribute [${source.name}].`,
  }
}

/** Section 10: a matching attribute may read at most one source attribute. */
function checkMatching(root: Node): Finding | null {
  let first: string | null = null
  for (const node of nodesOf(root)) {
    if (node.type !== 'attribute') continue
    if (first !== null && first !== node.name) {
      return {
        kind: 'argument',
        position: node.start,
        message: `A matching attribute may read one source attribute, but [${first}] and [${node.name}] are read.`,
      }
    }
    first = node.name
  }
  return null
}

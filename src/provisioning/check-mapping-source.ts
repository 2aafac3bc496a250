/*
 * Says what is wrong with the expression of an attribute mapping before any object is seen, with its place in the
 * expression (expressions.md sections 10 and 12), and what is seldom meant.
 */
import {
  checkExpression,
  describeFunctions,
  fromGraphSource,
  lintExpression,
  nodesOf,
  textLengthMax,
  type ExpressionError,
  type LintRule,
  type ParsedExpression,
  type SourceSchema,
} from '../expressions/index.ts'
import type {
  AttributeMapping,
  AttributeMappingSource,
  PopulationFacts,
  SchemaProblemCode,
} from '../vocabulary/index.ts'
import { nearestName } from './nearest-name.ts'
import { parseSource, writtenExpression } from './read-mapping-source.ts'
import type { Finding } from './schema-findings.ts'

export interface SourceCheck {
  readonly findings: readonly Finding[]
  /** `null` when it cannot be read. */
  readonly expression: ParsedExpression | null
}

export interface SourceContext {
  readonly schema: SourceSchema
  readonly syncAll: boolean
  readonly facts?: PopulationFacts | undefined
}

export const expressionErrorCodes: Record<ExpressionError['kind'], SchemaProblemCode> = {
  syntax: 'ExpressionSyntax',
  unknownFunction: 'ExpressionUnknownFunction',
  arity: 'ExpressionArity',
  argument: 'ExpressionArgument',
  attribute: 'SourceAttributeNotFound',
  evaluation: 'ExpressionEvaluation',
}

const warningCodes: Record<LintRule, SchemaProblemCode> = {
  switchWithoutDefault: 'SwitchWithoutDefault',
  failsOnNull: 'FailsOnNull',
  rolesWithoutAssignments: 'RolesNeedAssignments',
}

export function checkMappingSource(
  source: AttributeMappingSource,
  mapping: AttributeMapping,
  { schema, syncAll, facts }: SourceContext,
): SourceCheck {
  const parsed = parseSource(source)
  if (!parsed.ok) {
    const text = writtenExpression(source)
    return { findings: [findingOf(parsed.error, text, schema)], expression: null }
  }
  const expression = parsed.value
  const errors = checkExpression(expression, {
    schema,
    mapping: { matchingPriority: mapping.matchingPriority, flowType: mapping.flowType, mayReadSeveral: true },
  })
  const agreement = errors.length === 0 ? fromGraphSource(source) : null
  const hint = 'Delete name, type and parameters beside the expression; they are written anew.'
  const found = agreement?.ok === false ? [{ ...agreement.error, hint }] : errors
  return {
    findings: [
      ...found.map((error) => findingOf(error, expression.text, schema)),
      ...passwordFindings(expression),
      ...(errors.length > 0 ? [] : lintFindings(expression, syncAll, facts)),
    ],
    expression,
  }
}

function findingOf(error: ExpressionError, text: string | null, schema: SourceSchema): Finding {
  const isTooLong = text !== null && text.length > textLengthMax
  return {
    code: isTooLong ? 'ExpressionTooLong' : expressionErrorCodes[error.kind],
    message: error.message,
    hint: (text === null ? null : nearestHint(error, text, schema)) ?? error.hint ?? null,
    // Ten thousand characters say nothing to whoever reads the message.
    expression: isTooLong ? null : text,
    position: isTooLong || text === null ? null : error.position,
  }
}

function nearestHint(error: ExpressionError, text: string, schema: SourceSchema): string | null {
  const rest = text.slice(error.position)
  if (error.kind === 'unknownFunction' && error.hint === undefined) {
    const name = /^\w+/.exec(rest)?.[0] ?? ''
    const nearest = nearestName(
      name,
      describeFunctions().map((each) => each.name),
    )
    return nearest === null ? null : `Did you mean ${nearest}?`
  }
  if (error.kind !== 'attribute') return null
  const name = /^\[([^\]]*)\]/.exec(rest)?.[1] ?? ''
  const nearest = nearestName(name, schema.attributes.keys())
  if (nearest === null || nearest.toLowerCase() === name.toLowerCase()) return null
  return `Did you mean [${nearest}]?`
}

/** Spec 5.4: passwords are never provisioned. */
function passwordFindings({ root, text }: ParsedExpression): readonly Finding[] {
  return [...nodesOf(root)].flatMap((node) =>
    node.type === 'attribute' && isPassword(node.name)
      ? [
          {
            code: 'TargetAttributeIsPassword' as const,
            message: `[${node.name}] is a password, and passwords are never provisioned.`,
            expression: text,
            position: node.start,
          },
        ]
      : [],
  )
}

export function isPassword(attribute: string): boolean {
  return /(?:^|[.:])(?:password|passwordProfile|unicodePwd|userPassword)(?:$|\.)/i.test(attribute)
}

function lintFindings(
  expression: ParsedExpression,
  syncAll: boolean,
  facts: PopulationFacts | undefined,
): readonly Finding[] {
  return lintExpression(expression, { syncAll, ...(facts === undefined ? {} : { facts }) }).map(
    ({ rule, message, position }) => ({
      // Spec 3.3: functions over assignments cannot be used while everybody is provisioned.
      severity: rule === 'rolesWithoutAssignments' ? 'error' : 'warning',
      code: warningCodes[rule],
      message,
      expression: expression.text,
      position,
    }),
  )
}

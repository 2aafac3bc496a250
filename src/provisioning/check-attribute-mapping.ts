/*
 * Says what is wrong with one attribute mapping: its target attribute, its switches, its default value (spec 5.2 to 5.6).
 */
import { nodesOf, parseTargetPath, type ParsedExpression, type SourceSchema } from '../expressions/index.ts'
import type { AttributeDefinition, AttributeMapping } from '../vocabulary/index.ts'
import { isPassword } from './check-mapping-source.ts'
import { toTargetValue } from './target-values.ts'
import { nearestName } from './nearest-name.ts'
import type { Finding } from './schema-findings.ts'

export interface TargetContext {
  readonly definitions: ReadonlyMap<string, AttributeDefinition>
  /** Attributes without a mapping of which no object can be created. */
  readonly required: ReadonlySet<string>
  /** Attributes the target can look objects up by; null when that is not known. */
  readonly filterable: readonly string[] | null
  readonly targetName: string
}

export function checkAttributeMapping(
  mapping: AttributeMapping,
  expression: ParsedExpression | null,
  source: SourceSchema,
  context: TargetContext,
): readonly Finding[] {
  const name = mapping.targetAttributeName
  if (isPassword(name)) {
    return [
      { code: 'TargetAttributeIsPassword', message: `"${name}" is a password, and passwords are never provisioned.` },
    ]
  }
  const definition = context.definitions.get(name)
  if (definition === undefined) return [unknownTarget(name, context)]
  return [
    ...writabilityFindings(mapping, definition),
    ...matchingFindings(mapping, context),
    ...flowFindings(mapping, definition, context),
    ...referenceFindings(expression, source, definition),
    ...defaultFindings(mapping, definition),
  ]
}

function unknownTarget(name: string, { definitions, targetName }: TargetContext): Finding {
  const nearest = nearestName(name, definitions.keys())
  return {
    code: 'SchemaAttributeNotFound',
    message: `${targetName} has no attribute "${name}".`,
    hint:
      nearest === null
        ? 'The attributes it has are listed under "directories".'
        : `Did you mean ${nearest}? Upper and lower case count.`,
  }
}

function writabilityFindings(mapping: AttributeMapping, definition: AttributeDefinition): readonly Finding[] {
  if (!definition.anchor && definition.mutability !== 'ReadOnly') return []
  const because = definition.anchor ? 'is the id the target gives to its objects' : 'is read-only in the target'
  return [
    {
      code: 'TargetAttributeNotWritable',
      message: `"${mapping.targetAttributeName}" ${because}, so it cannot be written.`,
      hint: 'Remove this attribute mapping.',
    },
  ]
}

function matchingFindings(mapping: AttributeMapping, { filterable, targetName }: TargetContext): readonly Finding[] {
  const name = mapping.targetAttributeName
  if (mapping.matchingPriority <= 0 || filterable === null || filterable.includes(name)) return []
  return [
    {
      code: 'MatchingAttributeNotFilterable',
      message: `"${name}" is a matching attribute, but ${targetName} cannot look objects up by it.`,
      hint: `Match by ${filterable.join(' or ')}; set matchingPriority to 0 here.`,
    },
  ]
}

function flowFindings(
  mapping: AttributeMapping,
  definition: AttributeDefinition,
  { required }: TargetContext,
): readonly Finding[] {
  const findings: Finding[] = []
  const name = mapping.targetAttributeName
  if (mapping.flowNullValues === true) {
    const because =
      mapping.matchingPriority > 0
        ? 'is a matching attribute'
        : required.has(name)
          ? 'is required'
          : definition.multivalued
            ? 'has several values'
            : null
    // Spec 5.3.
    if (because !== null) {
      findings.push({
        code: 'FlowNullRefused',
        message: `"${name}" ${because}, so it cannot be emptied when the source has no value.`,
        hint: 'Set flowNullValues of this attribute mapping to false.',
      })
    } else if (!definition.flowNullValues) {
      findings.push({
        severity: 'warning',
        code: 'NeverFlows',
        message: `"${name}" is not emptied: flowNullValues is on in the mapping, and off in the definition of the attribute.`,
        hint: 'Both switches are needed.',
      })
    }
  }
  const addsOnce = mapping.flowType === 'ObjectAddOnly' || mapping.flowType === 'AttributeAddOnly'
  if (addsOnce && definition.multivalued && definition.type === 'Reference') {
    findings.push({
      code: 'FlowTypeRefused',
      message: `"${name}" is written after the object exists, so with ${mapping.flowType} it would never be.`,
      hint: 'Use Always, or ValueAddOnly to never take anybody out.',
    })
  }
  if (mapping.flowType === 'MultiValueAddOnly' && !definition.multivalued) {
    findings.push({
      severity: 'warning',
      code: 'NeverFlows',
      message: `"${name}" has one value, so MultiValueAddOnly does the same as Always.`,
    })
  }
  return findings
}

/** A reference points to an object, so what feeds it must read a reference (spec 5.5). */
function referenceFindings(
  expression: ParsedExpression | null,
  source: SourceSchema,
  definition: AttributeDefinition,
): readonly Finding[] {
  if (definition.type !== 'Reference' || expression === null) return []
  const reads = [...nodesOf(expression.root)].filter((node) => node.type === 'attribute')
  if (reads.some((node) => source.attributes.get(node.name)?.type === 'Reference')) return []
  return [
    {
      code: 'ReferenceNeedsReference',
      message: `"${definition.name}" points to another object, but this expression reads no reference.`,
      hint: 'Map a reference attribute of the source, such as [manager] or [members].',
      expression: expression.text,
      position: reads[0]?.start ?? 0,
    },
  ]
}

function defaultFindings(mapping: AttributeMapping, definition: AttributeDefinition): readonly Finding[] {
  const { defaultValue } = mapping
  if (defaultValue === null || defaultValue === '') return []
  if (definition.type === 'Reference') {
    return [
      {
        code: 'DefaultValueRefused',
        message: `The default value "${defaultValue}" cannot be used: "${definition.name}" points to another object.`,
      },
    ]
  }
  const converted = toTargetValue({ target: definition.name, definition }, defaultValue)
  return converted.kind === 'failed'
    ? [{ code: 'DefaultValueRefused', message: `The default value cannot be used: ${converted.message}` }]
    : []
}

/** The same element of a multi-valued attribute, however it is spelt (spec 5.4: type values are unique in an attribute). */
export function targetKey(name: string): string {
  const path = parseTargetPath(name)
  if (!path.ok) return name.toLowerCase()
  const steps = path.value.steps.map((step) => [
    step.name.toLowerCase(),
    (step.filter ?? []).map((together) =>
      together
        .map((each) => `${each.name} ${each.operator} ${String(each.value)}`.toLowerCase())
        .toSorted()
        .join(' and '),
    ),
  ])
  return JSON.stringify([path.value.urn?.toLowerCase() ?? null, steps])
}

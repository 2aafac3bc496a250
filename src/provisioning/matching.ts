/*
 * Decides which queries matching asks, in which order, and reads the answers (spec section 4). It never asks itself:
 * the cycle does, between the two halves.
 */
import type { FindRequest } from './match-request.ts'
import type { ProvisioningStep, TargetObject } from '../vocabulary/index.ts'
import type { MappedAttribute } from './mapping.ts'
import type { CompiledObjectMapping } from './compiled-schema.ts'

/** The queries in order of matching precedence; attributes without a value ask nothing. */
export function matchQueries(
  mapping: CompiledObjectMapping,
  mapped: readonly MappedAttribute[],
): readonly FindRequest[] {
  const values = new Map(mapped.map((attribute) => [attribute.name, attribute]))
  return mapping.matching.flatMap((attribute) => {
    const found = values.get(attribute)
    const value = found?.kind === 'value' ? found.value : undefined
    if (value === undefined || value === '' || typeof value === 'object') return []
    return [{ objectType: mapping.objectType, attribute, value: String(value) }]
  })
}

export interface MatchAnswer {
  readonly query: FindRequest
  readonly hits: readonly TargetObject[]
  /** Source anchors that hits are already linked to, by target anchor. */
  readonly takenBy: ReadonlyMap<string, string>
}

export type MatchResult =
  | { readonly kind: 'none'; readonly step: ProvisioningStep }
  | { readonly kind: 'one'; readonly hit: TargetObject; readonly step: ProvisioningStep }
  | { readonly kind: 'many'; readonly hits: readonly TargetObject[]; readonly step: ProvisioningStep }
  | { readonly kind: 'taken'; readonly hit: TargetObject; readonly by: string; readonly step: ProvisioningStep }
  | { readonly kind: 'noValue'; readonly step: ProvisioningStep }

function matchingStep(
  status: ProvisioningStep['status'],
  description: string,
  details: Readonly<Record<string, string>> = {},
): ProvisioningStep {
  return { name: 'EntryImport', provisioningStepType: 'matching', status, description, details }
}

const quoted = (query: FindRequest): string => `${query.attribute} '${query.value}'`

/** Whether one more query is worth asking: the first attribute that yields a hit ends the search. */
export function isSettled(answers: readonly MatchAnswer[]): boolean {
  return answers.some((answer) => answer.hits.length > 0)
}

export function chooseMatch(
  mapping: CompiledObjectMapping,
  targetName: string,
  answers: readonly MatchAnswer[],
): MatchResult {
  if (answers.length === 0) {
    const attributes = mapping.matching.join(', ')
    return {
      kind: 'noValue',
      step: matchingStep(
        'skipped',
        `No matching attribute has a value (${attributes}), so ${mapping.objectType} cannot be looked up in ${targetName}.`,
      ),
    }
  }
  const settled = answers.find((answer) => answer.hits.length > 0)
  if (settled === undefined) {
    return {
      kind: 'none',
      step: matchingStep(
        'success',
        `No ${mapping.objectType} with ${answers.map((answer) => quoted(answer.query)).join(' or ')} in ${targetName}.`,
      ),
    }
  }
  const [hit, ...others] = settled.hits
  if (hit === undefined || others.length > 0) {
    return {
      kind: 'many',
      hits: settled.hits,
      step: matchingStep(
        'failure',
        `${String(settled.hits.length)} objects in ${targetName} have ${quoted(settled.query)}.`,
        {
          TargetIds: settled.hits.map((each) => each.anchor).join(', '),
        },
      ),
    }
  }
  const by = settled.takenBy.get(hit.anchor)
  if (by !== undefined) {
    return {
      kind: 'taken',
      hit,
      by,
      step: matchingStep(
        'failure',
        `${quoted(settled.query)} finds ${hit.anchor}, which is linked to another object of the source already (${by}).`,
        {
          TargetId: hit.anchor,
          LinkedTo: by,
        },
      ),
    }
  }
  return {
    kind: 'one',
    hit,
    step: matchingStep('success', `Matched ${hit.anchor} in ${targetName} by ${quoted(settled.query)}.`, {
      TargetId: hit.anchor,
      MatchedBy: settled.query.attribute,
    }),
  }
}

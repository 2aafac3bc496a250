/*
 * Decides whether an object of the source is in scope, with every reason (spec section 3). A filter that cannot be
 * evaluated is a failure of the object, never "out of scope".
 */
import type { AssignmentPath, ObjectTypeName, ProvisioningStep, SourceObject } from '../vocabulary/index.ts'
import { defaultAccessRoleId } from '../vocabulary/index.ts'
import type { CompiledObjectMapping } from './compiled-schema.ts'
import { evaluateScope, type ScopeEvaluation } from './scoping-filter.ts'

/** What the job's settings say about scope (spec 3.1 to 3.3). */
export interface ScopeSettings {
  readonly syncAll: boolean
  /** Switched off and not in force yet: everybody is in scope until a restart (spec section 11). */
  readonly scopeWaitsForRestart?: boolean
  readonly defaultAccessIsEntitled: boolean
}

/** The skip code that names why (spec 12.3); `null` when in scope. */
export type OutOfScopeCode = 'NotEffectivelyEntitled' | 'EntrySynchronizationSkipped'

export interface ScopeDecision {
  readonly inScope: boolean
  readonly isActive: boolean
  readonly isAssigned: boolean
  readonly hasRole: boolean
  readonly passesFilter: boolean
  /** Assigned with a permitting role and passing the filter: still managed even while disabled or deleted in the source (spec 7.2 rows 5, 6). */
  readonly isEntitled: boolean
  readonly skipCode: OutOfScopeCode | null
  /** All causes that apply, in words. */
  readonly reasons: readonly string[]
  /** The causes as the log words them (spec 12.3). */
  readonly why: string
  readonly paths: readonly AssignmentPath[]
  /** Every clause of the filter with its answer. */
  readonly evaluation: ScopeEvaluation
}

/** Nothing is decided about the object, so nothing happens to it. */
export interface ScopeUndecided {
  /** `failed`: the filter could not be evaluated; `dropped`: the input filter leaves it out while reading (spec 3.4). */
  readonly kind: 'failed' | 'dropped'
  readonly message: string
}

export type ScopeResult = { readonly kind: 'decided'; readonly decision: ScopeDecision } | ScopeUndecided

const asText = (value: boolean): string => (value ? 'True' : 'False')

const notAssigned: Record<ObjectTypeName, string> = {
  User: 'It is not assigned to the application, neither itself nor through a group it is a direct member of.',
  Group:
    'It is not assigned to the application itself; a group is not provisioned because it is nested in one that is.',
}

const onlyDefaultAccess =
  'Its only role is Default Access, which does not permit provisioning here (defaultAccessIsEntitled is off).'

function whyInactive(source: SourceObject): string {
  if (source.presence === 'hardDeleted') return 'It was deleted for good in the source.'
  if (source.presence === 'softDeleted') return 'It is in the recycle bin of the source.'
  return 'Its account is disabled in the source (accountEnabled is false).'
}

/** A person may be entitled through a group; a group only itself, for nested groups are not expanded (spec 3.1). */
function entitlingPaths(source: SourceObject): readonly AssignmentPath[] {
  return source.objectType === 'User' ? source.assignments : source.assignments.filter((path) => path.kind === 'direct')
}

/** Several causes are numbered (spec 12.3). */
function asCauses(reasons: readonly string[]): string {
  return reasons.length > 1
    ? reasons.map((reason, index) => `${String(index + 1)}. ${reason}`).join(' ')
    : reasons.join(' ')
}

function permitsProvisioning(path: AssignmentPath, settings: ScopeSettings): boolean {
  return path.appRoleId !== defaultAccessRoleId || settings.defaultAccessIsEntitled
}

function describeFilter(evaluation: ScopeEvaluation): Record<string, string> {
  const clauses: Record<string, boolean> = {}
  for (const group of evaluation.groups) {
    for (const clause of group.clauses) {
      const operand = clause.operand.length > 0 ? ` '${clause.operand.join("', '")}'` : ''
      clauses[`${group.name ?? 'filter'}.${clause.attribute} ${clause.operator}${operand}`] = clause.held
    }
  }
  return { ScopeEvaluationResult: JSON.stringify(clauses) }
}

function whyFiltered(evaluation: ScopeEvaluation): string {
  const failing = evaluation.groups.flatMap((group) =>
    group.clauses
      .filter((clause) => !clause.held)
      .map((clause) => {
        const operand =
          clause.operand.length > 0 ? ` ${clause.operand.map((value) => JSON.stringify(value)).join(', ')}` : ''
        const seen = clause.seen === null ? 'nothing' : JSON.stringify(clause.seen)
        return `${clause.attribute} ${clause.operator}${operand} does not hold (found ${seen})`
      }),
  )
  return `No scoping filter is passed: ${failing.join('; ')}.`
}

function stepOf(
  status: ProvisioningStep['status'],
  description: string,
  details: ProvisioningStep['details'] = {},
): ProvisioningStep {
  return { name: 'EntrySynchronizationScoping', provisioningStepType: 'scoping', status, description, details }
}

/** What the filters say. */
function judge(source: SourceObject, { filter }: CompiledObjectMapping): ScopeEvaluation | ScopeUndecided {
  // Of somebody deleted for good nothing is left that a filter could judge.
  if (source.presence === 'hardDeleted') return { inScope: true, groups: [] }
  const input = evaluateScope(filter, source.attributes, 'inputFilterGroups')
  if (input.kind === 'failed')
    return { kind: 'failed', message: `The input filter could not be evaluated: ${input.message}` }
  if (!input.evaluation.inScope) {
    const message = `It is dropped while reading and left as it is. ${whyFiltered(input.evaluation)}`
    return { kind: 'dropped', message }
  }
  const result = evaluateScope(filter, source.attributes)
  return result.kind === 'failed'
    ? { kind: 'failed', message: `The scoping filter could not be evaluated: ${result.message}` }
    : result.evaluation
}

function reasonsAgainst(
  source: SourceObject,
  answers: { readonly isActive: boolean; readonly isAssigned: boolean; readonly hasRole: boolean },
  evaluation: ScopeEvaluation,
): readonly string[] {
  if (source.presence === 'hardDeleted') return [whyInactive(source)]
  const reasons: string[] = []
  if (!answers.isActive) reasons.push(whyInactive(source))
  if (!answers.isAssigned) reasons.push(notAssigned[source.objectType])
  else if (!answers.hasRole) reasons.push(onlyDefaultAccess)
  if (!evaluation.inScope) reasons.push(whyFiltered(evaluation))
  return reasons
}

export function scopeObject(
  source: SourceObject,
  mapping: CompiledObjectMapping,
  settings: ScopeSettings,
): ScopeResult {
  const evaluation = judge(source, mapping)
  if ('kind' in evaluation) return evaluation
  const isActive = source.presence === 'present' && source.attributes['accountEnabled'] !== false
  const paths = entitlingPaths(source)
  const isForAll = settings.syncAll || settings.scopeWaitsForRestart === true
  const isAssigned = isForAll || paths.length > 0
  const hasRole = isForAll || paths.some((path) => permitsProvisioning(path, settings))
  const passesFilter = evaluation.inScope
  const isEntitled = isAssigned && hasRole && passesFilter
  const inScope = isActive && isEntitled
  const skipCode: OutOfScopeCode | null = inScope
    ? null
    : isActive && isAssigned && hasRole
      ? 'EntrySynchronizationSkipped'
      : 'NotEffectivelyEntitled'
  const reasons = inScope ? [] : reasonsAgainst(source, { isActive, isAssigned, hasRole }, evaluation)
  return {
    kind: 'decided',
    decision: {
      inScope,
      isActive,
      isAssigned,
      hasRole,
      passesFilter,
      isEntitled,
      skipCode,
      reasons,
      why: asCauses(reasons),
      paths,
      evaluation,
    },
  }
}

/** The result as the log shows it. Made when somebody looks: whoever only counts people has no use for it. */
export function scopingStep({ objectType }: SourceObject, scoped: ScopeResult): ProvisioningStep {
  if (scoped.kind !== 'decided') return stepOf(scoped.kind === 'failed' ? 'failure' : 'skipped', scoped.message)
  const { decision } = scoped
  const { paths } = decision
  const details = {
    'Active in the source system': asText(decision.isActive),
    'Assigned to the application': asText(decision.isAssigned),
    'User has the required role': asText(decision.hasRole),
    'Scoping filter evaluation passed': asText(decision.passesFilter),
    IsEffectivelyEntitledForProvisioning: asText(decision.isEntitled),
    ...describeFilter(decision.evaluation),
    ...(paths.length > 0
      ? {
          'Assigned through': paths
            .map((path) => (path.kind === 'direct' ? 'itself' : `group ${path.groupDisplayName ?? path.groupId ?? ''}`))
            .join(', '),
        }
      : {}),
  }
  return decision.inScope
    ? stepOf('success', `${objectType} is in scope.`, details)
    : stepOf('skipped', decision.why, details)
}

/*
 * The smallest change of a person's or group's facts that would turn the decision about its scope: "in scope if department
 * were "Sales"". Every answer has been tried with the rule itself, and no part of it would do alone.
 */
import {
  defaultAccessRoleId,
  type AssignmentPath,
  type AttributeType,
  type SourceAttributes,
  type SourceObject,
  type SourceValue,
} from '../vocabulary/index.ts'
import { clauseWords, namesItsValue, valueFor, valuesToTry } from './clause-values.ts'
import type { CompiledObjectMapping } from './compiled-schema.ts'
import { scopeObject, type ScopeSettings } from './scoping.ts'
import { askClause, type CompiledClause, type CompiledGroup } from './scoping-filter.ts'

export type FactChange =
  | { readonly kind: 'attribute'; readonly attribute: string; readonly to: SourceValue; readonly words: string }
  | { readonly kind: 'restore'; readonly words: string }
  | { readonly kind: 'assign'; readonly words: string }
  | { readonly kind: 'unassign'; readonly path: AssignmentPath; readonly words: string }
  | { readonly kind: 'delete'; readonly words: string }

/** Facts that have to change together. */
export type ScopeTurn = readonly FactChange[]

export interface ScopeTurns {
  readonly wanted: 'in' | 'out'
  /** All equally small; the first ones are the plainest. */
  readonly turns: readonly ScopeTurn[]
  /** Why none can be named; `null` when one is. */
  readonly none: string | null
}

export interface ScopeTurnsRequest {
  readonly source: SourceObject
  readonly mapping: CompiledObjectMapping
  readonly settings: ScopeSettings
  /** Types of the source's attributes, as the schema has them; others hold text. */
  readonly types: ReadonlyMap<string, AttributeType>
  /** A group that is assigned, to name as an example. */
  readonly assignedGroup: string | null
}

/** Turns shown: a choice, not a catalogue. */
const turnsMax = 4
/** Any role that is not Default Access. */
const someRoleId = 'a-role-of-the-application'

const enabledAttribute = 'accountEnabled'

export function withChanges(source: SourceObject, changes: readonly FactChange[]): SourceObject {
  return changes.reduce((object, change): SourceObject => {
    switch (change.kind) {
      case 'attribute':
        return { ...object, attributes: { ...object.attributes, [change.attribute]: change.to } }
      case 'restore':
        return { ...object, presence: 'present' }
      case 'delete':
        return { ...object, presence: 'softDeleted' }
      case 'assign': {
        const role = { appRoleId: someRoleId, appRoleDisplayName: 'User', appRoleValue: null }
        return { ...object, assignments: [...object.assignments, { kind: 'direct', ...role }] }
      }
      case 'unassign':
        return { ...object, assignments: object.assignments.filter((path) => path !== change.path) }
    }
  }, source)
}

interface Asked extends ScopeTurnsRequest {
  readonly wanted: 'in' | 'out'
}

function turns({ mapping, settings, wanted }: Asked, source: SourceObject): boolean {
  const scoped = scopeObject(source, mapping, settings)
  return scoped.kind === 'decided' && scoped.decision.inScope === (wanted === 'in')
}

function properParts(changes: readonly FactChange[]): readonly (readonly FactChange[])[] {
  const parts: (readonly FactChange[])[] = []
  for (let chosen = 0; chosen < 2 ** changes.length - 1; chosen += 1)
    parts.push(changes.filter((_, index) => (chosen >> index) % 2 === 1))
  return parts
}

/** A turn of more facts than this is no small one, and its parts are too many to try. */
const changesMax = 8

/** The smallest parts of what turns the decision: the whole, unless less does it as well. */
function smallestOf(asked: Asked, changes: readonly FactChange[]): readonly FactChange[] | null {
  if (changes.length > changesMax || !turns(asked, withChanges(asked.source, changes))) return null
  const [smallest] = properParts(changes)
    .filter((part) => turns(asked, withChanges(asked.source, part)))
    .toSorted((one, other) => one.length - other.length)
  return smallest ?? changes
}

const typeOf = ({ types, source }: ScopeTurnsRequest, attribute: string): AttributeType => {
  const value = source.attributes[attribute]
  if (typeof value === 'boolean' || attribute === enabledAttribute) return 'Boolean'
  if (typeof value === 'number' || typeof value === 'bigint') return 'Integer'
  return types.get(attribute) ?? 'String'
}

const exampleText = (value: SourceValue): string =>
  value === null ? 'empty' : typeof value === 'string' ? JSON.stringify(value) : String(value)

function byAttribute(clauses: readonly CompiledClause[]): ReadonlyMap<string, readonly CompiledClause[]> {
  const found = new Map<string, CompiledClause[]>()
  for (const clause of clauses) {
    const others = found.get(clause.attribute)
    if (others === undefined) found.set(clause.attribute, [clause])
    else others.push(clause)
  }
  return found
}

const holds = (clause: CompiledClause, attributes: SourceAttributes): boolean => {
  const answer = askClause(clause, attributes)
  return answer !== 'tooCostly' && answer.held
}

/** What has to be different for all of these clauses to hold; `null` when no value can be named for one of them. */
function toHold(asked: Asked, clauses: readonly CompiledClause[]): readonly FactChange[] | null {
  const { attributes } = asked.source
  const isBlocked = attributes[enabledAttribute] === false
  const changes: FactChange[] = []
  const wanted = new Map(byAttribute(clauses))
  if (isBlocked && !wanted.has(enabledAttribute)) wanted.set(enabledAttribute, [])
  for (const [attribute, own] of wanted) {
    const mustBeEnabled = isBlocked && attribute === enabledAttribute
    if (!mustBeEnabled && own.every((clause) => holds(clause, attributes))) continue
    const type = typeOf(asked, attribute)
    const tried = mustBeEnabled ? [true] : valuesToTry(own, type)
    const to = valueFor(own, type, tried)
    if (to === undefined) return null
    changes.push({ kind: 'attribute', attribute, to, words: wordsToHold(attribute, own, to) })
  }
  return changes
}

function wordsToHold(attribute: string, clauses: readonly CompiledClause[], to: SourceValue): string {
  if (clauses.length === 0) return `${attribute} were ${exampleText(to)}`
  const example = clauses.every(namesItsValue) ? '' : `, for example ${exampleText(to)}`
  return `${attribute} ${[...new Set(clauses.map(clauseWords))].join(' and ')}${example}`
}

/** No groups let everybody pass. */
const orEverybody = (groups: readonly CompiledGroup[]): readonly CompiledGroup[] =>
  groups.length === 0 ? [{ name: null, clauses: [] }] : groups

function entitlement(asked: Asked): readonly FactChange[] {
  const { source, settings, assignedGroup } = asked
  if (settings.syncAll) return []
  const paths =
    source.objectType === 'User' ? source.assignments : source.assignments.filter((each) => each.kind === 'direct')
  const permits = paths.some((path) => path.appRoleId !== defaultAccessRoleId || settings.defaultAccessIsEntitled)
  if (permits) return []
  if (paths.length > 0) return [{ kind: 'assign', words: 'it were assigned with a role other than Default Access' }]
  const such = assignedGroup === null ? '' : `, such as ${assignedGroup}`
  const role = settings.defaultAccessIsEntitled ? '' : ', with a role other than Default Access'
  return [
    {
      kind: 'assign',
      words:
        source.objectType === 'User'
          ? `it were assigned, itself or as a direct member of a group that is assigned${such}${role}`
          : `it were assigned itself${role}`,
    },
  ]
}

/** Every way through one input filter and one filter, with what has to be different for it. */
function waysIn(asked: Asked): readonly (readonly FactChange[])[] {
  const { source, mapping } = asked
  const base: readonly FactChange[] = [
    ...(source.presence === 'softDeleted'
      ? [{ kind: 'restore', words: 'it were restored from the recycle bin' } as const]
      : []),
    ...entitlement(asked),
  ]
  const { inputFilterGroups, groups } = mapping.filter.groups
  return orEverybody(inputFilterGroups).flatMap((input) =>
    orEverybody(groups).flatMap((group) => {
      const changes = toHold(asked, [...input.clauses, ...group.clauses])
      return changes === null ? [] : [[...changes, ...base]]
    }),
  )
}

/** Every single fact without which it is out of scope. */
function waysOut(asked: Asked): readonly (readonly FactChange[])[] {
  const { source, mapping, settings } = asked
  const ways: (readonly FactChange[])[] = []
  const [path, ...others] = settings.syncAll
    ? []
    : source.objectType === 'User'
      ? source.assignments
      : source.assignments.filter((each) => each.kind === 'direct')
  if (path !== undefined && others.length === 0) {
    const words =
      path.kind === 'direct'
        ? 'it were no longer assigned'
        : `it were no longer a member of ${path.groupDisplayName ?? path.groupId ?? 'the group'}, or that group no longer assigned`
    ways.push([{ kind: 'unassign', path, words }])
  }
  const { groups } = mapping.filter.groups
  for (const [attribute, clauses] of byAttribute(groups.flatMap((group) => group.clauses))) {
    const type = typeOf(asked, attribute)
    const held = clauses.filter((clause) => holds(clause, source.attributes))
    for (const to of [null, ...valuesToTry(clauses, type)]) {
      const words = `${attribute} no longer ${[...new Set(held.map(clauseWords))].join(' or ')}, for example ${to === null ? 'empty' : exampleText(to)}`
      const change: FactChange = { kind: 'attribute', attribute, to, words }
      if (!turns(asked, withChanges(source, [change]))) continue
      ways.push([change])
      break
    }
  }
  ways.push(
    source.objectType === 'User'
      ? [{ kind: 'attribute', attribute: enabledAttribute, to: false, words: `${enabledAttribute} were false` }]
      : [{ kind: 'delete', words: 'it were deleted in the source' }],
  )
  return ways
}

const key = (turn: ScopeTurn): string =>
  turn
    .map((change) => change.words)
    .toSorted()
    .join(' and ')

function whyNone({ source, mapping, settings, wanted }: Asked): string {
  if (source.presence === 'hardDeleted')
    return 'It was deleted for good in the source, and no change of its facts brings it back: only a new one can come in scope.'
  const scoped = scopeObject(source, mapping, settings)
  if (scoped.kind === 'failed') return `Nothing can be decided while the filter cannot be evaluated: ${scoped.message}`
  return wanted === 'in'
    ? 'No value was found that its filters would take: their clauses contradict one another, or a pattern has no example that could be thought of. Look at the filter itself (muster schema export).'
    : 'No single fact was found without which it would be out of scope.'
}

export function scopeTurns(request: ScopeTurnsRequest): ScopeTurns {
  const scoped = scopeObject(request.source, request.mapping, request.settings)
  const wanted = scoped.kind === 'decided' && scoped.decision.inScope ? 'out' : 'in'
  const asked: Asked = { ...request, wanted }
  const isHopeless = request.source.presence === 'hardDeleted' || scoped.kind === 'failed'
  const ways = isHopeless ? [] : wanted === 'in' ? waysIn(asked) : waysOut(asked)
  const found = new Map<string, ScopeTurn>()
  for (const way of ways) {
    const turn = smallestOf(asked, way)
    if (turn !== null) found.set(key(turn), turn)
  }
  const fewest = Math.min(...[...found.values()].map((turn) => turn.length))
  const smallest = [...found.values()].filter((turn) => turn.length === fewest).slice(0, turnsMax)
  return { wanted, turns: smallest, none: smallest.length === 0 ? whyNone(asked) : null }
}

/** "in scope if department were "Sales"" */
export const turnWords = (wanted: 'in' | 'out', turn: ScopeTurn): string =>
  `${wanted === 'in' ? 'in' : 'out of'} scope if ${turn.map((change) => change.words).join(', and ')}`

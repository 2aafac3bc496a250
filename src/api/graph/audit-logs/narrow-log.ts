/*
 * What of a `$filter` the columns of a log can answer, so that a page is found without reading through all entries. What is
 * taken from it is only ever more than the filter lets through; `isExact` says when it is just as much.
 */
import type { AuditQuery, LogFilter } from '../../../store/store.ts'
import type { AuditActivity, ProvisioningAction, ProvisioningStatus } from '../../../vocabulary/index.ts'
import type { Comparison, Filter, Literal, Operand } from '../odata/filter.ts'
import { idText } from '../path.ts'
import { nameKey } from '../types/index.ts'

export interface Narrowed<Query> {
  readonly query: Query
  readonly isExact: boolean
}

export type AuditFilter = Pick<AuditQuery, 'activity' | 'result' | 'initiator' | 'text' | 'since' | 'until'>

/** What one condition says; `null`: nothing that a column knows. */
type NarrowOne<Query> = (condition: Filter) => Narrowed<Query> | null

export const narrowProvisioningLog = (filter: Filter): Narrowed<LogFilter> => narrowAll(filter, provisioningCondition)

export const narrowAuditLog = (filter: Filter): Narrowed<AuditFilter> => narrowAll(filter, auditCondition)

function narrowAll<Query extends { since?: number; until?: number }>(
  filter: Filter,
  narrowOne: NarrowOne<Query>,
): Narrowed<Query> {
  let query: Query = {} as Query
  let isExact = true
  for (const condition of conditionsOf(filter)) {
    const found = narrowOne(condition)
    if (found === null) {
      isExact = false
      continue
    }
    isExact &&= found.isExact
    for (const [name, value] of Object.entries(found.query) as [keyof Query & string, unknown][]) {
      const known = query[name]
      if (known === undefined) query = { ...query, [name]: value }
      else if (name === 'since') query = { ...query, since: Math.max(known as number, value as number) }
      else if (name === 'until') query = { ...query, until: Math.min(known as number, value as number) }
      // A second condition of the same kind is asked of each entry.
      else if (known !== value) isExact = false
    }
  }
  return { query, isExact }
}

const conditionsOf = (filter: Filter): readonly Filter[] =>
  filter.kind === 'and' ? filter.items.flatMap(conditionsOf) : [filter]

/** `sourceIdentity/displayName`, and whether it was put into small letters. */
function pathOf(operand: Operand): { readonly path: string; readonly isFolded: boolean } | null {
  switch (operand.kind) {
    case 'path':
      return { path: operand.names.map(nameKey).join('/'), isFolded: false }
    case 'tolower':
    case 'toupper': {
      const inner = pathOf(operand.of)
      return inner === null ? null : { ...inner, isFolded: true }
    }
    case 'count':
      return null
    default:
      return operand satisfies never
  }
}

const textOf = (literal: Literal): string | null =>
  literal.kind === 'text' || literal.kind === 'guid' ? idText(literal.value) : null

function timeCondition(operator: Comparison, literal: Literal): Narrowed<{ since?: number; until?: number }> | null {
  if (literal.kind !== 'instant' && literal.kind !== 'text') return null
  const at = Date.parse(/T[^Z+-]*$/i.test(literal.value) ? `${literal.value}Z` : literal.value)
  if (Number.isNaN(at)) return null
  switch (operator) {
    case 'gt':
      return { query: { since: at + 1 }, isExact: true }
    case 'ge':
      return { query: { since: at }, isExact: true }
    case 'lt':
      return { query: { until: at - 1 }, isExact: true }
    case 'le':
      return { query: { until: at }, isExact: true }
    case 'eq':
      return { query: { since: at, until: at }, isExact: true }
    case 'ne':
      return null
    default:
      return operator satisfies never
  }
}

/** Names and ids of both sides lie together in one column, without case. */
const named = new Set(['sourceidentity/displayname', 'targetidentity/displayname'])

const exactColumns: Readonly<Record<string, 'jobId' | 'cycleId' | 'changeId' | 'errorCode'>> = {
  jobid: 'jobId',
  cycleid: 'cycleId',
  changeid: 'changeId',
  'provisioningstatusinfo/errorinformation/errorcode': 'errorCode',
}

function provisioningCondition(condition: Filter): Narrowed<LogFilter> | null {
  if (condition.kind === 'test') {
    const left = pathOf(condition.left)
    return left !== null && named.has(left.path) ? { query: { text: condition.text }, isExact: false } : null
  }
  if (condition.kind !== 'compare') return null
  const left = pathOf(condition.left)
  if (left === null) return null
  if (left.path === 'activitydatetime') return timeCondition(condition.operator, condition.right)
  const value = textOf(condition.right)
  if (condition.operator !== 'eq' || value === null || value === '') return null
  const column = exactColumns[left.path]
  if (column !== undefined) return left.isFolded ? null : { query: { [column]: value }, isExact: true }
  switch (left.path) {
    case 'provisioningaction':
      return { query: { action: wordIn(actions, value) as ProvisioningAction }, isExact: true }
    case 'provisioningstatusinfo/status':
      return { query: { status: wordIn(statuses, value) as ProvisioningStatus }, isExact: true }
    case 'sourceidentity/id':
    case 'targetidentity/id':
      return left.isFolded ? null : { query: { identityId: value }, isExact: false }
    default:
      return named.has(left.path) ? { query: { text: value }, isExact: false } : null
  }
}

const actions: readonly ProvisioningAction[] = ['create', 'update', 'disable', 'delete', 'stagedDelete', 'other']
const statuses: readonly ProvisioningStatus[] = ['success', 'failure', 'skipped', 'warning']

/** A word nobody knows finds nothing, as it is. */
const wordIn = (words: readonly string[], value: string): string =>
  words.find((word) => word.toLowerCase() === value.toLowerCase()) ?? value

function auditCondition(condition: Filter): Narrowed<AuditFilter> | null {
  // `targetResources/any(t:t/id eq 'x')`: what an entry is about stands in one column, without case.
  if (condition.kind === 'any' && condition.names.map(nameKey).join('/') === 'targetresources') {
    const text = condition.item === null ? null : soughtText(condition.item)
    return text === null ? null : { query: { text }, isExact: false }
  }
  if (condition.kind !== 'compare') return null
  const left = pathOf(condition.left)
  if (left === null) return null
  if (left.path === 'activitydatetime') return timeCondition(condition.operator, condition.right)
  const value = textOf(condition.right)
  if (condition.operator !== 'eq' || value === null || value === '' || left.isFolded) return null
  switch (left.path) {
    case 'activitydisplayname':
      return { query: { activity: value as AuditActivity }, isExact: true }
    case 'result':
      return { query: { result: value.toLowerCase() as 'success' | 'failure' }, isExact: true }
    case 'initiatedby/user/userprincipalname':
      return { query: { initiator: value }, isExact: false }
    default:
      return null
  }
}

function soughtText(item: Filter): string | null {
  if (item.kind === 'test') return isColumn(item.left) ? item.text : null
  if (item.kind !== 'compare' || item.operator !== 'eq' || !isColumn(item.left)) return null
  const value = textOf(item.right)
  return value === '' ? null : value
}

const isColumn = (operand: Operand): boolean => /\/(?:id|displayname)$/.test(pathOf(operand)?.path ?? '')

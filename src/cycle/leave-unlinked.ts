/*
 * An object that is neither linked nor in scope: usually nobody's business. But a create whose answer never came may have
 * made an account all the same, and whoever leaves before it was looked up must not keep it.
 */
import { chooseMatch, displayNameOf, matchQueries } from '../provisioning/index.ts'
import type { Link, TargetObject } from '../vocabulary/index.ts'
import { leaveScope, skippedOutOfScope } from './leave-scope.ts'
import { mapFor, type Conclusion, type Run } from './object-run.ts'
import { askMatches } from './provision-unlinked.ts'

/** Failures that leave open whether the account was made; a throttled look-up afterwards leaves it open too. */
const unclear: ReadonlySet<string> = new Set([
  'Timeout',
  'WebExceptionProtocolError',
  'InternalServerError',
  'InternalError',
  'TooManyRequests',
])

type Trace =
  | 'none'
  /** A create failed in a way that leaves it open. */
  | 'unclear'
  /** A name was kept for a create, and then Muster was killed before it could say what became of it. */
  | 'keptName'

/** Only what no query found before it was to be created can be ours: others' accounts are left alone (spec section 4). */
async function traceOfCreate(run: Run): Promise<Trace> {
  const { facts, context, source } = run
  if (source.presence === 'hardDeleted') return 'none'
  if (facts.escrow !== undefined) {
    const failure = await context.ledger.lastFailedCreate(source.anchor, facts.escrow.firstFailedAt)
    if (failure !== null) return unclear.has(failure) ? 'unclear' : 'none'
  }
  const hasKept = keptNames(run).length > 0
  return hasKept && !(await context.ledger.hasToldOfCreate(source.anchor)) ? 'keptName' : 'none'
}

function keptNames({
  context,
  mapping,
  source,
}: Run): readonly { readonly attribute: string; readonly value: string }[] {
  const owner = { objectType: source.objectType, sourceAnchor: source.anchor }
  return mapping.attributes.flatMap(({ target: attribute }) => {
    const value = context.names.keptFor(owner, attribute)
    return value === undefined ? [] : [{ attribute, value }]
  })
}

/** An account that others made meanwhile has another name. */
const holdsKeptNames = (run: Run, { attributes }: TargetObject): boolean =>
  keptNames(run).every(
    ({ attribute, value }) => String(attributes[attribute] ?? '').toLowerCase() === value.toLowerCase(),
  )

export async function leaveUnlinked(run: Run): Promise<Conclusion> {
  const trace = await traceOfCreate(run)
  if (trace === 'none') return skippedOutOfScope(run)
  const { context, mapping, source } = run
  const queries = matchQueries(mapping, (await mapFor(run, 'create', {})).attributes)
  const answers = await askMatches(run, queries, context.target.findLive)
  const match = chooseMatch(mapping, context.schema.targetDirectoryName, answers)
  if (match.kind !== 'one') return skippedOutOfScope(run)
  if (trace === 'keptName' && !holdsKeptNames(run, match.hit)) return skippedOutOfScope(run)
  run.steps.push(match.step)
  const { hit } = match
  const link: Link = {
    objectType: source.objectType,
    sourceAnchor: source.anchor,
    targetAnchor: hit.anchor,
    displayName: displayNameOf(source),
    isActive: hit.attributes['active'] !== false,
    isManaged: true,
    known: hit.attributes,
    members: [],
  }
  return await leaveScope(run, link)
}

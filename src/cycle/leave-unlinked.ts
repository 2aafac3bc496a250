/*
 * An object that is neither linked nor in scope: usually nobody's business. But a create whose answer never came may have
 * made an account all the same, and whoever leaves before it was looked up must not keep it.
 */
import { chooseMatch, displayNameOf, matchQueries } from '../provisioning/index.ts'
import type { Link } from '../vocabulary/index.ts'
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

/** Only what no query found before it was to be created can be ours: others' accounts are left alone (spec section 4). */
async function mayHaveBeenCreated({ facts, context, source }: Run): Promise<boolean> {
  const { escrow } = facts
  if (escrow === undefined || source.presence === 'hardDeleted') return false
  const failure = await context.ledger.lastFailedCreate(source.anchor, escrow.firstFailedAt)
  return failure !== null && unclear.has(failure)
}

export async function leaveUnlinked(run: Run): Promise<Conclusion> {
  if (!(await mayHaveBeenCreated(run))) return skippedOutOfScope(run)
  const { context, mapping, source } = run
  const queries = matchQueries(mapping, (await mapFor(run, 'create', {})).attributes)
  const answers = await askMatches(run, queries, context.target.findLive)
  const match = chooseMatch(mapping, context.schema.targetDirectoryName, answers)
  if (match.kind !== 'one') return skippedOutOfScope(run)
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

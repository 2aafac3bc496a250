/*
 * An object in scope that is not linked yet: look it up, then create it or take the account over (spec section 4).
 */
import type { mapAttributes } from '../provisioning/index.ts'
import {
  applySwitches,
  chooseMatch,
  desiredValues,
  displayNameOf,
  isSettled,
  matchQueries,
  mayHaveTakenEffect,
  missingRequired,
  modifiedProperty,
  nameSituation,
  referenceStep,
  type FindRequest,
  type MatchAnswer,
  type MatchResult,
  type ObjectResult,
  type ResolvedReferences,
} from '../provisioning/index.ts'
import type { WriteReceipt } from '../connectors/target.ts'
import { ConnectorError, type Link, type ModifiedProperty, type TargetAttributes } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import {
  membersAttribute,
  mapFor,
  resolve,
  referenceValues,
  switchesOf,
  linkTo,
  putLink,
  withheldConclusion,
  mappingFailure,
  warningsOf,
  type Conclusion,
  type Run,
} from './object-run.ts'
import { nothing, failed, skipped } from './object-results.ts'
import { carryOut } from './carry-out.ts'
import { chooseNames, type Choice } from './choose-names.ts'
import type { NamePlace } from './name-book.ts'
import { isMadeBy, tellOfCreate } from './settle-open-write.ts'
import { updateLinked } from './update-linked.ts'

type Ask = CycleContext['target']['find']

/** Asks until one query has hits; an account that is nobody's yet is taken at once, before anybody else can. */
export async function askMatches(run: Run, queries: readonly FindRequest[], ask: Ask): Promise<readonly MatchAnswer[]> {
  const { context, source } = run
  const answers: MatchAnswer[] = []
  for (const query of queries) {
    const hits = await ask(query)
    const links =
      hits.length === 0
        ? new Map<string, Link>()
        : await context.ledger.linksByTarget(
            source.objectType,
            hits.map((hit) => hit.anchor),
          )
    const takenBy = new Map([...links].map(([anchor, link]) => [anchor, link.sourceAnchor]))
    const [only, ...others] = hits
    if (only !== undefined && others.length === 0 && !takenBy.has(only.anchor)) {
      const holder = context.links.claim(source.objectType, only.anchor, source.anchor)
      if (holder !== null) takenBy.set(only.anchor, holder)
    }
    answers.push({ query, hits, takenBy })
    if (isSettled(answers)) break
  }
  return answers
}

interface Creation {
  readonly attributes: TargetAttributes
  readonly modifiedProperties: readonly ModifiedProperty[]
}

/**
 * Somebody made the account since the target was read, or our own create took effect and its answer was lost. `null`: the
 * target holds nothing of the kind.
 */
async function takeWhatIsThere(
  run: Run,
  queries: readonly FindRequest[],
  creation: TargetAttributes,
  refused: { readonly error: ConnectorError; readonly result: ObjectResult },
): Promise<Conclusion | null> {
  const { context, mapping } = run
  let answers: readonly MatchAnswer[]
  try {
    answers = await askMatches(run, queries, context.target.findLive)
  } catch (error) {
    // The target is in trouble: what it answered to the create stands.
    if (!(error instanceof ConnectorError) || error.scope === 'job') throw error
    return { result: refused.result }
  }
  const match = chooseMatch(mapping, context.schema.targetDirectoryName, answers)
  run.steps.push(match.step)
  switch (match.kind) {
    case 'noValue':
    case 'none':
      return null
    case 'many':
    case 'taken':
      return matchFailure(run, match)
    case 'one': {
      const mayBeOurs = refused.error.code !== 'Conflict' || run.facts.openWrite?.image.kind === 'create'
      // It may have been there before, missing in what was read of the target.
      if (!mayBeOurs || !isMadeBy(run, creation, match.hit)) return await takeOver(run, match.hit)
      const link = await tellOfCreate(run, creation, match.hit)
      const updated = await updateLinked(run, link, match.hit.attributes, false)
      // What was told already needs no second entry to say that nothing is left to do.
      return updated.result?.action === 'other' && updated.result.status === 'skipped'
        ? { ...updated, result: null }
        : updated
    }
  }
}

async function createObject(
  run: Run,
  queries: readonly FindRequest[],
  mapped: ReturnType<typeof mapAttributes>,
  place: NamePlace,
): Promise<Conclusion> {
  const references = await resolve(run, mapped)
  const names = chooseNames(run, mapped.attributes, place)
  let choice = await names.first()
  const deferredNow = references.deferred.filter((each) => each.attribute !== membersAttribute)
  const waiting = referenceStep(deferredNow, displayNameOf(run.source), true)
  if (waiting !== null) run.steps.push(waiting)
  for (;;) {
    if (choice.kind === 'failed') return creationFailed(run, choice.code, choice.reason)
    const attributes: TargetAttributes = { ...desiredValues(choice.attributes), ...referenceValues(run, references) }
    const tried = await tryToCreate(run, queries, attributes, choice)
    if (tried.kind === 'done') return created(run, tried, references)
    if (tried.kind === 'concluded') return tried.conclusion
    // Only the name stood in the way: the account that has it is somebody else's and is left alone.
    const next = await names.next(tried.error.refusedAttribute)
    if (next === null) return { result: tried.result }
    choice = next
  }
}

function creationFailed(run: Run, code: string, reason: string): Conclusion {
  run.steps.push({
    name: 'EntrySynchronizationAdd',
    provisioningStepType: 'processing',
    status: 'failure',
    description: reason,
    details: {},
  })
  return { result: failed('create', code, reason, run.steps) }
}

type Tried =
  | (Creation & { readonly kind: 'done'; readonly receipt: WriteReceipt })
  | { readonly kind: 'concluded'; readonly conclusion: Conclusion }
  | { readonly kind: 'refused'; readonly error: ConnectorError; readonly result: ObjectResult }

async function tryToCreate(
  run: Run,
  queries: readonly FindRequest[],
  attributes: TargetAttributes,
  { why, names }: Extract<Choice, { kind: 'chosen' }>,
): Promise<Tried> {
  const { context, mapping, source } = run
  const missing = missingRequired(mapping, attributes)
  if (missing.length > 0) {
    const reason = `Required attributes have no value and no default: ${missing.join(', ')}.`
    return { kind: 'concluded', conclusion: creationFailed(run, 'MissingValues', reason) }
  }
  const modifiedProperties = Object.entries(attributes).map(([name, value]) =>
    modifiedProperty(name, undefined, value, mapping.redacted.target),
  )
  const what = `${source.objectType} '${displayNameOf(source)}' will be created in ${context.schema.targetDirectoryName}.`
  run.steps.push({
    name: 'EntrySynchronizationAdd',
    provisioningStepType: 'processing',
    status: 'success',
    description: [what, ...why].join(' '),
    details: {},
  })
  const sent = await carryOut(run, { kind: 'create', objectType: source.objectType, attributes }, modifiedProperties, {
    names,
  })
  if (sent.kind === 'done') return { ...sent, attributes, modifiedProperties }
  if (sent.kind === 'withheld') return { kind: 'concluded', conclusion: { result: sent.result, isWithheld: true } }
  const isThere =
    sent.error.code === 'Conflict' || mayHaveTakenEffect(sent.error)
      ? await takeWhatIsThere(run, queries, attributes, sent)
      : null
  return isThere === null ? sent : { kind: 'concluded', conclusion: isThere }
}

function created(
  run: Run,
  { receipt, attributes, modifiedProperties }: Extract<Tried, { kind: 'done' }>,
  references: ResolvedReferences,
): Conclusion {
  const { context, source } = run
  const object = receipt.object ?? {
    objectType: source.objectType,
    anchor: receipt.anchor,
    displayName: displayNameOf(source),
    attributes,
  }
  const link = putLink(run, linkTo(source, { ...object, anchor: receipt.anchor }))
  if (source.objectType === 'User') context.target.rememberLinked(object)
  else context.target.remember(object)
  return {
    result: {
      ...nothing,
      action: 'create',
      status: 'success',
      steps: run.steps,
      modifiedProperties,
      targetAnchor: receipt.anchor,
      ...warningsOf(receipt.warnings),
    },
    link,
    ...(source.objectType === 'User' ? { deferred: references.deferred } : {}),
    becameLinked: true,
    wantsMemberships: source.objectType === 'Group',
  }
}

function matchFailure(run: Run, match: Extract<MatchResult, { kind: 'many' | 'taken' }>): Conclusion {
  const code = match.kind === 'many' ? 'DuplicateTargetEntries' : 'DuplicateSourceEntries'
  return { result: failed('other', code, match.step.description, run.steps) }
}

/** Links the account that is there, then writes what differs (spec 4, "take over"). */
async function takeOver(run: Run, hit: Extract<MatchResult, { kind: 'one' }>['hit']): Promise<Conclusion> {
  const link = linkTo(run.source, hit)
  const updated = await updateLinked(run, link, hit.attributes, true)
  return { ...updated, link: updated.link ?? putLink(run, link), becameLinked: updated.becameLinked ?? link.isActive }
}

async function matchAndAct(
  run: Run,
  queries: readonly FindRequest[],
  mapped: ReturnType<typeof mapAttributes>,
  place: NamePlace,
): Promise<Conclusion> {
  const { context, mapping } = run
  const answers = await askMatches(run, queries, context.target.find)
  const match = chooseMatch(mapping, context.schema.targetDirectoryName, answers)
  run.steps.push(match.step)
  const situation = nameSituation({
    isLinked: false,
    inScope: true,
    match: match.kind === 'noValue' ? 'noValue' : match.kind,
  })
  const verdict = applySwitches(situation, switchesOf(run))
  if (verdict.verdict === 'withheld') return withheldConclusion(run, verdict.because)
  switch (match.kind) {
    case 'noValue':
      return { result: skipped('ImportSkipped', match.step.description, run.steps) }
    case 'many':
    case 'taken':
      return matchFailure(run, match)
    case 'none':
      return await createObject(run, queries, mapped, place)
    case 'one':
      return await takeOver(run, match.hit)
  }
}

export async function provisionUnlinked(run: Run): Promise<Conclusion> {
  const mapped = await mapFor(run, 'create', {})
  const failure = mappingFailure(run, mapped, 'create')
  if (failure !== null) return failure
  const queries = matchQueries(run.mapping, mapped.attributes)
  const { turns, names } = run.context
  const values = queries.map(({ attribute, value }) => `${run.source.objectType} ${attribute} ${value.toLowerCase()}`)
  const place = names.queue(mapped.attributes.flatMap((each) => (each.kind === 'unique' ? each.families : [])))
  try {
    return await turns.take(values, () => matchAndAct(run, queries, mapped, place))
  } finally {
    place.leave()
  }
}

/*
 * An object in scope that is not linked yet: look it up, then create it or take the account over (spec section 4).
 */
import {
  applySwitches,
  asLogText,
  chooseMatch,
  desiredValues,
  displayNameOf,
  isSettled,
  mapAttributes,
  matchQueries,
  missingRequired,
  nameSituation,
  referenceStep,
  type MatchAnswer,
  type MatchResult,
} from '../provisioning/index.ts'
import type { Link, ModifiedProperty, TargetAttributes } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import {
  membersAttribute,
  mapFor,
  resolve,
  referenceValues,
  switchesOf,
  putLink,
  withheldConclusion,
  mappingFailure,
  warningsOf,
  type Conclusion,
  type Run,
} from './object-run.ts'
import { nothing, failed, skipped } from './object-results.ts'
import { carryOut } from './carry-out.ts'
import { updateLinked } from './update-linked.ts'

async function askMatches(
  run: Run,
  queries: ReturnType<typeof matchQueries>,
  ask: CycleContext['target']['find'],
): Promise<readonly MatchAnswer[]> {
  const answers: MatchAnswer[] = []
  for (const query of queries) {
    const hits = await ask(query)
    const links =
      hits.length === 0
        ? new Map<string, Link>()
        : await run.context.ledger.linksByTarget(
            run.source.objectType,
            hits.map((hit) => hit.anchor),
          )
    const takenBy = new Map([...links].map(([anchor, link]) => [anchor, link.sourceAnchor]))
    answers.push({ query, hits, takenBy })
    if (isSettled(answers)) break
  }
  return answers
}

async function createObject(
  run: Run,
  mapped: ReturnType<typeof mapAttributes>,
  mayMatchAgain: boolean,
): Promise<Conclusion> {
  const { context, mapping, source } = run
  const references = await resolve(run, mapped)
  const attributes: TargetAttributes = { ...desiredValues(mapped.attributes), ...referenceValues(run, references) }
  const missing = missingRequired(mapping, attributes)
  if (missing.length > 0) {
    const reason = `Required attributes have no value and no default: ${missing.join(', ')}.`
    run.steps.push({
      name: 'EntrySynchronizationAdd',
      provisioningStepType: 'processing',
      status: 'failure',
      description: reason,
      details: {},
    })
    return { result: failed('create', 'MissingValues', reason, run.steps) }
  }
  const modifiedProperties = Object.entries(attributes).map(([name, value]): ModifiedProperty => ({
    displayName: name,
    oldValue: null,
    newValue: asLogText(value),
  }))
  run.steps.push({
    name: 'EntrySynchronizationAdd',
    provisioningStepType: 'processing',
    status: 'success',
    description: `${source.objectType} '${displayNameOf(source)}' will be created in ${context.schema.targetDirectoryName}.`,
    details: {},
  })
  const deferredNow = references.deferred.filter((each) => each.attribute !== membersAttribute)
  const waiting = referenceStep(deferredNow, displayNameOf(source), true)
  if (waiting !== null) run.steps.push(waiting)

  const sent = await carryOut(run, { kind: 'create', objectType: source.objectType, attributes }, modifiedProperties)
  if (sent.kind === 'refused') {
    // Somebody made the account since the target was read: look again, once, and take it over where matching allows (slack.md 5.2, class L).
    if (sent.error.code === 'Conflict' && mayMatchAgain)
      return await provisionUnlinked(run, context.target.findLive, false)
    return { result: sent.result }
  }
  const known = sent.object?.attributes ?? attributes
  context.target.remember(
    sent.object ?? {
      objectType: source.objectType,
      anchor: sent.anchor,
      displayName: displayNameOf(source),
      attributes,
    },
  )
  const link: Link = {
    objectType: source.objectType,
    sourceAnchor: source.anchor,
    targetAnchor: sent.anchor,
    displayName: displayNameOf(source),
    isActive: true,
    isManaged: true,
    known,
    members: [],
  }
  return {
    result: {
      ...nothing,
      action: 'create',
      status: 'success',
      steps: run.steps,
      modifiedProperties,
      targetAnchor: sent.anchor,
      ...warningsOf(sent.warnings),
    },
    link: putLink(run, link),
    ...(references.deferred.length > 0 && source.objectType === 'User' ? { deferred: references.deferred } : {}),
    becameLinked: true,
    wantsMemberships: source.objectType === 'Group',
  }
}

function matchFailure(run: Run, match: Extract<MatchResult, { kind: 'many' | 'taken' }>): Conclusion {
  const code = match.kind === 'many' ? 'DuplicateTargetEntries' : 'DuplicateSourceEntries'
  return { result: failed('other', code, match.step.description, run.steps) }
}

export async function provisionUnlinked(
  run: Run,
  ask: CycleContext['target']['find'],
  mayMatchAgain: boolean,
): Promise<Conclusion> {
  const { context, mapping, source } = run
  const mapped = mapFor(run, 'create', {})
  const failure = mappingFailure(run, mapped, 'create')
  if (failure !== null) return failure
  const answers = await askMatches(run, matchQueries(mapping, mapped.attributes), ask)
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
      return await createObject(run, mapped, mayMatchAgain)
    case 'one': {
      const link: Link = {
        objectType: source.objectType,
        sourceAnchor: source.anchor,
        targetAnchor: match.hit.anchor,
        displayName: displayNameOf(source),
        isActive: match.hit.attributes['active'] !== false,
        isManaged: true,
        known: match.hit.attributes,
        members: [],
      }
      const updated = await updateLinked(run, link, match.hit.attributes, true)
      return { ...updated, link: updated.link ?? putLink(run, link), becameLinked: true }
    }
  }
}

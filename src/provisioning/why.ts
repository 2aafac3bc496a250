/*
 * Says in one sentence how it stands with a person or group, and what became of the account: for whoever asks why
 * (`muster why`). Read from what is known; nothing is decided here.
 */
import type {
  ClauseThen,
  JobStatusCode,
  LastRemoval,
  ObjectExplanation,
  OnDemandObject,
  ProvisioningObjectSummary,
} from '../vocabulary/index.ts'
import { isDueCode } from './escrow.ts'
import { filterOperators } from './filter-operators.ts'

/** `2026-11-26 08:00:12 UTC` */
const instantText = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`

const list = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${String(names.length - 4)} more`

/** The entry's own words for why an account was taken away. */
export function removalCause(entry: ProvisioningObjectSummary): string {
  const scoping = entry.provisioningSteps.find((step) => step.provisioningStepType === 'scoping')
  return entry.provisioningStatusInfo.errorInformation?.reason ?? scoping?.description ?? 'The entry does not say why.'
}

export function lastRemovalOf(entries: readonly ProvisioningObjectSummary[]): LastRemoval | null {
  const [entry] = entries
    .filter(({ provisioningAction: action, provisioningStatusInfo: { status } }) => {
      const isRemoval = action === 'disable' || action === 'delete'
      return isRemoval && (status === 'success' || status === 'warning')
    })
    .toSorted((one, other) => other.activityDateTime.localeCompare(one.activityDateTime))
  if (entry === undefined) return null
  return {
    entryId: entry.id,
    cycleId: entry.cycleId,
    action: entry.provisioningAction === 'delete' ? 'delete' : 'disable',
    at: entry.activityDateTime,
    targetId: entry.targetIdentity.id,
    by: entry.initiatedBy.initiatorType === 'system' ? null : entry.initiatedBy.displayName,
    cause: removalCause(entry),
  }
}

function lossText(name: string, loss: LastRemoval): string {
  const done = loss.action === 'disable' ? 'disabled' : 'deleted'
  const by = loss.by === null ? `in cycle ${loss.cycleId}` : `on demand, asked for by ${loss.by}`
  return `${name} lost the account: ${loss.targetId} was ${done} on ${instantText(loss.at)} (${by}). ${loss.cause}`
}

const pausedText: Partial<Record<JobStatusCode, string>> = {
  Paused: ' The job is paused: nothing happens before "muster start".',
  NotConfigured: ' The job has no credentials: nothing happens before it is connected ("muster slack connect").',
  Quarantine: ' The job is in quarantine, and tries only now and then ("muster status" says why and when).',
}

export interface StandingNow {
  readonly name: string
  readonly jobStatus: JobStatusCode
  readonly explanation: ObjectExplanation
  readonly would: OnDemandObject | null
}

const nothingDue =
  'Nothing is due: no cycle looks at it before it changes, or before everybody is evaluated ("muster restart").'

/** What failed and is tried again; `null` also for whoever is only due. */
function failureText({ escrow }: ObjectExplanation): string | null {
  if (escrow === null || isDueCode(escrow.errorCode)) return null
  const next = instantText(new Date(escrow.nextAttemptAt).toISOString())
  return `${escrow.errorCode}, ${escrow.reason} It is tried again at ${next}.`
}

function outOfScope({ name, explanation, would }: StandingNow): string {
  const { link, lastRemoval, held, reasons } = explanation
  const because = reasons.join(' ')
  if (link?.isActive === true) {
    const account = `${name} is out of scope and still has the account ${link.targetAnchor}.`
    if (held?.state === 'staged')
      return `${account} Its removal waits for an administrator, because there are too many ("muster removals"). ${because}`
    const failure = failureText(explanation)
    if (failure !== null) return `${account} Taking it away fails: ${failure} ${because}`
    if (would?.result === 'Skipped') return `${account} It is left as it is: ${would.errorMessage ?? because}`
    return `${account} ${explanation.isDue ? 'The next cycle takes it away.' : nothingDue} ${because}`
  }
  if (lastRemoval !== null) return lossText(name, lastRemoval)
  if (link !== null)
    return `${name} is out of scope, and the account ${link.targetAnchor} is disabled; the entry that said so is past the log's retention. ${because}`
  return `${name} is out of scope and has no account. ${because}`
}

function inScope({ name, jobStatus, explanation, would }: StandingNow): string {
  const { link, lastRemoval, isDue, attributes } = explanation
  const paused = pausedText[jobStatus] ?? ''
  const failure = failureText(explanation)
  if (failure !== null) return `${name} is in scope, and provisioning fails: ${failure}${paused}`
  if (link?.isActive !== true) {
    const loss = lastRemoval === null ? '' : `${lossText(name, lastRemoval)} `
    if (would?.result === 'Failure')
      return `${loss}${name} is in scope, and provisioning would fail: ${would.errorCode ?? ''}, ${would.errorMessage ?? ''}`
    if (would?.result === 'Skipped')
      return `${loss}${name} is in scope, and yet nothing is written: ${would.errorMessage ?? ''}`
    const deed =
      link === null ? 'makes one, or takes over the one that is there' : `activates ${link.targetAnchor} again`
    const standing = `${loss}${name} is in scope ${link === null ? 'and has no account yet' : 'again'}`
    return isDue ? `${standing}: the next cycle ${deed}.${paused}` : `${standing}. ${nothingDue}`
  }
  const account = `${name} is in scope and has the account ${link.targetAnchor}`
  const sent = would?.entries.flatMap((entry) => entry.modifiedProperties.map((each) => each.displayName))
  const differing = sent ?? attributes.filter((each) => each.verdict === 'differs').map((each) => each.attribute)
  if (would?.result === 'Failure')
    return `${account}, and provisioning would fail: ${would.errorCode ?? ''}, ${would.errorMessage ?? ''}`
  if (differing.length === 0) return `${account}, which is as it should be.`
  const names = list([...new Set(differing)])
  return isDue
    ? `${account}. The next cycle sends ${names}.${paused}`
    : `${account}, where this differs: ${names}. ${nothingDue}`
}

/** The answer at the top. */
export function headlineNow(standing: StandingNow): string {
  if (standing.explanation.inScope) return inScope(standing)
  return (
    outOfScope(standing) + (standing.explanation.link?.isActive === true ? (pausedText[standing.jobStatus] ?? '') : '')
  )
}

/** What one entry said, in a sentence. */
export function headlineThen(name: string, entry: ProvisioningObjectSummary): string {
  const { status, errorInformation } = entry.provisioningStatusInfo
  const when = `On ${instantText(entry.activityDateTime)}`
  const removal = lastRemovalOf([entry])
  if (removal !== null) return lossText(name, removal)
  const reason = errorInformation === null ? '' : ` ${errorInformation.errorCode}: ${errorInformation.reason}`
  if (status === 'failure') return `${when} ${entry.provisioningAction} of ${name} failed.${reason}`
  if (status === 'skipped') return `${when} nothing was written about ${name}.${reason}`
  const sent = entry.modifiedProperties.map((each) => each.displayName)
  const deed = { create: 'was created', update: 'was updated', disable: 'was disabled', delete: 'was deleted' } as const
  const action = entry.provisioningAction
  const done = action === 'other' || action === 'stagedDelete' ? 'was looked at' : deed[action]
  return `${when} ${name} ${done}${sent.length === 0 ? '' : ` (${list(sent)})`}.${reason}`
}

const longestFirst = filterOperators.map((each) => each.name).toSorted((one, other) => other.length - one.length)

/** The attribute a clause of the log names: between the filter's title and the operator. */
function attributeOf(text: string): string | null {
  const places = longestFirst.map((name) => text.lastIndexOf(` ${name}`)).filter((place) => place > 0)
  if (places.length === 0) return null
  return /[^.\s]+$/.exec(text.slice(0, Math.min(...places)))?.[0] ?? null
}

/** The clauses as an entry remembers them, with what the object had then: its import step lists that. */
export function clausesThen({ provisioningSteps }: ProvisioningObjectSummary): readonly ClauseThen[] {
  const ofType = (type: 'import' | 'scoping'): Readonly<Record<string, string>> =>
    provisioningSteps.find((step) => step.provisioningStepType === type)?.details ?? {}
  const imported = ofType('import')
  const answers: unknown = JSON.parse(ofType('scoping')['ScopeEvaluationResult'] ?? '{}')
  if (typeof answers !== 'object' || answers === null) return []
  return Object.entries(answers).map(([text, held]) => {
    const attribute = attributeOf(text)
    return { text, held: held === true, seen: attribute === null ? null : (imported[attribute] ?? null) }
  })
}

/** Under which schema it was decided; `null` in entries from before that was noted. */
export const schemaVersionThen = ({ targetSystem }: ProvisioningObjectSummary): string | null =>
  targetSystem.details['SchemaVersion'] ?? null

/*
 * Decides what a mail says: what happened, whom it concerns, what to do, in words an administrator understands at night
 * (spec section 14).
 */
import type { Notification, NotificationKind, QuarantineReason } from '../vocabulary/index.ts'

export interface MailText {
  readonly subject: string
  readonly text: string
}

interface Wording {
  readonly subject: (name: string, concerned: string) => string
  readonly happened: string
  readonly concerns: (concerned: string) => string
  readonly advice: string
}

const people = (count: number | null): string =>
  count === null ? 'people and groups' : count === 1 ? '1 person or group' : `${String(count)} people and groups`

/** A quarantine by its reason. */
const byReason: Record<QuarantineReason, Wording> = {
  TooManyDeletes: {
    subject: (name, concerned) => `${name}: ${concerned} wait${concerned.startsWith('1 ') ? 's' : ''} to be removed`,
    happened:
      'More removals are due than the threshold allows. Nobody was removed: all of them wait for your answer. New people and changed attributes go on as before.',
    concerns: (concerned) =>
      `${concerned} would be disabled or deleted. "muster removals" lists them with their reasons.`,
    advice:
      'If it is meant: muster removals allow. If it is a mistake: mend the cause (the import, the assignment, the filter); whoever is in scope again is forgotten with the next cycle.',
  },
  EncounteredQuarantineException: {
    subject: (name) => `${name}: provisioning has stopped, Slack cannot be used`,
    happened: 'The credentials were refused, or Slack has been out of reach for an hour. Nothing is written to Slack.',
    concerns: () => 'Everybody in scope: who joins gets no account, and who leaves keeps one, until this is mended.',
    advice:
      'Read the error below, mend it (authorize again, or give a new token), then: muster start. Nothing is lost meanwhile: what has changed is done then.',
  },
  EncounteredEscrowProportionThreshold: {
    subject: (name) => `${name}: so many people fail that something must be wrong`,
    happened: 'More than the permitted share of all provisioning events failed, so the job is tried less often.',
    concerns: (concerned) => `${concerned} failed in the last cycle. "muster log --status failure" lists them.`,
    advice: 'Look for what the failures have in common (a mapping, a right of the token), mend it, then: muster start.',
  },
  EncounteredBaseEscrowThreshold: {
    subject: (name) => `${name}: so many people fail that something must be wrong`,
    happened: 'More provisioning events failed than is permitted, so the job is tried less often.',
    concerns: (concerned) => `${concerned} failed in the last cycle. "muster log --status failure" lists them.`,
    advice: 'Look for what the failures have in common (a mapping, a right of the token), mend it, then: muster start.',
  },
  EncounteredTotalEscrowThreshold: {
    subject: (name) => `${name}: so many people and references fail that something must be wrong`,
    happened: 'More events and references failed together than is permitted, so the job is tried less often.',
    concerns: (concerned) => `${concerned} failed in the last cycle. "muster log --status failure" lists them.`,
    advice:
      'Look for what the failures have in common (often managers or members that are not in scope), mend it, then: muster start.',
  },
  QuarantinedOnDemand: {
    subject: (name) => `${name}: put into quarantine by an administrator`,
    happened: 'An administrator has put the job into quarantine.',
    concerns: () => 'Everybody in scope: the job is tried less often.',
    advice: 'When the reason is gone: muster start.',
  },
  IngestionInterrupted: {
    subject: (name) => `${name}: the directory cannot be read to its end`,
    happened: 'Reading the directory breaks off. A part of it is never taken for the whole: nobody is removed.',
    concerns: () => 'Whoever has changed in the directory since the last complete reading.',
    advice: 'Read the error below, mend the connection to the directory, then: muster start.',
  },
  Unknown: {
    subject: (name) => `${name}: provisioning has stopped`,
    happened: 'The job breaks off with an error that Muster has no name for.',
    concerns: () => 'Everybody in scope: nothing is written to Slack.',
    advice: "Read the error below and the service's own log, then: muster start.",
  },
}

const byKind: Record<Exclude<NotificationKind, 'quarantineImposed' | 'quarantineReasonChanged'>, Wording> = {
  quarantineLifted: {
    subject: (name) => `${name}: healthy again`,
    happened: 'The last cycle succeeded, and the quarantine is over.',
    concerns: () => 'Everybody in scope: provisioning is at its usual pace again.',
    advice: 'Nothing.',
  },
  jobDisabled: {
    subject: (name) => `${name}: switched off after four weeks in quarantine`,
    happened: 'The job has been in quarantine for 28 days and runs no more.',
    concerns: () => 'Everybody in scope: who joins gets no account, and who leaves keeps one.',
    advice: 'Mend the cause below, then: muster start.',
  },
  escrowsPruned: {
    subject: (name) => `${name}: paused after a first cycle in which too many failed`,
    happened:
      'The cycle over everybody came to its end, and so many failed that something must be wrong. Their failures are not retried, and the job has paused itself.',
    concerns: (concerned) => `${concerned} failed. "muster log --status failure" lists them.`,
    advice:
      'Look for what the failures have in common (a mapping, a right of the token), mend it, then: muster restart, which evaluates everybody again.',
  },
  planWaits: {
    subject: (name, concerned) => `${name}: a plan for ${concerned} waits for your answer`,
    happened:
      'The next cycle was planned and waits to be reviewed, as the job is set to. Nothing was written to Slack, and the job is healthy.',
    concerns: (concerned) =>
      `${concerned} would be written. "muster plans show" lists them, those who go first. Until you answer, nobody gets an account, is changed or is disabled, unless the job lets leavers through.`,
    advice:
      'If it is meant: muster apply PLAN. If not: mend the cause (the directory, the assignment, the mapping), and the next plan takes its place; or muster plans reject PLAN.',
  },
  targetChanged: {
    subject: (name) => `${name}: Slack answers otherwise than before`,
    happened:
      'The nightly probe found that the workspace has begun to behave otherwise where its documentation is silent.',
    concerns: () => 'Nobody yet. Provisioning adapts by itself where it can.',
    advice:
      'Look at the log of the next cycles for failures of a new kind; "muster slack probe" shows how the workspace answers now.',
  },
  test: {
    subject: (name) => `${name}: a test`,
    happened: 'Somebody asked for a message to see whether it arrives. It has.',
    concerns: () => 'Nobody.',
    advice: 'Nothing.',
  },
}

function wordingOf({ kind, reason }: Notification): Wording {
  if (kind === 'quarantineImposed' || kind === 'quarantineReasonChanged') return byReason[reason ?? 'Unknown']
  return byKind[kind]
}

export function mailText(notification: Notification): MailText {
  const wording = wordingOf(notification)
  const concerned = people(notification.concerned)
  const changed =
    notification.kind === 'quarantineReasonChanged' ? ['The job was in quarantine already; its reason is new.'] : []
  return {
    subject: `Muster: ${wording.subject(notification.jobName, concerned)}`,
    text: [
      'What happened',
      `  ${[wording.happened, ...changed].join(' ')}`,
      ...(notification.found === null ? [] : [`  ${notification.found}`]),
      '',
      'Whom it concerns',
      `  ${wording.concerns(concerned)}`,
      '',
      'What to do',
      `  ${wording.advice}`,
      '',
      `Job ${notification.jobId}, ${new Date(notification.at).toISOString()}`,
      'You get this once for each cause. "muster notifications" shows who is told.',
    ].join('\n'),
  }
}

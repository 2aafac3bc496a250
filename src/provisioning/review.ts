/*
 * Decides whether a planned cycle waits for an answer: by the job's review settings, by how much it would do, and by whether
 * the configuration has changed since the last cycle.
 */
import type { PlanCounts, ReviewSettings } from '../vocabulary/index.ts'
import { shareCountsFrom } from './removal-threshold.ts'

export interface ReviewCause {
  /** Compares with the causes of another plan. */
  readonly code: string
  /** A sentence. */
  readonly words: string
}

export interface ReviewFacts {
  readonly counts: PlanCounts
  /** Active accounts and groups that are managed. */
  readonly managed: number
  readonly isConfigurationChanged: boolean
}

const number = (value: number): string => value.toLocaleString('en-US')

export const writesAnything = (counts: PlanCounts): boolean => counts.people + counts.groups > 0

/** Whether a cycle has to be planned before it may run. */
export function isReviewed(review: ReviewSettings, isConfigurationChanged: boolean): boolean {
  return review.mode !== 'off' || (review.afterConfigurationChange && isConfigurationChanged)
}

function aboveThreshold(review: ReviewSettings, { counts, managed }: ReviewFacts): readonly ReviewCause[] {
  const kinds = [
    { code: 'creates', count: counts.creates, max: review.createsMax, share: null, of: 'to be created' },
    { code: 'updates', count: counts.updates, max: review.updatesMax, share: review.shareMax, of: 'to be updated' },
    {
      code: 'membershipChanges',
      count: counts.membershipChanges,
      max: review.membershipChangesMax,
      share: null,
      of: 'memberships to be changed',
    },
    { code: 'disables', count: counts.disables, max: review.disablesMax, share: review.shareMax, of: 'to be disabled' },
    { code: 'deletes', count: counts.deletes, max: review.deletesMax, share: review.shareMax, of: 'to be deleted' },
  ]
  return kinds.flatMap(({ code, count, max, share, of }): readonly ReviewCause[] => {
    if (max !== null && count > max)
      return [{ code, words: `${number(count)} ${of}, and at most ${number(max)} need no answer.` }]
    if (share !== null && count > shareCountsFrom && count * 100 > share * managed) {
      const words = `${number(count)} ${of} of ${number(managed)} managed accounts and groups, and at most ${number(share)} % need no answer.`
      return [{ code, words }]
    }
    return []
  })
}

/** Why it waits; nothing when it need not. A cycle that writes nothing never waits. */
export function judgeReview(review: ReviewSettings, facts: ReviewFacts): readonly ReviewCause[] {
  if (!writesAnything(facts.counts)) return []
  const causes: ReviewCause[] = []
  if (review.mode === 'always') causes.push({ code: 'always', words: 'Every cycle that writes waits for an answer.' })
  if (review.mode === 'aboveThreshold') causes.push(...aboveThreshold(review, facts))
  if (review.afterConfigurationChange && facts.isConfigurationChanged)
    causes.push({
      code: 'configuration',
      words: 'It is the first cycle after a change of mappings, filters or scope settings.',
    })
  return causes
}

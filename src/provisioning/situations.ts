/*
 * Names the situation an object is in, then lets the name decide (style.md section 4). The truth tables of spec
 * sections 4, 5.7 and 7.2 stand here, one line each; a forgotten case does not compile.
 */
import type { SourcePresence } from '../vocabulary/index.ts'

export type Situation =
  | 'noMatch'
  | 'oneMatch'
  | 'manyMatches'
  | 'matchTaken'
  | 'noMatchingValue'
  | 'linkedDiffers'
  | 'linkedSame'
  | 'linkedGone'
  | 'leftScope'
  | 'leftScopeAgain'
  | 'managedDiffers'
  | 'hardDeleted'
  | 'hardDeletedUnmanaged'
  | 'neverOurs'

export type Verdict =
  | 'create'
  /** Store the link, then write what differs (spec 4, "take over"). */
  | 'link'
  | 'update'
  /** Disable, or delete where the target has no soft delete. */
  | 'remove'
  | 'delete'
  /** Only what is remembered changes; nothing is sent. */
  | 'note'
  | 'skip'
  | 'fail'

/** What each situation leads to when nothing is switched off. */
export const usualVerdict: Record<Situation, Verdict> = {
  noMatch: 'create', // spec 4: 0 hits for all
  oneMatch: 'link', // spec 4: exactly 1 hit
  manyMatches: 'fail', // spec 4: DuplicateTargetEntries
  matchTaken: 'fail', // spec 4: the hit is linked to another source object
  noMatchingValue: 'skip', // spec 4: ImportSkipped
  linkedDiffers: 'update', // spec 6.2 step 4
  linkedSame: 'skip', // spec 6.2: RedundantExport
  linkedGone: 'fail', // spec 4: InvalidAnchor
  leftScope: 'remove', // spec 7.2 rows 1 to 4
  leftScopeAgain: 'skip', // spec 7.2 row 8: repeats are redundant
  managedDiffers: 'note', // spec 7.2, "known limit": disabled already, now also unassigned, or assigned again
  hardDeleted: 'delete', // spec 7.2 row 5
  hardDeletedUnmanaged: 'note', // spec 7.2 row 6: nothing is sent
  neverOurs: 'skip', // spec 7.2 rows 9 and 10
}

export interface UnlinkedFacts {
  readonly isLinked: false
  readonly inScope: boolean
  /** Only asked when in scope. */
  readonly match: 'none' | 'one' | 'many' | 'taken' | 'noValue' | 'notAsked'
}

export interface LinkedFacts {
  readonly isLinked: true
  readonly inScope: boolean
  readonly presence: SourcePresence
  readonly linkIsActive: boolean
  readonly linkIsManaged: boolean
  /** Assigned, with a role, passing the filter (`ScopeDecision.isEntitled`). */
  readonly isEntitled: boolean
  /** Only asked when in scope. */
  readonly target: 'differs' | 'same' | 'gone' | 'notAsked'
}

const byMatch: Record<Exclude<UnlinkedFacts['match'], 'notAsked'>, Situation> = {
  none: 'noMatch',
  one: 'oneMatch',
  many: 'manyMatches',
  taken: 'matchTaken',
  noValue: 'noMatchingValue',
}

const byTarget: Record<Exclude<LinkedFacts['target'], 'notAsked'>, Situation> = {
  differs: 'linkedDiffers',
  same: 'linkedSame',
  gone: 'linkedGone',
}

export function nameSituation(facts: UnlinkedFacts | LinkedFacts): Situation {
  if (!facts.isLinked) {
    if (!facts.inScope || facts.match === 'notAsked') return 'neverOurs'
    return byMatch[facts.match]
  }
  if (facts.presence === 'hardDeleted') return facts.linkIsManaged ? 'hardDeleted' : 'hardDeletedUnmanaged'
  if (facts.inScope && facts.target !== 'notAsked') return byTarget[facts.target]
  if (facts.linkIsActive) return 'leftScope'
  return facts.linkIsManaged === facts.isEntitled ? 'leftScopeAgain' : 'managedDiffers'
}

export interface FlowSwitches {
  readonly add: boolean
  readonly update: boolean
  readonly delete: boolean
  /** Spec 7.4. */
  readonly skipOutOfScopeDeletions: boolean
  /** The target can disable this type of object. */
  readonly softDelete: boolean
  /** The mapping says what `active` becomes (spec 7.1). */
  readonly activeIsMapped: boolean
}

export type FinalVerdict =
  | { readonly verdict: 'create' | 'link' | 'update' | 'disable' | 'delete' | 'note' | 'skip' | 'fail' }
  /** Would have acted, were it not for a switch; the text says which. */
  | { readonly verdict: 'withheld'; readonly because: string }

const withheld = (because: string): FinalVerdict => ({ verdict: 'withheld', because })

/** The usual verdict under the job's switches (spec 5.7, columns of 7.2). */
export function applySwitches(situation: Situation, switches: FlowSwitches): FinalVerdict {
  const usual = usualVerdict[situation]
  switch (usual) {
    case 'create':
      return switches.add ? { verdict: 'create' } : withheld('Create is switched off in the object mapping.')
    case 'link':
      return { verdict: 'link' }
    case 'update':
      return switches.update ? { verdict: 'update' } : withheld('Update is switched off in the object mapping.')
    case 'delete':
      return switches.delete ? { verdict: 'delete' } : withheld('Delete is switched off in the object mapping.')
    case 'remove':
      if (switches.skipOutOfScopeDeletions)
        return withheld('SkipOutOfScopeDeletions is on: accounts that leave the scope are left alone.')
      if (!switches.softDelete)
        return switches.delete ? { verdict: 'delete' } : withheld('Delete is switched off in the object mapping.')
      if (!switches.activeIsMapped)
        return withheld('No attribute mapping says what "active" becomes, so nothing disables.')
      return switches.update
        ? { verdict: 'disable' }
        : withheld('Update is switched off in the object mapping, and a disable is an update.')
    case 'note':
    case 'skip':
    case 'fail':
      return { verdict: usual }
  }
}

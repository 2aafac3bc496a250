/*
 * The shape of a history: what happens in the directory, what an administrator does, and how the cycles in between fare.
 * Everything that can go wrong is said here; `chances.ts` draws it.
 */

export const peopleSlots = ['Pa', 'Pe', 'Pi', 'Po', 'Pu'] as const
export const teamSlots = ['Ta', 'Te', 'Ti'] as const
export type PersonSlot = (typeof peopleSlots)[number]
export type TeamSlot = (typeof teamSlots)[number]

export type PersonChange =
  'assign' | 'unassign' | 'rename' | 'retitle' | 'move' | 'enable' | 'disable' | 'softDelete' | 'restore' | 'hardDelete'
export type TeamChange =
  'assignTeam' | 'unassignTeam' | 'renameTeam' | 'softDeleteTeam' | 'restoreTeam' | 'hardDeleteTeam'

/** A change in the directory. */
export type Change =
  | { readonly kind: 'join'; readonly person: PersonSlot; readonly isAssigned: boolean }
  | { readonly kind: PersonChange; readonly person: PersonSlot }
  | { readonly kind: 'manage'; readonly person: PersonSlot; readonly manager: PersonSlot | null }
  | { readonly kind: 'found'; readonly team: TeamSlot; readonly isAssigned: boolean }
  | { readonly kind: TeamChange; readonly team: TeamSlot }
  | { readonly kind: 'members'; readonly team: TeamSlot; readonly members: readonly PersonSlot[] }

/** What an administrator does. */
export type Decision =
  /** The mapping of the title gets a mark before its value, or loses it. */
  | { readonly kind: 'mapTitle'; readonly isMarked: boolean }
  /** Only people of one department are in scope, or all departments. */
  | { readonly kind: 'filter'; readonly isOn: boolean }
  | { readonly kind: 'syncAll'; readonly isOn: boolean }
  /** So many removals in one cycle may happen without being asked for; `null`: any number. */
  | { readonly kind: 'threshold'; readonly removalsMax: number | null; readonly windowHours: number | null }
  | { readonly kind: 'approve' }
  /** Everything is evaluated anew. */
  | { readonly kind: 'restart' }
  /** Every cycle that writes waits for an answer, or none. */
  | { readonly kind: 'review'; readonly isOn: boolean }

/** Somebody is asked for at once; their removal has been agreed to, or is left to the next cycle. */
export interface Demand {
  readonly who: PersonSlot | TeamSlot
  readonly isAgreed: boolean
}

/** What an administrator does with plans, beside the cycles. */
export type Answer =
  | { readonly kind: 'keepPlan' }
  /** Nothing happens between. */
  | { readonly kind: 'planAndApply' }
  /** One of those that are open by then. */
  | { readonly kind: 'apply'; readonly which: number; readonly troubles: readonly Trouble[] }
  | { readonly kind: 'reject'; readonly which: number }
  /** What a cycle wrote is taken back; the last one is 0. */
  | { readonly kind: 'undo'; readonly back: number; readonly troubles: readonly Trouble[] }
  | ({ readonly kind: 'demand' } & Demand)

/** What can become of a write. */
export type WriteFault =
  /** 429, with or without a time to come back. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number | null }
  /** 500, a time-out or a broken connection, before or after the target did what it was told. */
  | { readonly kind: 'serverError' | 'timeout' | 'reset'; readonly tookEffect: boolean }
  /** The whole target goes away, before or after. */
  | { readonly kind: 'outage'; readonly tookEffect: boolean }
  | { readonly kind: 'refused' }
  /** Everything is said to be fine, and nothing was done; the answer shows it or not. */
  | { readonly kind: 'silent'; readonly isTold: boolean }
  /** The account is updated, and deactivated on the way. */
  | { readonly kind: 'deactivates'; readonly isTold: boolean }
  /** The account has another id from now on. */
  | { readonly kind: 'newId' }
  /** The next looks see what was there before the write. */
  | { readonly kind: 'stale'; readonly looks: number }

/** What can become of a look at the target. */
export type LookFault =
  | { readonly kind: 'throttled' | 'serverError' | 'timeout' | 'reset' | 'outage' }
  /** A page of the whole target breaks off, comes twice, or lacks somebody. */
  | { readonly kind: 'cutPage' | 'repeatedPage' | 'lackingPage' }
  | { readonly kind: 'credentialsRefused' }

/** What can become of a reading of the source. */
export type SourceFault =
  | { readonly kind: 'breaksOff' | 'endsEarly' | 'repeatedPage' }
  /** A page lacks objects as if there were fewer, or all. */
  | { readonly kind: 'shortPage' | 'emptyFeed' }
  | { readonly kind: 'fails' }
  /** The answer for named objects lacks some of them, or all. */
  | { readonly kind: 'shortAnswer' | 'emptyAnswer' }

export type Misfortune =
  /** The process dies with the call made or not; memory is gone, the store stays. */
  | { readonly kind: 'dies'; readonly callIsMade: boolean; readonly isTakenOver: boolean }
  /** The service is asked to stop, and goes on later. */
  | { readonly kind: 'stops' }
  /** The process sleeps through its lease while another one takes the job over; then it wakes up. */
  | { readonly kind: 'freezes'; readonly thawsAfter: number }
  | { readonly kind: 'clockJumps'; readonly byMs: number }
  /** Somebody is asked for at once while the cycle runs. */
  | ({ readonly kind: 'demand' } & Demand)
  /** The directory changes while the cycle runs. */
  | { readonly kind: 'meanwhile'; readonly change: Change }
  | { readonly kind: 'write'; readonly fault: WriteFault }
  | { readonly kind: 'look'; readonly fault: LookFault }
  | { readonly kind: 'source'; readonly fault: SourceFault }

/** Every call to store, source, target and clock is a numbered point of the cycle: a misfortune waits for its number. */
export interface Trouble {
  readonly at: number
  readonly misfortune: Misfortune
}

export type Step =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'cycle'; readonly troubles: readonly Trouble[] }
  | { readonly kind: 'answer'; readonly answer: Answer }

export interface Setting {
  /** The target can be read whole. */
  readonly canList: boolean
  readonly concurrency: number
  readonly pageSize: number
  /** How long the target takes for an answer, at most. */
  readonly latencyMs: number
  /** Who has an account already when Muster comes. */
  readonly accountsBefore: readonly PersonSlot[]
  readonly groupsBefore: readonly TeamSlot[]
  /** Then everybody has the same mail alias, and Muster finds a name for each. */
  readonly namesAreAllotted: boolean
  /** So many people more, of whom nothing is told but that they are there. */
  readonly crowd: number
}

export interface History {
  readonly steps: readonly Step[]
  readonly setting: Setting
}

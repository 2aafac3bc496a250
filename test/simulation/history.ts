/*
 * Random histories of a company: what happens in the directory, and how the cycles in between fare. Everything that can go
 * wrong at the target or with the process is said here.
 */
import fc from 'fast-check'

export const peopleSlots = ['Pa', 'Pe', 'Pi', 'Po', 'Pu'] as const
export const teamSlots = ['Ta', 'Te', 'Ti'] as const
export type PersonSlot = (typeof peopleSlots)[number]
export type TeamSlot = (typeof teamSlots)[number]

export type PersonChange =
  'assign' | 'unassign' | 'rename' | 'retitle' | 'enable' | 'disable' | 'softDelete' | 'restore' | 'hardDelete'
export type TeamChange =
  'assignTeam' | 'unassignTeam' | 'renameTeam' | 'softDeleteTeam' | 'restoreTeam' | 'hardDeleteTeam'

export type Change =
  | { readonly kind: 'join'; readonly person: PersonSlot; readonly isAssigned: boolean }
  | { readonly kind: PersonChange; readonly person: PersonSlot }
  | { readonly kind: 'manage'; readonly person: PersonSlot; readonly manager: PersonSlot | null }
  | { readonly kind: 'found'; readonly team: TeamSlot; readonly isAssigned: boolean }
  | { readonly kind: TeamChange; readonly team: TeamSlot }
  | { readonly kind: 'members'; readonly team: TeamSlot; readonly members: readonly PersonSlot[] }

export type Trouble =
  /** The target refuses one write for good reasons of its own: nothing happened. */
  | { readonly kind: 'refused'; readonly atWrite: number; readonly retry: 'backoff' | 'nextCycle' }
  /** It does what it is told, and the answer is lost. */
  | { readonly kind: 'answerLost'; readonly atWrite: number }
  /** The whole target goes away, before or after it has done what it was told. */
  | { readonly kind: 'outage'; readonly atWrite: number; readonly tookEffect: boolean }
  | { readonly kind: 'cannotAsk'; readonly call: 'find' | 'read' | 'listObjects' }
  /** The service is asked to stop, and goes on later. */
  | { readonly kind: 'stop'; readonly atWrite: number }
  /** The process dies: the write goes out, nothing more is remembered. */
  | { readonly kind: 'crash'; readonly atWrite: number }
  /** The directory changes while the cycle runs. */
  | { readonly kind: 'meanwhile'; readonly atWrite: number; readonly change: Change }

export type Step =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'cycle'; readonly troubles: readonly Trouble[] }
  /** Everything is evaluated anew. */
  | { readonly kind: 'restart' }

export interface History {
  readonly steps: readonly Step[]
  readonly setting: Setting
}

export interface Setting {
  /** The target can be read whole. */
  readonly canList: boolean
  readonly concurrency: number
  readonly pageSize: number
  /** Who has an account already when Muster comes. */
  readonly accountsBefore: readonly PersonSlot[]
  readonly groupsBefore: readonly TeamSlot[]
  /** Then everybody has the same mail alias, and Muster finds a name for each. */
  readonly namesAreAllotted: boolean
}

const person = fc.constantFrom(...peopleSlots)
const team = fc.constantFrom(...teamSlots)

const ofPerson = <K extends string>(...kinds: readonly K[]) => fc.record({ kind: fc.constantFrom(...kinds), person })
const ofTeam = <K extends string>(...kinds: readonly K[]) => fc.record({ kind: fc.constantFrom(...kinds), team })

export const aChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('join' as const), person, isAssigned: fc.boolean() }) },
  { weight: 6, arbitrary: ofPerson('assign', 'unassign', 'rename', 'retitle', 'enable', 'disable') },
  { weight: 3, arbitrary: ofPerson('softDelete', 'restore', 'hardDelete') },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('manage' as const), person, manager: fc.option(person) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('found' as const), team, isAssigned: fc.boolean() }) },
  { weight: 3, arbitrary: ofTeam('assignTeam', 'unassignTeam', 'renameTeam') },
  { weight: 1, arbitrary: ofTeam('softDeleteTeam', 'restoreTeam', 'hardDeleteTeam') },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('members' as const), team, members: fc.subarray([...peopleSlots]) }),
  },
)

const atWrite = fc.integer({ min: 1, max: 6 })

export const aTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({
    kind: fc.constant('refused' as const),
    atWrite,
    retry: fc.constantFrom('backoff' as const, 'nextCycle' as const),
  }),
  fc.record({ kind: fc.constant('answerLost' as const), atWrite }),
  fc.record({ kind: fc.constant('outage' as const), atWrite, tookEffect: fc.boolean() }),
  fc.record({
    kind: fc.constant('cannotAsk' as const),
    call: fc.constantFrom('find' as const, 'read' as const, 'listObjects' as const),
  }),
  fc.record({ kind: fc.constantFrom('stop' as const, 'crash' as const), atWrite }),
  fc.record({ kind: fc.constant('meanwhile' as const), atWrite, change: aChange }),
)

const aStep = (trouble: fc.Arbitrary<readonly Trouble[]>): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('change' as const), change: aChange }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('cycle' as const), troubles: trouble }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  )

export const aSetting: fc.Arbitrary<Setting> = fc.record({
  canList: fc.boolean(),
  concurrency: fc.constantFrom(1, 4),
  pageSize: fc.integer({ min: 1, max: 5 }),
  accountsBefore: fc.subarray([...peopleSlots]),
  groupsBefore: fc.subarray([...teamSlots]),
  namesAreAllotted: fc.boolean(),
})

/** A company on its first day: everybody there is, in any shape. */
export const aCompany: fc.Arbitrary<readonly Change[]> = fc
  .record({
    people: fc.array(fc.record({ kind: fc.constant('join' as const), person, isAssigned: fc.boolean() }), {
      minLength: 3,
      maxLength: 8,
    }),
    teams: fc.array(fc.record({ kind: fc.constant('found' as const), team, isAssigned: fc.boolean() }), {
      maxLength: 4,
    }),
    later: fc.array(aChange, { maxLength: 20 }),
  })
  .map(({ people, teams, later }) => [...people, ...teams, ...later])

/** In which order the feed reports the people and groups: a number for each slot. */
export const anOrder: fc.Arbitrary<readonly number[]> = fc.array(fc.integer({ min: 0, max: 99 }), {
  minLength: peopleSlots.length + teamSlots.length,
  maxLength: peopleSlots.length + teamSlots.length,
})

/** Histories without any trouble, for what must hold to the letter. */
export const aCalmHistory: fc.Arbitrary<History> = fc.record({
  steps: fc.array(aStep(fc.constant([])), { minLength: 4, maxLength: 40 }),
  setting: aSetting,
})

export const aTroubledHistory: fc.Arbitrary<History> = fc.record({
  steps: fc.array(aStep(fc.array(aTrouble, { maxLength: 3 })), { minLength: 4, maxLength: 40 }),
  setting: aSetting,
})

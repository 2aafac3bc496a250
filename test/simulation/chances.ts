/* Draws histories at random: how often each thing happens, and how large it is. */
import fc from 'fast-check'
import {
  peopleSlots,
  teamSlots,
  type Answer,
  type Change,
  type Decision,
  type Demand,
  type History,
  type LookFault,
  type Misfortune,
  type Setting,
  type SourceFault,
  type Step,
  type Trouble,
  type WriteFault,
} from './history.ts'

const person = fc.constantFrom(...peopleSlots)
const team = fc.constantFrom(...teamSlots)

const ofPerson = <K extends string>(...kinds: readonly K[]) => fc.record({ kind: fc.constantFrom(...kinds), person })
const ofTeam = <K extends string>(...kinds: readonly K[]) => fc.record({ kind: fc.constantFrom(...kinds), team })
const ofKind = <K extends string>(...kinds: readonly K[]) => fc.record({ kind: fc.constantFrom(...kinds) })
const fixed = <const T>(value: T) => fc.constant(value)

export const aChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fixed('join'), person, isAssigned: fc.boolean() }) },
  { weight: 7, arbitrary: ofPerson('assign', 'unassign', 'rename', 'retitle', 'move', 'enable', 'disable') },
  { weight: 3, arbitrary: ofPerson('softDelete', 'restore', 'hardDelete') },
  { weight: 3, arbitrary: fc.record({ kind: fixed('manage'), person, manager: fc.option(person) }) },
  { weight: 2, arbitrary: fc.record({ kind: fixed('found'), team, isAssigned: fc.boolean() }) },
  { weight: 3, arbitrary: ofTeam('assignTeam', 'unassignTeam', 'renameTeam') },
  { weight: 1, arbitrary: ofTeam('softDeleteTeam', 'restoreTeam', 'hardDeleteTeam') },
  { weight: 4, arbitrary: fc.record({ kind: fixed('members'), team, members: fc.subarray([...peopleSlots]) }) },
)

const aDecision: fc.Arbitrary<Decision> = fc.oneof(
  { weight: 3, arbitrary: ofKind('restart') },
  { weight: 2, arbitrary: ofKind('approve') },
  { weight: 1, arbitrary: fc.record({ kind: fixed('mapTitle'), isMarked: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fixed('filter'), isOn: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fixed('syncAll'), isOn: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fixed('threshold'),
      removalsMax: fc.constantFrom(null, 0, 1, 2),
      windowHours: fc.constantFrom(null, 24),
    }),
  },
)

const tookEffect = fc.boolean()

const aWriteFault: fc.Arbitrary<WriteFault> = fc.oneof(
  fc.record({ kind: fixed('throttled'), retryAfterSeconds: fc.constantFrom(null, 30) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('serverError', 'timeout', 'reset'), tookEffect }) },
  fc.record({ kind: fixed('outage'), tookEffect }),
  ofKind('refused'),
  fc.record({ kind: fixed('silent'), isTold: fc.boolean() }),
  fc.record({ kind: fixed('deactivates'), isTold: fc.boolean() }),
  ofKind('newId'),
  { weight: 2, arbitrary: fc.record({ kind: fixed('stale'), looks: fc.integer({ min: 1, max: 8 }) }) },
)

const aLookFault: fc.Arbitrary<LookFault> = ofKind(
  'throttled',
  'serverError',
  'timeout',
  'reset',
  'outage',
  'cutPage',
  'repeatedPage',
  'lackingPage',
  'credentialsRefused',
)

const aSourceFault: fc.Arbitrary<SourceFault> = ofKind(
  'breaksOff',
  'endsEarly',
  'repeatedPage',
  'shortPage',
  'emptyFeed',
  'fails',
  'shortAnswer',
  'emptyAnswer',
)

const minuteMs = 60_000

const aMisfortune: fc.Arbitrary<Misfortune> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fixed('dies'), callIsMade: fc.boolean(), isTakenOver: fc.boolean() }) },
  { weight: 1, arbitrary: ofKind('stops') },
  { weight: 2, arbitrary: fc.record({ kind: fixed('freezes'), thawsAfter: fc.integer({ min: 1, max: 120 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fixed('clockJumps'),
      byMs: fc.constantFrom(-90 * minuteMs, -5000, 8000, 20_000, 8 * 60 * minuteMs),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fixed('meanwhile'), change: aChange }) },
  { weight: 5, arbitrary: fc.record({ kind: fixed('write'), fault: aWriteFault }) },
  { weight: 2, arbitrary: fc.record({ kind: fixed('look'), fault: aLookFault }) },
  { weight: 2, arbitrary: fc.record({ kind: fixed('source'), fault: aSourceFault }) },
)

/** Most cycles have a few dozen points, those over everybody a few hundred. */
const aPoint = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 250 }))

export const aTrouble: fc.Arbitrary<Trouble> = fc.record({ at: aPoint, misfortune: aMisfortune })

const aStep = (troubles: fc.Arbitrary<readonly Trouble[]>, decision: fc.Arbitrary<Decision>): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fixed('change'), change: aChange }) },
    { weight: 4, arbitrary: fc.record({ kind: fixed('cycle'), troubles }) },
    { weight: 2, arbitrary: fc.record({ kind: fixed('decision'), decision }) },
  )

export const aSetting: fc.Arbitrary<Setting> = fc.record({
  canList: fc.boolean(),
  concurrency: fc.constantFrom(1, 4),
  pageSize: fc.integer({ min: 1, max: 5 }),
  latencyMs: fc.constantFrom(0, 0, 80, 700),
  accountsBefore: fc.subarray([...peopleSlots]),
  groupsBefore: fc.subarray([...teamSlots]),
  namesAreAllotted: fc.boolean(),
  crowd: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 21),
})

/** A company on its first day: everybody there is, in any shape. */
export const aCompany: fc.Arbitrary<readonly Change[]> = fc
  .record({
    people: fc.array(fc.record({ kind: fixed('join'), person, isAssigned: fc.boolean() }), {
      minLength: 3,
      maxLength: 8,
    }),
    teams: fc.array(fc.record({ kind: fixed('found'), team, isAssigned: fc.boolean() }), { maxLength: 4 }),
    later: fc.array(aChange, { maxLength: 20, size: 'max' }),
  })
  .map(({ people, teams, later }) => [...people, ...teams, ...later])

/** In which order the feed reports the people and groups: a number for each slot. */
export const anOrder: fc.Arbitrary<readonly number[]> = fc.array(fc.integer({ min: 0, max: 99 }), {
  minLength: peopleSlots.length + teamSlots.length,
  maxLength: peopleSlots.length + teamSlots.length,
})

const isAssigned = fc.constantFrom(true, true, true, false)

/** Most people are there, and teams with members. */
const aFirstDay: fc.Arbitrary<readonly Change[]> = fc
  .record({
    people: fc.subarray([...peopleSlots], { minLength: 2 }),
    teams: fc.subarray([...teamSlots]),
    assigned: fc.array(isAssigned, { minLength: 8, maxLength: 8 }),
    members: fc.array(fc.subarray([...peopleSlots]), { minLength: 3, maxLength: 3 }),
  })
  .map(({ people, teams, assigned, members }) => [
    ...people.map((slot, at): Change => ({ kind: 'join', person: slot, isAssigned: assigned[at] === true })),
    ...teams.flatMap((slot, at): readonly Change[] => [
      { kind: 'found', team: slot, isAssigned: assigned[at + peopleSlots.length] === true },
      { kind: 'members', team: slot, members: members[at] ?? [] },
    ]),
  ])

const aHistory = (
  troubles: fc.Arbitrary<readonly Trouble[]>,
  decision: fc.Arbitrary<Decision> = aDecision,
): fc.Arbitrary<History> =>
  fc
    .record({
      firstDay: aFirstDay,
      steps: fc.array(aStep(troubles, decision), { minLength: 2, maxLength: 30, size: 'max' }),
      setting: aSetting,
    })
    .map(({ firstDay, steps, setting }) => ({
      steps: [...firstDay.map((change): Step => ({ kind: 'change', change })), ...steps],
      setting,
    }))

/** Histories without any trouble, for what must hold to the letter. */
export const aCalmHistory: fc.Arbitrary<History> = aHistory(fc.constant([]))

export const aTroubledHistory: fc.Arbitrary<History> = aHistory(fc.array(aTrouble, { maxLength: 4, size: 'max' }))

/** The process is stopped or dies. */
export const anEnd: fc.Arbitrary<Trouble> = fc.record({
  at: aPoint,
  misfortune: fc.oneof(
    fc.record({ kind: fixed('dies'), callIsMade: fc.boolean(), isTakenOver: fc.boolean() }),
    ofKind('stops'),
  ),
})

const aLostAnswer: fc.Arbitrary<Trouble> = fc.record({
  at: aPoint,
  misfortune: fc.record({
    kind: fixed('write'),
    fault: fc.oneof(
      fc.record({ kind: fc.constantFrom('serverError', 'timeout', 'reset'), tookEffect }),
      fc.record({ kind: fixed('outage'), tookEffect }),
      ofKind('refused'),
    ),
  }),
})

/** The target goes away at a write: the cycle breaks off and goes on later. */
export const anOutage: fc.Arbitrary<Trouble> = fc.record({
  at: aPoint,
  misfortune: fc.record({ kind: fixed('write'), fault: fc.record({ kind: fixed('outage'), tookEffect }) }),
})

/** The rules stay as they are, and the target keeps to what it says: for plans and their undoing. */
export const aRuledHistory: fc.Arbitrary<History> = aHistory(
  fc.array(fc.oneof(anEnd, aLostAnswer), { maxLength: 3, size: 'max' }),
  ofKind('restart'),
)
export const aQuietHistory: fc.Arbitrary<History> = aHistory(fc.constant([]), ofKind('restart'))

const aDemand: fc.Arbitrary<Demand> = fc.record({ who: fc.oneof(person, team), isAgreed: fc.boolean() })

/** What can happen where nothing may be sent but what somebody has agreed to: the target keeps to what it says. */
const anHonestTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 3, arbitrary: anEnd },
  { weight: 3, arbitrary: aLostAnswer },
  fc.record({
    at: aPoint,
    misfortune: fc.oneof(
      fc.record({ kind: fixed('freezes'), thawsAfter: fc.integer({ min: 1, max: 120 }) }),
      fc.record({ kind: fixed('meanwhile'), change: aChange }),
    ),
  }),
)

const aDemandMeanwhile: fc.Arbitrary<Trouble> = fc.record({
  at: aPoint,
  misfortune: aDemand.map((demand) => ({ kind: 'demand' as const, ...demand })),
})

const honestTroubles = fc.array(anHonestTrouble, { maxLength: 2 })
const anyPlan = fc.nat({ max: 3 })

const anAnswer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 3, arbitrary: ofKind('keepPlan') },
  { weight: 2, arbitrary: ofKind('planAndApply') },
  { weight: 4, arbitrary: fc.record({ kind: fixed('apply'), which: anyPlan, troubles: honestTroubles }) },
  { weight: 1, arbitrary: fc.record({ kind: fixed('reject'), which: anyPlan }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fixed('undo'), back: fc.constantFrom(0, 0, 0, 1, 2), troubles: honestTroubles }),
  },
  { weight: 2, arbitrary: aDemand.map((demand) => ({ kind: 'demand' as const, ...demand })) },
)

/** An administrator keeps plans and applies them late, takes cycles back, lets cycles wait, asks for people at once. */
export const anAnsweredHistory: fc.Arbitrary<History> = fc
  .record({
    firstDay: aFirstDay,
    steps: fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: aStep(
            fc.array(fc.oneof(anHonestTrouble, aDemandMeanwhile), { maxLength: 3, size: 'max' }),
            fc.oneof(
              { weight: 2, arbitrary: fc.record({ kind: fixed('review'), isOn: fc.boolean() }) },
              { weight: 3, arbitrary: aDecision },
            ),
          ),
        },
        { weight: 1, arbitrary: fc.record({ kind: fixed('answer'), answer: anAnswer }) },
      ),
      { minLength: 4, maxLength: 30, size: 'max' },
    ),
    setting: aSetting,
  })
  .map(({ firstDay, steps, setting }) => ({
    steps: [...firstDay.map((change): Step => ({ kind: 'change', change })), ...steps],
    setting,
  }))

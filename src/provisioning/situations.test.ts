/* The truth tables of spec sections 4, 5.7 and 7.2, row by row. */
import { describe, expect, test } from 'vitest'
import {
  applySwitches,
  nameSituation,
  usualVerdict,
  type FlowSwitches,
  type LinkedFacts,
  type Situation,
  type UnlinkedFacts,
} from './situations.ts'

const allOn: FlowSwitches = {
  add: true,
  update: true,
  delete: true,
  skipOutOfScopeDeletions: false,
  softDelete: true,
  activeIsMapped: true,
}

/** The columns of 7.2, in its order. */
const columns = {
  default: allOn,
  'skip flag set': { ...allOn, skipOutOfScopeDeletions: true },
  'active not mapped': { ...allOn, activeIsMapped: false },
  'Update off': { ...allOn, update: false },
  'Delete off': { ...allOn, delete: false },
  'target without soft delete': { ...allOn, softDelete: false },
} satisfies Record<string, FlowSwitches>

/** Somebody who has an account that Muster keeps active. */
const managed: LinkedFacts = {
  isLinked: true,
  inScope: false,
  presence: 'present',
  linkIsActive: true,
  linkIsManaged: true,
  isEntitled: true,
  target: 'notAsked',
}
const stranger: UnlinkedFacts = { isLinked: false, inScope: false, match: 'notAsked' }

/** D: disable, X: delete, A: update with active = true, -: nothing is sent (7.2). */
const letters = { disable: 'D', delete: 'X', update: 'A' } as const

function letter(facts: LinkedFacts | UnlinkedFacts, switches: FlowSwitches): string {
  const { verdict } = applySwitches(nameSituation(facts), switches)
  if (verdict === 'disable' || verdict === 'delete' || verdict === 'update') return letters[verdict]
  expect(verdict).toMatch(/^(note|skip|withheld)$/)
  return '-'
}

const table: readonly (readonly [string, LinkedFacts | UnlinkedFacts, string])[] = [
  ['1 removed from assignment', { ...managed, isEntitled: false }, 'D - - - D X'],
  ['2 no longer passes the scoping filter', { ...managed, isEntitled: false }, 'D - - - D X'],
  ['3 accountEnabled set to false', managed, 'D - - - D X'],
  ['4 soft-deleted in the source', { ...managed, presence: 'softDeleted' }, 'D - - - D X'],
  ['5 hard-deleted, still managed', { ...managed, presence: 'hardDeleted' }, 'X X X X - X'],
  [
    '5 hard-deleted, disabled before and still managed',
    { ...managed, presence: 'hardDeleted', linkIsActive: false },
    'X X X X - X',
  ],
  [
    '6 hard-deleted after having been unassigned',
    { ...managed, presence: 'hardDeleted', linkIsActive: false, linkIsManaged: false },
    '- - - - - -',
  ],
  [
    '7 restored, enabled, assigned or passing again',
    { ...managed, inScope: true, linkIsActive: false, target: 'differs' },
    'A A A - A A',
  ],
  ['8 one of 1 to 4 after another', { ...managed, presence: 'softDeleted', linkIsActive: false }, '- - - - - -'],
  ['8 unassigned after having been disabled', { ...managed, linkIsActive: false, isEntitled: false }, '- - - - - -'],
  ['9 never linked, disabled in the source', stranger, '- - - - - -'],
  ['10 never linked, soft- or hard-deleted', stranger, '- - - - - -'],
]

describe('7.2, users that leave and come back', () => {
  test.each(table)('%s', (_row, facts, expected) => {
    const actual = Object.values(columns).map((switches) => letter(facts, switches))
    expect(actual.join(' ')).toBe(expected)
  })

  test('what is withheld says which switch withheld it', () => {
    const because = (switches: FlowSwitches): string => {
      const verdict = applySwitches('leftScope', switches)
      return verdict.verdict === 'withheld' ? verdict.because : ''
    }
    expect(because(columns['skip flag set'])).toContain('SkipOutOfScopeDeletions')
    expect(because(columns['active not mapped'])).toContain('active')
    expect(because(columns['Update off'])).toContain('Update is switched off')
    expect(because({ ...columns['target without soft delete'], delete: false })).toContain('Delete is switched off')
  })

  test('whoever is unassigned is managed no longer, whoever is assigned again while disabled is', () => {
    const disabled: LinkedFacts = { ...managed, linkIsActive: false }
    expect(nameSituation({ ...disabled, isEntitled: false })).toBe('managedDiffers')
    expect(nameSituation({ ...disabled, linkIsManaged: false })).toBe('managedDiffers')
    expect(nameSituation({ ...disabled, linkIsManaged: false, isEntitled: false })).toBe('leftScopeAgain')
    expect(usualVerdict.managedDiffers).toBe('note')
  })
})

describe('section 4, users in scope', () => {
  const inScope: LinkedFacts = { ...managed, inScope: true }
  const unlinked = (match: UnlinkedFacts['match']): UnlinkedFacts => ({ isLinked: false, inScope: true, match })

  const rows: readonly (readonly [string, LinkedFacts | UnlinkedFacts, Situation, string])[] = [
    ['0 hits for all', unlinked('none'), 'noMatch', 'create'],
    ['exactly 1 hit', unlinked('one'), 'oneMatch', 'link'],
    ['more than 1 hit', unlinked('many'), 'manyMatches', 'fail'],
    ['the hit is linked to another source object', unlinked('taken'), 'matchTaken', 'fail'],
    ['no value for any matching attribute', unlinked('noValue'), 'noMatchingValue', 'skip'],
    ['link exists, something differs', { ...inScope, target: 'differs' }, 'linkedDiffers', 'update'],
    ['link exists, nothing differs', { ...inScope, target: 'same' }, 'linkedSame', 'skip'],
    ['linked target id answers "not found"', { ...inScope, target: 'gone' }, 'linkedGone', 'fail'],
  ]
  test.each(rows)('%s', (_row, facts, situation, verdict) => {
    expect(nameSituation(facts)).toBe(situation)
    expect(applySwitches(situation, allOn)).toEqual({ verdict })
  })

  test('Create off: no new object; existing ones are taken over and updated (5.7)', () => {
    const noCreate = { ...allOn, add: false }
    expect(applySwitches('noMatch', noCreate).verdict).toBe('withheld')
    expect(applySwitches('oneMatch', noCreate).verdict).toBe('link')
    expect(applySwitches('linkedDiffers', noCreate).verdict).toBe('update')
  })

  test('only Create: no updates (5.7)', () => {
    const onlyCreate = { ...allOn, update: false, delete: false }
    expect(applySwitches('noMatch', onlyCreate).verdict).toBe('create')
    expect(applySwitches('linkedDiffers', onlyCreate).verdict).toBe('withheld')
    expect(applySwitches('hardDeleted', onlyCreate).verdict).toBe('withheld')
  })
})

import { describe, expect, test } from 'vitest'
import { referenceStep, resolveReferences, type WantedReference } from './references.ts'

const links = new Map([
  ['mo', { targetAnchor: 'U1', isActive: true }],
  ['al', { targetAnchor: 'U2', isActive: false }],
])
const manager = (...anchors: readonly string[]): WantedReference => ({
  attribute: 'manager',
  multivalued: false,
  anchors,
})
const members = (...anchors: readonly string[]): WantedReference => ({
  attribute: 'members',
  multivalued: true,
  anchors,
})

describe('what becomes of a reference (spec 5.5)', () => {
  test('a linked and active object is pointed to', () => {
    const { resolved, deferred } = resolveReferences('User', 'ana', [manager('mo')], links)
    expect(resolved.get('manager')).toEqual([{ sourceAnchor: 'mo', targetAnchor: 'U1' }])
    expect(deferred).toEqual([])
  })
  test.each(['al', 'nobody'])('an inactive or unknown one (%s) waits, and the attribute is left alone', (anchor) => {
    const { resolved, deferred } = resolveReferences('User', 'ana', [manager(anchor)], links)
    expect(resolved.has('manager')).toBe(false)
    expect(deferred).toEqual([
      { ownerType: 'User', ownerAnchor: 'ana', attribute: 'manager', referencedAnchor: anchor },
    ])
  })
  test('no reference: nothing is said about the attribute', () => {
    expect(resolveReferences('User', 'ana', [manager()], links).resolved.has('manager')).toBe(false)
  })
  test('of several members some may wait; none at all is an empty list, not silence', () => {
    const some = resolveReferences('Group', 'crew', [members('mo', 'al', 'nobody')], links)
    expect(some.resolved.get('members')?.map((each) => each.targetAnchor)).toEqual(['U1'])
    expect(some.deferred.map((each) => each.referencedAnchor)).toEqual(['al', 'nobody'])
    expect(resolveReferences('Group', 'crew', [members()], links).resolved.get('members')).toEqual([])
  })
})

describe('the log step', () => {
  const waiting = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ownerType: 'Group' as const,
      ownerAnchor: 'crew',
      attribute: 'members',
      referencedAnchor: `person-${String(index)}`,
    }))

  test('nothing waits, no step', () => {
    expect(referenceStep([], 'Crew', false)).toBeNull()
  })
  test('names the member and the group', () => {
    const step = referenceStep(waiting(1), 'Crew', false)
    expect(step).toMatchObject({
      name: 'UnableToResolveReferenceAttributeValue',
      provisioningStepType: 'referenceResolution',
      status: 'warning',
    })
    expect(step?.description).toContain('Crew')
    expect(step?.description).toContain('members person-0')
  })
  test('of many, twenty are named and the others counted', () => {
    const step = referenceStep(waiting(25), 'Crew', true)
    expect(step?.status).toBe('skipped')
    expect(step?.description).toContain('person-19 and 5 more')
    expect(step?.details['count']).toBe('25')
  })
})

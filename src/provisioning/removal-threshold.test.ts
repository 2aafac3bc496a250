import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DeletionPrevention } from '../vocabulary/index.ts'
import { judgeRemovals } from './removal-threshold.ts'

const off: DeletionPrevention = { isOn: true, threshold: null, percentage: null, windowHours: null }

describe('whether removals may happen (spec section 8)', () => {
  test.each([
    ['at the threshold they are carried out', 3, 1000, 0, { threshold: 3 }, 'allowed'],
    ['above it none is', 4, 1000, 0, { threshold: 3 }, 'tooMany'],
    ['what went before does not count without a window', 2, 1000, 2, { threshold: 3 }, 'allowed'],
    ['with a window it does', 2, 1000, 2, { threshold: 3, windowHours: 24 }, 'tooMany'],
    ['a share of the managed ones', 21, 100, 0, { percentage: 20 }, 'tooMany'],
    ['exactly the share', 20, 100, 0, { percentage: 20 }, 'allowed'],
    ['a share of very few says nothing', 10, 12, 0, { percentage: 20 }, 'allowed'],
    ['a threshold of 0 lets nobody go', 1, 1000, 0, { threshold: 0 }, 'tooMany'],
    ['switched off', 1000, 1000, 0, { isOn: false, threshold: 3 }, 'allowed'],
  ] as const)('%s', (_what, pending, managed, lately, settings, kind) => {
    expect(judgeRemovals({ pending, managed, lately }, { ...off, ...settings }).kind).toBe(kind)
  })

  test('the reason says how many, of how many, and what the threshold is', () => {
    expect(judgeRemovals({ pending: 4, managed: 9, lately: 0 }, { ...off, threshold: 3 })).toEqual({
      kind: 'tooMany',
      count: 4,
      because: '4 removals in one cycle, and the threshold is 3.',
    })
  })

  test('more removals are never allowed where fewer are not', () => {
    const settings = fc.record({
      isOn: fc.constant(true),
      threshold: fc.option(fc.nat(50)),
      percentage: fc.option(fc.nat(100)),
      windowHours: fc.option(fc.nat(48)),
    })
    fc.assert(
      fc.property(settings, fc.nat(100), fc.nat(100), fc.nat(30), (prevention, pending, others, lately) => {
        const managed = pending + others + 1
        const fewer = judgeRemovals({ pending, managed, lately }, prevention)
        const more = judgeRemovals({ pending: pending + 1, managed, lately }, prevention)
        if (fewer.kind === 'tooMany') expect(more.kind).toBe('tooMany')
      }),
    )
  })
})

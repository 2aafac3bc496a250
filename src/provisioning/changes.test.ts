import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttributeDefinition, TargetAttributes, TargetValue } from '../vocabulary/index.ts'
import { compareAttributes, compareMembers, sameValue, type ComparisonRequest } from './changes.ts'

const definition = (name: string, caseExact: boolean): AttributeDefinition => ({
  name,
  type: 'String',
  anchor: false,
  caseExact,
  defaultValue: null,
  flowNullValues: false,
  multivalued: false,
  mutability: 'ReadWrite',
  required: false,
  apiExpressions: [],
  metadata: [],
  referencedObjects: [],
})

/** A target that keeps what it is given. */
const compare = (desired: TargetAttributes, known: TargetAttributes, more: Partial<ComparisonRequest> = {}) =>
  compareAttributes({
    desired,
    stored: desired,
    known,
    definitions: new Map([['mail', definition('mail', false)]]),
    notComparable: new Set(),
    always: new Set(),
    redacted: new Set(),
    ...more,
  })

const aValue: fc.Arbitrary<TargetValue> = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.integer(),
  fc.array(fc.string(), { maxLength: 4 }),
)
const someAttributes = fc.dictionary(fc.constantFrom('mail', 'title', 'active', 'members'), aValue)

describe('comparing attributes (spec 6.2 step 4)', () => {
  test('equal states give no change', () => {
    fc.assert(
      fc.property(someAttributes, (attributes) => {
        expect(compare(attributes, attributes).changes).toEqual([])
      }),
    )
  })

  test('what was changed compares equal afterwards', () => {
    fc.assert(
      fc.property(someAttributes, someAttributes, (desired, known) => {
        const after: Record<string, TargetValue> = { ...known }
        for (const change of compare(desired, known).changes) {
          if (change.kind === 'set') after[change.attribute] = change.value
          else delete after[change.attribute]
        }
        expect(compare(desired, after).changes).toEqual([])
      }),
    )
  })

  test('only what differs is sent, and the log has old and new value', () => {
    const { changes, modifiedProperties } = compare(
      { title: 'Captain', active: true, mail: 'ana@example.com' },
      { title: 'Mate', active: true, mail: 'ana@example.com', nickName: 'left alone' },
    )
    expect(changes).toEqual([{ attribute: 'title', kind: 'set', value: 'Captain' }])
    expect(modifiedProperties).toEqual([{ displayName: 'title', oldValue: 'Mate', newValue: 'Captain' }])
  })

  test('a change of case alone counts where the definition says so', () => {
    expect(compare({ mail: 'Ana@Example.com' }, { mail: 'ana@example.com' }).changes).toEqual([])
    expect(compare({ title: 'captain' }, { title: 'Captain' }).changes).toHaveLength(1)
  })

  test('an empty text empties what is there and equals what is absent', () => {
    expect(compare({ title: '' }, { title: 'Mate' })).toEqual({
      changes: [{ attribute: 'title', kind: 'cleared' }],
      modifiedProperties: [{ displayName: 'title', oldValue: 'Mate', newValue: '' }],
    })
    expect(compare({ title: '' }, {}).changes).toEqual([])
  })

  test('what the target would make of a value is compared, the value itself is sent', () => {
    const stored = { locale: 'en_GB' }
    expect(compare({ locale: 'en-GB' }, { locale: 'en_GB' }, { stored }).changes).toEqual([])
    expect(compare({ locale: 'en-GB' }, { locale: 'de_DE' }, { stored }).changes).toEqual([
      { attribute: 'locale', kind: 'set', value: 'en-GB' },
    ])
  })

  test('a value the target would not keep empties the attribute, once', () => {
    expect(compare({ title: ' ' }, { title: 'Mate' }, { stored: {} }).changes).toEqual([
      { attribute: 'title', kind: 'cleared' },
    ])
    expect(compare({ title: ' ' }, {}, { stored: {} }).changes).toEqual([])
  })

  test('what is never given back as it was sent is not compared', () => {
    expect(compare({ photo: 'a.png' }, {}, { notComparable: new Set(['photo']) }).changes).toEqual([])
  })

  test('a redacted value is sent, and the log shows only that there is one', () => {
    const { changes, modifiedProperties } = compare({ title: 'Spy' }, {}, { redacted: new Set(['title']) })
    expect(changes).toEqual([{ attribute: 'title', kind: 'set', value: 'Spy' }])
    expect(modifiedProperties).toEqual([{ displayName: 'title', oldValue: null, newValue: '[Redact]' }])
  })
})

describe('equality of values', () => {
  test.each<[TargetValue | undefined, TargetValue | undefined, boolean]>([
    [undefined, '', true],
    [undefined, [], true],
    ['', 'x', false],
    [true, 'True', true],
    [false, 'True', false],
    [7, '7', true],
    [['a', 'b'], ['b', 'a'], true],
    [['a', 'a'], ['a', 'b'], false],
    [['a'], ['a', 'a'], false],
    [['a'], 'a', false],
  ])('%j and %j: %s', (one, other, expected) => {
    expect(sameValue(one, other, true)).toBe(expected)
    expect(sameValue(other, one, true)).toBe(expected)
  })
})

describe('comparing members (spec 6.4)', () => {
  const members = (request: { desired: string; ours?: string; present?: string | null }): readonly [string, string] => {
    const set = (letters: string) => new Set(letters)
    const { add, remove } = compareMembers({
      desired: set(request.desired),
      ours: set(request.ours ?? ''),
      present: typeof request.present === 'string' ? set(request.present) : null,
    })
    return [add.join(''), remove.join('')]
  }

  test('adds who is missing and takes out who left', () => {
    expect(members({ desired: 'abc', ours: 'bcd' })).toEqual(['a', 'd'])
  })
  test('whoever was put there by hand stays', () => {
    expect(members({ desired: 'a', ours: 'a', present: 'axy' })).toEqual(['', ''])
  })
  test('whoever the target has lost is added again', () => {
    expect(members({ desired: 'ab', ours: 'ab', present: 'b' })).toEqual(['a', ''])
  })
  test('whoever is there already is not added', () => {
    expect(members({ desired: 'ab', ours: '', present: 'b' })).toEqual(['a', ''])
  })
})

/*
 * What another schema would change for everybody, as a fold over the objects of the source: who enters or leaves the scope,
 * whose values change, whose mapping fails, what the target refuses, who collides. The memory it needs does not follow the
 * number of objects, but for some bytes each, by which collisions are found.
 */
import type {
  DiffExample,
  DiffTotals,
  Link,
  ObjectTypeName,
  PopulationDiff,
  SourceObject,
} from '../vocabulary/index.ts'
import { asLogText } from './changes.ts'
import type { CompiledObjectMapping, CompiledSchema } from './compiled-schema.ts'
import { createHashCounts, type HashCounts } from './hash-counts.ts'
import { mappingInput } from './mapping-input.ts'
import { createClusters, type Happening } from './population-diff-clusters.ts'
import { decidingClauses, fateOf, type Fate, type FateRules } from './population-diff-fate.ts'
import {
  compareValues,
  mapPairs,
  pairAttributes,
  storedValue,
  type AttributePair,
  type MappedObject,
  type TargetRules,
} from './population-diff-values.ts'
import { slackUniqueAttributes } from './slack-values.ts'
import { displayNameOf } from './summary.ts'

export interface PopulationDiffOptions {
  readonly before: CompiledSchema
  readonly after: CompiledSchema
  readonly settings: FateRules['settings']
  readonly rules: TargetRules
  readonly now: number
  /** Examples shown of each cluster. */
  readonly examplesMax: number
}

export interface PopulationDiffFold {
  /** Each object once, with its link; `page` is where to find it again. */
  add(source: SourceObject, link: Link | undefined, page: number): void
  /** Pages with objects whose names are still wanted for examples of collisions. */
  pagesToName(): readonly number[]
  /** Every object of such a page, once more. */
  name(source: SourceObject, link: Link | undefined): void
  result(): PopulationDiff
}

interface Sides<Value> {
  readonly before: Value
  readonly after: Value
}

/** What both schemas say of one object type. */
interface TypeRules extends Sides<CompiledObjectMapping | undefined> {
  readonly pairs: readonly AttributePair[]
  readonly required: Sides<readonly string[]>
  /** Attributes whose values nobody else may have, with their place among the pairs. */
  readonly unique: readonly UniqueAttribute[]
}

interface UniqueAttribute {
  readonly pair: AttributePair
  readonly index: number
  readonly holders: HashCounts
  /** Values shown as examples, by their key. */
  readonly shared: Map<string, { readonly value: string; readonly names: Map<string, string> }>
}

interface Judged {
  readonly fates: Sides<Fate>
  readonly mapped: Sides<MappedObject | null>
  readonly happenings: readonly Happening[]
}

/** Names listed with one shared value. */
const namesMax = 5

const requiredOf = (mapping: CompiledObjectMapping | undefined): readonly string[] =>
  [...(mapping?.definitions.values() ?? [])]
    .filter((definition) => definition.required && !definition.anchor)
    .map((definition) => definition.name)

function typeRules(objectType: ObjectTypeName, { before, after }: PopulationDiffOptions): TypeRules {
  const [one, other] = [before.objectMappings.get(objectType), after.objectMappings.get(objectType)]
  const pairs = pairAttributes(one, other)
  const unique = new Set([...slackUniqueAttributes[objectType], ...(other?.matching ?? [])])
  return {
    before: one,
    after: other,
    pairs,
    required: { before: requiredOf(one), after: requiredOf(other) },
    unique: pairs.flatMap((pair, index) =>
      // Where each gets a value that is free, nobody collides.
      unique.has(pair.target) && pair.after?.isUnique !== true
        ? [{ pair, index, holders: createHashCounts(), shared: new Map() }]
        : [],
    ),
  }
}

interface CountedTotals {
  objects: number
  inScopeBefore: number
  inScopeAfter: number
  untouched: number
}

export function createPopulationDiff(options: PopulationDiffOptions): PopulationDiffFold {
  const { settings, rules, now, examplesMax } = options
  const types: Readonly<Record<ObjectTypeName, TypeRules>> = {
    User: typeRules('User', options),
    Group: typeRules('Group', options),
  }
  const zero = (): CountedTotals => ({ objects: 0, inScopeBefore: 0, inScopeAfter: 0, untouched: 0 })
  const totals: Readonly<Record<ObjectTypeName, CountedTotals>> = { User: zero(), Group: zero() }
  const clusters = createClusters(examplesMax)

  function judge(source: SourceObject, link: Link | undefined): Judged {
    const { objectType } = source
    const { before, after, pairs, required } = types[objectType]
    const fateRules: FateRules = { settings, softDelete: rules.softDelete[objectType] }
    const fateBefore = fateOf(source, link, before, fateRules)
    const fateAfter = fateOf(source, link, after, fateRules)
    const inputBefore = mappingInput(source, fateBefore.paths, fateBefore.inScope, now)
    const isSameScope = fateBefore.inScope === fateAfter.inScope
    const inputAfter = isSameScope ? inputBefore : mappingInput(source, fateAfter.paths, fateAfter.inScope, now)
    const mappedBefore =
      fateBefore.kind === 'account' ? mapPairs(pairs, 'before', inputBefore, link, null, isSameScope) : null
    const mappedAfter =
      fateAfter.kind === 'account' ? mapPairs(pairs, 'after', inputAfter, link, mappedBefore, isSameScope) : null
    const happenings = [...compareFates(source, types[objectType], fateBefore, fateAfter)]
    if (mappedAfter !== null) {
      happenings.push(
        ...compareValues({
          objectType,
          pairs,
          rules,
          link,
          before: mappedBefore,
          after: mappedAfter,
          inputs: { before: inputBefore, after: inputAfter },
          required,
        }),
      )
    }
    return {
      fates: { before: fateBefore, after: fateAfter },
      mapped: { before: mappedBefore, after: mappedAfter },
      happenings,
    }
  }

  /** What the object's account holds, or would: by that it takes the value from others. */
  function heldValue(
    objectType: ObjectTypeName,
    { pair, index }: UniqueAttribute,
    mapped: MappedObject | null,
    link: Link | undefined,
  ): string | null {
    const own = mapped?.isWritten === true ? mapped.attributes[index] : undefined
    const sent = typeof own === 'object' && own.kind === 'value' ? own.value : undefined
    const value = storedValue(rules, objectType, pair.target, sent) ?? link?.known[pair.target]
    return value === undefined || value === '' ? null : (asLogText(value)?.toLowerCase() ?? null)
  }

  const isSameValue = ({ index }: UniqueAttribute, { before, after }: Judged['mapped']): boolean =>
    before !== null &&
    after !== null &&
    before.isWritten === after.isWritten &&
    before.attributes[index] === after.attributes[index]

  function showHolder(unique: UniqueAttribute, key: string, source: SourceObject, mayBegin: boolean): void {
    const known = unique.shared.get(key)
    if (known !== undefined) {
      if (known.names.size < namesMax) known.names.set(source.anchor, displayNameOf(source))
    } else if (mayBegin && unique.shared.size < examplesMax) {
      const value = unique.pair.isRedacted ? '[Redact]' : key
      unique.shared.set(key, { value, names: new Map([[source.anchor, displayNameOf(source)]]) })
    }
  }

  function countHolders(source: SourceObject, link: Link | undefined, { mapped }: Judged, page: number): void {
    for (const unique of types[source.objectType].unique) {
      const before = heldValue(source.objectType, unique, mapped.before, link)
      const isSame = isSameValue(unique, mapped)
      const after = isSame ? before : heldValue(source.objectType, unique, mapped.after, link)
      if (before !== null) unique.holders.add(before, 0)
      if (after === null) continue
      const holders = unique.holders.add(after, 1, page) + 1
      if (holders > 1) showHolder(unique, after, source, holders > unique.holders.of(after)[0])
    }
  }

  /** Collisions of the later schema that the earlier one has not, or has among fewer. */
  function addCollisions(objectType: ObjectTypeName): void {
    for (const unique of types[objectType].unique) {
      let colliding = 0
      let freed = 0
      for (const [before, after] of unique.holders.all()) {
        if (after > 1 && after > before) colliding += after
        if (before > 1 && after < 2) freed += before
      }
      const { target } = unique.pair
      if (colliding > 0) clusters.put(objectType, 'collides', target, colliding, collisionExamples(unique))
      if (freed > 0) clusters.put(objectType, 'collidesNoMore', target, freed, [])
    }
  }

  const isNewlyShared = ({ holders }: UniqueAttribute, key: string): boolean => {
    const [before, after] = holders.of(key)
    return after > 1 && after > before
  }

  function collisionExamples(unique: UniqueAttribute): readonly DiffExample[] {
    return [...unique.shared]
      .filter(([key]) => isNewlyShared(unique, key))
      .map(([key, { value, names }]) => {
        const [, after] = unique.holders.of(key)
        const others = after - names.size
        const who = [...names.values(), ...(others > 0 ? [`${String(others)} more`] : [])].join(', ')
        return { objectId: [...names.keys()][0] ?? '', displayName: who, before: null, after: value }
      })
  }

  const allUnique = (): readonly UniqueAttribute[] => [...types.User.unique, ...types.Group.unique]

  return {
    add(source, link, page) {
      // Of what was deleted for good nothing is left to map.
      if (source.presence === 'hardDeleted') return
      const judged = judge(source, link)
      countHolders(source, link, judged, page)
      if (source.presence === 'present') {
        const counted = totals[source.objectType]
        counted.objects += 1
        if (judged.fates.before.inScope) counted.inScopeBefore += 1
        if (judged.fates.after.inScope) counted.inScopeAfter += 1
        if (judged.happenings.length === 0) counted.untouched += 1
      }
      const who = { objectId: source.anchor, displayName: displayNameOf(source) }
      for (const happening of judged.happenings) clusters.add(source.objectType, link !== undefined, happening, who)
    },
    pagesToName: () => [
      ...new Set(
        allUnique().flatMap((unique) =>
          [...unique.shared.keys()]
            .filter((key) => isNewlyShared(unique, key))
            .map((key) => unique.holders.noteOf(key)),
        ),
      ),
    ],
    name(source, link) {
      if (source.presence === 'hardDeleted') return
      const { mapped } = judge(source, link)
      for (const unique of types[source.objectType].unique) {
        const key = heldValue(source.objectType, unique, mapped.after, link)
        if (key !== null) showHolder(unique, key, source, false)
      }
    },
    result() {
      addCollisions('User')
      addCollisions('Group')
      return {
        totals: { User: { ...totals.User }, Group: { ...totals.Group } } satisfies Record<string, DiffTotals>,
        clusters: clusters.sorted(),
      }
    },
  }
}

function compareFates(
  source: SourceObject,
  { before, after }: TypeRules,
  one: Fate,
  other: Fate,
): readonly Happening[] {
  if (one.kind === other.kind) return []
  const told = (effect: Happening['effect'], cause: string | null, seen: string | null): readonly Happening[] => [
    { effect, attribute: null, cause, before: null, after: seen },
  ]
  const keptOut = (mapping: CompiledObjectMapping | undefined): readonly [string | null, string | null] => {
    const clauses = decidingClauses(source, mapping)
    return [clauses?.text ?? null, clauses?.seen ?? null]
  }
  switch (other.kind) {
    case 'disabled':
      return told('isDisabled', ...keptOut(after))
    case 'deleted':
      return told('isDeleted', ...keptOut(after))
    case 'noAccount':
      return one.kind === 'account' ? told('getsNoAccount', ...keptOut(after)) : []
    case 'leftAlone':
      return one.kind === 'noAccount'
        ? []
        : told(one.kind === 'account' ? 'isLeftAlone' : 'isKept', other.because, null)
    case 'account':
      if (one.kind === 'disabled' || one.kind === 'deleted') return told('isKept', ...keptOut(before))
      return told('entersScope', one.because ?? keptOut(before)[0], one.because === null ? keptOut(before)[1] : null)
  }
}

/*
 * Gives a new object the values that only one object can have (`SelectUniqueValue`, allotted user names): the first that is
 * kept for nobody else and that the target does not hold. The choice is stored before anything is sent, so that a kill in
 * between changes nobody's name.
 */
import type { MappedAttribute } from '../provisioning/index.ts'
import type { AllottedName } from '../vocabulary/index.ts'
import type { NamePlace } from './name-book.ts'
import type { Run } from './object-run.ts'

/** Candidates looked up at first, and at most, in one go. */
const lookedUpFirst = 1
const lookedUpMax = 256
/** Names that the target may refuse to one object in one run: a rule without end gives up some time. */
const refusalsMax = 20
/** Passed-over values that the log tells of. */
const toldMax = 3

export type Choice =
  /** The mapped attributes, with a value for each that had a choice. */
  | {
      readonly kind: 'chosen'
      readonly attributes: readonly MappedAttribute[]
      /** Chosen for the first time: to be stored before anything is sent. */
      readonly names: readonly AllottedName[]
      readonly why: readonly string[]
    }
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string }

export interface NameChoice {
  /** Waits for those who may want the same and came earlier. */
  first(): Promise<Choice>
  /** After the target has refused the value of this attribute; `null` when no other value can be tried. */
  next(refusedAttribute: string | undefined): Promise<Choice | null>
}

type Unique = Extract<MappedAttribute, { kind: 'unique' }>
type Found = { readonly value: string } | Extract<Choice, { kind: 'failed' }>

/** Why values before the chosen one were passed over: how many, and of the first ones why. */
interface PassedOver {
  readonly told: string[]
  count: number
}

interface Search {
  readonly attribute: string
  readonly free: AsyncGenerator<Found, void>
  readonly passedOver: PassedOver
  chosen: string
}

function passOver(passedOver: PassedOver, why: string): void {
  passedOver.count += 1
  if (passedOver.told.length < toldMax) passedOver.told.push(why)
}

function tell({ told, count }: PassedOver): string {
  const more = count - told.length
  return more > 0 ? `${told.join(', ')}, and ${String(more)} more are taken` : told.join(', ')
}

export function chooseNames(run: Run, mapped: readonly MappedAttribute[], place: NamePlace): NameChoice {
  const { context, mapping, source } = run
  const { names, schema, target, targetDescription } = context
  const owner = { objectType: source.objectType, sourceAnchor: source.anchor }
  const searches = mapped.flatMap((each) => (each.kind === 'unique' ? [searchOf(each)] : []))
  let refusals = 0

  /** As the target compares it. */
  function keyOf(attribute: string, value: string): string {
    return mapping.definitions.get(attribute)?.caseExact === false ? value.toLowerCase() : value
  }

  function searchOf(unique: Unique): Search {
    const passedOver: PassedOver = { told: [], count: 0 }
    return { attribute: unique.name, free: freeValues(unique, passedOver), passedOver, chosen: '' }
  }

  /** What is kept for the object comes first, then what the mapping offers. */
  function* candidates({ name, candidates: offered }: Unique): Generator<Found, void> {
    const kept = names.keptFor(owner, name)
    if (kept !== undefined) yield { value: kept }
    for (const each of offered()) {
      if (each.kind === 'failed') yield { kind: 'failed', code: 'UnprocessableEntity', reason: each.message }
      else if (keyOf(name, each.value) !== kept) yield { value: each.value }
    }
  }

  /** Each value is the object's own when it is answered; asking for the next one gives it up. */
  async function* freeValues(unique: Unique, passedOver: PassedOver): AsyncGenerator<Found, void> {
    const attribute = unique.name
    if (!targetDescription.capabilities.filterable[source.objectType].includes(attribute)) {
      const reason = `${schema.targetDirectoryName} cannot be asked who has a ${attribute}, so no unique value can be chosen for it.`
      yield { kind: 'failed', code: 'UnprocessableEntity', reason }
      return
    }
    const rest = candidates(unique)
    for (let size = lookedUpFirst; ; size = Math.min(size * 4, lookedUpMax)) {
      const batch = await context.compute(() => [...take(rest, size)])
      const values = batch.flatMap((each) => ('value' in each ? [keyOf(attribute, each.value)] : []))
      const holders = await names.holders(owner, attribute, values)
      for (const each of batch) {
        if (!('value' in each)) {
          yield each
          return
        }
        const { value } = each
        const key = keyOf(attribute, value)
        const holder = holders.get(key)
        const inTheWay = holder === undefined ? await whoHolds(attribute, value) : `kept for ${holder}`
        if (inTheWay === null && names.take({ ...owner, attribute, value: key })) yield each
        else passOver(passedOver, `${value} is ${inTheWay ?? 'kept for somebody else'}`)
      }
      if (batch.length < size) break
    }
    yield passedOver.count === 0
      ? { kind: 'failed', code: 'UnprocessableEntity', reason: `None of the rules of ${attribute} gives a value.` }
      : { kind: 'failed', code: 'Conflict', reason: noneLeft(attribute, passedOver) }
  }

  function noneLeft(attribute: string, passedOver: PassedOver): string {
    const found = `All ${String(passedOver.count)} values that ${attribute} may have are taken`
    return mapping.redacted.target.has(attribute) ? `${found}.` : `${found}: ${tell(passedOver)}.`
  }

  async function whoHolds(attribute: string, value: string): Promise<string | null> {
    const hits = await target.find({ objectType: source.objectType, attribute, value })
    const holder = hits.find((hit) => keyOf(attribute, String(hit.attributes[attribute])) === keyOf(attribute, value))
    return holder === undefined ? null : `the ${attribute} of ${holder.anchor} in ${schema.targetDirectoryName}`
  }

  async function advance(search: Search): Promise<Extract<Choice, { kind: 'failed' }> | null> {
    const found = await search.free.next()
    if (found.done === true) throw new Error(`The search for a ${search.attribute} was asked again after its end.`)
    if (!('value' in found.value)) return found.value
    search.chosen = found.value.value
    return null
  }

  function chosenBy(moved: readonly Search[], before: ReadonlyMap<string, string | undefined>): Choice {
    const fresh = moved
      .map(({ attribute, chosen }): AllottedName => ({ ...owner, attribute, value: keyOf(attribute, chosen) }))
      .filter((name) => name.value !== before.get(name.attribute))
    const chosen = new Map(searches.map((search) => [search.attribute, search.chosen]))
    return {
      kind: 'chosen',
      names: fresh,
      attributes: mapped.map((each) =>
        each.kind === 'unique' ? { name: each.name, kind: 'value', value: chosen.get(each.name) ?? '' } : each,
      ),
      why: moved.flatMap((search) => wordsOf(search)),
    }
  }

  function wordsOf({ attribute, chosen, passedOver }: Search): readonly string[] {
    if (passedOver.count === 0) return []
    if (mapping.redacted.target.has(attribute)) return [`${attribute} is the first value nobody has.`]
    return [`${attribute} is ${chosen}, because ${tell(passedOver)}.`]
  }

  async function move(moving: readonly Search[]): Promise<Choice> {
    const before = new Map(moving.map(({ attribute }) => [attribute, names.keptFor(owner, attribute)]))
    for (const search of moving) {
      const failure = await advance(search)
      if (failure !== null) return failure
    }
    place.leave()
    return chosenBy(moving, before)
  }

  return {
    async first() {
      if (searches.length > 0) await place.turn
      return await move(searches)
    },
    async next(refusedAttribute) {
      const search = searches.find(({ attribute }) => attribute === refusedAttribute)
      refusals += 1
      if (search === undefined || refusals > refusalsMax) return null
      names.refuse(source.objectType, search.attribute, keyOf(search.attribute, search.chosen))
      passOver(search.passedOver, `${search.chosen} was refused by ${schema.targetDirectoryName}`)
      return await move([search])
    },
  }
}

function* take<T>(items: Iterator<T, void>, count: number): Generator<T, void> {
  for (let taken = 0; taken < count; taken += 1) {
    const next = items.next()
    if (next.done === true) return
    yield next.value
  }
}

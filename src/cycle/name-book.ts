/*
 * Who has which name, as far as one cycle knows: what the store keeps for whom, what was allotted in this cycle, what the
 * target refused. A name noted here counts at once; it is stored before the create that uses it goes out.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AllottedName, ObjectTypeName } from '../vocabulary/index.ts'
import type { Ledger } from './ledger.ts'
import type { MatchTurns } from './match-turns.ts'

/** Whom a name is kept for when the target has refused it to everybody: no source object is called this. */
const nobody = ''

/** A place in the line of those who may want the same name. */
export interface NamePlace {
  /** Everybody who came earlier has chosen, or wants none. */
  readonly turn: Promise<void>
  leave(): void
}

export interface NameBook {
  /** Fetches what is kept for these objects, in one look-up. */
  read(objectType: ObjectTypeName, sourceAnchors: readonly string[]): Promise<void>
  /** Takes a place for each family of names; whoever comes first chooses first, in a plan as in the run. */
  queue(families: readonly string[]): NamePlace
  /** The value kept for this object. */
  keptFor(owner: Owner, attribute: string): string | undefined
  /** Of these values, those that are kept for others or refused by the target: by value, whose they are. */
  holders(owner: Owner, attribute: string, values: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Keeps the value for this object, unless somebody else has taken it by now: then `false`. */
  take(name: AllottedName): boolean
  /** The target gives this value to nobody. */
  refuse(objectType: ObjectTypeName, attribute: string, value: string): void
}

export type Owner = Pick<AllottedName, 'objectType' | 'sourceAnchor'>

export function openNameBook(ledger: Ledger, turns: MatchTurns): NameBook {
  /** By type, attribute and value: whose it is; `null`: the store keeps it for nobody. */
  const holders = new Map<string, string | null>()
  /** By type, anchor and attribute. */
  const kept = new Map<string, string>()

  const valueKey = (objectType: ObjectTypeName, attribute: string, value: string): string =>
    `${objectType} ${attribute} ${value}`
  const ownerKey = ({ objectType, sourceAnchor }: Owner, attribute: string): string =>
    `${objectType} ${attribute} ${sourceAnchor}`

  function note(name: AllottedName): void {
    kept.set(ownerKey(name, name.attribute), name.value)
    holders.set(valueKey(name.objectType, name.attribute, name.value), name.sourceAnchor)
  }

  /** Questions of objects in flight travel together: a look-up costs much the same for one value as for many. */
  const waiting = new Map<string, { readonly values: Set<string>; readonly answered: Promise<void> }>()

  async function lookUp(objectType: ObjectTypeName, attribute: string, unknown: readonly string[]): Promise<void> {
    const key = `${objectType} ${attribute}`
    let asked = waiting.get(key)
    if (asked === undefined) {
      const values = new Set<string>()
      asked = { values, answered: nextTurn().then(() => answer(objectType, attribute, values)) }
      waiting.set(key, asked)
    }
    for (const value of unknown) asked.values.add(value)
    await asked.answered
  }

  async function answer(objectType: ObjectTypeName, attribute: string, values: ReadonlySet<string>): Promise<void> {
    waiting.delete(`${objectType} ${attribute}`)
    const found = await ledger.nameHolders(objectType, attribute, [...values])
    for (const value of values) {
      const key = valueKey(objectType, attribute, value)
      // What was noted while the look-up was on its way is newer.
      if (!holders.has(key)) holders.set(key, found.get(value) ?? null)
    }
  }

  return {
    async read(objectType, sourceAnchors) {
      const stored = await ledger.allottedNames(objectType, sourceAnchors)
      // What this cycle has chosen meanwhile is newer.
      for (const name of stored) if (!kept.has(ownerKey(name, name.attribute))) note(name)
    },
    queue(families) {
      const mine = Promise.withResolvers<void>()
      const left = Promise.withResolvers<void>()
      const keys = families.map((family) => `name ${family}`)
      void turns.take(keys, () => {
        mine.resolve()
        return left.promise
      })
      return { turn: mine.promise, leave: left.resolve }
    },
    keptFor: (owner, attribute) => kept.get(ownerKey(owner, attribute)),
    async holders(owner, attribute, values) {
      const { objectType } = owner
      const unknown = values.filter((value) => !holders.has(valueKey(objectType, attribute, value)))
      if (unknown.length > 0) await lookUp(objectType, attribute, unknown)
      const others = new Map<string, string>()
      for (const value of values) {
        const holder = holders.get(valueKey(objectType, attribute, value)) ?? null
        if (holder !== null && holder !== owner.sourceAnchor) others.set(value, holder)
      }
      return others
    },
    take(name) {
      const holder = holders.get(valueKey(name.objectType, name.attribute, name.value)) ?? name.sourceAnchor
      if (holder !== name.sourceAnchor) return false
      note(name)
      return true
    },
    refuse(objectType, attribute, value) {
      holders.set(valueKey(objectType, attribute, value), nobody)
    },
  }
}

/*
 * Sorts the accounts of a target by whom they belong to (spec 4.2): everybody of the source is noted with the values the
 * mapping matches by, then each account is looked up among them, as matching would.
 */
import type {
  AccountClass,
  DiscoveredAccount,
  Link,
  SourceObject,
  TargetAttributes,
  TargetObject,
} from '../vocabulary/index.ts'
import type { CompiledObjectMapping } from './compiled-schema.ts'
import { mappingInput } from './mapping-input.ts'
import { firstChoice, mapAttributes } from './mapping.ts'
import { scopeObject, type ScopeSettings } from './scoping.ts'
import { displayNameOf } from './summary.ts'

interface KnownPerson {
  readonly anchor: string
  readonly displayName: string
  readonly inScope: boolean
  readonly why: string
}

export interface DiscoveryOptions {
  readonly mapping: CompiledObjectMapping
  readonly settings: ScopeSettings
  readonly asStored: (attributes: TargetAttributes) => TargetAttributes
  readonly now: number
}

export interface Discovery {
  /** Notes somebody of the source; who is deleted for good belongs to nobody's account. */
  noteSource(source: SourceObject): void
  classify(account: TargetObject, link: Link | undefined): DiscoveredAccount
}

const folded = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '')

export function createDiscovery({ mapping, settings, asStored, now }: DiscoveryOptions): Discovery {
  const people = new Map<string, KnownPerson>()
  /** By attribute and value: the people whose mapping gives that value. */
  const byValue = new Map<string, KnownPerson[]>()
  const keyOf = (attribute: string, value: string): string => `${attribute} ${value}`

  function noteSource(source: SourceObject): void {
    if (source.presence === 'hardDeleted') return
    const scoped = scopeObject(source, mapping, settings)
    const inScope = scoped.kind === 'decided' && scoped.decision.inScope
    const person: KnownPerson = {
      anchor: source.anchor,
      displayName: displayNameOf(source),
      inScope,
      why: scoped.kind === 'decided' ? scoped.decision.why : scoped.message,
    }
    people.set(source.anchor, person)
    const mapped = mapAttributes({
      mapping,
      ...mappingInput(source, source.assignments, inScope, now),
      phase: 'create',
      known: {},
    })
    for (const attribute of mapping.matching) {
      const found = mapped.attributes.find((each) => each.name === attribute)
      const chosen = found?.kind === 'unique' ? firstChoice(found) : found
      const value = chosen?.kind === 'value' ? chosen.value : undefined
      if (typeof value !== 'string' || value === '') continue
      const key = keyOf(attribute, folded(asStored({ [attribute]: value })[attribute] ?? value))
      const others = byValue.get(key)
      if (others === undefined) byValue.set(key, [person])
      else others.push(person)
    }
  }

  function matched(account: TargetObject): { readonly person: KnownPerson; readonly by: string } | null {
    for (const attribute of mapping.matching) {
      const value = folded(account.attributes[attribute])
      const found = value === '' ? undefined : byValue.get(keyOf(attribute, value))
      const [first, ...others] = found ?? []
      if (first === undefined) continue
      // Whoever is in scope is the one who would be matched.
      const person = found?.find((each) => each.inScope) ?? first
      const also = others.length > 0 ? `, as ${String(others.length)} more of the directory do` : ''
      return { person, by: `${attribute} matches ${person.displayName}${also}` }
    }
    return null
  }

  return {
    noteSource,
    classify(account, link) {
      const linked = link === undefined ? undefined : people.get(link.sourceAnchor)
      const match = linked === undefined ? matched(account) : null
      const person = linked ?? match?.person
      const how = linked === undefined ? (match?.by ?? null) : `linked to ${linked.displayName}`
      const accountClass: AccountClass = person === undefined ? 'local' : person.inScope ? 'assigned' : 'unassigned'
      const nobody =
        link === undefined
          ? 'Nobody in the directory matches it.'
          : 'It is linked to somebody the directory no longer has.'
      return {
        targetAnchor: account.anchor,
        displayName: account.displayName,
        userName: String(account.attributes['userName'] ?? ''),
        email: String(account.attributes['emails[type eq "work"].value'] ?? ''),
        isActive: account.attributes['active'] !== false,
        accountClass,
        sourceAnchor: person?.anchor ?? null,
        sourceDisplayName: person?.displayName ?? null,
        isLinked: link !== undefined,
        why: how === null ? nobody : `${how}.${person?.inScope === false ? ` ${person.why}` : ''}`,
      }
    },
  }
}
